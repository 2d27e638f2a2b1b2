"""Who is in a cut, as keyed hashes beside the data, out of version control: no ids, nothing in the store."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.audit.identifiers import shape_of, spelled
from tieout.values.compare import PatientChanges, compare_patients
from tieout.values.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from tieout.sources import Registry, Table

FILE = Path("derived", "patients.json")
_CUTS_KEPT = 12
_WAY = "3"  # how rows are hashed: cuts hashed otherwise cannot be compared


def remember_patients(
    project: Project, registry: Registry, tables: Mapping[str, Any], cutoff: date, digest: str
) -> None:
    """Keep the keyed hashes of a cut's patients, of their rows, and of every identifier.

    A row dated after the cutoff is unseen, and so is a date after it in a row that is seen.
    """
    kept = _read(project)
    key = bytes.fromhex(str(kept.setdefault("key", secrets.token_hex(32))))
    cuts = kept.setdefault("cuts", {})
    cuts.pop(digest, None)
    hashes = _hashes(project, registry, tables, cutoff, key)
    cuts[digest] = {"cutoff": cutoff.isoformat(), "way": _way(registry, tables), "patients": hashes}
    while len(cuts) > _CUTS_KEPT:
        del cuts[next(iter(cuts))]
    names = {spelled(value) for value in set(_identifiers(registry, tables))} - {""}
    kept["identifiers"] = sorted(keyed(name, key) for name in names)
    kept["shapes"] = sorted({shape_of(name) for name in names})
    file = project.data / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(kept) + "\n", encoding="utf-8", newline="\n")


def patient_changes(project: Project, old: str, new: str) -> PatientChanges | None:
    """Return how the patients of two stores differ, by digest; None where they cannot be compared: one was
    derived elsewhere, or hashed in another way.
    """
    cuts = _read(project).get("cuts", {})
    if old not in cuts or new not in cuts or cuts[old].get("way") != cuts[new].get("way"):
        return None
    return compare_patients(cuts[old]["patients"], cuts[new]["patients"])


def read_identifiers(project: Project) -> tuple[bytes, frozenset[str], frozenset[tuple[int, ...]]]:
    """Return the key, the keyed hashes of all identifiers, and their shapes; empty without data."""
    kept = _read(project)
    return (
        bytes.fromhex(str(kept.get("key", ""))),
        frozenset(kept.get("identifiers", ())),
        frozenset(tuple(shape) for shape in kept.get("shapes", ())),
    )


def keyed(text: str, key: bytes) -> str:
    """Return a text's keyed hash, of which nobody without the key can tell the text."""
    return hashlib.blake2b(text.encode(), key=key, digest_size=12).hexdigest()


def _way(registry: Registry, tables: Mapping[str, Any]) -> str:
    """Return how a cut was hashed: what stays on disk is hashed by the engine, by each version in its way."""
    kept = [table.name for table in registry.tables if not hasattr(tables[table.name], "loc")]
    if not kept:
        return _WAY
    from importlib.metadata import version  # noqa: PLC0415  (imports the package email)

    return f"{_WAY}, DuckDB {version('duckdb')}: {', '.join(kept)}"


def _hashes(
    project: Project, registry: Registry, tables: Mapping[str, Any], cutoff: date, key: bytes
) -> dict[str, str]:
    """Return for each patient's keyed hash one that changes with any of the patient's rows."""
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
    return {keyed(str(who), key): keyed(str(total), key) for who, total in totals.items()}


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


def _identifiers(registry: Registry, tables: Mapping[str, Any]) -> Iterable[str]:
    """Return every identifier of the loaded tables; a table on disk refers to patients that these hold."""
    for table in registry.tables:
        for column in table.columns:
            frame = tables[table.name]
            if column.use == "identifier" and hasattr(frame, "loc") and column.name in frame:
                yield from (str(value) for value in frame[column.name].dropna().unique())


def _read(project: Project) -> dict[str, Any]:
    try:
        kept = json.loads((project.data / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
