"""The order of a synthetic patient's dates: what a rule puts later gets a later stretch of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tieout.sources.registry import Column, Registry, Table
from tieout.sources.rules import At, InOrder, NotBefore

_FIRST, _LAST = date(2018, 1, 1), date(2024, 12, 31)
_STRETCH_DAYS = 60
_USUAL_ROWS = 6  # tables of fewer rows keep this distance of days
Node = tuple[str, str, tuple[tuple[str, str], ...]]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Where each place (table, column, chosen rows) stands in a patient's time.

    `start` is each patient's day zero, in days since 1970; a place of level n lies in the n-th stretch of
    `stretch` days after it, and a patient's rows follow each other inside the stretch. What nothing must come
    before fills all stretches up to what must come after it (`widths`), as laboratory values do until death.
    """

    levels: Mapping[Node, int]
    widths: Mapping[Node, int]
    start: np.ndarray
    stretch: int
    random: np.random.Generator

    def has(self, table: str, column: str) -> bool:
        """Whether a rule sets this column before or after another."""
        return any(node[:2] == (table, column) for node in self.levels)

    def room(self, table: Table, column: Column) -> int:
        """Return how many days a patient's rows have in which no two share one."""
        chosen = any(where for name, own, where in self.levels if (name, own) == (table.name, column.name))
        width = 1 if chosen else self.widths.get((table.name, column.name, ()), 1)
        return width * self.stretch

    def birth_years(self, of: np.ndarray, random: np.random.Generator) -> np.ndarray:
        """Return years 40 to 85 before each row's patient begins."""
        years = self.start[of].astype("datetime64[D]").astype("datetime64[Y]").astype(int) + 1970
        return np.asarray(years - random.integers(40, 86, len(of)))

    def days(
        self,
        table: Table,
        column: Column,
        of: np.ndarray,
        number: np.ndarray,
        *,
        most: int,
        made: Mapping[str, Any],
    ) -> pd.Series[Any]:
        """Return a date a row: ascending with its number, of `most`, inside the stretch of its place."""
        place: Node = (table.name, column.name, ())
        level = np.full(len(of), self.levels.get(place, 0))
        width = np.full(len(of), self.widths.get(place, 1))
        for (name, own, where), at in self.levels.items():
            if where and (name, own) == (table.name, column.name):
                here = np.ones(len(of), dtype=bool)
                for key, value in where:
                    here &= pd.Series(made[key]).astype(object).map(str).to_numpy() == value
                level = np.where(here, np.maximum(level, at), level)
                width = np.where(here, 1, width)
        step = np.maximum(1, width * self.stretch // (max(most, _USUAL_ROWS) + 1))
        jitter = self.random.integers(0, step, len(of))
        first = self.start[of] if len(of) and of[0] >= 0 else np.resize(self.start, len(of))
        days = first + level * self.stretch + np.minimum(number * step + jitter, width * self.stretch - 1)
        return pd.Series(days.astype("datetime64[D]").astype("datetime64[ns]"))


def make_timeline(registry: Registry, patients: int, random: np.random.Generator) -> Timeline:
    """Order the places of the registry's rules; give every patient a day zero in the plausible range."""
    levels, widths = _levels(registry)
    stretches = max(levels.values(), default=0) + 1
    low, high = _window(registry)
    stretch = max(1, min(_STRETCH_DAYS, (high - low) // (stretches + 1)))
    latest = max(low, high - stretches * stretch)
    start = random.integers(low, latest + 1, patients)
    return Timeline(levels, widths, start, stretch, random)


def _window(registry: Registry) -> tuple[int, int]:
    """Return first and last day, since 1970, that every date column allows."""
    columns = [column for table in registry.tables for column in table.columns if column.type == "date"]
    lows = [date.fromisoformat(str(column.minimum)) for column in columns if column.minimum is not None]
    highs = [date.fromisoformat(str(column.maximum)) for column in columns if column.maximum is not None]
    low, high = max([*lows, _FIRST]), min([*highs, _LAST])
    if low > high:
        low, high = max(lows, default=high), min(highs, default=low)
    origin = date(1970, 1, 1)
    return (low - origin).days, (high - origin).days


def _node(at: At) -> Node:
    return at.table, at.column, tuple(sorted(at.where.items()))


def _levels(registry: Registry) -> tuple[dict[Node, int], dict[Node, int]]:
    """Return for each place how many others must lie before it (the longest chain), and how many levels it
    fills.
    """
    rules = [rule for rule in registry.rules if isinstance(rule, NotBefore)]
    nodes = {_node(at) for rule in rules for at in (rule.earlier, rule.later)}
    nodes |= {(rule.table, rule.date, ()) for rule in registry.rules if isinstance(rule, InOrder)}
    edges = set()
    for rule in rules:
        early, late = _node(rule.earlier), _node(rule.later)
        # What comes after all rows of a column comes after each chosen part of them, but not after itself.
        befores = {node for node in nodes if node[:2] == early[:2] and (not early[2] or node == early)}
        edges |= {(before, late, 1) for before in befores if before != late}
        edges |= {(early, node, 1) for node in nodes if node[:2] == late[:2] and not late[2]}
    edges = {edge for edge in edges if edge[0] != edge[1]}
    levels = dict.fromkeys(nodes, 0)
    for _ in nodes:
        for before, after, gap in sorted(edges):
            levels[after] = max(levels[after], levels[before] + gap)
    following = {node: [levels[after] for before, after, _ in edges if before == node] for node in nodes}
    led = {after for _, after, _ in edges}
    widths = {
        node: min(after) - levels[node] for node, after in following.items() if after and node not in led
    }
    return levels, widths
