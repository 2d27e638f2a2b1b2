"""Telling whoever listens what an estimator was given and what it made of it; by default nobody does.

`tieout.derive.second_opinion` listens, to compute the same once more with other programs. Inputs are the very
arrays that the estimator used, after every choice of rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One run of an estimator: its name, what it was given, and the result or the results that it made."""

    estimator: str
    made: Any
    given: Mapping[str, Any]


Listener: TypeAlias = Callable[[Observation], None]
_LISTENER: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Hear of every estimator that runs inside the `with` block, in this context alone.

    Examples
    --------
    >>> from tieout.derive import count
    >>> heard = []
    >>> with listening(heard.append):
    ...     _ = count(4, 15, label="Responders", population="all", interval="wilson")
    >>> heard[0].estimator, heard[0].given["n"], heard[0].given["of"]
    ('proportion', 4, 15)
    """
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def tell(estimator: str, made: Any, **given: Any) -> None:
    """Tell the listener, where there is one, what an estimator made of what it was given."""
    if (listener := _LISTENER.get()) is not None:
        listener(Observation(estimator, made, given))
