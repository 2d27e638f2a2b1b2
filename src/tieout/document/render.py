"""Rendering documents with the embedded renderer: read, run, bind, write, compare, put in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.audit.settings import read_settings
from tieout.document.agree import check_outputs_agree
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.build import Plan, write_built
from tieout.document.execute import Executed, run_document
from tieout.document.parse import parse_document
from tieout.document.plan import Job
from tieout.document.readback import check_together, figure_numbers, read_back
from tieout.document.source import Source
from tieout.document.table_files import write_tables
from tieout.document.write import write_outputs
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project
from tieout.values.store import read_store


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
