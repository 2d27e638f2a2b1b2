"""Finding a store by what a user calls it: a folder, a locked cut, `previous`, or a revision of git."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from tieout.cli._update import PREVIOUS
from tieout.values.finding import Finding, FindingsError
from tieout.values.lock import lock_folder, read_lock
from tieout.values.project import Project
from tieout.values.store import RESULTS_FILE, Store, present_store, read_store


def find_store(name: str, project: Project) -> Store:
    """Return the store that `name` means.

    Raises
    ------
    FindingsError
        when it is none of these, or the store there cannot be read.
    """
    for folder in (Path(name), project.root / name):
        if (folder / RESULTS_FILE).is_file():
            return read_store(folder)
    if name == "previous":
        if (before := present_store(project.root / PREVIOUS)) is not None:
            return before
        remedy = "derive a second cut, or name two: a folder, a locked cut, or a revision such as HEAD~1"
        message = "there is no earlier cut to compare with"
        raise FindingsError([Finding("compare/no-cut-before", message, None, {}, remedy)])
    if lock_folder(name, project).is_dir():
        return read_lock(name, project)[1]
    return _of_revision(name, project)


def _of_revision(name: str, project: Project) -> Store:
    """Return the store that a revision of git holds."""
    inside = project.relative(project.results)
    listed = _git(project, "ls-tree", "-r", "--name-only", "--full-name", name, "--", inside)
    prefix = _git(project, "rev-parse", "--show-prefix")
    if not listed or prefix is None:
        remedy = "name a folder with a results.json, a locked cut, previous, or a revision such as HEAD~1"
        raise FindingsError([Finding("compare/no-store", f"{name} holds no results", None, {}, remedy)])
    start = f"{prefix.decode().strip()}{inside}/"
    with tempfile.TemporaryDirectory(prefix="tieout-") as folder:
        for path in listed.decode().splitlines():
            content = _git(project, "show", f"{name}:{path}")
            target = Path(folder, path.removeprefix(start))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content or b"")
        return read_store(Path(folder))


def _git(project: Project, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(
            ["git", *arguments],  # noqa: S607  (the user's own git, as on their PATH)
            cwd=project.root,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
