"""Writing the tie-out report."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.cli._update import PREVIOUS
from tieout.document.bound import read_drawn
from tieout.document.execute import Executed
from tieout.document.parse import Tree
from tieout.document.tieout_report import REPORT, tieout_report
from tieout.values.files import write_whole
from tieout.values.project import Project
from tieout.values.store import Store, present_store, read_store


def write_report(project: Project, documents: Sequence[tuple[Executed, Tree]]) -> str:
    """Write `_output/tie-out.html` and return its path as messages show it."""
    store = read_store(project.results)
    page = project.output / REPORT
    made = tieout_report(documents, project, store, previous_store(project), read_drawn(project))
    write_whole(page, made.encode())
    return project.relative(page)


def previous_store(project: Project) -> Store | None:
    """Return the cut before the present one, where this machine derived it."""
    return present_store(project.root / PREVIOUS)
