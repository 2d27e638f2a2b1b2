"""This study's commands on synthetic registries of growing size: time and peak memory.

    python benchmarks/commands.py [SIZE …]        prints the table as Markdown

Each size is a copy of the study whose registry `tieout synthesize` made, fifty laboratory rows a patient.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from regeneration import copy_study

SIZES = (10_000, 100_000, 1_000_000)
ROWS = 50


def run(folder: Path, *words: str) -> tuple[float, float]:
    """Run a command of the tool there; return its seconds and the peak of its memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "tieout", *words],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"tieout {' '.join(words)} failed:\n{said.decode()}")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def measure(patients: int, scratch: Path) -> list[tuple[float, float]]:
    """Return seconds and megabytes of `synthesize` and `derive`."""
    folder = copy_study(scratch / f"study-{patients}")
    for table in (folder / "data").glob("*.csv"):
        table.unlink()
    asked = ("--patients", str(patients), "--rows", f"labs={ROWS}", "--as", "parquet", "--to", "data")
    made = run(folder, "synthesize", *asked, "--no-check")
    return [made, run(folder, "derive", "--quiet")]


def table(sizes: tuple[int, ...] = SIZES) -> str:
    """Measure every size; return the table."""
    lines = ["| patients | laboratory rows | `synthesize` | `derive` |", "| ---: | ---: | ---: | ---: |"]
    seconds: list[list[float]] = []
    with tempfile.TemporaryDirectory() as scratch:
        for size in sizes:
            measured = measure(size, Path(scratch))
            cells = " | ".join(f"{took:.1f} s, {peak:,.0f} MB" for took, peak in measured)
            lines.append(f"| {size:,} | {size * ROWS:,} | {cells} |")
            seconds.append([took for took, _ in measured])
    if len(sizes) > 1:
        step = math.log(sizes[-1] / sizes[-2])
        slopes = [math.log(last / before) / step for before, last in zip(*seconds[-2:], strict=True)]
        lines.append(f"| slope | | {' | '.join(f'{slope:.2f}' for slope in slopes)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(table(tuple(int(float(size)) for size in sys.argv[1:]) or SIZES))
