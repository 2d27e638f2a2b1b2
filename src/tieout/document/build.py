"""What must be made anew. A document is rendered again only when something that it was made from changed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tieout
from tieout.audit.settings import names_file
from tieout.document.formats import Target
from tieout.document.source import Source
from tieout.values.files import write_whole
from tieout.values.project import CONFIG, Project

_STATE = ".tieout/build.json"
_SHARED = ("_extensions", "tables", "figures", "venues")
_CODE = frozenset({".py", ".lua", ".yml", ".css", ".typ", ".template", ".docx", ".csl", ".html", ".toml"})


@dataclass(frozen=True, slots=True)
class Plan:
    """A document's outputs and the fingerprint of all that they are made from."""

    document: str
    fingerprint: str
    outputs: Mapping[str, Path]


def shared_fingerprint(project: Project, digest: str) -> str:
    """Return the fingerprint of what all documents are made from; `digest` is the store's.

    These are hundreds of files: a run looks at them once, whatever the number of documents.
    """
    files: list[str | Path] = [project.root / CONFIG, names_file(project)]
    files += [*_shared_files(project), *_own_code()]
    parts = [digest, os.environ.get("SOURCE_DATE_EPOCH", ""), tieout.__version__]
    return _fingerprint([*parts, *_hashes(files)])


def make_plan(source: Source, targets: Iterable[Target], project: Project, shared: str) -> Plan:
    """Return the plan of a document; `shared` is the fingerprint of what all documents are made from."""
    stem = Path(source.name).stem
    outputs = {target.suffix: project.output / f"{stem}.{target.suffix}" for target in targets}
    named = source.front.get("bibliography", project.quarto.get("bibliography")) or []
    bibliographies = [source.path.parent / name for name in (named if isinstance(named, list) else [named])]
    fingerprint = _fingerprint([shared, *_hashes([*source.files, *bibliographies])])
    return Plan(source.name, fingerprint, outputs)


def is_current(plan: Plan, project: Project) -> bool:
    """Whether every output exists as this plan's fingerprint left it."""
    known = _read_state(project).get(plan.document, {})
    return all(
        path.is_file() and known.get(suffix) == {"from": plan.fingerprint, "is": _hash(path)}
        for suffix, path in plan.outputs.items()
    )


def write_built(plan: Plan, made: Mapping[str, bytes], project: Project) -> None:
    """Put the outputs in place, each whole or not at all, and remember what they were made from."""
    for suffix, content in made.items():
        write_whole(plan.outputs[suffix], content)
    state = _read_state(project)
    entries = {
        suffix: {"from": plan.fingerprint, "is": hashlib.sha256(content).hexdigest()}
        for suffix, content in made.items()
    }
    state[plan.document] = {**state.get(plan.document, {}), **entries}
    write_whole(project.root / _STATE, json.dumps(state, indent=1).encode())


def _read_state(project: Project) -> dict[str, dict[str, Any]]:
    try:
        state = json.loads((project.root / _STATE).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _shared_files(project: Project) -> list[str]:
    return sorted(path for folder in _SHARED for path in _code_below(project.root / folder))


def _own_code() -> list[str]:
    """Return the tool's own files: after an upgrade everything is rendered again."""
    return sorted(_code_below(Path(tieout.__file__).parent, without="cli"))


def _code_below(folder: Path, without: str = "") -> Iterator[str]:
    """Yield the paths of code; as texts, for making a `Path` of each would take most of the time."""
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name not in {"__pycache__", without}]
        yield from (os.path.join(here, name) for name in names if os.path.splitext(name)[1] in _CODE)


def _hashes(files: Iterable[str | Path]) -> Iterator[str]:
    return (f"{path}={_hash(path)}" for path in files if os.path.isfile(path))


def _fingerprint(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _hash(path: str | Path) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()
