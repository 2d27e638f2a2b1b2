"""Who is in a cut, as keyed hashes beside the data, out of version control: no ids, nothing in the store."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.audit.identifiers import spelled
from tieout.values.compare import PatientChanges, compare_patients
from tieout.values.project import Project

if TYPE_CHECKING:
    import pandas as pd

    from tieout.sources import Registry

FILE = Path("derived", "patients.json")
_CUTS_KEPT = 12


def remember_patients(
    project: Project, registry: Registry, tables: Mapping[str, pd.DataFrame], cutoff: date, digest: str
) -> None:
    """Keep the keyed hashes of a cut's patients, of their rows, and of every identifier.

    A row dated after the cutoff is unseen, and so is a date after it in a row that is seen.
    """
    kept = _read(project)
    key = bytes.fromhex(str(kept.setdefault("key", secrets.token_hex(32))))
    cuts = kept.setdefault("cuts", {})
    cuts.pop(digest, None)
    cuts[digest] = {"cutoff": cutoff.isoformat(), "patients": _hashes(registry, tables, cutoff, key)}
    while len(cuts) > _CUTS_KEPT:
        del cuts[next(iter(cuts))]
    names = {spelled(value) for value in _identifiers(registry, tables)} - {""}
    kept["identifiers"] = sorted(keyed(name, key) for name in names)
    kept["words"] = sorted({len(name.split()) for name in names})
    file = project.data / FILE
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8", newline="\n")


def patient_changes(project: Project, old: str, new: str) -> PatientChanges | None:
    """Return how the patients of two stores differ, by digest; None where one was derived elsewhere."""
    cuts = _read(project).get("cuts", {})
    if old not in cuts or new not in cuts:
        return None
    return compare_patients(cuts[old]["patients"], cuts[new]["patients"])


def read_identifiers(project: Project) -> tuple[bytes, frozenset[str], tuple[int, ...]]:
    """Return the key, the keyed hashes of all identifiers, and their numbers of words; empty without data."""
    kept = _read(project)
    return (
        bytes.fromhex(str(kept.get("key", ""))),
        frozenset(kept.get("identifiers", ())),
        tuple(kept.get("words", ())),
    )


def keyed(text: str, key: bytes) -> str:
    """Return a text's keyed hash, of which nobody without the key can tell the text."""
    return hashlib.blake2b(text.encode(), key=key, digest_size=12).hexdigest()


def _hashes(
    registry: Registry, tables: Mapping[str, pd.DataFrame], cutoff: date, key: bytes
) -> dict[str, str]:
    rows: dict[str, list[str]] = {}
    for table in registry.tables:
        frame = tables[table.name]
        if registry.patient not in frame:
            continue
        dated = [column.name for column in table.columns if column.type == "date"]
        for row in frame.to_dict("records"):
            seen = _as_seen(row, dated, cutoff)
            if seen is not None and isinstance(who := row[registry.patient], str):
                rows.setdefault(who, []).append(f"{table.name}: {seen}")
    return {keyed(who, key): keyed("\n".join(sorted(mine)), key) for who, mine in sorted(rows.items())}


def _as_seen(row: Mapping[Any, Any], dated: Iterable[str], cutoff: date) -> str | None:
    """Return a row as it stood on the evening of the cutoff, or None where it was not there yet."""
    seen = dict(row)
    days = {name: row[name] for name in dated if row[name] is not None and row[name] == row[name]}
    if days and all(day.date() > cutoff for day in days.values()):
        return None
    seen |= {name: None for name, day in days.items() if day.date() > cutoff}
    return repr(sorted((str(name), str(value)) for name, value in seen.items()))


def _identifiers(registry: Registry, tables: Mapping[str, pd.DataFrame]) -> Iterable[str]:
    for table in registry.tables:
        for column in table.columns:
            if column.use == "identifier" and column.name in tables[table.name]:
                yield from (str(value) for value in tables[table.name][column.name].dropna().unique())


def _read(project: Project) -> dict[str, Any]:
    try:
        kept = json.loads((project.data / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}
