"""The formats of a document: what its front matter asks for, with what the extensions say of them.

The same `_extension.yml` serves Quarto and the embedded renderer, so that styles and templates live once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.document.source import Source
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project
from tieout.values.yamltext import parse_yaml

SUFFIX = {"html": "html", "typst": "pdf", "docx": "docx", "plain": "txt"}
_PANDOC = {"html": "html5", "typst": "typst-citations", "docx": "docx", "plain": "plain"}
_EXTENSIONS = "_extensions"
_NOT_METADATA = frozenset({"project", "tieout", "format", "execute"})
_IN_EXTENSION = ("css", "reference-doc", "csl", "template", "template-partials", "filters")


@dataclass(frozen=True, slots=True)
class Target:
    """One output of a document.

    `suffix` is html, pdf, docx or txt; `writer` pandoc's name; `options` all settings, the nearest to the
    document winning, with the extension's files as absolute paths.
    """

    suffix: str
    writer: str
    options: Mapping[str, Any]

    def paths(self, option: str) -> list[Path]:
        """Return an option's files: one path, several, or Quarto's `{path: …, at: …}` entries."""
        given = self.options.get(option) or []
        entries = given if isinstance(given, list) else [given]
        return [Path(entry["path"] if isinstance(entry, Mapping) else entry) for entry in entries]


def read_targets(source: Source, project: Project, only: Sequence[str] = ()) -> list[Target]:
    """Return the outputs that a document asks for; `only` keeps some suffixes.

    Raises
    ------
    FindingsError
        for a format that does not exist, here or in an extension.
    """
    asked = source.front.get("format", project.quarto.get("format", "html"))
    if isinstance(asked, str):
        asked = {asked: {}}
    near = document_metadata(source, project)
    described: dict[str, Mapping[str, Any]] = {}
    targets = []
    for name, settings in asked.items():
        extension, _, base = str(name).rpartition("-")
        if base not in SUFFIX:
            facts = {"need": ", ".join(SUFFIX)}
            finding = Finding("document/format", f"there is no format {name}", Place(source.name, 1), facts)
            raise FindingsError([finding])
        if only and SUFFIX[base] not in only:
            continue
        if extension and extension not in described:
            described[extension] = _described(extension, project.root, source.name)
        folder = project.root / _EXTENSIONS / extension
        contributed = _contributed(described[extension], base, folder) if extension else {}
        chosen = settings if isinstance(settings, Mapping) else {}
        targets.append(Target(SUFFIX[base], _PANDOC[base], {**contributed, **near, **chosen}))
    return targets


def document_metadata(source: Source, project: Project) -> dict[str, Any]:
    """Return a document's metadata: its own front matter over what `_quarto.yml` sets for all."""
    merged = {**project.quarto, **source.front}
    return {key: value for key, value in merged.items() if key not in _NOT_METADATA}


def _described(extension: str, root: Path, document: str) -> Mapping[str, Any]:
    """Return the formats that an extension describes, by their names."""
    file = root / _EXTENSIONS / extension / "_extension.yml"
    if not file.is_file():
        facts = {"need": f"_extensions/{extension}/_extension.yml"}
        finding = Finding(
            "document/format", f"the extension {extension} is absent", Place(document, 1), facts
        )
        raise FindingsError([finding])
    name = file.relative_to(root).as_posix()
    described = parse_yaml(file.read_text(encoding="utf-8"), lambda line: Place(name, line), name)
    formats: Mapping[str, Any] = (described.get("contributes") or {}).get("formats") or {}
    return formats


def _contributed(formats: Mapping[str, Any], base: str, folder: Path) -> dict[str, Any]:
    """Return the settings of one format of an extension, which stands in `folder`."""
    common, special = formats.get("common") or {}, formats.get(base) or {}
    merged = {**common, **special}
    if "filters" in common and "filters" in special:
        merged["filters"] = [*common["filters"], *special["filters"]]
    return {key: _absolute(value, folder) if key in _IN_EXTENSION else value for key, value in merged.items()}


def _absolute(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_absolute(entry, folder) for entry in value]
    if isinstance(value, Mapping):
        return {**value, "path": str((folder / value["path"]).resolve())} if "path" in value else dict(value)
    return str((folder / value).resolve())
