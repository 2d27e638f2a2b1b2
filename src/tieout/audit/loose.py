"""Loose numbers: the closed world. Every number that a reader sees is a tie, a given, or structure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from tieout.audit.counting import Counted, counted
from tieout.audit.locate import Locator
from tieout.audit.names import Names
from tieout.audit.passages import Passage
from tieout.audit.settings import AuditSettings
from tieout.values.finding import Finding, Place

_FLOAT = re.compile(r"^(?:Table|Figure)\s\d+:")  # the number that cross-references set
_LEVEL = re.compile(r"\b(\d+(?:\.\d+)?)\s?%[\s\u00a0-]*(?:CIs?\b|confidence)", re.IGNORECASE)
_AROUND = 28  # characters shown on each side of a loose number


@dataclass(frozen=True, slots=True)
class DrawnFigure:
    """What a drawn figure says: its alternative text, the ties in it and in the drawing, the keys it read.

    A key such as `os_at.month_6` accounts for the 6 of "at 6 months".
    """

    alternative: str
    ties: Mapping[str, str]
    texts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()


def check_loose(
    passages: Sequence[Passage],
    settings: AuditSettings,
    locator: Locator,
    labels: Collection[str] = (),
    levels: Collection[float] = (),
    figures: Mapping[str, DrawnFigure] | None = None,
) -> list[Finding]:
    """Return a finding for each number that comes from nowhere.

    Parameters
    ----------
    levels : the confidence levels of the results, which account for the 95 of "95% CI".
    labels : the words of the store's results; a table or a figure may print them with the digits they hold.
    figures : what each drawn figure says, by the path that an image names.
    """
    with_digits = [label for label in labels if counted(label)]
    found = []
    for passage in passages:
        if not passage.is_strict and settings.elsewhere == "off":
            continue
        for number in loose(passage, settings.names, [
            *_accounted(passage, with_digits, figures or {}),
            *_levels(passage.text, levels),
        ]):
            blocks = passage.is_strict or settings.elsewhere == "fail"
            found.append(_finding(passage, number, locator.place(passage, number.start), blocks=blocks))
    return found


def loose(passage: Passage, names: Names, accounted: Iterable[tuple[int, int]] = ()) -> list[Counted]:
    """Return the numbers of a passage that are neither tied, given nor structure."""
    taken = [(mark.start, mark.end) for mark in passage.marks]
    taken += [*accounted, *names.spans(passage.text)]
    masked = list(passage.text)
    for start, end in taken:
        masked[start:end] = "\ufffc" * (end - start)  # no blank: words on both sides do not join
    return counted("".join(masked))


def _accounted(
    passage: Passage, labels: Sequence[str], figures: Mapping[str, DrawnFigure]
) -> list[tuple[int, int]]:
    """Return the stretches of a table or figure that are words of the store."""
    found = [match.span() for match in _FLOAT.finditer(passage.text)] if passage.part == "caption" else []
    if passage.part not in {"table", "alternative"}:
        return found
    texts = list(labels)
    if passage.part == "alternative" and (drawn := figures.get(passage.marks[0].key)):
        texts += drawn.ties.values()
        texts += [number for key in drawn.reads for number in re.findall(r"(?<=_)\d+", key)]
    for text in filter(None, texts):
        words = r"\s+".join(re.escape(word) for word in text.split())
        whole = rf"(?<!\w){words}(?!\w|[.,]\d)"
        found += [match.span() for match in re.finditer(whole, passage.text)]
    return found


def _levels(text: str, levels: Collection[float]) -> list[tuple[int, int]]:
    """Return where a text names the level of a confidence interval that the results have."""
    return [m.span() for m in _LEVEL.finditer(text) if float(m[1]) / 100 in levels]


def _finding(passage: Passage, number: Counted, place: Place, *, blocks: bool) -> Finding:
    before = passage.text[max(0, number.start - _AROUND) : number.start]
    after = passage.text[number.end : number.end + _AROUND]
    facts = {"text": " ".join(f"…{before}»{number.text}«{after}…".split())}
    if passage.cell is not None:
        facts |= {"row": passage.cell.stub or "the headings", "column": passage.cell.heading}
    where = {"title": "in the title", "abstract": "in the abstract", "alternative": "in an alternative text"}
    message = f"the number {number.text} {where.get(passage.part, '')} comes from nowhere".replace("  ", " ")
    remedy = (
        "print a result (`{python} r.key.facet`), name its source "
        f'([{number.text}]{{.given source="@key"}}), or list the name that holds it'
    )
    facts = {name: text for name, text in facts.items() if text}
    return Finding("audit/loose-number", message, place, facts, remedy, blocks)
