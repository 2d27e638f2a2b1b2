"""`tieout doctor`: check this machine and the study, and say what to do."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from tieout.cli._study import load, open_project, read_study_protocol
from tieout.values.finding import Finding, FindingsError
from tieout.values.freshness import stale_inputs
from tieout.values.project import CONFIG, Project
from tieout.values.store import RESULTS_FILE, read_store

OLDEST_PYTHON = (3, 11)
_NEEDED = {
    "pandas": "deriving",
    "scipy": "deriving",
    "lifelines": "derive --cross-check",
    "statsmodels": "derive --cross-check",
    "pandera": "checking the registry",
    "python-calamine": "reading workbooks",
    "openpyxl": "writing workbooks",
    "great-tables": "tables in HTML",
    "matplotlib": "figures",
    "typst": "PDF",
    "pypandoc_binary": "rendering",
}
_OPTIONAL = {
    "pyreadstat": ("SAS, Stata and SPSS files", "readers"),
    "duckdb": ("DuckDB files", "readers"),
    "ibis-framework": ("registries beyond memory", "scale"),
    "psycopg": ("PostgreSQL", "readers"),
    "PyCap": ("REDCap's API", "redcap"),
    "jupyter-client": ("rendering with Quarto", "quarto"),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing looked at: whether it is fine, what was found, and what to do where it is not.

    What is not `needed` is only told.
    """

    what: str
    found: str
    is_fine: bool = True
    remedy: str = ""
    needed: bool = True


@click.command()
def command() -> None:
    """Check this machine, and the study around the current folder, and say what to do.

    \b
    Example:
        tieout doctor
    """
    answers = list(machine())
    try:
        project = open_project()
    except FindingsError as error:
        remedy = error.findings[0].remedy
        answers.append(Answer("study", error.findings[0].message, is_fine=False, remedy=remedy, needed=False))
    else:
        answers += study(project)
    for answer in answers:
        mark = "ok" if answer.is_fine else ("!!" if answer.needed else "--")
        click.echo(f"{mark}  {answer.what}: {answer.found}")
        if answer.remedy and not answer.is_fine:
            click.echo(f"    try: {answer.remedy}")
    wrong = [answer for answer in answers if answer.needed and not answer.is_fine]
    if wrong:
        raise FindingsError([Finding("doctor/wrong", f"{a.what}: {a.found}", remedy=a.remedy) for a in wrong])


def machine() -> Iterator[Answer]:
    """Look at Python, the packages, and the programs that can help."""
    version = platform.python_version()
    enough = sys.version_info >= OLDEST_PYTHON
    yield Answer("Python", f"{version} on {platform.system()}", enough, "install Python 3.11 or newer")
    for name, use in _NEEDED.items():
        found = _version(name)
        yield Answer(
            name, f"{found or 'absent'} ({use})", bool(found), "pip install --force-reinstall tieout"
        )
    for name, (use, extra) in _OPTIONAL.items():
        found = _version(name)
        remedy = f"pip install 'tieout[{extra}]' if you need it"
        yield Answer(name, f"{found or 'absent'} ({use})", bool(found), remedy, needed=False)
    yield _pandoc()
    for program, use in (("quarto", "the other renderer"), ("git", "keeping the study's history")):
        place = shutil.which(program)
        remedy = f"install {program} if you need it"
        yield Answer(program, f"{'found' if place else 'absent'} ({use})", bool(place), remedy, needed=False)


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _pandoc() -> Answer:
    """Start the pandoc that came with the package: managed machines sometimes forbid that."""
    if importlib.util.find_spec("pypandoc") is None:
        return Answer("pandoc", "absent", is_fine=False, remedy="pip install --force-reinstall tieout")
    import pypandoc  # noqa: PLC0415  (only here)

    try:
        return Answer("pandoc", f"{pypandoc.get_pandoc_version()} starts")
    except (OSError, subprocess.SubprocessError):
        remedy = "ask for permission to run the pandoc program inside the package pypandoc"
        return Answer("pandoc", "is there and cannot be started", is_fine=False, remedy=remedy)


def study(project: Project) -> Iterator[Answer]:
    """Look at a study's parts, in the order in which they are needed."""
    count = len(project.documents)
    yield Answer("study", f"{project.root.name}, {count} document{'s' if count != 1 else ''}")
    for name in project.documents:
        there = (project.root / name).is_file()
        yield Answer(name, "there" if there else "absent", there, f"write it, or leave it out of {CONFIG}")
    extension = project.root / "_extensions" / "tieout"
    yield Answer(
        "_extensions/tieout",
        "there" if extension.is_dir() else "absent",
        extension.is_dir(),
        "copy _extensions/ from a study that `tieout init` makes",
    )
    try:
        protocol = read_study_protocol(project, None)
        registry = load(project.registry, "registry")
    except FindingsError as error:
        found = error.findings[0]
        yield Answer("protocol and registry", found.message, is_fine=False, remedy=found.remedy)
        return
    yield Answer("protocol", f"cutoff {protocol.cutoff.isoformat()}, synthetic: {protocol.synthetic}")
    yield from _rows(project, sorted({table.file for table in registry.tables}), synthetic=protocol.synthetic)
    yield _store(project)


def _rows(project: Project, files: list[str], *, synthetic: bool) -> Iterator[Answer]:
    there = [name for name in files if (project.data / name).is_file()]
    remedy = "put the files into data/; without them results/ can still be rendered"
    yield Answer("registry", f"{len(there)} of {len(files)} files", bool(there), remedy, needed=False)
    if synthetic or not there or not (project.root / ".git").exists() or not shutil.which("git"):
        return
    open_to_git = [name for name in there if not _is_ignored(project.root, project.data / name)]
    count = f"git ignores {len(there) - len(open_to_git)} of {len(there)} files of rows"
    yield Answer("privacy", count, not open_to_git, "add data/* to .gitignore before the next commit")


def _is_ignored(root: Path, path: Path) -> bool:
    done = subprocess.run(["git", "check-ignore", "-q", str(path)], cwd=root, check=False)  # noqa: S607
    return done.returncode == 0


def _store(project: Project) -> Answer:
    if not (project.results / RESULTS_FILE).is_file():
        return Answer("results", "nothing derived yet", is_fine=False, remedy="tieout derive", needed=False)
    try:
        store = read_store(project.results)
    except FindingsError as error:
        fault = error.findings[0]
        return Answer("results", fault.message, is_fine=False, remedy=fault.remedy)
    stale = stale_inputs(store, project)
    if stale:
        found = f"{len(store.results)}, older than {', '.join(stale)}"
        return Answer("results", found, is_fine=False, remedy="tieout derive", needed=False)
    return Answer("results", f"{len(store.results)}, up to date")
