"""Words that depend on the data, in results without a claim: softer findings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieout.audit.locate import Locator
from tieout.audit.passages import Passage
from tieout.audit.settings import AuditSettings
from tieout.text.people import PEOPLE
from tieout.values.finding import Finding

_COMPARED = "high|low|long|short|great|small|old|young|fast|slow|frequent|common|rare"
DEPENDENT = re.compile(
    r"\b(?:a|the)\s+(?:\w+\s+)?(?:majority|minority|plurality)\b"
    r"|\bmost\b(?!\s+(?:recent|recently|likely|appropriate|important|of\s+all)\b)"
    rf"|\b(?:all|no|few|fewer|several|many|some|every)\s+(?:of\s+the\s+|the\s+)?(?:{PEOPLE}|pts|deaths?|events?)\b"
    r"|\b(?:nearly|almost|not)\s+all\b|\ball\s+of\s+(?:them|whom|these|those)\b"
    r"|\b(?:more|less|fewer|greater|higher|lower|longer|shorter)\s+than\b"
    rf"|\b(?:{_COMPARED})(?:er|est|r|st)\b(?!\s+limit)"
    r"|\b(?:more|less|most|least)\s+(?:frequent(?:ly)?|common(?:ly)?|often|likely)\b"
    r"|\b(?:increased|decreased|improved|worsened|declined|rose|fell)\b"
    r"|\b(?:in)?significant(?:ly)?\b|\bsignificance\b"
    r"|\b(?:comparable|similar)\s+(?:between|across|in|to)\b"
    r"|\bnot\s+(?:yet\s+)?(?:been\s+)?reached\b",
    re.IGNORECASE,
)


def check_wording(passages: Sequence[Passage], settings: AuditSettings, locator: Locator) -> list[Finding]:
    """Return a finding for each data-dependent word in the abstract's or the body's results without a claim.

    Words inside a tie, a given or a claim are accounted for. What stands in tables and captions names columns
    and is left alone. Background and Methods make no claims on these data.
    """
    if settings.wording == "off":
        return []
    found = []
    for passage in passages:
        if not _shows_results(passage):
            continue
        for match in DEPENDENT.finditer(passage.text):
            if any(mark.start < match.end() and match.start() < mark.end for mark in passage.marks):
                continue
            place = locator.place(passage, match.start())
            message = f"“{match.group()}” depends on the data and stands without a claim"
            remedy = f'write `{{python}} claim("{match.group()}", …)` with the condition that makes it true'
            blocks = settings.wording == "fail"
            found.append(Finding("audit/unclaimed-word", message, place, {}, remedy, blocks))
    return found


_SETTING_OUT = re.compile(
    r"^\W*(?:background|introduction|purpose|objectives?|aims?|methods?|design)", re.IGNORECASE
)


def _shows_results(passage: Passage) -> bool:
    if passage.part == "abstract":
        return not _SETTING_OUT.match(passage.section) and not _SETTING_OUT.match(passage.text)
    return passage.in_results and passage.part in {"body", "note"}
