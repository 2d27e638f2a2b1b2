"""Rendering documents with the embedded renderer: read, run, bind, write, compare, put in place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.document.agree import check_outputs_agree
from tieout.document.build import Plan, is_current, make_plan, write_built
from tieout.document.execute import Executed, run_document
from tieout.document.formats import Target, read_targets
from tieout.document.parse import parse_document
from tieout.document.source import Source, read_source
from tieout.document.write import write_outputs
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project
from tieout.values.store import read_store


@dataclass(frozen=True, slots=True)
class Job:
    """A document that must be rendered."""

    source: Source
    targets: list[Target]
    plan: Plan


def plan_documents(project: Project, names: Sequence[str] = (), only: Sequence[str] = ()) -> list[Job]:
    """Return a job for each document whose outputs are not current.

    `names` are documents relative to the project (all by default), `only` the wanted suffixes.
    """
    digest = read_store(project.results).digest
    jobs, findings = [], []
    for name in names or project.documents:
        path = project.root / name
        if not path.is_file():
            findings.append(Finding("document/absent", f"there is no document {name}", Place(name)))
            continue
        source = read_source(path, project.root)
        targets = read_targets(source, project, only)
        plan = make_plan(source, targets, project, digest)
        if targets and not is_current(plan, project):
            jobs.append(Job(source, targets, plan))
    if findings:
        raise FindingsError(findings)
    return jobs


def render_jobs(jobs: Sequence[Job], project: Project, report: Callable[[str], None]) -> list[Path]:
    """Render the jobs and return what was written, calling `report` with each step.

    All documents are run first: their findings are raised together, and then no output has changed.
    """
    executed = run_sources([job.source for job in jobs], project)
    finished: list[tuple[Plan, dict[str, bytes]]] = []
    findings: list[Finding] = []
    for job, done in zip(jobs, executed, strict=True):
        report(f"rendering {job.source.name}")
        try:
            finished.append((job.plan, _make(job, done, project)))
        except FindingsError as error:
            findings += error.findings
    if findings:
        raise FindingsError(findings)
    for plan, made in finished:
        write_built(plan, made, project)
    return [plan.outputs[suffix] for plan, made in finished for suffix in made]


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


def _make(job: Job, executed: Executed, project: Project) -> dict[str, bytes]:
    csl = next((path for target in job.targets for path in target.paths("csl")), None)
    tree = parse_document(executed, project, csl)
    made = write_outputs(tree, job.targets, project)
    texts = {suffix: output.text for suffix, output in made.items()}
    page = made["html"].content if "html" in made else b""
    if found := check_outputs_agree(texts, page, job.source.name):
        raise FindingsError(found)
    return {suffix: output.content for suffix, output in made.items()}
