"""A document's outputs: audited while they are written, then held against each other and the store."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from pathlib import Path

from tieout.audit.settings import AuditSettings, read_settings
from tieout.document.agree import check_outputs_agree
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.execute import Executed
from tieout.document.parse import Tree
from tieout.document.plan import Job
from tieout.document.readback import check_together, figure_numbers, read_back
from tieout.document.write import Output, finish_outputs, start_outputs
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project
from tieout.values.store import Store, read_store

_LIBRARIES = {"html": ("lxml.html",), "docx": ("lxml.etree",), "pdf": ("typst", "pypdfium2")}


@dataclass(frozen=True, slots=True)
class Begun:
    """A document that passed its audit and is being written; `soft` are findings that stop no build."""

    job: Job
    executed: Executed
    store: Store
    settings: AuditSettings
    soft: list[Finding]
    running: Mapping[str, Future[Output]]


def load_libraries(suffixes: Iterable[str]) -> None:
    """Import what writes outputs and reads them back: there is time for it while pandoc reads a document."""
    for suffix in suffixes:
        for name in _LIBRARIES.get(suffix, ()):
            importlib.import_module(name)


def begin(
    job: Job,
    executed: Executed,
    reading: Future[Tree],
    project: Project,
    pool: Executor,
    *,
    inspect: Callable[[Iterable[tuple[str, bytes]]], list[Finding]],
) -> Begun:
    """Start a document's writers in `pool`, and audit it beside them.

    Raises
    ------
    FindingsError
        when pandoc could not read it, or with all findings of the audit where one of them blocks.
    """
    store, settings, stem = read_store(project.results), read_settings(project), Path(job.source.name).stem
    tree = reading.result()
    running = start_outputs(
        tree, job.targets, project, pool, lambda suffix, content: inspect([(f"{stem}.{suffix}", content)])
    )
    soft = check_document(executed, tree, project, store, settings)
    if any(finding.blocks for finding in soft):
        for future in running.values():
            future.cancel()
        raise FindingsError(soft)
    return Begun(job, executed, store, settings, soft, running)


def finish(making: Future[Begun], project: Project) -> tuple[dict[str, bytes], list[Finding]]:
    """Wait for a document's outputs; return them by suffix, and the findings that do not stop the build.

    Raises
    ------
    FindingsError
        as `begin` does; with what the writers complained of; with what the outputs say and should not.
    """
    begun = making.result()
    made = finish_outputs(begun.running)
    name = begun.job.source.name
    texts = {
        suffix: replace(output.text, source=f"{Path(name).stem}.{suffix}") for suffix, output in made.items()
    }
    page = made["html"].content if "html" in made else b""
    found = check_outputs_agree(texts, page, name)
    back = read_back(texts, begun.store, printed_ties(begun.executed))
    numbers = [*back.numbers, *figure_numbers(read_drawn(project), begun.store)]
    found += [*back.findings, *check_together(numbers, begun.store, begun.settings.disclosure)]
    found += [finding for output in made.values() for finding in output.found]
    if found:
        raise FindingsError(found)
    return {suffix: output.content for suffix, output in made.items()}, begun.soft
