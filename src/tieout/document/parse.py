"""From executed Markdown to pandoc's tree: cross-references, citations and metadata, once for all formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from tieout.document.authors import normalise_authors
from tieout.document.execute import Executed
from tieout.document.programs import run_pandoc
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project

_OURS = re.compile(r"^tieout:(\w+):(.+)$")
_CITATION = re.compile(r"[Cc]iteproc: citation (\S+) not found")
_UNRESOLVED = {
    "unresolved": (
        "document/cross-reference",
        "nothing here is called @{}",
        "give a float of this document that name",
    ),
    "uncaptioned": (
        "document/caption",
        "the float #{} has no caption",
        "end its div with a caption paragraph",
    ),
    "doubled": ("document/label", "two floats are called #{}", "rename one"),
    "unnumbered": (
        "document/section-number",
        "@{} needs numbered sections",
        "set number-sections: true, or refer to the section by its title",
    ),
}

Tree = dict[str, Any]


CROSSREF = str(resources.files("tieout.document") / "crossref.lua")


@dataclass(frozen=True, slots=True)
class Prepared:
    """What pandoc reads: the text under its metadata, whether it cites, and in which style."""

    text: str
    cites: bool
    csl: Path | None


def parse_document(executed: Executed, project: Project, csl: Path | None = None) -> Tree:
    """Return the document as pandoc's JSON tree, floats numbered and citations set.

    Raises
    ------
    FindingsError
        with every cross-reference and citation that leads nowhere.
    """
    prepared = prepare(executed, project, csl)
    arguments = ["-f", "markdown", "-t", "json", "--standalone", "--lua-filter", CROSSREF]
    if prepared.cites:
        arguments += ["--citeproc"] + (["--csl", str(prepared.csl)] if prepared.csl else [])
    text, messages = run_pandoc(arguments, prepared.text, executed.source.path.parent)
    require_resolved(messages, executed)
    tree: Tree = json.loads(text)
    return tree


def prepare(executed: Executed, project: Project, csl: Path | None = None) -> Prepared:
    """Return a document as pandoc is given it; FindingsError for a bibliography that is not there."""
    source = executed.source
    front = {key: value for key, value in source.front.items() if key not in {"format", "execute"}}
    shared = {
        key: value
        for key, value in project.quarto.items()
        if key not in {"project", "tieout", "format", "execute"}
    }
    metadata = {**shared, **front, **normalise_authors(front)}
    cites = bool(metadata.get("bibliography"))
    if cites:
        require_bibliography(metadata["bibliography"], source.path.parent, source.name)
        metadata.setdefault("link-citations", True)
    header = json.dumps(metadata, default=str, ensure_ascii=False)
    own_style = "csl" in metadata
    return Prepared(f"---\n{header}\n---\n\n{executed.markdown}", cites, None if own_style else csl)


def require_resolved(messages: Iterable[str], executed: Executed) -> None:
    """Raise the findings of what pandoc and the cross-references said while they read a document."""
    if found := [finding for message in messages for finding in _finding(message, executed)]:
        raise FindingsError(found)


def require_bibliography(given: Any, folder: Path, document: str) -> None:
    """Raise a finding for a bibliography file that is not there."""
    for name in given if isinstance(given, list) else [given]:
        if not (folder / name).is_file():
            place = Place(document, 1)
            finding = Finding("document/bibliography", f"the bibliography {name} does not exist", place)
            raise FindingsError([finding])


def _finding(message: str, executed: Executed) -> list[Finding]:
    if match := _OURS.match(message):
        code, sentence, remedy = _UNRESOLVED[match[1]]
        place = _place_of(match[2], executed)
        return [Finding(code, sentence.format(match[2]), place, {}, remedy.format(match[2]))]
    if match := _CITATION.search(message):
        place = _place_of(f"@{match[1]}", executed)
        return [
            Finding(
                "document/citation",
                f"the bibliography has no {match[1]}",
                place,
                {},
                "add it, or mend the key",
            )
        ]
    if "WARNING" in message:
        return [Finding("document/pandoc", message.replace("[WARNING] ", ""), Place(executed.source.name))]
    return []


def _place_of(wanted: str, executed: Executed) -> Place:
    for line in executed.lines:
        if (column := line.text.find(wanted)) >= 0:
            return Place(line.place.file, line.place.line, column + 1)
    return Place(executed.source.name)


def metadata_value(value: Any) -> dict[str, Any]:
    """Return a setting as a value of pandoc's metadata."""
    if isinstance(value, bool):
        return {"t": "MetaBool", "c": value}
    if isinstance(value, Mapping):
        return {"t": "MetaMap", "c": {str(key): metadata_value(item) for key, item in value.items()}}
    if isinstance(value, list | tuple):
        return {"t": "MetaList", "c": [metadata_value(item) for item in value]}
    return {"t": "MetaString", "c": "" if value is None else str(value)}
