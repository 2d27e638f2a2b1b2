"""The project: a folder with a `_quarto.yml`, whose key `tieout:` says where the study's parts are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.yamltext import parse_yaml

CONFIG = "_quarto.yml"
_DEFAULTS = {
    "protocol": "analysis/protocol.toml",
    "registry": "analysis.registry:REGISTRY",
    "derive": "analysis:derive",
    "analysis-data": "",
    "data": "data",
    "results": "results",
}


@dataclass(frozen=True, slots=True)
class Project:
    """Paths and names of a study. `documents` are the .qmd files to render, relative to `root`.

    `registry`, `derive` and `analysis_data` (empty where the study declares none) name Python objects as
    `module:name`; `quarto` is the whole of `_quarto.yml`.
    """

    root: Path
    documents: tuple[str, ...]
    output: Path
    protocol: Path
    data: Path
    results: Path
    registry: str
    derive: str
    analysis_data: str
    quarto: Mapping[str, Any]
    settings: Mapping[str, Any]

    def relative(self, path: Path) -> str:
        """Return a path as messages show it: from the project's root, with forward slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()


def project_root(start: Path) -> Path:
    """Return the nearest folder at or above `start` that holds a `_quarto.yml`."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / CONFIG).is_file():
            return folder
    remedy = "run this inside a study's folder"
    raise FindingsError([Finding("project/absent", f"no {CONFIG} here or above", None, {}, remedy)])


def read_project(start: Path) -> Project:
    """Read the project that holds `start`; FindingsError says what in `_quarto.yml` cannot be used."""
    root = project_root(start)
    quarto = parse_yaml((root / CONFIG).read_text(encoding="utf-8"), lambda n: Place(CONFIG, n), CONFIG)
    described, own = quarto.get("project") or {}, quarto.get("tieout") or {}
    known = {*_DEFAULTS, "audit", "disclosure"}
    if unknown := sorted(own.keys() - known):
        finding = Finding(
            "project/unknown-setting",
            f"tieout does not know the setting {unknown[0]}",
            Place(CONFIG),
            {"need": ", ".join(sorted(known))},
            "correct the name under tieout:",
        )
        raise FindingsError([finding])
    set_ = {**_DEFAULTS, **own}
    listed = described.get("render") or sorted(path.name for path in root.glob("[!_]*.qmd"))
    return Project(
        root=root,
        documents=tuple(listed),
        output=root / described.get("output-dir", "_output"),
        protocol=root / set_["protocol"],
        data=root / set_["data"],
        results=root / set_["results"],
        registry=set_["registry"],
        derive=set_["derive"],
        analysis_data=set_["analysis-data"] or "",
        quarto=quarto,
        settings=own,
    )
