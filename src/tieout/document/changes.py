"""What a new data cut changes in the documents: each is run against both stores and read by sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from tieout.audit.conditions import UnreadableConditionError, flips_by_one_patient, holds
from tieout.audit.passages import Passage, passages
from tieout.document.against import run_against
from tieout.text.sentences import sentence_bounds
from tieout.values.claim import Claim
from tieout.values.compare import PatientChanges, StoreChanges, compare_stores
from tieout.values.finding import Finding, Place
from tieout.values.project import Project
from tieout.values.store import Store

_TOKEN = re.compile(r"\s+|[^\s\u00a0]+|\u00a0")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words of a sentence: in both cuts, only in the old, or only in the new one."""

    kind: Literal["same", "old", "new"]
    text: str


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence, caption or note that reads otherwise, as pieces in reading order."""

    document: str
    section: str
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> str:
        """The sentence in the old cut."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "new")

    @property
    def new(self) -> str:
        """The sentence in the new cut."""
        return "".join(piece.text for piece in self.pieces if piece.kind != "old")


@dataclass(frozen=True, slots=True)
class CellChange:
    """A table's cell that reads otherwise."""

    document: str
    table: str
    row: str
    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim in two cuts: whether it held; None where a cut cannot say.

    `turned_by` are the counts in which one patient more or less would turn it in the new cut.
    """

    words: str
    condition: str
    place: Place
    before: bool | None
    after: bool | None
    turned_by: tuple[str, ...]

    @property
    def is_flipped(self) -> bool:
        """Whether the claim turned."""
        return self.before is not None and self.after is not None and self.before != self.after


@dataclass(frozen=True, slots=True)
class Changes:
    """All that a new cut changes. `unrun` names what one of the stores could not print."""

    old: Store
    new: Store
    results: StoreChanges
    sentences: tuple[SentenceChange, ...]
    cells: tuple[CellChange, ...]
    claims: tuple[ClaimChange, ...]
    patients: PatientChanges | None = None
    unrun: tuple[Finding, ...] = ()


def compare_documents(
    project: Project, old: Store, new: Store, patients: PatientChanges | None = None
) -> Changes:
    """Run every document of a project against two stores, and say what reads otherwise.

    The documents run in a copy of the project without data and outputs; nothing of the project is touched.
    """
    before, after = run_against(project, old, new)
    sentences: list[SentenceChange] = []
    cells: list[CellChange] = []
    claims: dict[tuple[Place, str], ClaimChange] = {}
    for name, (_, tree) in after.items():
        read_old = passages(before[name][1]) if name in before else []
        read_new = passages(tree)
        sentences += [each for each in _sentences(name, read_old, read_new) if not _has(sentences, each)]
        cells += _cells(name, read_old, read_new)
    for executed, _ in after.values():
        for each in executed.evaluated:
            if isinstance(each.value, Claim):
                key = (each.place, each.value.words)
                claims.setdefault(key, _claim(each.value, each.place, old, new))
    runs = (executed for made in (before, after) for executed, _ in made.values())
    unrun = {str(finding): finding for executed in runs for finding in executed.findings}
    false = [finding for finding in unrun.values() if finding.code != "document/false-claim"]
    return Changes(
        old,
        new,
        compare_stores(old, new),
        tuple(sentences),
        tuple(cells),
        tuple(claims.values()),
        patients,
        tuple(false),
    )


def _has(known: Sequence[SentenceChange], change: SentenceChange) -> bool:
    """Whether another document, by an include, has the same sentence."""
    return any(each.pieces == change.pieces for each in known)


def _claim(claim: Claim, place: Place, old: Store, new: Store) -> ClaimChange:
    text = claim.condition.text
    try:
        turned_by = tuple(flips_by_one_patient(text, new))
    except (UnreadableConditionError, KeyError):
        turned_by = ()
    return ClaimChange(claim.words, text, place, _held(text, old), _held(text, new), turned_by)


def _held(condition: str, store: Store) -> bool | None:
    try:
        return holds(condition, store)
    except UnreadableConditionError:
        return None


def _sentences(document: str, old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[SentenceChange]:
    before, after = (_split([p for p in read if p.cell is None]) for read in (old, new))
    matcher = SequenceMatcher(None, [s.skeleton for s in before], [s.skeleton for s in after], autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        ours, theirs = before[i1:i2], after[j1:j2]
        for at in range(max(len(ours), len(theirs))):
            one = ours[at] if at < len(ours) else None
            other = theirs[at] if at < len(theirs) else None
            if one is not None and other is not None and one.text == other.text:
                continue
            section = (other or one or _Sentence("", "", "")).section
            yield SentenceChange(
                document, section, tuple(_pieces(one.text if one else "", other.text if other else ""))
            )


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    skeleton: str  # the sentence with each tie's key in place of its words
    section: str


def _split(read: Sequence[Passage]) -> list[_Sentence]:
    made = []
    for passage in read:
        ties = passage.of_kind("tie")
        for start, end in sentence_bounds(passage.text):
            skeleton, at = "", start
            for mark in ties:
                if start <= mark.start < end and mark.start >= at:
                    skeleton += f"{passage.text[at : mark.start]}\0{mark.key}"
                    at = mark.end
            made.append(_Sentence(passage.text[start:end], skeleton + passage.text[at:end], passage.section))
    return made


def _pieces(old: str, new: str) -> Iterator[Piece]:
    """Yield the words of two sentences side by side: what stayed, what went, what came."""
    ours, theirs = _TOKEN.findall(old), _TOKEN.findall(new)
    for kind, i1, i2, j1, j2 in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Piece("same", "".join(ours[i1:i2]))
            continue
        if i2 > i1:
            yield Piece("old", "".join(ours[i1:i2]))
        if j2 > j1:
            yield Piece("new", "".join(theirs[j1:j2]))


def _cells(document: str, old: Sequence[Passage], new: Sequence[Passage]) -> Iterator[CellChange]:
    before, after = _by_place(old), _by_place(new)
    for place in dict.fromkeys([*after, *before]):
        one, other = before.get(place), after.get(place)
        if (one.text if one else "") != (other.text if other else ""):
            known = other or one
            assert known is not None
            texts = (one.text if one else "", other.text if other else "")
            yield CellChange(document, place[0], place[1], known.heading, *texts)


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    heading: str  # the column's words; they may hold a tie, so that a column is known by its number


def _by_place(read: Sequence[Passage]) -> Mapping[tuple[str, str, int, int], _Shown]:
    made: dict[tuple[str, str, int, int], _Shown] = {}
    for passage in read:
        if (cell := passage.cell) is None:
            continue
        row = " › ".join(part for part in (cell.group, cell.stub) if part)
        row = row if cell.row > 0 else "headings" if cell.row == 0 else "notes"
        table = passage.label or f"table {cell.table + 1}"
        number = sum((table, row, cell.column) == known[:3] for known in made)
        shown = _Shown(" ".join(passage.text.split()), " ".join(cell.heading.split()))
        made[table, row, cell.column, number] = shown
    return made
