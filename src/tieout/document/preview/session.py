"""A preview while it runs: it waits for a save, builds the page, then what stands beside it, and says so."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tieout.document.explained import Explanation
from tieout.document.preview.beside import Json, beside_data, cut_data, finding_data
from tieout.document.preview.page import Built, Image, bibliographies, build_page, read_shown
from tieout.document.preview.pandoc import Pandoc
from tieout.document.preview.watch import (
    NEVER,
    forget_modules,
    stamps,
    wait_for_change,
    watched_files,
)
from tieout.values.finding import FindingsError
from tieout.values.project import Project, read_project
from tieout.values.store import Store, read_store

_CLOCK_NS = 20_000_000  # a file system's clock runs behind by this much at most


class Board:
    """The newest message of each kind, for all browsers that look; safe to use from several threads."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: dict[str, tuple[int, str]] = {}
        self._number = 0
        self._images: Mapping[str, Image] = {}
        self._is_closed = False

    def put(self, kind: str, data: Json, images: Mapping[str, Image] | None = None) -> None:
        """Replace the message of a kind; `images` replaces what `image` finds."""
        text = json.dumps(data, ensure_ascii=False)
        with self._changed:
            self._number += 1
            self._messages[kind] = (self._number, text)
            if images is not None:
                self._images = images
            self._changed.notify_all()

    def after(self, number: int, timeout_s: float) -> list[tuple[int, str, str]]:
        """Return (number, kind, JSON) of what is newer than `number`, empty when time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closed or self._number > number, timeout_s)
            newer = [(at, kind, text) for kind, (at, text) in self._messages.items() if at > number]
        return sorted(newer)

    def html(self) -> str:
        """Return the last good page; an empty string before there is one."""
        with self._changed:
            _, text = self._messages.get("page", (0, "{}"))
        return str(json.loads(text).get("html", ""))

    def image(self, name: str) -> Image | None:
        """Return a picture of the last good page."""
        with self._changed:
            return self._images.get(name)

    @property
    def is_closed(self) -> bool:
        """Whether nothing more will come."""
        return self._is_closed

    def close(self) -> None:
        """Let everybody who waits go."""
        with self._changed:
            self._is_closed = True
            self._changed.notify_all()


@dataclass(slots=True)
class _Preview:
    """One document's preview, with what it remembers from one save to the next."""

    name: str
    board: Board
    say: Callable[[str], None]
    project: Project
    previous: Store | None
    pandoc: Pandoc
    store: Store | None = None
    watched: list[Path] = field(default_factory=list)
    explained: dict[str, Explanation] = field(default_factory=dict)


def run_preview(
    name: str, project: Project, previous: Store | None, board: Board, say: Callable[[str], None]
) -> None:
    """Build a document at each save until the board is closed.

    Parameters
    ----------
    name : the document, relative to the project.
    previous : the cut before, if there is one.
    say : called with one line a build.
    """
    with Pandoc() as pandoc:
        _run(_Preview(name, board, say, project, previous, pandoc))


def _run(preview: _Preview) -> None:
    board = preview.board
    preview.watched = _look(preview)
    while not board.is_closed:
        begun_ns = time.time_ns() - _CLOCK_NS
        before = stamps([*preview.watched, *_folders(preview)])
        is_built = _build(preview)
        # what this build met for the first time, a module or an include, is watched from here on; it may have
        # been saved since
        preview.watched = _look(preview) + ([] if is_built else _folders(preview))
        known = {
            path: before.get(path, stamp if stamp[0] < begun_ns else NEVER)
            for path, stamp in stamps(preview.watched).items()
        }
        changed = wait_for_change(preview.watched, known, lambda: board.is_closed)
        forget_modules(preview.project, changed)


def _look(preview: _Preview) -> list[Path]:
    """Return the files to watch; where the document cannot be read, those of before too."""
    project = preview.project
    try:
        source = read_shown(preview.name, project)
    except FindingsError:
        named = watched_files(project, [project.root / preview.name])
        return list(dict.fromkeys([*preview.watched, *named]))
    return watched_files(project, [*source.files, *bibliographies(source, project)])


def _folders(preview: _Preview) -> list[Path]:
    """Return the folders in which a file may appear that a failed build missed."""
    root = preview.project.root
    return [(root / preview.name).parent, root / "tables", root / "figures"]


def _build(preview: _Preview) -> bool:
    """Build once and tell the board; whatever goes wrong is shown, and the last good page stays.

    Returns whether nothing went wrong.
    """
    start = time.perf_counter()
    try:
        preview.project = read_project(preview.project.root)
        old, store = preview.store, read_store(preview.project.results)
        is_new_cut = old is not None and old.digest != store.digest
        if old is None or is_new_cut:
            preview.store, preview.explained = store, {}
            preview.previous = old or preview.previous
        try:
            _show(preview, store, start)
        finally:
            if is_new_cut and old is not None:
                preview.board.put("cut", cut_data(preview.name, preview.project, old, store))
        return True
    except FindingsError as error:
        preview.board.put("problem", {"findings": finding_data(error.findings), "bug": ""})
        count = len(error.findings)
        preview.say(f"{preview.name}: {count} finding{'' if count == 1 else 's'}, see the page")
    except Exception as error:  # noqa: BLE001  (a bug must not end a preview with the author's place in it)
        traceback.print_exc()
        preview.board.put("problem", {"findings": [], "bug": f"{type(error).__name__}: {error}"})
        preview.say("this is a bug in tieout, not in your study")
    return False


def _show(preview: _Preview, store: Store, start: float) -> None:
    """Put the page on the board, and after it what stands beside it."""
    built = build_page(read_shown(preview.name, preview.project), preview.project, preview.pandoc)
    preview.board.put("page", {"html": built.html}, built.images)
    preview.board.put("problem", {"findings": [], "bug": ""})
    preview.say(f"{preview.name} {1000 * (time.perf_counter() - start):.0f} ms")
    tree = preview.pandoc.read_tree()
    beside = beside_data(
        built.executed, tree, preview.project, store, previous=preview.previous, known=preview.explained
    )
    preview.board.put("beside", {**beside, "outputs": _outputs(built, preview.project)})


def _outputs(built: Built, project: Project) -> list[list[str | bool]]:
    """Return the document's outputs as they were rendered last, and whether each is newer than the text."""
    source = built.executed.source
    outputs = sorted(project.output.glob(f"{Path(source.name).stem}.*"))
    newest = max((path.stat().st_mtime for path in source.files), default=0.0)
    return [[path.name, path.stat().st_mtime >= newest] for path in outputs]
