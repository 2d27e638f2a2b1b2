"""Putting a submission together: what goes to reviewers, what goes to the editor, and the archive."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tieout.document.audited import audit_documents
from tieout.document.execute import Executed, run_document
from tieout.document.formats import Target, read_targets
from tieout.document.parse import Tree, parse_document
from tieout.document.programs import run_pandoc
from tieout.document.source import read_source
from tieout.document.write import write_outputs
from tieout.submit.blind import blinded, check_blind, identities
from tieout.submit.floats import DEFAULT, figure_files, table_files
from tieout.submit.statements import definitions, reproducibility, store_csv, title_page
from tieout.submit.strobe import check_strobe, checklist, checklist_markdown
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.freshness import stale_inputs
from tieout.values.lock import lock_of
from tieout.values.navigate import results
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE, Store
from tieout.venue.check import check_tree
from tieout.venue.profile import Profile, csl_path

REVIEWERS, EDITOR, ARCHIVE = "for reviewers", "for the editor", "archive"
_REHEARSAL = "REHEARSAL.txt"
_REHEARSAL_TEXT = "This package was made to rehearse the submission. It must not be submitted.\n"


@dataclass(frozen=True, slots=True)
class Submission:
    """The files of a submission by their paths inside it, and what its authors should still look at."""

    files: Mapping[str, bytes]
    notes: tuple[Finding, ...]


def check_ready(project: Project, store: Store, *, rehearse: bool) -> list[Finding]:
    """Return why a study cannot be submitted: synthetic data, a stale store, no sign-off, an open finding.

    A rehearsal may have synthetic data and no sign-off.
    """
    found = []
    if not rehearse and store.study.get("synthetic"):
        remedy = "tieout submit --rehearse makes a marked package"
        found.append(Finding("submit/synthetic", "the data are synthetic", Place("results"), {}, remedy))
    if stale := stale_inputs(store, project):
        message, remedy = "the results are older than what they are derived from", "run: tieout derive"
        found.append(
            Finding("submit/stale", message, Place("results"), {"changed": ", ".join(stale)}, remedy)
        )
    if not rehearse and lock_of(store.digest, project) is None:
        message, remedy = "nobody signed this cut off", 'run: tieout lock submission-1 --by "…"'
        found.append(Finding("submit/not-signed", message, Place("results"), {}, remedy))
    return found + [finding for finding in audit_documents(project).findings if finding.blocks]


def make_submission(
    project: Project,
    store: Store,
    document: str,
    profile: Profile | None,
    *,
    dictionary: str,
    command: str,
    rehearse: bool,
) -> Submission:
    """Make every file of a submission in memory.

    Parameters
    ----------
    document : the manuscript, relative to the project.
    profile : the journal's rules; None for none in particular.
    dictionary : the data dictionary as Markdown.
    command : as it was typed, for the statement on reproducibility.
    rehearse : make a marked package although data are synthetic or the cut is not signed off.

    Raises
    ------
    FindingsError
        when the study is not ready, the journal's rules are broken, or a file for reviewers names an author.
    """
    if found := check_ready(project, store, rehearse=rehearse):
        raise FindingsError(found)
    paper = _read_paper(project, document, profile)
    venue = check_tree(paper.tree, profile.key, project.root, document) if profile else []
    declared = paper.executed.source.front.get("strobe") or {}
    strobe = check_strobe(paper.tree, declared, document)
    if any(finding.blocks for finding in (*venue, *strobe)):
        raise FindingsError([*venue, *strobe])
    shown, notes = _shown_apart(paper.tree, paper.targets["docx"], project, profile)
    front, front_notes = title_page(paper.executed.source.front, paper.tree, profile, document)
    supplement = f"{definitions(store)}\n\n# Data dictionary\n\n{dictionary}"
    answered = checklist_markdown(checklist(paper.tree, declared))
    reviewers = {
        **{f"manuscript blinded.{s}": content for s, content in _blinded(paper, project).items()},
        **shown,
        "supplement.docx": _word(supplement, paper, project),
        "STROBE checklist.docx": _word(answered, paper, project),
    }
    if leaks := check_blind(reviewers, identities({**project.quarto, **paper.executed.source.front})):
        raise FindingsError(leaks)
    full = _written(paper.tree, _without_store(paper.targets), project)
    editor = {
        "title page.docx": _word(front, paper, project),
        **{f"manuscript.{suffix}": content for suffix, content in full.items()},
        **_data(store, project, command),
    }
    archive = {"manuscript.pdf": _written(paper.tree, {"pdf": paper.targets["pdf"]}, project)["pdf"]}
    rooms = {REVIEWERS: reviewers, EDITOR: editor, ARCHIVE: archive}
    files = {f"{room}/{name}": content for room, made in rooms.items() for name, content in made.items()}
    if rehearse:
        files[_REHEARSAL] = _REHEARSAL_TEXT.encode()
    return Submission(files, (*venue, *notes, *front_notes, *strobe))


@dataclass(frozen=True, slots=True)
class _Paper:
    """The manuscript after its code ran: its tree, its Word and PDF outputs, and its reference style."""

    executed: Executed
    tree: Tree
    targets: Mapping[str, Target]
    csl: Path | None


def _read_paper(project: Project, document: str, profile: Profile | None) -> _Paper:
    source = read_source(project.root / document, project.root)
    targets = {t.suffix: t for t in read_targets(source, project) if t.suffix in ("docx", "pdf")}
    if missing := {"docx", "pdf"} - targets.keys():
        message, remedy = (
            f"{document} has no {' and no '.join(sorted(missing))} output",
            "add it to its formats",
        )
        raise FindingsError([Finding("submit/format", message, Place(document), {}, remedy)])
    executed = run_document(source, project.quarto.get("execute") or {})
    own = next((path for target in targets.values() for path in target.paths("csl")), None)
    csl = (csl_path(profile, project.root) if profile else None) or own
    return _Paper(executed, parse_document(executed, project, csl), targets, csl)


def _shown_apart(
    tree: Tree, target: Target, project: Project, profile: Profile | None
) -> tuple[dict[str, bytes], list[Finding]]:
    """Return tables and figures as files of their own, in folders."""
    asked = profile.figure_files if profile and profile.figure_files else DEFAULT
    r = results(project.results, profile.numbers) if profile else results(project.results)
    figures, notes = figure_files(tree, r, project, asked)
    tables = table_files(tree, target, project)
    made = {f"tables/{name}": content for name, content in tables.items()}
    return {**made, **{f"figures/{name}": content for name, content in figures.items()}}, notes


def _blinded(paper: _Paper, project: Project) -> dict[str, bytes]:
    """Return the manuscript without authors and without the store."""
    front = {**project.quarto, **paper.executed.source.front}
    document, shared = blinded(paper.executed, project, identities(front))
    targets = {t.suffix: t for t in read_targets(document.source, shared) if t.suffix in paper.targets}
    return _written(parse_document(document, shared, paper.csl), _without_store(targets), shared)


def _without_store(targets: Mapping[str, Target]) -> dict[str, Target]:
    return {
        suffix: replace(target, options={**target.options, "attach-store": False})
        for suffix, target in targets.items()
    }


def _written(tree: Tree, targets: Mapping[str, Target], project: Project) -> dict[str, bytes]:
    made = write_outputs(tree, list(targets.values()), project)
    return {suffix: output.content for suffix, output in made.items()}


def _word(markdown: str, paper: _Paper, project: Project) -> bytes:
    """Return Markdown as a Word file in the manuscript's styles."""
    documents = paper.targets["docx"].paths("reference-doc")[:1]
    reference = [flag for path in documents for flag in ("--reference-doc", str(path))]
    written, _ = run_pandoc(["-f", "markdown", "-t", "docx", *reference, "-o", "-"], markdown, project.root)
    return written


def _data(store: Store, project: Project, command: str) -> dict[str, bytes]:
    lock = lock_of(store.digest, project)
    return {
        "results/results.json": (project.results / RESULTS_FILE).read_bytes(),
        "results/results.csv": store_csv(store).encode(),
        "reproducibility.md": reproducibility(store, lock, project.root, command).encode(),
    }


def write_submission(made: Submission, folder: Path) -> list[Path]:
    """Write a submission's folder, one ZIP of all that is uploaded, and one of what reviewers get.

    The folder is replaced whole. The archive stays in the folder: it is kept, not uploaded.
    """
    from shutil import rmtree  # noqa: PLC0415  (needed only here)

    if folder.exists():
        rmtree(folder)
    for name, content in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    upload = {name: content for name, content in made.files.items() if not name.startswith(f"{ARCHIVE}/")}
    blind = {
        name.removeprefix(f"{REVIEWERS}/"): content
        for name, content in upload.items()
        if name.startswith(f"{REVIEWERS}/") or name == _REHEARSAL
    }
    zips = [
        (folder.with_name(f"{folder.name}.zip"), upload),
        (folder.with_name(f"{folder.name}-blinded.zip"), blind),
    ]
    for path, files in zips:
        path.write_bytes(zipped(files))
    return [folder, *(path for path, _ in zips)]


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return a ZIP with equal bytes for equal files: no dates, no owner."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            package.writestr(info, files[name])
    return buffer.getvalue()


def front_of(document: str, project: Project) -> Mapping[str, Any]:
    """Return a document's front matter."""
    return read_source(project.root / document, project.root).front
