"""Authors as Quarto's templates expect them: `by-author` and `by-affiliation` from its author schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def normalise_authors(front: Mapping[str, Any]) -> dict[str, Any]:
    """Return `by-author`, `by-affiliation` and `affiliations` for a document's front matter.

    An author is a name, or a mapping with `name` (a text, or `given` and `family`), `email`, `orcid`,
    `corresponding` and `affiliations` (texts, mappings, or `ref: id` to the document's own list).
    Affiliations are numbered in the order in which the authors name them.
    """
    given = front.get("author", front.get("authors")) or []
    entries = given if isinstance(given, list) else [given]
    if not entries:
        return {}
    declared = {item["id"]: item for item in _listed(front.get("affiliations")) if "id" in item}
    places: list[dict[str, Any]] = []
    authors = [_author(entry, number, declared, places) for number, entry in enumerate(entries, 1)]
    return {"by-author": authors, "by-affiliation": places}


def _author(
    entry: Any, number: int, declared: Mapping[str, Any], places: list[dict[str, Any]]
) -> dict[str, Any]:
    described = entry if isinstance(entry, Mapping) else {"name": str(entry)}
    name = described.get("name", "")
    if isinstance(name, Mapping):
        name = name.get("literal") or f"{name.get('given', '')} {name.get('family', '')}".strip()
    author: dict[str, Any] = {"number": str(number), "letter": chr(96 + number), "name": {"literal": name}}
    author |= {
        key: described[key] for key in ("email", "orcid", "url", "degrees", "note") if key in described
    }
    if described.get("corresponding"):
        author["attributes"] = {"corresponding": True}
    ours = [
        _affiliation(item, declared, places)
        for item in _listed(described.get("affiliations", described.get("affiliation")))
    ]
    if ours:
        author["affiliations"] = ours
    return author


def _listed(value: Any) -> list[dict[str, Any]]:
    items = value if isinstance(value, list) else [] if value is None else [value]
    return [dict(item) if isinstance(item, Mapping) else {"name": str(item)} for item in items]


def _affiliation(
    item: dict[str, Any], declared: Mapping[str, Any], places: list[dict[str, Any]]
) -> dict[str, Any]:
    described = dict(declared.get(item["ref"], {"name": item["ref"]})) if "ref" in item else item
    for place in places:
        if place.get("name") == described.get("name") and place.get("department") == described.get(
            "department"
        ):
            return place
    place = {**described, "number": str(len(places) + 1), "letter": chr(97 + len(places))}
    place.setdefault("id", f"aff-{len(places) + 1}")
    places.append(place)
    return place
