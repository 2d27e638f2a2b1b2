"""Days of single persons: no full date is printed that the study did not declare."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.values.finding import Finding
from tieout.values.result import Fact
from tieout.values.store import Store
from tieout.values.style import AMA

_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_MONTHS += "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_DAY = re.compile(
    rf"\b(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])\b"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|[12]\d|3[01])[/.](?:19|20)\d\d\b"
    rf"|\b(?:{_MONTHS})\.?[\s\u00a0](?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?[\s\u00a0](?:19|20)\d\d\b"
    rf"|\b(?:0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?[\s\u00a0](?:{_MONTHS})\.?,?[\s\u00a0](?:19|20)\d\d\b"
)


def declared_days(store: Store) -> frozenset[str]:
    """Return the study's declared days as documents print them."""
    days = [r.value for r in store.results.values() if isinstance(r, Fact) and isinstance(r.value, date)]
    days += [date.fromisoformat(text) for text in [store.study.get("cutoff")] if isinstance(text, str)]
    return frozenset(text for day in days for text in (day.isoformat(), " ".join(AMA.day(day).split())))


def undeclared_days(passage: Passage, declared: Collection[str]) -> list[tuple[int, int]]:
    """Return where a passage prints full dates that are neither declared nor taken from a source."""
    return [
        match.span()
        for match in _DAY.finditer(passage.text)
        if " ".join(match.group().split()) not in declared
        and not any(
            mark.kind in {"given", "structure"} and mark.start <= match.start() < mark.end
            for mark in passage.marks
        )
    ]


def check_days(passages: Sequence[Passage], declared: Collection[str], locator: Locator) -> list[Finding]:
    """Return a finding for each full date that is not one of the study's; the message does not repeat it."""
    remedy = "declare it in the protocol and print that result, or print the month"
    message = "a full date is printed that the study does not declare"
    return [
        Finding("disclosure/date", message, locator.place(passage, start), {}, remedy)
        for passage in passages
        for start, _ in undeclared_days(passage, declared)
    ]
