"""How long an author waits, as ratios to what cannot be avoided; everything is measured in this one run.

    python benchmarks/regeneration.py              prints the table
    python benchmarks/regeneration.py --check      the short form: exits 1 when a ratio or an import got worse

The floor of a rendering is the same pandoc and Typst conversions alone: they are recorded from a real run and
replayed by a process that does nothing else.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
STUDY = ("_quarto.yml", "_extensions", "analysis", "data", "figures", "tables", "results", "venues")
HEAVY = {"pandas", "lifelines", "statsmodels", "great_tables", "matplotlib", "scipy", "pandera"}


@dataclass(frozen=True)
class Measure:
    """A command against its floor: medians in seconds, and the largest ratio that is accepted."""

    name: str
    ours: float
    floor_name: str
    floor: float
    limit: float

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours / self.floor


def copy_study(folder: Path) -> Path:
    """Copy this repository's study, without its outputs, into a new folder."""
    folder.mkdir()
    for name in STUDY:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "derived")
            )
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder)
    for document in [*ROOT.glob("*.qmd"), *ROOT.glob("*.bib")]:
        shutil.copy(document, folder)
    return folder


def run(study: Path, *arguments: str, python: tuple[str, ...] = ("-m", "tieout")) -> float:
    """Run a command as a process of its own; return its wall time in seconds."""
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *python, *arguments], cwd=study, capture_output=True, text=True, check=False
    )
    took = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return took


def pairs(one: Callable[[], float], other: Callable[[], float], runs: int) -> tuple[float, float]:
    """Time two things in turn, so that a machine that slows down slows both; return both medians."""
    times = [(one(), other()) for _ in range(runs)]
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times)


RECORD = """
import pickle, sys
import tieout.document.parse as parse, tieout.document.write as write
from tieout.cli import main
calls = []
def recorded(kind, function):
    def call(*arguments):
        calls.append((kind, arguments))
        return function(*arguments)
    return call
parse.run_pandoc = recorded("parse", parse.run_pandoc)
write.run_pandoc = recorded("write", write.run_pandoc)
write.compile_typst = recorded("typst", write.compile_typst)
target, *arguments = sys.argv[1:]
main(arguments)
pickle.dump(calls, open(target, "wb"))
"""

REPLAY = """
import pickle, sys
from concurrent.futures import ThreadPoolExecutor
from tieout.document.programs import run_pandoc, compile_typst
calls = pickle.load(open(sys.argv[1], "rb"))
for kind, arguments in calls:
    if kind == "parse":
        run_pandoc(*arguments)
with ThreadPoolExecutor() as pool:
    made = [pool.submit(run_pandoc if kind == "write" else compile_typst, *arguments)
            for kind, arguments in calls if kind != "parse"]
    for future in made:
        future.result()
"""

DERIVE_IMPORTS = """
import sys
before = set(sys.modules)
import tieout.cli, tieout.derive, tieout.sources
import pandas
"""


def record(study: Path, *arguments: str) -> Path:
    """Record the conversions of a rendering, for `replay`."""
    target = study.parent / f"{'-'.join(arguments).replace('/', '_')}.calls"
    run(study, str(target), *arguments, python=("-c", RECORD))
    return target


def replay(study: Path, calls: Path) -> float:
    """Run recorded conversions alone."""
    return run(study, str(calls), python=("-c", REPLAY))


def edit_prose(study: Path, name: str) -> None:
    """Change one line of a document: a word more in the paragraph below its first heading."""
    path = study / name
    front, fence, text = path.read_text(encoding="utf-8").partition(
        "\n---\n"
    )  # its comments look like headings
    before, heading, after = text.partition("\n# ")
    title, gap, body = after.partition("\n\n")
    path.write_text(f"{front}{fence}{before}{heading}{title}{gap}Edited. {body}", encoding="utf-8")


def new_cut(study: Path, turn: int) -> None:
    """Change the registry: the activity of the last cycle, another one each turn."""
    path = study / "data" / "cycles.csv"
    *others, last = (ROOT / "data" / "cycles.csv").read_text(encoding="utf-8").splitlines()
    cells = last.split(",")
    cells[3] = f"{7 + turn / 100:.2f}"
    path.write_text("\n".join([*others, ",".join(cells)]) + "\n", encoding="utf-8")


def measure_prose_edit(study: Path, runs: int) -> Measure:
    """One line of the manuscript, three formats, a fresh process."""
    arguments = ("render", "manuscript.qmd", "--to", "html,pdf,docx")
    edit_prose(study, "manuscript.qmd")
    calls = record(study, *arguments)

    def ours() -> float:
        edit_prose(study, "manuscript.qmd")
        return run(study, *arguments)

    took, floor = pairs(ours, lambda: replay(study, calls), runs)
    return Measure("a prose edit, the manuscript in three formats", took, "the conversions alone", floor, 1.5)


def measure_new_cut(study: Path, runs: int) -> Measure:
    """The registry changed: derive, then every document in every format."""
    for path in (study / "_output", study / ".tieout"):
        shutil.rmtree(path, ignore_errors=True)
    calls = record(study, "render")
    turn = 0

    def ours() -> float:
        nonlocal turn
        turn += 1
        new_cut(study, turn)
        return run(study, "render")

    def floor() -> float:
        return replay(study, calls) + run(study, python=("-c", DERIVE_IMPORTS))

    took, least = pairs(ours, floor, runs)
    return Measure(
        "a new cut, everything", took, "the conversions and the imports of derive alone", least, 2.5
    )


def measure_start(study: Path, runs: int) -> list[Measure]:
    """Nothing to do, and the help page, against a bare interpreter."""
    run(study, "render")

    def bare() -> float:
        return run(study, python=("-c", "pass"))

    nothing, floor = pairs(lambda: run(study, "render"), bare, 2 * runs)
    help_page, floor_help = pairs(lambda: run(study, "--help"), bare, 2 * runs)
    name = "a bare interpreter"
    return [
        Measure("nothing changed", nothing, name, floor, 12),
        Measure("tieout --help", help_page, name, floor_help, 8),
    ]


def measure_quarto(study: Path, runs: int) -> list[Measure]:
    """The same documents and formats by Quarto, where it is installed."""
    program = shutil.which("quarto")
    if program is None:
        return []

    def by_quarto() -> float:
        start = time.perf_counter()
        subprocess.run([program, "render"], cwd=study, capture_output=True, check=True)
        return time.perf_counter() - start

    def ours() -> float:
        shutil.rmtree(study / "_output", ignore_errors=True)
        return run(study, "render")

    took, quarto = pairs(ours, by_quarto, runs)
    return [Measure("everything, with the store up to date", took, "quarto render", quarto, 1 / 8)]


def heavy_imports(study: Path) -> set[str]:
    """Return the heavy libraries that a prose edit imports; there should be none."""
    edit_prose(study, "manuscript.qmd")
    code = (
        f"import sys; from tieout.cli import main; main(['render']); print(*({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=study, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def report(measures: list[Measure], runs: int) -> str:
    """Return the table, as Markdown."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"Medians of {runs} pairs, measured in turn in one run on {machine}.",
        "Only the ratios mean something elsewhere.",
        "",
        "| what | seconds | against | seconds | ratio | target |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {m.name} | {m.ours:.2f} | {m.floor_name} | {m.floor:.2f} | {m.ratio:.2f} | {m.limit:g} |"
        for m in measures
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and with `--check` judge."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument(
        "--check", action="store_true", help="the short form: exit 1 where a ratio misses its target"
    )
    chosen = parser.parse_args()
    runs = 3 if chosen.check else chosen.runs
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    with tempfile.TemporaryDirectory() as folder:
        study = copy_study(Path(folder) / "study")
        run(study, "render")
        measures = [*measure_start(study, runs), measure_prose_edit(study, runs)]
        heavy = heavy_imports(study)
        if not chosen.check:
            measures += [measure_new_cut(study, runs), *measure_quarto(study, runs)]
    print(report(measures, runs))
    print(f"\nHeavy libraries that a prose edit imports: {', '.join(sorted(heavy)) or 'none'}.")
    missed = [measure.name for measure in measures if measure.ratio > measure.limit]
    if chosen.check and (missed or heavy):
        sys.exit(f"too slow: {', '.join(missed) or 'imports'}")


if __name__ == "__main__":
    main()
