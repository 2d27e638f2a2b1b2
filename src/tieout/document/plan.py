"""Which documents must be rendered: a run in which nothing changed loads this and no renderer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tieout.document.build import Plan, is_current, make_plan, shared_fingerprint
from tieout.document.formats import Target, read_targets
from tieout.document.source import Line, Source, read_source
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.markdown import escape
from tieout.values.project import Project
from tieout.values.store import read_store


@dataclass(frozen=True, slots=True)
class Job:
    """A document that must be rendered."""

    source: Source
    targets: list[Target]
    plan: Plan


def plan_documents(
    project: Project, names: Sequence[str] = (), only: Sequence[str] = (), mark: str = ""
) -> list[Job]:
    """Return a job for each document whose outputs are not current.

    `names` are documents relative to the project (all by default), `only` the wanted suffixes; `mark` is what
    every output says at its top, where it prints stale results.
    """
    shared = shared_fingerprint(project, read_store(project.results).digest + mark)
    jobs: list[Job] = []
    findings: list[Finding] = []
    for name in names or project.documents:
        path = project.root / name
        try:
            source = _marked(read_source(path, project.root), mark)
        except FindingsError as error:
            findings += error.findings
            continue
        targets = read_targets(source, project, only)
        plan = make_plan(source, targets, project, shared)
        if targets and not is_current(plan, project):
            jobs.append(Job(source, targets, plan))
    if findings:
        raise FindingsError(findings)
    return jobs


def _marked(source: Source, mark: str) -> Source:
    """Return a document that begins with a mark."""
    if not mark:
        return source
    place = Place(source.name, 1)
    lines = ("::: {.tieout-stale}", f"**{escape(mark)}**", ":::", "")
    return replace(source, lines=(*(Line(text, place) for text in lines), *source.lines))
