"""Whether ties, givens and claims are what they say: as the store prints, with a source, made by the tool."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from tieout.audit.locate import Locator, SourceLine
from tieout.audit.passages import Passage
from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding
from tieout.values.store import Store
from tieout.values.style import AMA

_TYPED = re.compile(r"\]\{[^}]*\.(tie|claim)\b")
_EXPRESSION = re.compile(r"``.*?``|(?<!`)`\{python\}[ \t]+[^`]+`")  # shown, or closed on its line
_OPEN = re.compile(r"\{\s*python\s*\}", re.IGNORECASE)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")


def check_ties(
    passages: Sequence[Passage], store: Store, printed: Mapping[str, Collection[str]], locator: Locator
) -> list[Finding]:
    """Return a finding for each tie whose words are not what the store prints under its key.

    `printed` are the words of each tie as the run printed them; the default style decides about others.
    """
    found = []
    for passage in passages:
        for mark in passage.of_kind("tie"):
            key, _, facet = mark.key.rpartition(".")
            have = passage.text[mark.start : mark.end]
            result = store.results.get(key)
            if result is None or facet not in FACETS[type(result)]:
                message = f"the store has no {mark.key}, which a tie names"
                facts = {"printed": have}
            elif have not in (need := printed.get(mark.key) or {show(result, facet, AMA)}):
                message = f"a tie of {mark.key} prints other words than the store"
                facts = {"have": have, "need": " or ".join(sorted(need))}
            else:
                continue
            place = locator.place(passage, mark.start)
            remedy = "print it by an inline expression: `{python} r." + mark.key + "`"
            found.append(Finding("audit/tie", message, place, facts, remedy))
    return found


def check_typed(written: Sequence[SourceLine]) -> list[Finding]:
    """Return a finding for each tie or claim that somebody typed, in the lines as their author wrote them.

    So it does for each inline expression that is none, for instance for want of a backtick.
    """
    found, fence = [], ""
    for line in written:
        if match := _FENCE.match(line.text):
            fence = "" if fence and line.text.strip().startswith(fence) else fence or match[1]
        elif not fence and (typed := _TYPED.search(line.text)):
            message = f"a {typed[1]} is typed by hand: it would stay when the data change"
            call = "r.key.facet" if typed[1] == "tie" else 'claim("words", condition)'
            remedy = "write `{python} " + call + "`"
            found.append(Finding("audit/typed-mark", message, line.place, {}, remedy))
        elif not fence and _OPEN.search(_EXPRESSION.sub("", line.text)):
            message = "an inline expression is not closed on its line, and would be printed as it stands"
            remedy = "write `{python} r.key.facet` between two backticks, on one line"
            found.append(Finding("audit/open-expression", message, line.place, {}, remedy))
    return found


def check_givens(
    passages: Sequence[Passage], references: Collection[str] | None, locator: Locator
) -> list[Finding]:
    """Return a finding for each given without a source, or with one that the bibliography does not hold.

    `references` are the bibliography's keys; None where there is no bibliography to look into.
    """
    found = []
    for passage in passages:
        for mark in passage.of_kind("given"):
            cited = re.findall(r"@([\w:.#$%&+?<>~/-]*\w)", mark.key)
            unknown = [key for key in cited if references is not None and key not in references]
            if not mark.key.strip():
                message, remedy = "a given names no source", 'write {.given source="@key"}'
            elif unknown:
                message = f"a given names the source @{unknown[0]}, which the bibliography does not hold"
                remedy = "add it to the bibliography, or mend the key"
            else:
                continue
            place = locator.place(passage, mark.start)
            facts = {"text": passage.text[mark.start : mark.end]}
            found.append(Finding("audit/given-source", message, place, facts, remedy))
    return found
