"""Reading lists of parts: what the whole is, which counts are its parts, and how the wording joins them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tieout.audit.check.phrases import OPEN, words
from tieout.text.quantities import Quantity
from tieout.text.signs import Sentence

N = "\ue000"
_SHARE = "(?: ?[(\\[]\ue001[)\\]])?"
_PART = re.compile(
    f"(?:^|[,;:] ?|\\band |\\bor |\\bvs\\.? |\\bversus |\\bwhile |\\bwhereas |\\bbut )"
    f"(?:and |while |whereas |the |only |another |n ?= ?)*(?P<rest>remaining |other )?{N}(?! ?[/=])(?! "
    f"(?:out )?of\\b){_SHARE}"
)
_CUT = re.compile(r"[;]|\b(?:of (?:whom|which|these|them|those)|all of|including|respectively)\b")
_WHOLE = (
    r"(?:^|[.;:] ?)(?:\w+: )?(?:of|among|out of) (?:the |these |our |all )*(?:total of |remaining )?"
    r"(?P<whole>{n})"
    r"(?![/(\[])(?P<group> [^{n}{p},;.]{0,120}|),"
)
_BRACKET = rf"(?P<whole>{{n}}) {words(5)}{OPEN}(?P<inside>[^()\[\]]{{3,400}})[)\]]"

_MOST_PARTS = 12

OVERLAP = re.compile(
    r"\b(?:both|also|more than one|overlap\w*|some|concomitant\w*|concurrent\w*|combin\w*|in addition"
    r"|additional\w*"
    r"|multiple|and/or|at least one|one or more|previously|sequential\w*|followed by|then|either|plus"
    r"|simultaneous\w*"
    r"|respectively|crossed)\b"
)
DISJOINT = re.compile(
    r"^ ?(?:were |was |had been |have been )?(?P<verb>receiv\w*|underw\w*|undergo\w*|treated|random\w*"
    r"|assigned|allocated|"
    r"complet\w*|discontinu\w*|died|alive|start\w*|initiat\w*|chose\w*|prefer\w*|classified|staged"
    r"|transition\w*)\b"
)
EXHAUSTIVE = re.compile(r"\b(?:random\w*|assigned|allocated)\b")


@dataclass(frozen=True, slots=True)
class Parts:
    """A whole, its parts, and the words after each part; `rest` marks a part called the remaining one."""

    whole: Quantity
    parts: tuple[Quantity, ...]
    said: tuple[str, ...]
    rest: bool
    words: str

    @property
    def total(self) -> int:
        """What the parts add up to."""
        return sum(part.n for part in self.parts)

    @property
    def is_near(self) -> bool:
        """Whether sum and whole are so close that the parts were probably meant to make the whole."""
        return is_close(self.total, self.whole.n)


def is_close(total: int, whole: int) -> bool:
    """Return whether parts come so close to a whole that they were probably meant to make it."""
    return abs(total - whole) <= max(2, 0.15 * whole)


def read_lists(sentence: Sentence) -> Iterator[tuple[str, Parts]]:
    """Yield the lists of a sentence, as "of" (Of the 15, …) or "bracket" (35 patients (20 …, 15 …))."""
    for match, named in sentence.find(_WHOLE):
        region = sentence.signs[match.end() - 1 :]
        cut = _CUT.search(region)
        parts = _parts(sentence, match.end() - 1, region[: cut.start()] if cut else region, named["whole"])
        if parts is not None:
            yield "of", parts
    for match, named in sentence.find(_BRACKET):
        if re.match(f" ?{N}", match["inside"]):
            parts = _parts(sentence, match.start("inside"), match["inside"], named["whole"])
            if parts is not None and "\ue001" not in match["inside"] and not _is_part_of(sentence, parts):
                yield "bracket", parts


def _is_part_of(sentence: Sentence, parts: Parts) -> bool:
    """31 of 36 patients (27 men, 4 women): the bracket is about the 31."""
    before = sentence.signs[: sentence.place_of(parts.whole)]
    found = re.search(f"{N} (?:[a-z]+ )?(?:out )?of (?:the |these |our )*$", before)
    return found is not None and sentence.quantity(found.start()).n == parts.total


def _parts(sentence: Sentence, offset: int, region: str, whole: Quantity) -> Parts | None:
    matches = list(_PART.finditer(region))
    if region.count(N) != len(matches) or not 2 <= len(matches) <= _MOST_PARTS:
        return None  # a count that begins no part: the list is not understood
    ends = [*(match.start() for match in matches[1:]), len(region)]
    return Parts(
        whole,
        tuple(sentence.quantity(offset + match.start() + match[0].index(N)) for match in matches),
        tuple(region[match.end() : end] for match, end in zip(matches, ends, strict=True)),
        any(match["rest"] for match in matches),
        region,
    )


def heads(said: Sequence[str]) -> list[str]:
    """Return the first word behind each part."""
    return [match[1] if (match := re.match(r" ?([\w'-]+)", text)) else "" for text in said]


def same_kind(parts: Parts) -> bool:
    """Whether the parts are spoken of alike: "40 in … vs 52 in …", "20 men and 15 women"."""
    first = heads(parts.said)
    if len(set(first)) == 1 and first[0]:
        return True
    return set(first) <= SEXES or set(first) <= RESPONSES


_SEX_WORDS = "men women male female males females boys girls man woman boy girl m f"
_RESPONSE_WORDS = "cr crs pr prs complete partial sd pd stable progressive cri vgpr scr ncr npr"
SEXES, RESPONSES = frozenset(_SEX_WORDS.split()), frozenset(_RESPONSE_WORDS.split())
