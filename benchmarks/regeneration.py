"""How long an author waits, as ratios to what cannot be avoided; everything is measured in this one run.

    python benchmarks/regeneration.py              prints the table
    python benchmarks/regeneration.py --check      the short form: exits 1 when something got slower

The short form compares the processor's time, the least of several runs, tries again before it fails, and
allows half as much again as the targets: work beside it on the same cores must not fail it.
The libraries that are imported it compares exactly.

The floor of a rendering is the same pandoc and Typst conversions alone: they are recorded from a real run and
replayed by a process that does nothing else.
"""

from __future__ import annotations

import argparse
import itertools
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
# What each way may import that this project did not write; a library more is an import that came back.
CLI = {"click"}
PLANNING = CLI | {"yaml"}
RENDERING = PLANNING | {"lxml", "pypdfium2", "pypdfium2_cfg", "pypdfium2_raw", "typst"}
TRIES = 3
LENIENCE = 1.5  # the short form also runs where others work on the same cores


def missed(measured: float, limit: float) -> str:
    """Return the words behind a target that says at most so much: none where it is met."""
    return "" if measured <= limit else ": **missed**"


@dataclass(frozen=True)
class Work:
    """A command and its floor, each run once when called; `limit` is the largest ratio that is accepted."""

    name: str
    ours: Callable[[], float]
    floor_name: str
    floor: Callable[[], float]
    limit: float


@dataclass(frozen=True)
class Measure:
    """What a work and its floor took, in seconds."""

    work: Work
    ours: float
    floor: float

    @property
    def ratio(self) -> float:
        """Ours over the floor."""
        return self.ours / self.floor

    @property
    def row(self) -> str:
        """The line of the table."""
        work = self.work
        target = f"{work.limit:.3g}{missed(self.ratio, work.limit)}"
        return (
            f"| {work.name} | {self.ours:.2f} | {work.floor_name} | {self.floor:.2f} | {self.ratio:.2f} "
            f"| {target} |"
        )


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


def pairs(one: Callable[[], float], other: Callable[[], float], runs: int) -> list[tuple[float, float]]:
    """Time two things in turn, so that a machine that slows down slows both."""
    return [(one(), other()) for _ in range(runs)]


def medians(work: Work, runs: int) -> Measure:
    """Measure a work by the medians of both."""
    times = pairs(work.ours, work.floor, runs)
    return Measure(work, statistics.median(a for a, _ in times), statistics.median(b for _, b in times))


def processor_seconds(act: Callable[[], float]) -> float:
    """Return the processor's time of the processes that `act` runs; on Windows the wall time."""
    if sys.platform == "win32":
        return act()
    import resource  # noqa: PLC0415  (not on Windows)

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least(work: Work, runs: int) -> Measure:
    """Measure a work by the least processor's time of both, again while it misses its limit."""
    times: list[tuple[float, float]] = []
    for _ in range(TRIES):
        times += pairs(lambda: processor_seconds(work.ours), lambda: processor_seconds(work.floor), runs)
        made = Measure(work, min(a for a, _ in times), min(b for _, b in times))
        if made.ratio <= LENIENCE * work.limit:
            break
    return made


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
    """Change the registry and a printed range: the oldest patient is a year younger every other turn."""
    text = (ROOT / "data" / "patients.csv").read_text(encoding="utf-8")
    born = min(line.split(",")[2] for line in text.splitlines()[1:])
    made = text.replace(f",{born},", f",{int(born) + turn % 2},", 1)
    (study / "data" / "patients.csv").write_text(made, encoding="utf-8")


def prose_edit(study: Path) -> Work:
    """One line of the manuscript, three formats, a fresh process."""
    arguments = ("render", "manuscript.qmd", "--to", "html,pdf,docx")
    edit_prose(study, "manuscript.qmd")
    calls = record(study, *arguments)

    def ours() -> float:
        edit_prose(study, "manuscript.qmd")
        return run(study, *arguments)

    name = "a prose edit, the manuscript in three formats"
    return Work(name, ours, "the conversions alone", lambda: replay(study, calls), 1.5)


def cut_of(study: Path) -> Callable[[], float]:
    """Return what changes the registry, derives and renders everything, when called."""
    turns = itertools.count(1)

    def ours() -> float:
        new_cut(study, next(turns))
        return run(study, "render")

    return ours


def whole_cut(study: Path) -> Work:
    """The registry changed: derive, then every document in every format."""
    for path in (study / "_output", study / ".tieout"):
        shutil.rmtree(path, ignore_errors=True)
    calls = record(study, "render")

    def floor() -> float:
        return replay(study, calls) + run(study, python=("-c", DERIVE_IMPORTS))

    name = "the conversions and the imports of derive alone"
    return Work("a new cut, everything", cut_of(study), name, floor, 2.5)


def starts(study: Path) -> list[Work]:
    """Nothing to do, and the help page, against a bare interpreter."""
    run(study, "render")

    def bare() -> float:
        return run(study, python=("-c", "pass"))

    name = "a bare interpreter"
    return [
        Work("nothing changed", lambda: run(study, "render"), name, bare, 12),
        Work("tieout --help", lambda: run(study, "--help"), name, bare, 8),
    ]


def quarto_cut(study: Path, program: str) -> Work:
    """The same cut by Quarto: the same analysis, then its own rendering of the same documents and formats.

    Quarto works in a copy without this tool's step before a rendering, whose checks would count against it.
    """
    other = study.with_name(f"{study.name}-quarto")
    shutil.copytree(study, other)
    shutil.rmtree(other / "_output", ignore_errors=True)
    settings = other / "_quarto.yml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    settings.write_text("".join(line for line in lines if "pre-render:" not in line), encoding="utf-8")
    turns = itertools.count(1)

    def by_quarto() -> float:
        new_cut(other, next(turns))
        return run(other, "derive") + run_quarto(other, program)

    return Work("a new cut, everything", cut_of(study), "tieout derive and quarto render", by_quarto, 1 / 8)


def run_quarto(study: Path, program: str) -> float:
    """Render every document in every format that it names; return the wall time in seconds."""
    start = time.perf_counter()
    environment = {**os.environ, "QUARTO_PYTHON": sys.executable}
    done = subprocess.run(
        [program, "render"], cwd=study, capture_output=True, text=True, env=environment, check=False
    )
    took = time.perf_counter() - start
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        raise RuntimeError(said[-1].strip() if said else f"exit {done.returncode}")
    return took


_UNMEASURED = "| a new cut, everything | | Quarto, not measured: {} | | | 0.125 |"


def against_quarto(study: Path, runs: int) -> str:
    """Return the line of the table that holds a new cut against Quarto, or says why nothing was measured."""
    program = shutil.which("quarto")
    if program is None:
        return _UNMEASURED.format("it is not on the PATH")
    try:
        return medians(quarto_cut(study, program), runs).row
    except RuntimeError as error:
        return _UNMEASURED.format(f"quarto render failed: {error}")


IMPORTED = """
import sys
from tieout.cli import main
try:
    main(sys.argv[1:])
except SystemExit as done:
    assert not done.code, done.code
named = [name for name, module in list(sys.modules.items())
         if "site-packages" in (getattr(module, "__file__", None) or "")]
print(*{name.partition(".")[0] for name in named})
"""


def imported(study: Path, *arguments: str) -> set[str]:
    """Return the installed libraries that a command imports, by the names of their packages."""
    command = [sys.executable, "-c", IMPORTED, *arguments]
    done = subprocess.run(command, cwd=study, capture_output=True, text=True, check=True)
    found = done.stdout.splitlines()[-1].split()
    return {name for name in found if not name.startswith("_") and name != "tieout"}


def unexpected_imports(study: Path) -> list[str]:
    """Return what a command imports beyond its list, a line each."""
    run(study, "render")
    found = {
        "tieout --help": imported(study, "--help") - CLI,
        "tieout render, nothing changed": imported(study, "render") - PLANNING,
    }
    edit_prose(study, "manuscript.qmd")
    found["tieout render after a prose edit"] = imported(study, "render") - RENDERING
    return [f"{way} imports {', '.join(sorted(names))}" for way, names in found.items() if names]


def report(rows: list[str], runs: int) -> str:
    """Return the table, as Markdown."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"Medians of {runs} pairs, measured in turn in one run on {machine}.",
        "Only the ratios mean something elsewhere.",
        "",
        "| what | seconds | against | seconds | ratio | target |",
        "| --- | ---: | --- | ---: | ---: | ---: |",
        *rows,
    ]
    return "\n".join(lines)


def check(study: Path) -> list[str]:
    """Return what is too slow or imports too much, a line each, saying on the way what was measured."""
    wrong = unexpected_imports(study)
    for work in [*starts(study), prose_edit(study)]:
        made = least(work, 3)
        limit = LENIENCE * work.limit
        print(f"{work.name}: {made.ratio:.2f} times {work.floor_name}; at most {limit:g}", flush=True)
        if made.ratio > limit:
            wrong.append(f"{work.name} takes {made.ratio:.2f} times {work.floor_name}, at most {limit:g}")
    return wrong


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
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    with tempfile.TemporaryDirectory() as folder:
        study = copy_study(Path(folder) / "study")
        run(study, "render")
        if chosen.check:
            sys.exit("\n".join(check(study)) or 0)
        runs = chosen.runs
        rows = [medians(work, 2 * runs).row for work in starts(study)]
        rows += [medians(prose_edit(study), runs).row, medians(whole_cut(study), runs).row]
        rows.append(against_quarto(study, runs))
        extra = unexpected_imports(study)
    print(report(rows, runs))
    print(f"\nLibraries imported beyond the lists in this script: {'; '.join(extra) or 'none'}.")


if __name__ == "__main__":
    main()
