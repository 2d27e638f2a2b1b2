"""What a tie's printed words say: its numbers by name, taken from the characters and not from the store."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from tieout.text.numerals import FINE_BLANKS, numerals
from tieout.values.facets import NOT_ESTIMABLE, NOT_REACHED
from tieout.values.result import Count, Estimate, HypothesisTest, Result, Summary, TimeToEvent
from tieout.values.store import Store
from tieout.values.style import MINUS

_NUMBER = re.compile(
    rf"{MINUS}?\d(?:[\d,']|[{FINE_BLANKS}](?=\d))*(?:[.·]\d+)?|{MINUS}?[.·]\d+|{NOT_REACHED}|{NOT_ESTIMABLE}"
)
_WORDS = frozenset({"words", "words_capital"})

# The numbers that each facet prints, in their order. A level is the 95 of "95% CI".
_COUNT = {
    "n": "n",
    "of": "of",
    "percent": "percent",
    "share": "percent",
    "n_percent": "n percent",
    "n_of": "n of",
    "n_of_percent": "n of percent",
    "words": "n",
    "words_capital": "n",
    "missing": "missing",
    "ci": "level low_percent high_percent",
    "interval": "low_percent high_percent",
    "ci_level": "level",
}
_BARE = ("median", "mean", "median_range", "median_iqr")
_SUMMARY = {
    "n": "n",
    "missing": "missing",
    "median": "median",
    "mean": "mean",
    "sd": "sd",
    "low": "low",
    "high": "high",
    "range": "low high",
    "iqr": "q1 q3",
    "median_range": "median low high",
    "median_iqr": "median q1 q3",
    "mean_sd": "mean sd",
}
_SUMMARY |= {f"{name}_bare": _SUMMARY[name] for name in _BARE}
_ESTIMATE = {
    "value": "value",
    "value_bare": "value",
    "low": "low",
    "high": "high",
    "ci": "level low high",
    "interval": "low high",
    "ci_level": "level",
    "value_ci": "value level low high",
    "value_interval": "value low high",
    "p": "p",
    "p_bare": "p",
    "n": "n",
    "events": "events",
}
_TIME = {
    "n": "n",
    "events": "events",
    "censored": "censored",
    "median": "median",
    "median_bare": "median",
    "low": "low",
    "high": "high",
    "ci": "level low high",
    "interval": "low high",
    "ci_level": "level",
    "median_ci": "median level low high",
    "median_interval": "median low high",
}
_TEST = {"p": "p", "p_bare": "p", "statistic": "statistic", "df": "df"}
_NUMBERS: Mapping[type, Mapping[str, str]] = {
    Count: _COUNT,
    Summary: _SUMMARY,
    Estimate: _ESTIMATE,
    TimeToEvent: _TIME,
    HypothesisTest: _TEST,
}


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A number of a printed tie: `key` and `name` say whose, `text` how it reads, `where` by which output.

    `value` is None for "not reached" and "not estimable".
    """

    key: str
    name: str
    text: str
    value: Decimal | None
    where: str
    tie: str = ""

    @property
    def places(self) -> int:
        """How many decimals were printed."""
        return len(re.split("[.·]", self.text)[1]) if re.search(r"[.·]\d", self.text) else 0


def printed_numbers(ties: Iterable[tuple[str, str]], store: Store, where: str) -> list[PrintedNumber]:
    """Return the numbers of printed ties.

    Parameters
    ----------
    ties : (key with facet, printed text); what is no tie of the store's results is passed over.
    where : the output that prints them.
    """
    made = []
    for tie, text in ties:
        key, _, facet = tie.rpartition(".")
        result = store.results.get(key)
        if result is not None:
            made += [
                PrintedNumber(key, name, shown, value, where, tie)
                for name, (shown, value) in numbers_of(result, facet, text).items()
            ]
    return made


def numbers_of(result: Result, facet: str, text: str) -> dict[str, tuple[str, Decimal | None]]:
    """Return what the words of a facet say, by name, as (printed characters, value).

    >>> from tieout.values.result import Meaning
    >>> {k: str(v) for k, (_, v) in numbers_of(Count(17, 35, Meaning("")), "n_percent", "17 (49%)").items()}
    {'n': '17', 'percent': '49'}
    """
    names = _NUMBERS.get(type(result), {}).get(facet, "").split()
    if facet in _WORDS:
        spelled = numerals(text)
        return {"n": (text, spelled[0].value)} if spelled else {}
    return {name: (shown, _value(shown)) for name, shown in zip(names, _NUMBER.findall(text), strict=False)}


def _value(text: str) -> Decimal | None:
    if text in {NOT_REACHED, NOT_ESTIMABLE}:
        return None
    plain = re.sub(rf"[,{FINE_BLANKS}']", "", text).replace("·", ".").replace(MINUS, "-")
    return Decimal(plain)
