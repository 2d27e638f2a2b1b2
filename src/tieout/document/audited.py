"""The whole audit of a study: documents run, outputs read back, everything that is printed seen together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tieout.audit.identities import check_store, uncovered
from tieout.audit.printed import PrintedNumber
from tieout.audit.settings import read_settings
from tieout.document.agree import check_outputs_agree
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.execute import Executed
from tieout.document.formats import SUFFIX
from tieout.document.parse import Tree, parse_document
from tieout.document.readback import check_together, figure_numbers, read_back
from tieout.document.render import run_sources
from tieout.document.source import read_source
from tieout.text.read import text_of
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project
from tieout.values.store import read_store


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit of a study found.

    `read` are the outputs that were there to be read back; `uncovered` the printed counts that no identity
    between several results covers: for those only the store itself stands.
    """

    findings: tuple[Finding, ...]
    read: tuple[str, ...]
    ties: int
    uncovered: tuple[str, ...]
    documents: tuple[tuple[Executed, Tree], ...]


def audit_documents(project: Project, names: Sequence[str] = ()) -> Audit:
    """Audit documents of a project, all by default.

    Raises
    ------
    FindingsError
        when a document cannot be run or read at all; what the audit itself finds is returned.
    """
    store, settings = read_store(project.results), read_settings(project)
    wanted = names or project.documents
    executed = run_sources([read_source(project.root / name, project.root) for name in wanted], project)
    found = check_store(store)
    numbers: list[PrintedNumber] = []
    read: list[str] = []
    documents = []
    for done in executed:
        tree = parse_document(done, project)
        documents.append((done, tree))
        found += [each for each in check_document(done, tree, project, store, settings) if each not in found]
        made = read_outputs(done.source.name, project)
        texts = {suffix: text_of(content, file) for suffix, (file, content) in made.items()}
        read += [file for file, _ in made.values()]
        back = read_back(texts, store, printed_ties(done))
        page = made["html"][1] if "html" in made else b""
        found += [*back.findings, *check_outputs_agree(texts, page, done.source.name)]
        numbers += back.numbers
    numbers += figure_numbers(read_drawn(project), store)
    found += [each for each in check_together(numbers, store, settings.disclosure) if each not in found]
    keys = [tie.rpartition(".")[0] for done in executed for tie in printed_ties(done)]
    return Audit(
        tuple(found),
        tuple(read),
        sum(len(done.evaluated) for done in executed),
        tuple(uncovered(store, keys)),
        tuple(documents),
    )


def require_bound_documents(project: Project) -> list[Finding]:
    """Run and audit every document; return the findings that do not stop a build.

    Raises
    ------
    FindingsError
        with all findings of all documents, when one of them stops it.
    """
    sources = [read_source(project.root / name, project.root) for name in project.documents]
    found: list[Finding] = []
    for executed in run_sources(sources, project):
        tree = parse_document(executed, project)
        found += [each for each in check_document(executed, tree, project) if each not in found]
    if any(finding.blocks for finding in found):
        raise FindingsError(found)
    return found


def read_outputs(document: str, project: Project) -> dict[str, tuple[str, bytes]]:
    """Return a document's outputs that are there, by suffix, as (file as messages name it, bytes)."""
    stem = Path(document).stem
    files = {suffix: project.output / f"{stem}.{suffix}" for suffix in SUFFIX.values()}
    return {
        suffix: (project.relative(file), file.read_bytes())
        for suffix, file in files.items()
        if file.is_file()
    }
