"""Frequent words of results and the conditions that they mean, so that a claim need only name its results.

| words | on | mean |
| --- | --- | --- |
| majority, most, more than half | a count's share | above one half |
| minority, fewer than half | a count's share | below one half |
| half | a count's share | exactly one half |
| none, no patient, nobody | a count | zero |
| all, every, everybody | a count | its whole denominator |
| higher, longer, more … than | two results | the first above the second |
| lower, shorter, fewer … than | two results | the first below the second |
| not reached | a median | not reached |
| significant | a P value and the declared level | below the level |
"""

from __future__ import annotations

import re
from collections.abc import Callable

from tieout.values.condition import Condition
from tieout.values.result import Count
from tieout.values.tie import Tie, compare

_ABOVE = "higher|longer|greater|larger|older|more|above|exceeded|better"
_BELOW = "lower|shorter|smaller|younger|fewer|less|below|worse"
_Meaning = Callable[[Tie, Tie | None], Condition]


def implied(words: str, first: Tie, second: Tie | None = None) -> Condition:
    """Return the condition that `words` mean for the results.

    Raises
    ------
    TypeError
        when the words mean none, or not for such results; it says what to write.
    """
    for pattern, meaning in _VOCABULARY:
        if pattern.search(words):
            return meaning(first, second)
    raise TypeError(f"“{words}” means no condition by itself: write it, such as r.flow.hospice.share < 0.5")


def _share(sign: str) -> _Meaning:
    def meaning(first: Tie, second: Tie | None) -> Condition:
        return compare(_of_count(first, second, "share"), sign, 0.5)

    return meaning


def _none(first: Tie, second: Tie | None) -> Condition:
    return compare(_of_count(first, second, "n"), "==", 0)


def _all(first: Tie, second: Tie | None) -> Condition:
    return compare(_of_count(first, second, "n"), "==", _facet(first, "of"))


def _pair(sign: str) -> _Meaning:
    def meaning(first: Tie, second: Tie | None) -> Condition:
        if second is None:
            raise TypeError("a comparison needs two results: claim(words, r.one.median, r.other.median)")
        return compare(first, sign, second)

    return meaning


def _not_reached(first: Tie, second: Tie | None) -> Condition:
    return compare(first, "==", None)


def _significant(first: Tie, second: Tie | None) -> Condition:
    if second is None:
        raise TypeError("significance needs the declared level: claim(words, r.test.p, r.study.level.text)")
    return compare(first, "<", second)


def _not_significant(first: Tie, second: Tie | None) -> Condition:
    return ~_significant(first, second)


def _of_count(tie: Tie, second: Tie | None, facet: str) -> Tie:
    if second is not None or not isinstance(tie.result, Count) or not tie.result.of:
        raise TypeError(f"these words need one count with a denominator; r.{tie.key} is none")
    return _facet(tie, facet)


def _facet(tie: Tie, facet: str) -> Tie:
    return Tie(tie.key, facet, tie.text, tie.result)


def _word(words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{words})\b", re.IGNORECASE)


# in this order: "fewer than half" is no comparison of two results, "not significant" not "significant"
_VOCABULARY: tuple[tuple[re.Pattern[str], _Meaning], ...] = (
    (_word("not reached|not been reached|not yet reached"), _not_reached),
    (_word("(?:not|no) (?:statistically )?significant(?:ly)?|insignificant"), _not_significant),
    (_word("significant(?:ly)?"), _significant),
    (_word("fewer than half|less than half|minority"), _share("<")),
    (_word("majority|more than half|most|mostly"), _share(">")),
    (_word("half"), _share("==")),
    (_word("none|nobody|no"), _none),
    (_word("all|every|everybody|each"), _all),
    (_word(_ABOVE), _pair(">")),
    (_word(_BELOW), _pair("<")),
)
