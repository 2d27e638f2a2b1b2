"""Whether the store still says what the study would derive: the hashes of everything that derive reads."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path

from tieout.values.project import Project
from tieout.values.store import Store


def input_digests(project: Project) -> dict[str, str]:
    """Return the hash of each input of derive: registry, protocol and analysis.

    Without the registry's folder its entry is absent. Python counts by its syntax tree without docstrings, so
    that reformatting makes nothing stale.
    """
    digests = {
        "protocol": _sha(project.protocol.read_bytes()),
        "analysis": _code_digest(project.root / "analysis"),
    }
    if files := registry_files(project):
        digests["registry"] = _sha(
            b"".join(f"{path.name}={_sha(path.read_bytes())}\n".encode() for path in files)
        )
    return digests


def registry_files(project: Project) -> list[Path]:
    """Return the registry's files in the order in which they are hashed; scripts and notes are not data."""
    if not project.data.is_dir():
        return []
    return sorted(
        path
        for path in project.data.iterdir()
        if path.is_file()
        and path.suffix not in {".py", ".md", ".html", ".xlsx"}
        and path.name != "dictionary.csv"
    )


def stale_inputs(store: Store, project: Project) -> list[str]:
    """Return the names of the inputs that changed since the store was derived, where they can be seen."""
    now = input_digests(project)
    return [name for name, digest in now.items() if store.inputs.get(name) != digest]


def _code_digest(folder: Path) -> str:
    parts = [
        f"{path.relative_to(folder).as_posix()}={ast.dump(_without_docstrings(ast.parse(path.read_bytes())))}"
        for path in sorted(folder.rglob("*.py"))
        if "__pycache__" not in path.parts
    ]
    return _sha("\n".join(parts).encode())


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
