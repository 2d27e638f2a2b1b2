"""A claim's condition read back from its own words, so that it can be held against any store."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tieout.values.facets import FACETS, Comparable
from tieout.values.result import Count, Result
from tieout.values.rounding import exact
from tieout.values.store import Store


class UnreadableConditionError(Exception):
    """The words are no condition on results, or name a result that this store does not hold."""


_SIGNS: dict[str, Any] = {
    "Lt": operator.lt,
    "LtE": operator.le,
    "Gt": operator.gt,
    "GtE": operator.ge,
    "Eq": operator.eq,
    "NotEq": operator.ne,
}
_MAKERS: dict[str, Any] = {"Fraction": Fraction, "Decimal": Decimal, "date": date}


def holds(condition: str, store: Store) -> bool:
    """Return whether a condition, as a claim writes it, holds in a store.

    Parameters
    ----------
    condition : `Condition.text`, such as ``(r.flow.hospice.share < 0.5) and (r.flow.hospice.n > 2)``.

    Raises
    ------
    UnreadableConditionError
        for words that are no condition, and for results that are not there or have no number.
    """
    return _holds(_parsed(condition), store)


def keys_of(condition: str) -> tuple[str, ...]:
    """Return the keys of the results that a condition compares, each once."""
    return tuple(dict.fromkeys(key for key, _ in _operands(_parsed(condition))))


def flips_by_one_patient(condition: str, store: Store) -> list[str]:
    """Return the keys of the counts where one patient more or less would turn the condition.

    The patient may be counted or not, enter the denominator, or leave it.
    """
    before = holds(condition, store)
    turning = []
    for key in keys_of(condition):
        result = store.results[key]
        if isinstance(result, Count) and any(
            holds(condition, replace(store, results={**store.results, key: other})) != before
            for other in _neighbours(result)
        ):
            turning.append(key)
    return turning


def _neighbours(result: Count) -> Iterator[Count]:
    for n, of in ((1, 0), (-1, 0), (1, 1), (0, 1), (-1, -1), (0, -1)):
        whole = None if result.of is None else result.of + of
        if of and whole is None:
            continue
        if result.n + n >= 0 and (whole is None or result.n + n <= whole):
            yield replace(result, n=result.n + n, of=whole)


def _parsed(condition: str) -> ast.expr:
    try:
        return ast.parse(condition.strip(), mode="eval").body
    except SyntaxError:
        raise UnreadableConditionError(condition) from None


def _holds(node: ast.expr, store: Store) -> bool:
    if isinstance(node, ast.BoolOp):
        answers = [_holds(value, store) for value in node.values]
        return all(answers) if isinstance(node.op, ast.And) else any(answers)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _holds(node.operand, store)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _compared(
            _value(node.left, store), type(node.ops[0]).__name__, _value(node.comparators[0], store)
        )
    raise UnreadableConditionError(ast.unparse(node))


def _compared(left: Comparable, sign: str, right: Comparable) -> bool:
    if left is None or right is None:
        if sign not in {"Eq", "NotEq"}:
            raise UnreadableConditionError("a result has no number")
        return (left is right) == (sign == "Eq")
    one: Any = left if isinstance(left, date | str) else exact(left)
    other: Any = right if isinstance(right, date | str) else exact(right)
    try:
        return bool(_SIGNS[sign](one, other))
    except (TypeError, KeyError):
        raise UnreadableConditionError("two results cannot be compared") from None


def _value(node: ast.expr, store: Store) -> Comparable:
    name = _dotted(node)
    if name is not None and name.startswith("r."):
        key, _, facet = name[2:].rpartition(".")
        return _number(store.results.get(key), facet, name)
    if isinstance(node, ast.Call) and (maker := _MAKERS.get((_dotted(node.func) or "").split(".")[-1])):
        made: Comparable = maker(*(ast.literal_eval(argument) for argument in node.args))
        return made
    try:
        literal: Comparable = ast.literal_eval(node)
    except (ValueError, TypeError):
        raise UnreadableConditionError(ast.unparse(node)) from None
    return literal


def _number(result: Result | None, facet: str, name: str) -> Comparable:
    of = FACETS[type(result)].get(facet) if result is not None else None
    if result is None or of is None or of.number is None:
        raise UnreadableConditionError(name)
    number: Comparable = of.number(result)
    return number


def _operands(node: ast.AST) -> Iterator[tuple[str, str]]:
    for each in ast.walk(node):
        if isinstance(each, ast.Compare):
            for side in (each.left, *each.comparators):
                if (name := _dotted(side)) and name.startswith("r."):
                    key, _, facet = name[2:].rpartition(".")
                    yield key, facet


def _dotted(node: ast.AST) -> str | None:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return None if head is None else f"{head}.{node.attr}"
    return None
