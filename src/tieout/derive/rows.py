"""Telling whoever watches of which rows a result was made; by default nobody does.

Results hold no rows, so that nothing can print them by mistake. `tieout explain --show-rows` watches one
derivation, and asks for the rows of one result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeAlias, TypeVar

import pandas as pd

from tieout.values.result import Result

Rows: TypeAlias = Callable[[], "pd.DataFrame | pd.Series"]  # called only when the rows are asked for
Watcher: TypeAlias = Callable[[Result, Rows], None]
_WATCHER: ContextVar[Watcher | None] = ContextVar("watcher", default=None)
_Made = TypeVar("_Made", bound=Result)


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Be told of the rows of every result made inside the `with` block, in this context alone.

    Examples
    --------
    >>> from tieout.derive import count
    >>> told = []
    >>> table = pd.DataFrame({"stopped": [True, False, True]}, index=["a", "b", "c"])
    >>> with watching(lambda made, rows: told.append(rows().index.tolist())):
    ...     _ = count(table.stopped, table, label="Stopped", population="all")
    >>> told
    [['a', 'c']]
    """
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def made_of(made: _Made, rows: Rows) -> _Made:
    """Return a result as it is, after telling whoever watches of its rows."""
    if (watcher := _WATCHER.get()) is not None:
        watcher(made, rows)
    return made
