"""Fisher's exact test of a table of any size, by paths over its columns (Mehta and Patel's network)."""

from __future__ import annotations

from collections import defaultdict
from math import comb, exp, lgamma, log, prod

import numpy as np
from numpy.typing import NDArray

from tieout.derive.provenance import refuse

_WORK = 2_000_000  # steps of the network; a few seconds


def fisher_p(table: NDArray[np.int64]) -> float:
    """Return the two-sided P of Fisher's exact test of a table of counts, column after column over the
    margins.

    Raises
    ------
    FindingsError
        when the table is too large for an exact computation.
    """
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows = tuple(int(n) for n in table.sum(axis=1))
    constant = sum(lgamma(n + 1) for n in rows) + sum(lgamma(int(n) + 1) for n in table.sum(axis=0))
    constant -= lgamma(int(table.sum()) + 1)
    seen = constant - sum(lgamma(int(n) + 1) for n in table.flat)
    # a state is what is left of each row; paths of equal probability to one state are counted together
    states: dict[tuple[int, ...], dict[float, float]] = {rows: {0.0: 1.0}}
    for column in table.T[:-1]:
        size = int(column.sum())
        work = sum(_most_fillings(left, size) * len(paths) for left, paths in states.items())
        if work > _WORK:
            raise refuse("fisher", "the table is too large for Fisher's exact test", "use chi_squared")
        after: dict[tuple[int, ...], dict[float, float]] = defaultdict(lambda: defaultdict(float))
        for left, paths in states.items():
            for cells in _fillings(left, size):
                cost = sum(lgamma(n + 1) for n in cells)
                rest = tuple(a - b for a, b in zip(left, cells, strict=True))
                for path, number in paths.items():
                    after[rest][round(path + cost, 9)] += number
        states = {state: dict(paths) for state, paths in after.items()}
    total = 0.0
    for left, paths in states.items():
        last = sum(lgamma(n + 1) for n in left)
        for path, number in paths.items():
            if (likelihood := constant - path - last) <= seen + log(1 + 1e-7):
                total += number * exp(likelihood)
    return min(total, 1.0)


def _most_fillings(left: tuple[int, ...], total: int) -> int:
    """Return an upper bound of the number of ways to put `total` into cells of at most `left`."""
    return min(comb(total + len(left) - 1, len(left) - 1), prod(n + 1 for n in left[1:]))


def _fillings(left: tuple[int, ...], total: int) -> list[tuple[int, ...]]:
    """Return all ways to put `total` into cells of at most `left`."""
    if len(left) == 1:
        return [(total,)] if total <= left[0] else []
    least = max(0, total - sum(left[1:]))
    return [
        (here, *rest)
        for here in range(least, min(left[0], total) + 1)
        for rest in _fillings(left[1:], total - here)
    ]
