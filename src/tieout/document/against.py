"""A project's documents run against several stores, in a copy of the project of which nothing stays."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from tieout.document.execute import Executed, run_document
from tieout.document.parse import Tree, parse_document
from tieout.document.source import read_source
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project
from tieout.values.store import Store, write_store

# what a document needs to run, beside the store: patients and outputs are not among it
_LEFT_OUT = shutil.ignore_patterns(
    *("data", "_output", "results", "locks", "src", "tests", "dist", "build", "node_modules", "__pycache__"),
    ".*",
)
_AT_ONCE = 4  # pandoc takes more than a hundred megabytes each time
_Read = tuple[Tree, Sequence[Finding]]


def run_against(project: Project, *stores: Store) -> list[dict[str, tuple[Executed, Tree]]]:
    """Run every document against each store; return for each store the run documents with their trees.

    Pandoc reads what was run while the next document runs; what reads the same against two stores it reads
    once.
    """
    defaults = project.quarto.get("execute") or {}
    made: list[dict[str, tuple[Executed, Future[_Read]]]] = []
    with _copied(project) as copy, contextlib.chdir(copy.root), ThreadPoolExecutor(_AT_ONCE) as pool:
        for store in stores:
            write_store(store, copy.results)
            begun = {}
            for name in copy.documents:
                if (copy.root / name).is_file():
                    executed = run_document(read_source(copy.root / name, copy.root), defaults, lenient=True)
                    earlier = (each[name] for each in made if name in each)
                    same = next((future for done, future in earlier if _reads_as(done, executed)), None)
                    begun[name] = executed, same or pool.submit(_read, executed, copy)
            made.append(begun)
        return [{name: _with_tree(*both) for name, both in begun.items()} for begun in made]


def _reads_as(one: Executed, other: Executed) -> bool:
    return one.lines == other.lines and one.source == other.source


def _read(executed: Executed, project: Project) -> _Read:
    """Return a run document's tree; an empty tree and the reason where a store cannot fill it."""
    try:
        return parse_document(executed, project), ()
    except FindingsError as error:
        return {"meta": {}, "blocks": []}, error.findings


def _with_tree(executed: Executed, reading: Future[_Read]) -> tuple[Executed, Tree]:
    tree, findings = reading.result()
    return replace(executed, findings=(*executed.findings, *findings)), tree


@contextlib.contextmanager
def _copied(project: Project) -> Iterator[Project]:
    """Yield a copy of the project without a store, and remove it."""
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        root = Path(folder).resolve() / "study"
        shutil.copytree(project.root, root, ignore=_LEFT_OUT, symlinks=True)
        cache = project.root / ".tieout" / "cache"
        if cache.is_dir():
            shutil.copytree(cache, root / ".tieout" / "cache")
        yield replace(
            project,
            root=root,
            output=root / "_output",
            results=root / project.relative(project.results),
            data=root / project.relative(project.data),
            protocol=root / project.relative(project.protocol),
        )
