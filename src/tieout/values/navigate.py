"""`r`: the way from a document to a result. It holds no values; each access looks at the store on disk."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tieout.values.facets import FACETS, lacking, show
from tieout.values.markdown import escape
from tieout.values.project import project_root
from tieout.values.store import RESULTS_FILE, Store, read_store
from tieout.values.style import AMA, NumberStyle
from tieout.values.tie import Tie


class UnknownKeyError(AttributeError):
    """A document asks for a result or a facet that does not exist, or that this result cannot print."""


class _Cache:
    """The last store read, by its file's time and size: a warm kernel must never print a stale number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = str(folder / RESULTS_FILE)
        self._stamp: tuple[int, int] | None = None
        self._store: Store | None = None
        self._branches: frozenset[str] = frozenset()

    def store(self) -> Store:
        try:
            stat = os.stat(self._file)  # a thousand times a document: not by way of a Path
        except FileNotFoundError:
            return read_store(self.folder)
        stamp = (stat.st_mtime_ns, stat.st_size)
        if self._store is None or stamp != self._stamp:
            self._store, self._stamp = read_store(self.folder), stamp
            self._branches = frozenset(start for key in self._store.results for start in _starts(key))
        return self._store

    def is_branch(self, key: str) -> bool:
        """Whether the store last read has results below a key."""
        return key in self._branches


def _starts(key: str) -> Iterator[str]:
    """Yield every beginning of a dotted key."""
    at = key.find(".")
    while at >= 0:
        yield key[:at]
        at = key.find(".", at + 1)


class Branch:
    """A place in the tree of keys: `r.flow`, or the result `r.flow.hospice` whose facets print."""

    __slots__ = ("_cache", "_key", "_style")

    def __init__(self, cache: _Cache, style: NumberStyle, key: str = "") -> None:
        self._cache, self._style, self._key = cache, style, key

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        store = self._cache.store()
        if (result := store.results.get(self._key)) is not None:
            if name not in FACETS[type(result)]:
                raise _unknown(
                    f"r.{self._key} is a {type(result).__name__} and has no facet {name}",
                    name,
                    FACETS[type(result)],
                )
            if lacks := lacking(result, name):
                raise UnknownKeyError(f"r.{self._key}.{name} prints nothing: {lacks}")
            return Tie(self._key, name, show(result, name, self._style), result)
        key = f"{self._key}.{name}" if self._key else name
        if key in store or self._cache.is_branch(key):
            return Branch(self._cache, self._style, key)
        raise _unknown(f"there is no result r.{key}", key, store.results, prefix="r.")

    def __dir__(self) -> list[str]:
        store = self._cache.store()
        if (result := store.results.get(self._key)) is not None:
            return sorted(name for name in FACETS[type(result)] if not lacking(result, name))
        start = f"{self._key}." if self._key else ""
        return sorted({key[len(start) :].split(".")[0] for key in store.results if key.startswith(start)})

    def __repr__(self) -> str:
        return f"r.{self._key}"

    def _repr_markdown_(self) -> str:
        return f'[{escape(f"r.{self._key} has no facet")}]{{.tie-error key="{self._key}"}}'


def _unknown(message: str, wanted: str, known: Iterable[str], prefix: str = "") -> UnknownKeyError:
    near = difflib.get_close_matches(wanted, list(known), 3, 0.4) or sorted(known)[:8]
    return UnknownKeyError(f"{message}; the nearest are {', '.join(prefix + name for name in near)}")


def results(folder: str | Path | None = None, style: NumberStyle = AMA) -> Branch:
    """Return `r`, from which a document prints results: `r.survival.os.median`.

    `folder` is the store; without it, `results/` of the project that holds the current folder.
    """
    return Branch(_Cache(Path(folder) if folder else project_root(Path.cwd()) / "results"), style)


def store_of(r: Branch) -> Store:
    """Return the store behind `r`, for tables and figures that walk over many results."""
    return r._cache.store()


def style_of(r: Branch) -> NumberStyle:
    """Return the number style with which `r` prints."""
    return r._style
