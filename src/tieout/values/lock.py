"""A signed-off cut: its store kept whole, with the hashes of all that it came from, in a committed folder."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project
from tieout.values.store import Store, read_store, write_store

FOLDER = "locks"
_FILE = "lock.json"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Lock:
    """Who signed which cut off, and the hashes of data, protocol, code and store."""

    name: str
    by: str
    on: str
    cutoff: str
    store: str
    inputs: Mapping[str, str] = field(default_factory=dict)


def write_lock(lock: Lock, store: Store, project: Project) -> Path:
    """Keep a cut under its name; a name is given once.

    Raises
    ------
    FindingsError
        when the name cannot be a folder's, or a cut of this name is locked already.
    """
    if not _NAME.fullmatch(lock.name):
        remedy = "use letters, digits, hyphens, such as submission-1"
        raise FindingsError(
            [Finding("lock/name", "this is no name for a cut", None, {"have": lock.name}, remedy)]
        )
    folder = lock_folder(lock.name, project)
    if folder.exists():
        place = Place(project.relative(folder))
        raise FindingsError([Finding("lock/exists", f"the cut {lock.name} is locked already", place)])
    write_store(store, folder / "results")
    text = json.dumps(asdict(lock), indent=1, ensure_ascii=False) + "\n"
    (folder / _FILE).write_text(text, encoding="utf-8", newline="\n")
    return folder / _FILE


def read_lock(name: str, project: Project) -> tuple[Lock, Store]:
    """Return a locked cut, held against the hash that was signed.

    Raises
    ------
    FindingsError
        when there is no such cut, or its store is not the one that was signed.
    """
    file = lock_folder(name, project) / _FILE
    if not file.is_file():
        known = ", ".join(lock.name for lock in read_locks(project)) or "none"
        raise FindingsError([Finding("lock/absent", f"no cut is locked as {name}", None, {"have": known})])
    lock = _read(file, project)
    store = read_store(lock_folder(name, project) / "results")
    if store.digest != lock.store:
        facts = {"signed": lock.store[:12], "have": store.digest[:12]}
        place = Place(project.relative(file))
        message = f"the store kept for {name} is not the one that was signed off"
        raise FindingsError(
            [Finding("lock/changed", message, place, facts, "restore the folder from version control")]
        )
    return lock, store


def read_locks(project: Project) -> list[Lock]:
    """Return every lock of a project, by name."""
    return [_read(file, project) for file in sorted((project.root / FOLDER).glob(f"*/{_FILE}"))]


def lock_of(digest: str, project: Project) -> Lock | None:
    """Return the lock on the store with this digest, where one stands."""
    return next((lock for lock in read_locks(project) if lock.store == digest), None)


def lock_folder(name: str, project: Project) -> Path:
    """Return the folder that keeps a locked cut."""
    return project.root / FOLDER / name


def _read(file: Path, project: Project) -> Lock:
    try:
        return Lock(**json.loads(file.read_text(encoding="utf-8")))
    except (ValueError, TypeError):
        place = Place(project.relative(file))
        raise FindingsError([Finding("lock/unreadable", "this file is no lock", place)]) from None
