"""Numbers as they are printed: decimal points, commas and middle dots, groups of thousands, and words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS = {word: value for value, word in enumerate(_ONES.split())}
WORDS |= {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}
FINE_BLANKS = "\u2002-\u200a\u202f"  # those that set groups of thousands apart; a hard one does too
_MOST_DIGITS = 15  # more are no quantity but an identifier

_HYPHEN = "[-‐‑]"
_WORD = "|".join(sorted(WORDS, key=len, reverse=True))
_SCALE = "|".join(SCALES)
WORD_NUMBER = (
    rf"\b(?:{_WORD})(?:(?:\s?{_HYPHEN}\s?|\s)(?:and\s)?(?:{_WORD}|{_SCALE})\b){{0,9}}"
    rf"(?:(?<=hundred)\sand\s(?:{_WORD})(?:{_HYPHEN}(?:{_WORD}))?)?\b"
)
DIGIT_NUMBER = (
    rf"\d{{1,3}}(?:[,{FINE_BLANKS}\u00a0']\d{{3}})+(?![\d])(?:[.·∙⋅]\d+)?"  # 1,234 and 1 234.5
    r"|\d{1,3}(?:\x20\d{3})+(?![\d.,·])"  # 1 000: read, but never relied on
    r"|\d+(?:[.,·∙⋅]\d+)+"  # 7.3, 7·3, 7,3; more marks are no number
    r"|\d+"
    r"|(?<![\w.)\]])[.·]\d+"  # .05
)
_NUMBER = re.compile(rf"(?P<digits>{DIGIT_NUMBER})|(?P<words>{WORD_NUMBER})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text: its place, its value, and the decimals that were printed.

    `value` is None where the digits can be read in more than one way ("1.2.3", "1 000" with a plain blank).
    """

    start: int
    end: int
    value: Decimal | None
    places: int = 0
    spelled: bool = False

    @property
    def whole(self) -> int | None:
        """The value as a whole number, where it was printed as one."""
        return int(self.value) if self.value is not None and not self.places else None


def numerals(text: str) -> list[Numeral]:
    """Return the numbers of a text in order, in digits and in words.

    >>> [str(n.value) for n in numerals("Twenty-six of 1,528 (1·7 %), P=.04; P = 0,031; 1.2.3")]
    ['26', '1528', '1.7', '0.04', '0.031', 'None']
    """
    made = []
    for match in _NUMBER.finditer(text):
        if match["digits"] is not None:
            value, places = _of_digits(match["digits"])
            made.append(Numeral(match.start(), match.end(), value, places))
        else:
            made += _of_words(match["words"], match.start())
    return made


def _of_digits(text: str) -> tuple[Decimal | None, int]:
    groups = re.split(r"[,\s']", text)
    if len(groups) > 1 and _are_thousands(groups):
        if " " in text:
            return None, 0
        text = "".join(groups)
    text = re.sub("[,·∙⋅]", ".", text)
    if text.count(".") > 1 or len(text) > _MOST_DIGITS or " " in text:
        return None, 0
    _, point, decimals = text.partition(".")
    return Decimal(f"0{text}" if text.startswith(".") else text), len(decimals) if point else 0


def _are_thousands(groups: list[str]) -> bool:
    """A leading zero, or a group without three digits, says that the comma marks decimals: 0,031; 7,3."""
    *_, last = groups
    tail = [*groups[1:-1], re.split("[.·∙⋅]", last)[0]]
    return groups[0] != "0" and len(groups[0]) <= 3 and all(len(group) == 3 for group in tail)


def _of_words(text: str, start: int) -> list[Numeral]:
    """Read number words; where they do not make one number ("one two"), each stands for itself."""
    parts = [(m.group().lower(), m.start(), m.end()) for m in re.finditer(r"[a-z]+", text, re.IGNORECASE)]
    made: list[Numeral] = []
    total = current = 0
    first: int | None = None
    last, room = 0, 10**9  # the next word of a number must be smaller than `room`
    for word, begin, end in parts:
        if word == "and":
            continue
        scale = SCALES.get(word)
        if scale and first is not None and current:
            current *= scale
            if scale > 100:
                total, current = total + current, 0
            room = scale
        elif scale is None and (first is None or (WORDS[word] < room and WORDS[word] > 0)):
            first = begin if first is None else first
            current += WORDS[word]
            room = _room_after(WORDS[word])
        else:
            if first is not None:
                made.append(Numeral(start + first, start + last, Decimal(total + current), 0, True))
            total, current, first = 0, WORDS.get(word, 0), begin if scale is None else None
            room = _room_after(current)
        last = end
    if first is not None:
        made.append(Numeral(start + first, start + last, Decimal(total + current), 0, True))
    return made


def _room_after(value: int) -> int:
    return 10 if value >= 20 else 0
