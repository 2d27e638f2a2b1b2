"""Rendering documents with the embedded renderer: read, run, bind, write, compare, put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tieout.document.build import Plan, write_built
from tieout.document.execute import Executed, run_document
from tieout.document.parse import parse_document
from tieout.document.plan import Job
from tieout.document.source import Source
from tieout.document.table_files import write_tables
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project

_AT_ONCE = 6  # pandoc takes more than a hundred megabytes each time


def _quiet(_: Finding) -> None:
    """Say nothing of a finding that does not stop the build."""


def _unseen(_: Iterable[tuple[str, bytes]]) -> list[Finding]:
    """Look into no file: where there is no registry, there are no identifiers to find."""
    return []


@dataclass(frozen=True, slots=True)
class Checks:
    """What the command line brings to a rendering.

    `warn` is called with each finding that does not stop the build; `inspect` looks into the outputs, given
    by name and bytes, before anything is put in place.
    """

    warn: Callable[[Finding], None] = _quiet
    inspect: Callable[[Iterable[tuple[str, bytes]]], list[Finding]] = _unseen


_NO_CHECKS = Checks()


def render_jobs(
    jobs: Sequence[Job],
    project: Project,
    report: Callable[[str], None],
    checks: Checks = _NO_CHECKS,
) -> list[Path]:
    """Render the jobs and return what was written, calling `report` with each step.

    All documents are run first: their findings are raised together, and then no output has changed.
    """
    executed = run_sources([job.source for job in jobs], project)
    finished: list[tuple[Plan, dict[str, bytes]]] = []
    findings: list[Finding] = []
    pool = ThreadPoolExecutor(_AT_ONCE)
    try:
        for job, making in zip(jobs, _start(jobs, executed, project, checks, pool), strict=True):
            report(f"rendering {job.source.name}")
            try:
                made, soft = making()
            except FindingsError as error:
                findings += [finding for finding in error.findings if finding not in findings]
            else:
                finished.append((job.plan, made))
                findings += [finding for finding in soft if finding not in findings]
    finally:  # who waits for findings does not wait for outputs that are still being written
        pool.shutdown(wait=False, cancel_futures=True)
    if any(finding.blocks for finding in findings):
        raise FindingsError(findings)
    for finding in findings:
        checks.warn(finding)
    for plan, made in finished:
        write_built(plan, made, project)
    written = [plan.outputs[suffix] for plan, made in finished for suffix in made]
    return written + write_tables(executed, project)


def _start(
    jobs: Sequence[Job], executed: Sequence[Executed], project: Project, checks: Checks, pool: Executor
) -> list[Callable[[], tuple[dict[str, bytes], list[Finding]]]]:
    """Start every document in `pool`; return for each what waits for its outputs and the findings."""
    reading = [
        pool.submit(parse_document, done, project, _style(job))
        for job, done in zip(jobs, executed, strict=True)
    ]
    # while pandoc reads, there is time to import what audits and writes
    from tieout.document.make import begin, finish, load_libraries  # noqa: PLC0415

    begun = [
        pool.submit(begin, job, done, tree, project, pool, inspect=checks.inspect)
        for job, done, tree in zip(jobs, executed, reading, strict=True)
    ]
    load_libraries({target.suffix for job in jobs for target in job.targets})
    return [partial(finish, making, project) for making in begun]


def _style(job: Job) -> Path | None:
    """Return the citation style that a document's outputs share."""
    return next((path for target in job.targets for path in target.paths("csl")), None)


def run_sources(sources: Sequence[Source], project: Project) -> list[Executed]:
    """Run documents, each once; raise the findings of all of them together, each finding once."""
    defaults = project.quarto.get("execute") or {}
    done: list[Executed] = []
    findings: list[Finding] = []
    for source in sources:
        try:
            done.append(run_document(source, defaults))
        except FindingsError as error:
            findings += [finding for finding in error.findings if finding not in findings]
    if findings:
        raise FindingsError(findings)
    return done
