"""Rows of a file in which nothing stands."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.cells import native_text
from tieout.sources.numbering import is_categorical


def blank_rows(cells: pd.DataFrame) -> list[int]:
    """Return the rows in which no cell holds anything, looking first where a look costs least."""
    rows = cells.index
    for column in sorted((cells[name] for name in cells), key=_kinds):
        if not len(rows):
            break
        rows = rows[_is_blank(column if len(rows) == len(column) else column.loc[rows])]
    return [int(row) for row in rows]


def _kinds(column: pd.Series[Any]) -> float:
    """How many different values must be looked at to see which of a column are blank."""
    if is_categorical(column):
        return len(column.cat.categories)
    return math.inf if column.dtype == object else 0


def _is_blank(column: pd.Series[Any]) -> np.ndarray:
    if is_categorical(column):
        kinds = column.cat.categories
        empty = [not (text if isinstance(text, str) else native_text(text)).strip() for text in kinds]
        return np.asarray(np.array([*empty, True])[column.cat.codes])  # -1, the missing, is the last
    if column.dtype == object:
        return np.array([native_text(cell) == "" for cell in column], dtype=bool)
    return column.isna().to_numpy()
