"""What goes beside the manuscript: title page, definitions, the store as a table, how to reproduce it."""

from __future__ import annotations

import csv
import io
import platform
import re
import subprocess
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import tieout
from tieout.document.authors import normalise_authors
from tieout.values.finding import Finding, Place
from tieout.values.freshness import TOOL
from tieout.values.lock import Lock
from tieout.values.result import Curve, Meaning
from tieout.values.store import Store
from tieout.venue.budget import abstract_budget, text_budget
from tieout.venue.count import words
from tieout.venue.parts import AbstractParts, abstract_parts, every_section, manuscript_parts
from tieout.venue.profile import Profile

TITLE_PAGE = ("title", "authors", "affiliations", "corresponding author", "word counts")
_PACKAGES = ("numpy", "pandas", "scipy", "matplotlib", "great-tables", "typst", "pypandoc-binary")
# Where a title-page item is taken from a section of the manuscript: its headings.
_SECTIONS = {
    "support": ("funding", "support", "funding and support"),
    "disclosures": ("disclosures", "conflicts of interest", "competing interests", "conflict of interest"),
    "prior presentation": ("prior presentation", "previous presentation"),
}


def title_page(
    front: Mapping[str, Any], tree: Mapping[str, Any], profile: Profile | None, document: str
) -> tuple[str, list[Finding]]:
    """Return the title page as Markdown, and a note for each item that the journal wants and nobody wrote."""
    wanted = profile.title_page if profile and profile.title_page else TITLE_PAGE
    written = _title_items(front, tree, profile)
    lines, missing = [], []
    for item in wanted:
        text = written.get(item, "")
        if not text:
            missing.append(item)
        elif item == "title":
            lines += [f"# {text}", ""]
        elif item in ("authors", "affiliations"):
            lines += [text, ""]
        else:
            lines += [f"**{item.capitalize()}:** {text}", ""]
    notes = [
        Finding(
            "submit/title-page",
            f"the title page has no {item}",
            Place(document),
            {},
            f"write {item} in the front matter or in a section of that name",
            blocks=False,
        )
        for item in missing
    ]
    return "\n".join(lines), notes


def _title_items(
    front: Mapping[str, Any], tree: Mapping[str, Any], profile: Profile | None
) -> dict[str, str]:
    abstract, body = abstract_parts(tree), manuscript_parts(tree)
    known = normalise_authors(front)
    people, places = known.get("by-author", []), known.get("by-affiliation", [])
    items = {
        "title": body.title,
        "running head": str(front.get("running-head", "")),
        "authors": "; ".join(_with_marks(person) for person in people),
        "affiliations": "\\\n".join(f"^{n}^ {_place(place)}" for n, place in enumerate(places, 1)),
        "corresponding author": "; ".join(
            _corresponding(person) for person in people if person.get("attributes")
        ),
        "keywords": ", ".join(str(word) for word in front.get("keywords") or ()),
        "word counts": _counts(abstract, body, profile),
    }
    sections = {heading.casefold(): text for heading, text in every_section(tree)}
    for item, names in _SECTIONS.items():
        own = str(front.get(item.replace(" ", "-"), ""))
        items[item] = own or next(
            (sections[name].replace("\n", " ") for name in names if name in sections), ""
        )
    return items


def _with_marks(person: Mapping[str, Any]) -> str:
    numbers = ",".join(str(place.get("number", "")) for place in person.get("affiliations", ()))
    degrees = "".join(f", {degree}" for degree in person.get("degrees", ()))
    return f"{person['name']['literal']}{degrees}" + (f"^{numbers}^" if numbers.strip(",") else "")


def _place(place: Mapping[str, Any]) -> str:
    return ", ".join(str(place[key]) for key in ("department", "name", "city", "country") if place.get(key))


def _corresponding(person: Mapping[str, Any]) -> str:
    return ", ".join(text for text in (person["name"]["literal"], str(person.get("email", ""))) if text)


def _counts(abstract: AbstractParts, body: AbstractParts, profile: Profile | None) -> str:
    """Count as the journal counts; without a journal, words of abstract and text."""
    short = abstract_budget(abstract, profile) if profile else None
    text = text_budget(body, profile) if profile else None
    own = [sum(words(said) for _, said in parts.sections) for parts in (abstract, body)]
    return (
        f"abstract, {short or f'{own[0]:,} words'}; text, {text or f'{own[1]:,} words'}; "
        f"tables, {len(body.tables)}; figures, {len(body.figures)}"
    )


def definitions(store: Store) -> str:
    """Return every result's definition as Markdown: what it is, in whom, by which method, computed where."""
    rows = [
        f"| `{key}` | {_cell(m.label)} | {_cell(m.population)} | {_cell(m.method)} |"
        for key, result in store.results.items()
        if not isinstance(result, Curve) and (m := result.meaning)
    ]
    head = ["| Result | Meaning | Population | Method |", "|:---------|:---------|:---------|:------------|"]
    return "\n".join(["# Definitions of all results", "", *head, *rows, ""])


def _cell(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>|~^$@#])", r"\\\1", " ".join(text.split()))


def store_csv(store: Store) -> str:
    """Return the store as CSV, a row a number: key, field, value, and what the key means. Curves stay out."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["key", "kind", "field", "value", "label", "population", "method"])
    for key, result in store.results.items():
        if isinstance(result, Curve):
            continue
        meaning = result.meaning
        for one in fields(result):
            value = getattr(result, one.name)
            if isinstance(value, Meaning) or value is None or value == "":
                continue
            row = [
                key,
                type(result).__name__,
                one.name,
                value,
                meaning.label,
                meaning.population,
                meaning.method,
            ]
            writer.writerow(row)
    return buffer.getvalue()


def reproducibility(store: Store, lock: Lock | None, root: Path, command: str) -> str:
    """Return the statement that lets somebody else make the same package: versions, hashes, lock, command."""
    packages = [f"- {name} {found}" for name in _PACKAGES if (found := _version(name))]
    signed = (
        f"The cut {lock.name} (cutoff {lock.cutoff}) was signed off by {lock.by} on {lock.on}."
        if lock
        else "This cut is not signed off: a rehearsal."
    )
    lines = [
        "# Reproducibility",
        "",
        signed,
        "",
        f"- tieout {tieout.__version__}, Python {platform.python_version()}",
        f"- {platform.system()} {platform.machine()}",
        *packages,
        f"- store SHA-256 {store.digest}",
        *(f"- {name} SHA-256 {digest}" for name, digest in store.inputs.items() if name != TOOL),
        *([f"- revision {revision}"] if (revision := _revision(root)) else []),
        "",
        f"Command: `{command}`",
        "",
        "Every number of the manuscript is printed from the store; `tieout results KEY` defines each.",
        "",
    ]
    return "\n".join(lines)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _revision(root: Path) -> str:
    try:
        done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, capture_output=True, check=False)  # noqa: S607  (the user's git)
    except FileNotFoundError:
        return ""
    return done.stdout.decode().strip() if done.returncode == 0 else ""
