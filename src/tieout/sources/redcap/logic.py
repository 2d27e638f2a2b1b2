"""REDCap's branching logic: whether a form showed a field, so that a blank can be told from a missing value.

The language of comparisons, `and`, `or`, `not` and parentheses over ``[field]``, ``[field(code)]`` and
``[event][field]`` is understood; functions (datediff, sum), arithmetic and smart variables are refused.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Lookup = Callable[[str, str, str], str]  # (event or "", field, checkbox code or "") -> value as exported raw

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<field>\[[^\]]*\](?:\[[^\]]*\])*) | (?P<text>'[^']*'|"[^"]*") | (?P<number>-?\d+(?:\.\d+)?)
    | (?P<sign><>|!=|<=|>=|=|<|>) | (?P<bracket>[()]) | (?P<word>(?:and|or|not)\b|\|\||&&|!) | (?P<other>\S)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_FIELD = re.compile(r"([a-z][a-z0-9_]*)(?:\(([^)]+)\))?")
_SIGNS: dict[str, Callable[[float | str, float | str], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}


class LogicError(ValueError):
    """The logic uses what is not understood here."""


@dataclass(frozen=True, slots=True)
class Logic:
    """A condition that can be asked of a record."""

    holds: Callable[[Lookup], bool]


def parse_logic(text: str) -> Logic:
    """Read branching logic.

    Raises
    ------
    LogicError
        when a part of it is not understood.

    Examples
    --------
    >>> shown = parse_logic("[sex] = '1' and ([age] >= 65 or [race(2)] = '1')")
    >>> shown.holds(lambda event, field, code: {"sex": "1", "age": "70", "race": "0"}[field])
    True
    """
    tokens = list(_tokens(text))
    parser = _Parser(tokens)
    holds = parser.any_of()
    if parser.at != len(tokens):
        raise LogicError("an operator is missing")
    return Logic(holds)


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text.strip()):
        kind = str(match.lastgroup)
        if kind == "other":
            raise LogicError("functions and arithmetic are not understood")
        word = match[kind].lower() if kind == "word" else match[kind]
        yield kind, {"||": "or", "&&": "and", "!": "not"}.get(word, word) if kind == "word" else word


class _Parser:
    """Recursive descent; local to one call of `parse_logic`."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at = tokens, 0

    def _take(self, kind: str, *values: str) -> str | None:
        if self.at < len(self.tokens):
            found, value = self.tokens[self.at]
            if found == kind and (not values or value in values):
                self.at += 1
                return value
        return None

    def any_of(self) -> Callable[[Lookup], bool]:
        parts = [self.all_of()]
        while self._take("word", "or"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else lambda look: any(part(look) for part in parts)

    def all_of(self) -> Callable[[Lookup], bool]:
        parts = [self.one()]
        while self._take("word", "and"):
            parts.append(self.one())
        return parts[0] if len(parts) == 1 else lambda look: all(part(look) for part in parts)

    def one(self) -> Callable[[Lookup], bool]:
        if self._take("word", "not"):
            inner = self.one()
            return lambda look: not inner(look)
        if self._take("bracket", "("):
            inner = self.any_of()
            if not self._take("bracket", ")"):
                raise LogicError("a bracket is not closed")
            return inner
        left = self.value()
        sign = self._take("sign")
        if sign is None:
            return lambda look: left(look) not in {"", "0"}
        right, compare = self.value(), _SIGNS[sign]
        return lambda look: _compare(left(look), right(look), compare)

    def value(self) -> Callable[[Lookup], str]:
        if (text := self._take("text")) is not None:
            quoted = text[1:-1]
            return lambda look: quoted
        if (number := self._take("number")) is not None:
            plain = number
            return lambda look: plain
        if (place := self._take("field")) is not None:
            return _reference(place)
        raise LogicError("a value is missing")


def _reference(place: str) -> Callable[[Lookup], str]:
    parts = re.findall(r"\[([^\]]*)\]", place)
    if len(parts) > 2 or "-" in "".join(parts):
        raise LogicError("smart variables and instances are not understood")
    event = parts[0] if len(parts) == 2 else ""
    match = _FIELD.fullmatch(parts[-1].strip())
    if not match:
        raise LogicError("a field is not understood")
    name, code = match[1], match[2] or ""
    return lambda look: look(event, name, code)


def _compare(left: str, right: str, compare: Callable[[float | str, float | str], bool]) -> bool:
    try:
        return compare(float(left), float(right))
    except ValueError:
        # REDCap takes an empty value in a comparison of size for no answer.
        if compare not in {operator.eq, operator.ne} and "" in {left, right}:
            return False
        return compare(left, right)
