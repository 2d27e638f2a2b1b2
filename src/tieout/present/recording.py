"""What a figure read: a view of the store that notes each result, so that only a changed one redraws it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any, cast

from tieout.values.navigate import Branch, store_of, style_of
from tieout.values.result import Result
from tieout.values.store import Store
from tieout.values.tie import Tie

Reads = dict[str, str | None]
_STUDY, _UNDER = "study:", "under:"  # no key holds a colon


class _Results(Mapping[str, Result]):
    """The store's results; looking one up notes its key, whether it is there or not."""

    def __init__(self, results: Mapping[str, Result], seen: set[str]) -> None:
        self._results, self._seen = results, seen

    def __getitem__(self, key: str) -> Result:
        self._seen.add(key)
        return self._results[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._results)

    def __len__(self) -> int:
        return len(self._results)


class RecordedStore:
    """Stands for a `Store` while a figure is drawn."""

    def __init__(self, store: Store) -> None:
        self._store, self.seen = store, set[str]()
        self.results = _Results(store.results, self.seen)
        self.inputs, self.digest = store.inputs, store.digest

    @property
    def study(self) -> Mapping[str, Any]:
        """What every output says of the study."""
        self.seen.add(_STUDY)
        return self._store.study

    def __getitem__(self, key: str) -> Result:
        return self.results[key]

    def __contains__(self, key: object) -> bool:
        return key in self._store.results

    def under(self, prefix: str) -> Iterator[tuple[str, Result]]:
        """As `Store.under`; a result that comes or goes below the prefix counts as a change."""
        self.seen.add(f"{_UNDER}{prefix}")
        for rest, result in self._store.under(prefix):
            self.seen.add(f"{prefix}.{rest}")
            yield rest, result


class _RecordedCache:
    """What `r` looks into: the recorded store, and the ties that were printed from it."""

    def __init__(self, store: RecordedStore) -> None:
        self._recorded = store

    def store(self) -> Store:
        return cast("Store", self._recorded)

    def is_branch(self, key: str) -> bool:
        return any(known.startswith(f"{key}.") for known in self._recorded.results)


class _RecordedBranch(Branch):
    """`r`, noting every tie that it hands out; a branch itself, as figures get what documents have."""

    __slots__ = ("_ties",)

    def __init__(self, cache: Any, style: Any, key: str, ties: list[Tie]) -> None:
        super().__init__(cache, style, key)
        self._ties = ties

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)
        if isinstance(found, Tie):
            self._ties.append(found)
            return found
        return _RecordedBranch(found._cache, found._style, found._key, self._ties)


def recorded(r: Branch) -> tuple[Branch, RecordedStore, list[Tie]]:
    """Return `r` again, with what it will have read and the ties that it will have handed out."""
    store, ties = RecordedStore(store_of(r)), list[Tie]()
    return _RecordedBranch(_RecordedCache(store), style_of(r), "", ties), store, ties


def state_of(seen: set[str], store: Store) -> Reads:
    """Return a hash of each thing read, as it is in `store` now; None where it is absent."""
    return {name: _hash_of(name, store) for name in sorted(seen)}


def _hash_of(name: str, store: Store) -> str | None:
    if name == _STUDY:
        value = repr(sorted(store.study.items()))
    elif name.startswith(_UNDER):
        value = repr([rest for rest, _ in store.under(name.removeprefix(_UNDER))])
    elif name in store:
        value = repr(store[name])
    else:
        return None
    return hashlib.sha256(value.encode()).hexdigest()[:16]
