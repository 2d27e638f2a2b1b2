"""Noticing a save: the files that a document is made from, looked at by time and size."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

from tieout.values.project import CONFIG, Project
from tieout.values.store import RESULTS_FILE

Stamps = Mapping[Path, tuple[int, int, int]]

NEVER = (0, 0, 0)  # the stamp of a file that was not seen yet
POLL_S = 0.02
_SETTLE_S = 0.01  # an editor may empty a file before it fills it, or put another in its place
_SETTLE_MAXIMUM_S = 0.5
_FOLDERS = ("_extensions", "tables", "figures", "venues")
_CODE = frozenset({".py", ".lua", ".yml", ".css", ".template", ".csl", ".toml"})
_OURS = "tieout"


def watched_files(project: Project, named: Iterable[Path]) -> list[Path]:
    """Return what a page depends on: the files it names, the study's modules, styles, the store."""
    shared = [
        path
        for folder in _FOLDERS
        for path in (project.root / folder).rglob("*")
        if path.suffix in _CODE and "__pycache__" not in path.parts
    ]
    modules = [path for _, path in _study_modules(project)]
    names = project.root / "analysis" / "names.txt"
    own = [project.root / CONFIG, project.results / RESULTS_FILE, names]
    return list(dict.fromkeys([*named, *own, *shared, *modules]))


def stamps(paths: Iterable[Path]) -> Stamps:
    """Return time, size and number of each file that is there."""
    made = {}
    for path in paths:
        try:
            stat = path.stat()
        except OSError:
            continue
        made[path] = (stat.st_mtime_ns, stat.st_size, stat.st_ino)
    return made


def changed_files(paths: Iterable[Path], known: Stamps) -> set[Path]:
    """Return the files that differ from `known`, once they stay as they are.

    A file that is gone counts only when it does not come back within half a second.
    """
    watched = list(paths)
    now = stamps(watched)
    if now == known:
        return set()
    until = time.monotonic() + _SETTLE_MAXIMUM_S
    while time.monotonic() < until:
        time.sleep(_SETTLE_S)
        later = stamps(watched)
        is_whole = known.keys() <= later.keys() and all(later[p][1] or not known[p][1] for p in known)
        if later == now and is_whole:
            break
        now = later
    return {path for path in now.keys() | known.keys() if now.get(path) != known.get(path)}


def wait_for_change(paths: Iterable[Path], known: Stamps, is_over: Callable[[], bool]) -> set[Path]:
    """Return the changed files as soon as there are some; an empty set when `is_over`."""
    watched = list(paths)
    while not is_over():
        if changed := changed_files(watched, known):
            return changed
        time.sleep(POLL_S)
    return set()


def forget_modules(project: Project, changed: Iterable[Path]) -> None:
    """Let the study's modules be imported anew when one of their files changed.

    All of them: one may hold what it took from another. Compiled files are removed, because Python knows
    their source by whole seconds and size alone, and two saves may fall into one second.
    """
    importlib.invalidate_caches()  # a module may be new in a folder that was listed a moment ago
    touched = set(changed)
    loaded = list(_study_modules(project))
    if not any(path in touched for _, path in loaded):
        return
    for name, path in loaded:
        package = name.rpartition(".")[0]
        sys.modules.pop(name, None)
        sys.modules.pop(package, None)  # a folder without __init__.py is one too, and holds its modules
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)


def _study_modules(project: Project) -> Iterator[tuple[str, Path]]:
    """Yield the loaded modules that stand in the study's folder, without this tool and installed packages."""
    for name, module in sys.modules.copy().items():  # another thread may import meanwhile
        file = getattr(module, "__file__", None) if isinstance(module, ModuleType) else None
        if not file or name == "__main__" or name.partition(".")[0] == _OURS:
            continue
        path = Path(file)
        if not path.is_relative_to(project.root) or path.suffix != ".py":
            continue
        inside = path.relative_to(project.root).parts
        if "site-packages" not in inside and not any(part.startswith(".") for part in inside):
            yield name, path
