"""Documents that a user names on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import Project


def named_documents(files: Iterable[str], project: Project) -> list[str]:
    """Return files as the project calls them; whether each is there, reading it says.

    Raises
    ------
    FindingsError
        for each that is no Quarto document, or only a part that documents include.
    """
    found, names = [], []
    for file in files:
        path = Path(file).resolve()
        name = project.relative(path) if path.is_relative_to(project.root) else file
        names.append(name)
        if path.is_file() and (path.suffix != ".qmd" or path.name.startswith("_")):
            is_part = path.suffix == ".qmd"
            message = "this is a part, which documents include" if is_part else "this is no Quarto document"
            facts = {"have": ", ".join(project.documents)} if project.documents else {}
            remedy = "name the document that includes it" if is_part else "name a .qmd file of the study"
            found.append(Finding("document/kind", message, Place(name), facts, remedy))
    if found:
        raise FindingsError(found)
    return names
