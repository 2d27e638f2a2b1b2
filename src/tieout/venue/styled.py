"""`results()` as documents call it: `r` prints numbers as the document's venue wants them."""

from __future__ import annotations

import os
from pathlib import Path

from tieout.values import navigate
from tieout.values.finding import Place
from tieout.values.navigate import Branch
from tieout.values.project import project_root
from tieout.values.style import AMA, NumberStyle
from tieout.values.yamltext import parse_yaml
from tieout.venue.profile import read_profile


def results(folder: str | Path | None = None, style: NumberStyle | None = None) -> Branch:
    """Return `r`, from which a document prints results: `r.survival.os.median`.

    Parameters
    ----------
    folder : the store; by default `results/` of the project that holds the current folder.
    style : how numbers print; by default that of the venue which the document's front matter names
        (`venue: european-urology`), else AMA.
    """
    return navigate.results(folder, style or document_style())


def document_style() -> NumberStyle:
    """Return the number style of the document that is being rendered.

    Both renderers name it in `QUARTO_DOCUMENT_PATH` and `QUARTO_DOCUMENT_FILE`; in an interactive session
    neither is set, and the style is AMA.
    """
    name = os.environ.get("QUARTO_DOCUMENT_FILE")
    if not name:
        return AMA
    root = Path(os.environ.get("QUARTO_PROJECT_ROOT", ""))
    path = root / os.environ.get("QUARTO_DOCUMENT_PATH", "") / name
    venue = _front_matter(path).get("venue") if path.is_file() else None
    return read_profile(str(venue), project_root(path.parent)).numbers if venue else AMA


def _front_matter(path: Path) -> dict[str, object]:
    first, *lines = path.read_text(encoding="utf-8").split("\n")
    if first.strip() != "---":
        return {}
    end = next((at for at, line in enumerate(lines) if line.strip() in {"---", "..."}), len(lines))
    return parse_yaml("\n".join(lines[:end]), lambda line: Place(path.name, line + 1), "the front matter")
