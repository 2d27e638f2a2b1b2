"""Whether the store still says what the study would derive: the hashes of everything that derive reads."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.values.files import write_whole
from tieout.values.project import Project
from tieout.values.store import Store

if TYPE_CHECKING:
    import ast

TOOL = "tieout"  # the entry that records the tool's version: a difference is told, and makes nothing stale
CUTOFF = "cutoff"  # the entry that a store has when it was derived at another cutoff than the protocol's
_KNOWN = ".tieout/hashes.json"
_SETTLED_S = 2.0  # a file changed so lately may change again within its clock's tick


def input_digests(project: Project) -> dict[str, str]:
    """Return the hash of each input of derive: registry, protocol and analysis.

    Without the registry's folder its entry is absent. Python counts by its syntax tree without docstrings, so
    that reformatting makes nothing stale. A file is read only when its size or time changed.
    """
    known = _Known(project.root)
    digests = {
        "protocol": known.digest(project.protocol, _content_digest),
        "analysis": _code_digest(project, known),
    }
    if files := registry_files(project):
        lines = [f"{path.name}={known.digest(path, _content_digest)}\n" for path in files]
        digests["registry"] = _sha("".join(lines).encode())
    known.write()
    return digests


def registry_files(project: Project) -> list[Path]:
    """Return the registry's files in the order in which they are hashed; scripts and notes are not data."""
    if not project.data.is_dir():
        return []
    return sorted(
        path
        for path in project.data.iterdir()
        if path.is_file() and path.suffix not in {".py", ".md"} and path.name != "dictionary.csv"
    )


def stale_inputs(store: Store, project: Project) -> list[str]:
    """Return the names of the inputs that changed since the store was derived, where they can be seen."""
    now = input_digests(project)
    return [name for name, digest in now.items() if store.inputs.get(name) != digest]


def tool_version() -> str:
    """Return the version of this tool, which every store records."""
    import tieout  # noqa: PLC0415  (the package itself imports this room)

    return tieout.__version__


def version_note(store: Store) -> str:
    """Return a sentence when another version of the tool derived the store, else an empty string."""
    made_by, now = store.inputs.get(TOOL, ""), tool_version()
    if not made_by or made_by == now:
        return ""
    return f"the results were derived by tieout {made_by}, and this is {now}: tieout derive brings them up"


class _Known:
    """The hashes of files by path, size and time, as the last run left them."""

    def __init__(self, root: Path) -> None:
        self._file = root / _KNOWN
        self._root = root
        self._kept = self._read()
        self._changed = False

    def digest(self, path: Path, compute: Callable[[Path], str]) -> str:
        """Return a file's hash, computed only when its size or time changed."""
        stat = path.stat()
        name = path.relative_to(self._root).as_posix() if path.is_relative_to(self._root) else str(path)
        stamp = f"{stat.st_size}:{stat.st_mtime_ns}"
        known = self._kept.get(name, "").rpartition("=")
        if known[0] == stamp:
            return known[2]
        digest = compute(path)
        if time.time() - stat.st_mtime > _SETTLED_S:
            self._kept[name] = f"{stamp}={digest}"
            self._changed = True
        return digest

    def write(self) -> None:
        """Keep what was learned; a folder that cannot be written to costs only time."""
        if not self._changed:
            return
        try:
            write_whole(self._file, f"{json.dumps(self._kept, indent=1)}\n".encode())
        except OSError:
            return

    def _read(self) -> dict[str, str]:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return {str(name): str(text) for name, text in kept.items()} if isinstance(kept, dict) else {}


def _code_digest(project: Project, known: _Known) -> str:
    """Hash the study's code: `analysis/`, and modules of registry and derive that stand elsewhere."""
    folder = project.root / "analysis"
    files = sorted(_python_files(folder))
    parts = [f"{path.relative_to(folder).as_posix()}={known.digest(path, _tree_digest)}" for path in files]
    for setting in (project.registry, project.derive):
        place = project.root.joinpath(*setting.partition(":")[0].split("."))
        parts += [
            f"{project.relative(path)}={known.digest(path, _tree_digest)}"
            for path in (place.with_suffix(".py"), place / "__init__.py")
            if path.is_file() and path not in files
        ]
    return _sha("\n".join(parts).encode())


def _python_files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*.py") if "__pycache__" not in path.parts)


def _tree_digest(path: Path) -> str:
    import ast  # noqa: PLC0415  (only for a file that changed)

    return _sha(ast.dump(_without_docstrings(ast.parse(path.read_bytes(), str(path)))).encode())


def _without_docstrings(tree: ast.Module) -> ast.Module:
    import ast  # noqa: PLC0415  (as above)

    for node in ast.walk(tree):
        if isinstance(
            node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
        ) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _content_digest(path: Path) -> str:
    return _sha(path.read_bytes())


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
