"""Rendering documents with the embedded renderer: read, run, bind, write, compare, put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.audit.settings import read_settings
from tieout.document.agree import check_outputs_agree
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.build import Plan, is_current, make_plan, write_built
from tieout.document.execute import Executed, run_document
from tieout.document.formats import Target, read_targets
from tieout.document.parse import parse_document
from tieout.document.readback import check_together, figure_numbers, read_back
from tieout.document.source import Line, Source, read_source
from tieout.document.table_files import write_tables
from tieout.document.write import write_outputs
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


def plan_documents(
    project: Project, names: Sequence[str] = (), only: Sequence[str] = (), mark: str = ""
) -> list[Job]:
    """Return a job for each document whose outputs are not current.

    `names` are documents relative to the project (all by default), `only` the wanted suffixes; `mark` is what
    every output says at its top, where it prints stale results.
    """
    digest = read_store(project.results).digest + mark
    jobs, findings = [], []
    for name in names or project.documents:
        path = project.root / name
        if not path.is_file():
            findings.append(Finding("document/absent", f"there is no document {name}", Place(name)))
            continue
        source = _marked(read_source(path, project.root), mark)
        targets = read_targets(source, project, only)
        plan = make_plan(source, targets, project, digest)
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
    for job, done in zip(jobs, executed, strict=True):
        report(f"rendering {job.source.name}")
        try:
            made, soft = _make(job, done, project, checks)
        except FindingsError as error:
            findings += [finding for finding in error.findings if finding not in findings]
        else:
            finished.append((job.plan, made))
            findings += [finding for finding in soft if finding not in findings]
    if any(finding.blocks for finding in findings):
        raise FindingsError(findings)
    for finding in findings:
        checks.warn(finding)
    for plan, made in finished:
        write_built(plan, made, project)
    written = [plan.outputs[suffix] for plan, made in finished for suffix in made]
    return written + write_tables(executed, project)


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


def _make(
    job: Job, executed: Executed, project: Project, checks: Checks
) -> tuple[dict[str, bytes], list[Finding]]:
    """Return a document's outputs and the findings that do not stop the build."""
    store, settings = read_store(project.results), read_settings(project)
    csl = next((path for target in job.targets for path in target.paths("csl")), None)
    tree = parse_document(executed, project, csl)
    soft = check_document(executed, tree, project, store, settings)
    if any(finding.blocks for finding in soft):
        raise FindingsError(soft)
    made = write_outputs(tree, job.targets, project)
    name = Path(job.source.name).stem
    texts = {suffix: replace(output.text, source=f"{name}.{suffix}") for suffix, output in made.items()}
    page = made["html"].content if "html" in made else b""
    found = check_outputs_agree(texts, page, job.source.name)
    back = read_back(texts, store, printed_ties(executed))
    numbers = [*back.numbers, *figure_numbers(read_drawn(project), store)]
    found += [*back.findings, *check_together(numbers, store, settings.disclosure)]
    found += checks.inspect((f"{name}.{suffix}", output.content) for suffix, output in made.items())
    if found:
        raise FindingsError(found)
    return {suffix: output.content for suffix, output in made.items()}, soft
