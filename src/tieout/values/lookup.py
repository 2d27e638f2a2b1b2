"""From printed words back to the results that print so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.values.facets import FACETS, lacking, show
from tieout.values.store import Store
from tieout.values.style import AMA, NumberStyle

_BLANK = re.compile(r"\s+")
_AROUND_SIGN = re.compile(r"\s*([=<>])\s*")
_AS_TYPED = str.maketrans({"–": "-", "—": "-", "−": "-", "‑": "-", "·": ".", "’": "'"})


def as_typed(text: str) -> str:
    """Return text as a keyboard gives it, in lower case: plain blanks, hyphens and points.

    >>> as_typed("P\\N{NO-BREAK SPACE}=\\N{NO-BREAK SPACE}.03"), as_typed("9.7–14.2")
    ('p=.03', '9.7-14.2')
    """
    return _AROUND_SIGN.sub(r"\1", _BLANK.sub(" ", text.translate(_AS_TYPED))).strip().casefold()


def is_part(wanted: str, printed: str) -> bool:
    """Return whether printed words hold the wanted ones whole: 49% in 17 (49%), and never 9% in 49%.

    >>> is_part("49%", "17 (49%)"), is_part("9%", "17 (49%)"), is_part("13", "13.0 months")
    (True, False, False)
    >>> is_part("14.2", "9.7–14.2"), is_part("1.2", "−1.2")
    (True, False)
    """
    within = rf"(?<![\w.,])(?<!(?<![\w%])-){re.escape(as_typed(wanted))}(?![\w%]|[.,]\d)"
    return re.search(within, as_typed(printed)) is not None


def facets_that_print(text: str, store: Store, style: NumberStyle = AMA) -> Iterator[tuple[str, str]]:
    """Yield the key and facet of everything in a store that would print exactly so."""
    wanted = as_typed(text)
    for key, result in store.results.items():
        for facet in FACETS[type(result)]:
            if not lacking(result, facet) and as_typed(show(result, facet, style)) == wanted:
                yield key, facet
