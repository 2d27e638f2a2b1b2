"""Looking for the registry's identifiers in all that a study writes."""

from __future__ import annotations

from pathlib import Path

from tieout.audit.identifiers import check_files
from tieout.cli._patients import keyed, read_identifiers
from tieout.values.finding import Finding
from tieout.values.project import Project

_DRAWN = frozenset({".svg", ".png", ".pdf", ".tiff"})


def check_identifiers(project: Project) -> list[Finding]:
    """Return a finding for each written file that holds an identifier; none where derive never ran."""
    key, hashes, words = read_identifiers(project)
    if not hashes:
        return []
    return check_files(_written(project), lambda text: keyed(text, key) in hashes, words, project.root)


def _written(project: Project) -> list[Path]:
    folders = (project.results, project.output, project.root / ".tieout", project.root / "locks")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    drawn = sorted((project.root / "figures").glob("*"))
    return [*files, *(path for path in drawn if path.suffix in _DRAWN)]
