"""Measure everything and write docs/performance.md.

    python benchmarks/performance.py [--section SECTION] [--peers PYTHON] [--folder FOLDER]

PYTHON has the peers that `scale.py` names. The page is written by this command alone.
With `--section` (regeneration, scale, commands or check) that section is measured anew and the others stay.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import check_rate
import commands
import scale

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
NAMES = "import importlib.metadata as m; print(*(f'{n} {m.version(n)}' for n in %r), sep=', ')"
PEERS = ("lifelines", "scikit-survival", "tableone", "pandas", "numpy")

INTRODUCTION = """# Performance

Written by `python benchmarks/performance.py`; every number was measured, each section in one run.
Only ratios and slopes mean something on another machine; a target that is not met says so.
`make bench` checks a short form on ratios.
"""

REGENERATION = """## Regeneration: what an author waits for
"""

SCALE = """## Scale: a registry of a million patients, estimates of ten million

Medians of up to three runs, each line of a table a process of its own.
Memory is the peak of the whole process: interpreter, libraries and data.
The slope is that of log time on log N between the last two sizes: 1 is linear.
"""

COMMANDS = """## The commands on a synthetic registry of a million patients

This study with a registry that `tieout synthesize --rows labs=50 --as parquet` made, one run each.
`derive` is the whole command: every table read, the laboratory values checked on disk by the study's rules,
all results, the hashes of the patients' rows, the store.
Fewer than two million laboratory rows are loaded; more stay on disk.
"""

CHECK = """## Checking many abstracts

`tieout check --format json` on a folder of made-up abstracts of 150 words, on all cores.
"""

NOTES = Path(__file__).with_name("scale_notes.md")


def regeneration() -> str:
    """Measure what an author waits for, and the preview in a browser."""
    waited, seen = measured("regeneration.py"), measured("preview.py")
    return f"{REGENERATION}\n{waited}\n\n### Preview: from saving to the picture on the screen\n\n{seen}\n"


def measured(script: str) -> str:
    """Run one of the scripts beside this one; return what it printed."""
    program = str(Path(__file__).with_name(script))
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{script} failed:\n{done.stderr}")
    return done.stdout.strip()


def at_scale(peers: str, folder: Path) -> str:
    """Measure ours and the peers'."""
    theirs = subprocess.run([peers, "-c", NAMES % (PEERS,)], capture_output=True, text=True, check=True)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, {_memory()}, Python {platform.python_version()}"
    ours = ", ".join(f"{name} {version(name)}" for name in ("numpy", "duckdb", "ibis-framework"))
    words = f"Machine: {machine}.\nOurs: {ours}.\nPeers: {theirs.stdout.strip()}.\n"
    return f"{SCALE}{words}\n{scale.tables(peers, folder, quick=False)}\n{NOTES.read_text(encoding='utf-8')}"


def whole_commands() -> str:
    """Measure the commands on large synthetic registries."""
    return f"{COMMANDS}\n{commands.table()}\n"


def checking() -> str:
    """Measure `tieout check`."""
    return f"{CHECK}\n{check_rate.table()}\n"


def sections_of(page: str) -> list[str]:
    """Return the sections of a page, each from its heading on."""
    return re.split(r"(?m)^(?=## )", page)[1:]


def _memory() -> str:
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{pages / 2**30:.0f} GiB"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--section", choices=["regeneration", "scale", "commands", "check"], help="by default all"
    )
    parser.add_argument("--peers", default=sys.executable, help="a Python with the peers")
    parser.add_argument(
        "--folder", type=Path, help="where the registry may lie; by default a temporary folder"
    )
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        measures = {
            "regeneration": regeneration,
            "scale": lambda: at_scale(chosen.peers, chosen.folder or Path(scratch)),
            "commands": whole_commands,
            "check": checking,
        }
        made = {name: act() for name, act in measures.items() if chosen.section in {None, name}}
    heads = {"regeneration": REGENERATION, "scale": SCALE, "commands": COMMANDS, "check": CHECK}
    kept = sections_of(PAGE.read_text(encoding="utf-8")) if PAGE.is_file() else []
    for name, head in heads.items():
        title = head.splitlines()[0]
        old = next((section.strip() + "\n" for section in kept if section.startswith(title)), None)
        if name not in made and old:
            made[name] = old
    sections = [made[name] for name in heads if name in made]
    PAGE.write_text("\n".join([INTRODUCTION, *sections]), encoding="utf-8")


if __name__ == "__main__":
    main()
