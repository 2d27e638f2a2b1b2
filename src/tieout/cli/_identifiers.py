"""Looking for the registry's identifiers in all that a study writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from tieout.audit.identifiers import check_contents, plain_words
from tieout.audit.settings import names_file, read_settings
from tieout.cli._patients import read_identifiers
from tieout.values.finding import Finding
from tieout.values.project import Project

_DRAWN = frozenset({".svg", ".png", ".pdf", ".tiff"})


def check_identifiers(project: Project, *, show: bool = False) -> list[Finding]:
    """Return a finding for each written file that holds an identifier; none where derive never ran."""
    return inspector(project, show=show)(
        (project.relative(path), path.read_bytes()) for path in _written(project)
    )


def inspector(
    project: Project, *, show: bool = False
) -> Callable[[Iterable[tuple[str, bytes]]], list[Finding]]:
    """Return a function that looks into files, given by name and bytes, for the registry's identifiers.

    The study's list of names says which words are none. With `show` the findings hold what was found.
    """
    identifiers = read_identifiers(project)

    def inspect(contents: Iterable[tuple[str, bytes]]) -> list[Finding]:
        if not identifiers:
            return []
        listed, file = plain_words(read_settings(project).names.listed), names_file(project)
        return check_contents(
            contents,
            lambda text: text not in listed and text in identifiers,
            identifiers.shapes,
            show=show,
            names_file=project.relative(file),
        )

    return inspect


def _written(project: Project) -> list[Path]:
    folders = (project.results, project.output, project.root / ".tieout", project.root / "locks")
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    drawn = sorted((project.root / "figures").glob("*"))
    return [*files, *(path for path in drawn if path.suffix in _DRAWN)]
