"""How time and memory grow with the number of patients: ours and the peers', in one run.

    python benchmarks/scale.py --peers PYTHON [--folder FOLDER] [--quick]      prints the tables as Markdown
    python benchmarks/scale.py --check      exits 1 where a ratio to lifelines misses its target

PYTHON is an interpreter with scikit-survival, lifelines, tableone, pandas and pyarrow; the peers are no part
of this project's lock, so they live in an environment of their own:

    python -m venv peers && peers/bin/pip install scikit-survival lifelines tableone pyarrow "pandas<3"

Every measurement is a process of its own, so that peaks of memory do not add up.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LIMIT_SECONDS = 400


@dataclass(frozen=True)
class Line:
    """One way to do a piece of work, at several sizes; `largest` is the last size that is tried."""

    name: str
    program: str
    case: str
    largest: float = math.inf


@dataclass(frozen=True)
class Work:
    """A piece of work, whose doing is measured: the first line is ours.

    `target` is how many times faster than the fastest peer ours is to be; `below` how many times slower it
    may be than a floor that no derivation can go below.
    """

    title: str
    sizes: Sequence[int]
    lines: Sequence[Line]
    target: float = 0
    below: float = 0


@dataclass(frozen=True)
class Measured:
    """A measurement, or why there is none."""

    seconds: float
    peak_mb: float
    answer: Any
    failure: str = ""


DERIVE = Work(
    "`derive` on a registry: worst grades of three CTCAE terms in their windows, PSA response, ten "
    "characteristics, survival and its comparison (fifty laboratory rows a patient)",
    (10_000, 100_000, 300_000, 1_000_000),
    (
        Line("tieout", "ours", "derive"),
        Line("pandas, tableone, lifelines", "peers", "derive-pandas"),
        Line("DuckDB's own scan of the same columns", "ours", "scan"),
    ),
    target=10,
    below=3,
)
_SIZES = (100_000, 1_000_000, 10_000_000)


def _estimator(title: str, which: str, kind: str, target: float, largest: dict[str, float]) -> Work:
    peers = [
        Line(name, "peers", f"{which}-{kind}-{key}", largest.get(key, math.inf))
        for name, key in (("lifelines", "lifelines"), ("scikit-survival", "sksurv"))
    ]
    sizes = (10_000, 100_000, 1_000_000) if which == "cox" else _SIZES
    return Work(title, sizes, (Line("tieout", "ours", f"{which}-{kind}"), *peers), target)


WORKS = (
    DERIVE,
    _estimator("Kaplan-Meier with the median's interval, whole days", "km", "days", 5, {}),
    _estimator("Kaplan-Meier with the median's interval, continuous times", "km", "times", 1, {}),
    _estimator("Log-rank test of two groups, whole days", "logrank", "days", 5, {}),
    _estimator("Log-rank test of two groups, continuous times", "logrank", "times", 1, {"sksurv": 1e6}),
    _estimator("Cumulative incidence, whole days", "incidence", "days", 5, {"lifelines": 1e6}),
    _estimator(
        "Cumulative incidence, continuous times", "incidence", "times", 1, {"lifelines": 1e6, "sksurv": 1e5}
    ),
    _estimator("Cox regression, Efron, five covariates, continuous times", "cox", "times", 5, {}),
    _estimator("Cox regression, Efron, five covariates, whole weeks (many ties)", "cox", "days", 5, {}),
)

# what the short form looks at: far enough from the targets that a busy machine does not matter
CHECKED = {WORKS[1].title, WORKS[3].title, WORKS[7].title}


def measure(line: Line, size: int, folder: Path, peers: str) -> Measured:
    """Run one measurement in a process of its own."""
    if size > line.largest:
        return Measured(math.nan, math.nan, None, "not tried")
    python = sys.executable if line.program == "ours" else peers
    command = [
        python,
        "-W",
        "ignore",
        str(HERE / f"scale_{line.program}.py"),
        line.case,
        str(size),
        str(folder),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        return Measured(math.nan, math.nan, None, f"over {LIMIT_SECONDS} s")
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
        return Measured(math.nan, math.nan, None, "out of memory" if "Memory" in last else "failed")
    made = json.loads(done.stdout.splitlines()[-1])
    return Measured(made["seconds"], made["peak_mb"], made["answer"])


def run_work(work: Work, sizes: Sequence[int], folder: Path, peers: str) -> list[dict[str, Measured]]:
    """Measure every line at every size; return one dictionary a size."""
    rows = []
    for size in sizes:
        if work is DERIVE:
            subprocess.run(
                [sys.executable, str(HERE / "big_registry.py"), str(size), str(folder)], check=True
            )
        rows.append({line.name: measure(line, size, folder, peers) for line in work.lines})
        print(f"{work.title[:40]} {size}", file=sys.stderr, flush=True)
    return rows


def slope(sizes: Sequence[int], rows: Sequence[dict[str, Measured]], name: str) -> float:
    """Return the slope of log time on log size between the last two sizes: 1 is linear."""
    known = [
        (size, row[name].seconds) for size, row in zip(sizes, rows, strict=True) if row[name].seconds > 0
    ]
    if len(known) < 2:
        return math.nan
    (few, fast), (many, slow) = known[-2:]
    return math.log(slow / fast) / math.log(many / few)


def _cell(made: Measured) -> str:
    return made.failure or f"{_short(made.seconds)} s, {made.peak_mb:,.0f} MB"


def _short(seconds: float) -> str:
    return f"{seconds:.3g}" if seconds < 100 else f"{seconds:.0f}"


def verdict(work: Work, sizes: Sequence[int], rows: Sequence[dict[str, Measured]]) -> str:
    """Return whether the targets are met, at the largest size that each peer managed."""
    ours, *others = (line.name for line in work.lines)
    parts = []
    floor = others.pop() if work.below else None
    common = [
        (size, row)
        for size, row in zip(sizes, rows, strict=True)
        if any(row[name].seconds > 0 for name in others)
    ]
    if common and work.target:
        size, row = common[-1]
        best = min((row[name].seconds, name) for name in others if row[name].seconds > 0)
        ratio = best[0] / row[ours].seconds
        met = "met" if ratio >= work.target else "**missed**"
        parts.append(
            f"{ratio:.1f} times faster than the fastest peer ({best[1]}) at N = {size:,}; "
            f"target {work.target:g}: {met}."
        )
    if floor:
        ratio = rows[-1][ours].seconds / rows[-1][floor].seconds
        met = "met" if ratio <= work.below else "**missed**"
        parts.append(
            f"{ratio:.1f} times the scan at N = {sizes[-1]:,}; target at most {work.below:g}: {met}."
        )
    return " ".join(parts)


def table(work: Work, sizes: Sequence[int], rows: Sequence[dict[str, Measured]]) -> str:
    """Return the work's table as Markdown, with slopes and the verdict."""
    names = [line.name for line in work.lines]
    lines = [f"### {work.title[0].upper()}{work.title[1:]}", "", f"| N | {' | '.join(names)} |"]
    lines.append(f"| ---: |{' ---: |' * len(names)}")
    lines += [
        f"| {size:,} | {' | '.join(_cell(row[name]) for name in names)} |"
        for size, row in zip(sizes, rows, strict=True)
    ]
    slopes = [slope(sizes, rows, name) for name in names]
    lines.append(f"| slope | {' | '.join('' if math.isnan(one) else f'{one:.2f}' for one in slopes)} |")
    lines += ["", verdict(work, sizes, rows), agreement(work, rows), ""]
    return "\n".join(lines)


def agreement(work: Work, rows: Sequence[dict[str, Measured]]) -> str:
    """Say whether the peers' answers are ours, to nine digits, where both have one."""
    ours, *others = (line.name for line in work.lines)
    differ = set()
    for row in rows:
        for name in others:
            if row[ours].answer and row[name].answer and not _close(row[ours].answer, row[name].answer):
                differ.add(name)
    if not differ:
        return "The answers agree with the peers' to at least six digits."
    return f"The answers differ from those of {', '.join(sorted(differ))}: see the notes."


def _close(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, dict):
        return all(_close(ours[key], theirs[key]) for key in theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        return all(math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9) for a, b in zip(ours, theirs, strict=True))
    return math.isclose(ours[0] if isinstance(ours, list) else ours, theirs, rel_tol=1e-6)


def tables(peers: str, folder: Path, *, quick: bool) -> str:
    """Measure everything; return the tables."""
    made = []
    for work in WORKS:
        sizes = work.sizes[:2] if quick else work.sizes
        made.append(table(work, sizes, run_work(work, sizes, folder, peers)))
    return "\n".join(made)


def missed() -> list[str]:
    """Return the targets that a short run misses against lifelines, which is in this project's lock."""
    late = []
    with tempfile.TemporaryDirectory() as scratch:
        for work in WORKS:
            ours, peer = work.lines[0], work.lines[1]
            if work.title not in CHECKED:
                continue
            mine, theirs = (measure(line, 100_000, Path(scratch), sys.executable) for line in (ours, peer))
            ratio = theirs.seconds / mine.seconds
            print(f"{work.title}: {ratio:.1f} times faster than lifelines; at least {work.target:g}")
            if not ratio >= work.target:
                late.append(work.title)
    return late


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--peers", default=sys.executable, help="a Python with the peers")
    parser.add_argument(
        "--folder", type=Path, help="where the registry may lie; 1 GB; by default a temporary one"
    )
    parser.add_argument("--quick", action="store_true", help="the two smallest sizes alone")
    parser.add_argument("--check", action="store_true", help="the short form: exit 1 where a ratio is missed")
    chosen = parser.parse_args()
    if chosen.check:
        late = missed()
        sys.exit(f"too slow: {'; '.join(late)}" if late else 0)
    with tempfile.TemporaryDirectory() as scratch:
        print(tables(chosen.peers, chosen.folder or Path(scratch), quick=chosen.quick))


if __name__ == "__main__":
    main()
