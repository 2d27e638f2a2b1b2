"""Who is in a cut, as keyed hashes beside the data, out of version control: no ids, nothing in the store.

The folder holds `known.json` (the key, which cuts are kept, the shapes of identifiers), `identifiers` (their
hashes, in order) and a file a cut (for each patient two hashes: of the id, of the rows). A render reads the
first two alone, and looks up among the hashes, which are in order, only the words that it meets.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.audit.identifiers import shape_of, spelled
from tieout.values.compare import PatientChanges, compare_patients
from tieout.values.files import write_whole
from tieout.values.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from tieout.sources import Registry, Table

FOLDER = Path("derived", "patients")
_KNOWN, _IDENTIFIERS = "known.json", "identifiers"
_BYTES = 12  # of a hash
_CUTS_KEPT = 12
_WAY = "4"  # how rows are hashed: cuts hashed otherwise cannot be compared


@dataclass(frozen=True, slots=True)
class Identifiers:
    """The registry's identifiers: their hashes under a key, one after another in order, and their shapes."""

    key: bytes
    hashes: bytes
    shapes: frozenset[tuple[int, ...]]

    def __bool__(self) -> bool:
        return bool(self.key and self.hashes)

    def __contains__(self, text: str) -> bool:
        """Whether words, as `spelled` gives them, are an identifier."""
        wanted, places = keyed(text, self.key), range(len(self.hashes) // _BYTES)
        at = bisect_left(places, wanted, key=self._at)
        return at < len(places) and self._at(at) == wanted

    def _at(self, place: int) -> bytes:
        return self.hashes[place * _BYTES : (place + 1) * _BYTES]


def remember_patients(
    project: Project, registry: Registry, tables: Mapping[str, Any], cutoff: date, digest: str
) -> None:
    """Keep the keyed hashes of a cut's patients, of their rows, and of every identifier.

    A row dated after the cutoff is unseen, and so is a date after it in a row that is seen.
    """
    folder, known = project.data / FOLDER, _read(project)
    key = bytes.fromhex(str(known.setdefault("key", secrets.token_hex(32))))
    names = {spelled(value) for value in _identifiers(registry, tables)} - {""}
    known["shapes"] = sorted({shape_of(name) for name in names})
    cuts = known.setdefault("cuts", {})
    cuts.pop(digest, None)
    _write(folder / _KNOWN, known)  # the key before what is hashed with it, whenever this is interrupted
    write_whole(folder / _IDENTIFIERS, b"".join(sorted(keyed(name, key) for name in names)))
    write_whole(folder / digest, b"".join(_hashes(project, registry, tables, cutoff, key)))
    cuts[digest] = {"cutoff": cutoff.isoformat(), "way": _way(registry, tables)}
    while len(cuts) > _CUTS_KEPT:
        del cuts[next(iter(cuts))]
    _write(folder / _KNOWN, known)
    for path in folder.iterdir():
        if path.name not in {_KNOWN, _IDENTIFIERS, *cuts}:
            path.unlink()


def patient_changes(project: Project, old: str, new: str) -> PatientChanges | None:
    """Return how the patients of two stores differ, by digest; None where they cannot be compared: one was
    derived elsewhere, or hashed in another way.
    """
    cuts = _read(project).get("cuts", {})
    if old not in cuts or new not in cuts or cuts[old].get("way") != cuts[new].get("way"):
        return None
    try:
        return compare_patients(*(_pairs((project.data / FOLDER / cut).read_bytes()) for cut in (old, new)))
    except FileNotFoundError:
        return None


def read_identifiers(project: Project) -> Identifiers:
    """Return the registry's identifiers; none without data."""
    known = _read(project)
    try:
        hashes = (project.data / FOLDER / _IDENTIFIERS).read_bytes()
    except OSError:
        hashes = b""
    shapes = frozenset(tuple(shape) for shape in known.get("shapes", ()))
    return Identifiers(bytes.fromhex(str(known.get("key", ""))), hashes, shapes)


def keyed(text: str, key: bytes) -> bytes:
    """Return a text's keyed hash, of which nobody without the key can tell the text."""
    return hashlib.blake2b(text.encode(), key=key, digest_size=_BYTES).digest()


def _pairs(cut: bytes) -> dict[bytes, bytes]:
    """Return the hash of each patient's rows by the hash of the patient's id."""
    starts = range(0, len(cut), 2 * _BYTES)
    return {cut[at : at + _BYTES]: cut[at + _BYTES : at + 2 * _BYTES] for at in starts}


def _way(registry: Registry, tables: Mapping[str, Any]) -> str:
    """Return how a cut was hashed: what stays on disk is hashed by the engine, by each version in its way."""
    kept = [table.name for table in registry.tables if not hasattr(tables[table.name], "loc")]
    if not kept:
        return _WAY
    from importlib.metadata import version  # noqa: PLC0415  (imports the package email)

    return f"{_WAY}, DuckDB {version('duckdb')}: {', '.join(kept)}"


def _hashes(
    project: Project, registry: Registry, tables: Mapping[str, Any], cutoff: date, key: bytes
) -> list[bytes]:
    """Return for each patient two keyed hashes in one, in order: of the id, and one that changes with any of
    the patient's rows.
    """
    import pandas as pd  # noqa: PLC0415  (the data branch)

    from tieout.sources.on_disk import sums_of_rows  # noqa: PLC0415  (as above)

    parts = []
    for table in registry.tables:
        if registry.patient not in table:
            continue
        if isinstance(frame := tables[table.name], pd.DataFrame):
            parts.append(_rows_hashed(frame, table, registry.patient, cutoff))
        else:
            sums = sums_of_rows(table, project.data, registry.patient, cutoff.isoformat())
            texts = pd.Series(sums, dtype=object).astype(str) + f" {table.name}"
            parts.append(pd.util.hash_pandas_object(texts, index=False).set_axis(texts.index))
    totals = pd.concat(parts).groupby(level=0).sum()
    return sorted(keyed(str(who), key) + keyed(str(total), key) for who, total in totals.items())


def _rows_hashed(frame: pd.DataFrame, table: Table, patient: str, cutoff: date) -> pd.Series[Any]:
    """Return a sum of hashes for each patient, of the rows as they stood on the evening of the cutoff.

    A row whose every date is later was not there yet; a later date in a row that was is unknown.
    """
    import pandas as pd  # noqa: PLC0415  (the data branch)

    dated = [column.name for column in table.columns if column.type == "date" and column.name in frame]
    later = frame[dated] > pd.Timestamp(cutoff)
    unseen = later.any(axis=1) & (later | frame[dated].isna()).all(axis=1)
    known = {name: frame[name].mask(later[name]) for name in dated}
    seen = frame.assign(**known, _table=table.name)[~unseen & frame[patient].notna()]
    numbers = pd.util.hash_pandas_object(seen[sorted(seen.columns)], index=False)
    return numbers.groupby(seen[patient]).sum()


def _identifiers(registry: Registry, tables: Mapping[str, Any]) -> set[str]:
    """Return every identifier of the loaded tables; a table on disk refers to patients that these hold."""
    found: set[str] = set()
    for table in registry.tables:
        for column in table.columns:
            frame = tables[table.name]
            if column.use == "identifier" and hasattr(frame, "loc") and column.name in frame:
                found.update(map(str, frame[column.name].dropna().unique()))
    return found


def _write(path: Path, known: Mapping[str, Any]) -> None:
    write_whole(path, (json.dumps(known) + "\n").encode())


def _read(project: Project) -> dict[str, Any]:
    try:
        known = json.loads((project.data / FOLDER / _KNOWN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
