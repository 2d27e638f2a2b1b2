"""The audit of a run document: what the audit needs of it, taken from the run, the tree and the project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tieout.audit.bound import Draft, check_bound
from tieout.audit.loose import DrawnFigure
from tieout.audit.settings import AuditSettings, read_settings
from tieout.document.execute import Executed
from tieout.document.parse import Tree
from tieout.document.source import Line
from tieout.present.figure_file import CACHE, FOLDER
from tieout.present.printed import PrintedTable
from tieout.present.table import every_cell
from tieout.values.finding import Finding, Place
from tieout.values.project import Project
from tieout.values.store import Store, read_store
from tieout.values.tie import Tie
from tieout.venue.check import check_tree

_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^,\s]+)\s*,", re.MULTILINE)


def check_document(
    executed: Executed,
    tree: Tree,
    project: Project,
    store: Store | None = None,
    settings: AuditSettings | None = None,
) -> list[Finding]:
    """Return every finding of the audit on a document that was run and parsed, and of the venue it names.

    Findings that do not block are among them; the caller decides what becomes of those.
    """
    found = check_bound(
        draft_of(executed, tree, project),
        store or read_store(project.results),
        settings or read_settings(project),
    )
    if venue := executed.source.front.get("venue"):
        found += check_tree(tree, str(venue), project.root, executed.source.name)
    return found


def draft_of(executed: Executed, tree: Tree, project: Project) -> Draft:
    """Return what the audit looks at."""
    source = executed.source
    front = _front_lines(source.path, source.name)
    return Draft(
        tree,
        [*front, *executed.lines],
        [*front, *source.lines],
        printed_ties(executed),
        reference_keys(
            source.front.get("bibliography", project.quarto.get("bibliography")), source.path.parent
        ),
        read_drawn(project),
    )


def printed_ties(executed: Executed) -> dict[str, set[str]]:
    """Return the words of each tie that a document printed, in prose and in tables, by key with facet."""
    made: dict[str, set[str]] = {}
    for each in executed.evaluated:
        ties: Iterable[object] = [each.value]
        if isinstance(each.value, PrintedTable):
            ties = [part for cell in every_cell(each.value.model) for part in cell.parts]
        for tie in ties:
            if isinstance(tie, Tie):
                made.setdefault(f"{tie.key}.{tie.facet}", set()).add(tie.text)
    return made


def reference_keys(given: Any, folder: Path) -> set[str] | None:
    """Return the keys of a document's bibliographies; None where it names none that is there."""
    names = given if isinstance(given, list) else [given] if given else []
    files = [folder / str(name) for name in names if (folder / str(name)).is_file()]
    if not files:
        return None
    keys: set[str] = set()
    for file in files:
        text = file.read_text(encoding="utf-8")
        if file.suffix == ".json":
            entries = json.loads(text)
            keys |= {str(entry["id"]) for entry in entries if isinstance(entry, Mapping) and "id" in entry}
        else:
            keys |= set(_ENTRY.findall(text))
    return keys


def read_drawn(project: Project) -> dict[str, DrawnFigure]:
    """Return what the project's drawn figures say, by the path that an image names."""
    made = {}
    for file in sorted((project.root / CACHE).glob("*.json")):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            ties = {str(tie["key"]): str(tie["text"]) for tie in kept["ties"]}
            drawn = DrawnFigure(str(kept["alternative"]), ties, tuple(kept["texts"]), tuple(kept["reads"]))
        except (ValueError, KeyError, TypeError):
            continue  # a cache of an older version is drawn anew at the next render
        made[f"{FOLDER}/{file.stem}"] = drawn
    return made


def _front_lines(path: Path, name: str) -> list[Line]:
    """Return the lines of a document's front matter, which the run leaves out: a title stands there."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0].strip() != "---":
        return []
    end = next((i for i, text in enumerate(lines[1:], 1) if text.strip() in {"---", "..."}), 0)
    return [Line(text, Place(name, number)) for number, text in enumerate(lines[: end + 1], 1)]
