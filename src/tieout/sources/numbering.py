"""Values as whole numbers: the same number in every column where the same value stands.

A number is compared, sorted and counted at a fraction of what the text of a patient costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd


def numbered(*columns: pd.Series[Any]) -> tuple[list[np.ndarray], pd.Index[Any]]:
    """Return each column as numbers of its values, -1 for the missing, and the values in their order.

    >>> (own, other), values = numbered(pd.Series(["P1", None]), pd.Series(["P2", "P1"]))
    >>> own.tolist(), other.tolist(), list(values)
    ([0, -1], [1, 0], ['P1', 'P2'])
    """
    parts = [_own_numbers(column) for column in columns]
    first = parts[0][1]
    if all(values is first for _, values in parts):
        return [numbers for numbers, _ in parts], first
    alike, values = pd.factorize(np.concatenate([np.asarray(values, dtype=object) for _, values in parts]))
    cuts = np.cumsum([len(own) for _, own in parts])[:-1]
    shared = [
        np.append(at, -1)[numbers]  # -1, the missing, is the last
        for (numbers, _), at in zip(parts, np.split(alike, cuts), strict=True)
    ]
    return shared, pd.Index(values, dtype=object)


def _own_numbers(column: pd.Series[Any]) -> tuple[np.ndarray, pd.Index[Any]]:
    if is_categorical(column):
        return column.cat.codes.to_numpy(), column.cat.categories
    numbers, values = pd.factorize(column)
    return numbers, pd.Index(values)


def is_categorical(column: pd.Series[Any]) -> bool:
    """Whether a column holds each different value once, and a number a cell."""
    return isinstance(column.dtype, pd.CategoricalDtype)


def share_values(columns: Sequence[pd.Series[Any]]) -> list[pd.Series[Any]]:
    """Return columns as categories that all of them have, so that `numbered` has nothing left to do."""
    if not columns:
        return []
    numbers, values = numbered(*columns)
    kinds = pd.CategoricalDtype(values)
    return [
        pd.Series(pd.Categorical.from_codes(own, dtype=kinds), index=column.index)  # type: ignore[arg-type]  # arrays too
        for own, column in zip(numbers, columns, strict=True)
    ]


def written_out(column: pd.Series[Any]) -> pd.Series[Any]:
    """Return a column of categories as the texts that they are, NaN where missing."""
    texts = np.append(np.asarray(column.cat.categories, dtype=object), np.nan)  # -1, the missing, is the last
    return pd.Series(texts[column.cat.codes.to_numpy()], index=column.index)


def stands_in(own: pd.Series[Any], others: pd.Series[Any]) -> np.ndarray:
    """Whether each value is one of the others; a missing one, whether one of those is missing."""
    (mine, theirs), values = numbered(own, others)
    known = np.zeros(len(values) + 1, dtype=bool)
    known[theirs] = True
    return np.asarray(known[mine])


def may_repeat(columns: Sequence[pd.Series[Any]]) -> bool:
    """Whether two rows may be equal in all columns; False is certain, and sooner known than which rows are.

    Each row becomes one whole number: of its first value, then of its second, and so on.
    """
    rows, kinds = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        (numbers,), values = numbered(column)
        kinds *= len(values) + 1  # and the missing
        if kinds > np.iinfo(np.int64).max:
            return True
        rows = rows * (len(values) + 1) + numbers + 1
    rows.sort()
    return bool((rows[1:] == rows[:-1]).any())
