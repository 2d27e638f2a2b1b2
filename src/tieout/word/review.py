"""What co-authors did to a Word file, held against the document that it was made from."""

from __future__ import annotations

import bisect
import difflib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tieout.values.finding import Finding, Place
from tieout.word.comments import Comment, add_comments
from tieout.word.marks import Mark
from tieout.word.names import DOCUMENT
from tieout.word.open_matters import check_open_matters
from tieout.word.package import Package, parse_part, part_bytes
from tieout.word.prose import Paragraph, marks_of, paragraphs_of, read_paragraphs, restored
from tieout.word.refresh import Printer

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_COUNTS = re.compile(
    r"[\d,]+ characters without spaces, [\d,]+ words$"
    r"|Word count: (?:abstract, [\d,]+; )?main text, [\d,]+$|Tables and figures: \d+ tables?, \d+ figures?$"
)
_ALIKE = 0.4  # share of common characters from which two paragraphs are one that was rewritten


@dataclass(frozen=True, slots=True)
class Difference:
    """A paragraph of the document and what it became, as Markdown; "" where one of them is absent."""

    ours: str
    theirs: str
    place: Place


@dataclass(frozen=True, slots=True)
class Review:
    """The findings of a review, the paragraphs that differ, and a copy of the file with comments."""

    findings: tuple[Finding, ...]
    differences: tuple[Difference, ...]
    commented: Package


@dataclass(frozen=True, slots=True)
class _Remark:
    """A finding with the text nodes where its comment belongs."""

    finding: Finding
    nodes: tuple[Element, ...] = ()


def review_file(
    edited: Package,
    ours: Package,
    printer: Printer,
    name: str,
    *,
    printed: Printer | None,
    claims: Mapping[str, str],
    date: str,
) -> Review:
    """Compare an edited Word file with the one that the document makes now.

    Parameters
    ----------
    edited, ours : the co-authors' file, and a fresh one.
    printer : the store's values now, which knows all keys.
    name : the file's name, for places.
    printed : the values of the cut that the edited file was made from; None where that cut is not at hand.
    claims : the Python expression of each claim, by its words.
    date : of the comments.
    """
    body = parse_part(edited, DOCUMENT)
    theirs = paragraphs_of(body, DOCUMENT, printer.book)
    theirs += [p for p in read_paragraphs(edited, printer.book) if p.part != DOCUMENT]
    fresh = read_paragraphs(ours, printer.book)
    # the counts of words follow the text, and nobody typed them: an edited file has the older ones
    fresh, theirs = ([p for p in each if not _COUNTS.match(p.normal)] for each in (fresh, theirs))
    pairs = pair_paragraphs(fresh, theirs)
    remarks = [
        *_check_ties(fresh, theirs, name),
        *(_check_typed_over(theirs, printed, name) if printed else _another_cut(name)),
        *_check_loose(pairs, fresh, name),
        *_check_claims(fresh, theirs, name),
    ]
    open_matters = check_open_matters(edited, name)
    comments = [
        Comment(remark.nodes, f"{remark.finding.message}. Try: {remark.finding.remedy}")
        for remark in remarks
        if remark.nodes and any(node is body or body in node.iterancestors() for node in remark.nodes)
    ]
    commented = edited
    if comments:
        commented = add_comments(edited, comments, date)
        commented = commented.with_parts({DOCUMENT: part_bytes(body)})
    differences = tuple(
        Difference(
            restored(mine, claims) if mine else "",
            restored(yours, claims) if yours else "",
            Place(name, yours.number if yours else None),
        )
        for mine, yours in pairs
        if mine is None or yours is None or mine.normal != yours.normal
    )
    moved = _check_moved(fresh, pairs, name)
    findings = (*(remark.finding for remark in remarks), *open_matters, *moved)
    return Review(findings, differences, commented)


def pair_paragraphs(
    ours: Sequence[Paragraph], theirs: Sequence[Paragraph]
) -> list[tuple[Paragraph | None, Paragraph | None]]:
    """Pair the paragraphs of two files: equal ones first, wherever they stand, then the most alike."""
    left: list[Paragraph | None] = list(ours)
    pairs: list[tuple[Paragraph | None, Paragraph | None]] = []
    same: dict[str, list[int]] = {}
    for at, paragraph in enumerate(ours):
        same.setdefault(paragraph.normal, []).append(at)
    unmatched: list[int] = []
    found: dict[int, Paragraph] = {}
    for at, paragraph in enumerate(theirs):
        if places := same.get(paragraph.normal):
            place = places.pop(0)
            found[at], left[place] = ours[place], None
        else:
            unmatched.append(at)
    for at in unmatched:
        if (origin := _most_alike(theirs[at], left)) is not None:
            found[at], left[origin] = ours[origin], None
    pairs += [(found.get(at), paragraph) for at, paragraph in enumerate(theirs)]
    return pairs + [(mine, None) for mine in left if mine is not None]


def _most_alike(paragraph: Paragraph, others: Sequence[Paragraph | None]) -> int | None:
    """Return the place of the paragraph that this one was rewritten from, if any is alike enough."""
    best: float = _ALIKE
    at: int | None = None
    matcher = difflib.SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(paragraph.normal)
    for place, other in enumerate(others):
        if other is None or other.part != paragraph.part:
            continue
        matcher.set_seq1(other.normal)
        if matcher.real_quick_ratio() < best or matcher.quick_ratio() < best:
            continue
        if (score := matcher.ratio()) >= best:
            best, at = score, place
    return at


def _check_moved(
    fresh: Sequence[Paragraph], pairs: Sequence[tuple[Paragraph | None, Paragraph | None]], name: str
) -> list[Finding]:
    """Note paragraphs that stand in another order: all but the longest run that kept its order."""
    order = {paragraph: at for at, paragraph in enumerate(fresh)}
    kept = [(order[mine], yours) for mine, yours in pairs if mine is not None and yours is not None]
    ends: list[int] = []  # the smallest last place of an ordered run of each length
    lengths = []
    for at, _ in kept:
        length = bisect.bisect_left(ends, at)
        ends[length : length + 1] = [at]
        lengths.append(length)
    ordered, wanted = set(), len(ends) - 1
    for place in range(len(kept) - 1, -1, -1):
        if lengths[place] == wanted:
            ordered.add(place)
            wanted -= 1
    moved = [yours for place, (_, yours) in enumerate(kept) if place not in ordered]
    return [
        Finding(
            "word/moved",
            "this paragraph was moved",
            Place(name, paragraph.number),
            {"begins": " ".join("".join(piece.text for piece in paragraph.pieces).split())[:60]},
            "move it in the .qmd too",
            blocks=False,
        )
        for paragraph in moved
    ]


def _check_ties(fresh: Sequence[Paragraph], theirs: Sequence[Paragraph], name: str) -> list[_Remark]:
    """Find ties that vanished and ties that stand more often than the document prints them."""
    wanted = Counter(mark.key for mark, _ in marks_of(fresh) if mark.kind == "tie")
    present: dict[str, list[tuple[Mark, Paragraph]]] = {}
    for mark, paragraph in marks_of(theirs):
        if mark.kind == "tie":
            present.setdefault(mark.key, []).append((mark, paragraph))
    remarks = []
    for key, count in wanted.items():
        have = len(present.get(key, []))
        if have < count:
            where = f" at {count - have} of {count} places" if count > 1 else ""
            message = f"the tie r.{key} vanished{where}"
            facts = {"have": str(have), "need": str(count)}
            remedy = "take it out of the .qmd too, or put the number back"
            remarks.append(_Remark(Finding("word/tie-vanished", message, Place(name), facts, remedy)))
    for key, places in present.items():
        if len(places) > wanted[key]:
            facts = {"have": str(len(places)), "need": str(wanted[key])}
            mark, paragraph = places[-1]
            message = f"the tie r.{key} was copied" if wanted[key] else f"the tie r.{key} is new here"
            remedy = f"print `{{python}} r.{key}` there in the .qmd too"
            finding = Finding("word/tie-copied", message, Place(name, paragraph.number), facts, remedy)
            remarks.append(_Remark(finding, mark.nodes))
    return remarks


def _check_typed_over(theirs: Sequence[Paragraph], printed: Printer, name: str) -> list[_Remark]:
    remarks = []
    for mark, paragraph in marks_of(theirs):
        if mark.kind != "tie":
            continue
        value = printed.text(mark.key)
        if value is not None and " ".join(mark.text.split()) != " ".join(value.split()):
            message = f"the number of r.{mark.key} was typed over"
            facts = {"have": mark.text, "printed": value}
            remedy = "refresh brings the store's number back; a wrong number wants another definition"
            place = Place(name, paragraph.number)
            remarks.append(_Remark(Finding("word/typed-over", message, place, facts, remedy), mark.nodes))
    return remarks


def _another_cut(name: str) -> list[_Remark]:
    message = "the file was made from a cut of the data that is not at hand"
    facts = {"so": "a number typed over cannot be told from one of that cut"}
    remedy = "refresh it: every tied number then is the store's"
    return [_Remark(Finding("word/another-cut", message, Place(name), facts, remedy, blocks=False))]


def _check_loose(
    pairs: Sequence[tuple[Paragraph | None, Paragraph | None]], fresh: Sequence[Paragraph], name: str
) -> list[_Remark]:
    """Find numbers in digits that nobody tied and that the document does not print at that place."""
    known = {mark.text for mark, _ in marks_of(fresh) if mark.kind in ("given", "claim")}
    remarks = []
    for mine, yours in pairs:
        if yours is None:
            continue
        allowed = Counter(number for number, _ in mine.loose) if mine else Counter()
        typed = list(yours.loose)
        typed += [
            (mark.text, mark.nodes[0])
            for mark, _ in marks_of([yours])
            if mark.kind == "control" and mark.text not in known and any(c.isdigit() for c in mark.text)
        ]
        for number, node in typed:
            if allowed[number] > 0:
                allowed[number] -= 1
                continue
            remedy = "tie it to a result, or mark it as given in the .qmd"
            finding = Finding(
                "word/loose-number",
                f"the number {number} was typed and is tied to nothing",
                Place(name, yours.number),
                {},
                remedy,
            )
            remarks.append(_Remark(finding, (node,)))
    return remarks


def _check_claims(fresh: Sequence[Paragraph], theirs: Sequence[Paragraph], name: str) -> list[_Remark]:
    """Find claims whose words changed or that vanished; without tags (LibreOffice) by their words alone."""
    wanted = [(mark, paragraph) for mark, paragraph in marks_of(fresh) if mark.kind == "claim"]
    present = [(mark, p) for mark, p in marks_of(theirs) if mark.kind in ("claim", "control")]
    remarks = []
    for claim, _ in wanted:
        words = " ".join(claim.text.split())
        if any(" ".join(mark.text.split()) == words for mark, _ in present):
            continue
        changed = [(mark, p) for mark, p in present if mark.kind == "claim" and mark.key == claim.key]
        facts = {"claimed": words}
        if changed:
            mark, paragraph = changed[0]
            facts["now"] = " ".join(mark.text.split())
            message, place, nodes = "the words of a claim changed", Place(name, paragraph.number), mark.nodes
        else:
            message, place, nodes = "a claim vanished, or its words changed", Place(name), ()
        remedy = "change the claim in the .qmd, with a condition that bears the new words out"
        remarks.append(_Remark(Finding("word/claim-changed", message, place, facts, remedy), nodes))
    return remarks
