"""What a publication printed beside what the data give: which figures agree, which differ, and why."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.result import Count, Estimate
from tieout.values.rounding import exact, half_up, percentage
from tieout.values.store import Store
from tieout.values.style import AMA, NumberStyle

_NUMBER = re.compile(r"(?P<sign>[<>]?)(?P<number>-?\d+(?:\.(?P<decimals>\d+))?)(?P<percent>%?)")
_FIELDS = {"what", "value", "key", "also", "together", "why", "note"}


@dataclass(frozen=True, slots=True)
class Published:
    """One figure of a publication: where it stands, what it counts, as what it was printed.

    `key` with its facet names the result that corresponds to it, `also` one with which it agrees instead;
    figures with the same `together` are one statement, whose percentages should share a denominator.
    `why` says why it differs; `note` is printed below the table in any case.
    """

    place: str
    what: str
    value: str
    key: str
    also: str = ""
    together: str = ""
    why: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """A published figure, the derived one as it prints, and whether they agree at the published precision."""

    published: Published
    derived: str
    agrees: bool


def read_published(path: Path, shown: str = "") -> tuple[str, tuple[Published, ...]]:
    """Return the publication's name and its figures, from TOML with `source` and `[[part]]` tables.

    Raises
    ------
    FindingsError
        when the file is absent, is not TOML, or a figure lacks a field or has an unknown one.
    """
    name = shown or path.name
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        remedy = "write down the published figures, or name the file with --published"
        raise FindingsError(
            [Finding("reproduce/absent", "there is no such file", Place(name), {}, remedy)]
        ) from None
    except tomllib.TOMLDecodeError as error:
        facts = {"got": str(error)}
        raise FindingsError(
            [Finding("reproduce/unreadable", "this is not TOML", Place(name), facts)]
        ) from None
    figures, found = [], []
    for part in document.get("part", []):
        for number, figure in enumerate(part.get("figures", []), 1):
            absent, unknown = {"what", "value", "key"} - figure.keys(), figure.keys() - _FIELDS
            if absent or unknown:
                facts = {"figure": f"{part.get('place', '')}, {number}", "need": ", ".join(sorted(_FIELDS))}
                found.append(
                    Finding(
                        "reproduce/figure", "a figure has other fields than it should", Place(name), facts
                    )
                )
            else:
                figures.append(Published(part.get("place", ""), **figure))
    if found:
        raise FindingsError(found)
    return str(document.get("source", "the publication")), tuple(figures)


def compare_figures(
    figures: Iterable[Published], store: Store, style: NumberStyle = AMA
) -> tuple[Compared, ...]:
    """Hold each figure against its result, rounded half up to the published precision.

    Raises
    ------
    FindingsError
        for every key that the store does not have, or whose facet does not print it.
    """
    figures = tuple(figures)
    named = [key for figure in figures for key in (figure.key, figure.also) if key]
    if found := [finding for key in named for finding in _check_key(key, store)]:
        raise FindingsError(found)
    return tuple(
        Compared(figure, printed(figure.key, store, style), agrees(figure.value, figure.key, store, style))
        for figure in figures
    )


def check_explained(compared: Iterable[Compared], file: str) -> list[Finding]:
    """Return a finding for each figure that differs without a reason, or agrees and still has one."""
    found = []
    for one in compared:
        facts = {"figure": one.published.what, "published": one.published.value, "derived": one.derived}
        if not one.agrees and not one.published.why:
            message, remedy = (
                "a published figure differs from the derived one",
                "say why, or mend the definition",
            )
            found.append(Finding("reproduce/unexplained", message, Place(file), facts, remedy))
        elif one.agrees and one.published.why:
            message, remedy = (
                "a published figure agrees, and a reason is given why it differs",
                "delete the reason",
            )
            found.append(Finding("reproduce/explained", message, Place(file), facts, remedy))
    return found


def printed(key: str, store: Store, style: NumberStyle) -> str:
    """Return what a key with its facet prints."""
    name, facet = key.rsplit(".", 1)
    return show(store[name], facet, style)


def agrees(value: str, key: str, store: Store, style: NumberStyle = AMA) -> bool:
    """Return whether a published value is the derived one: equal texts, or equal at the published precision.

    `>50%` and `<50%` agree with what lies beyond.
    """
    name, facet = key.rsplit(".", 1)
    result = store[name]
    of = FACETS[type(result)][facet].number
    number: Any = of(result) if of else None
    match = _NUMBER.fullmatch(value)
    if match is None or number is None or isinstance(number, str) or not hasattr(number, "__abs__"):
        return value == show(result, facet, style)
    derived = exact(number) * (100 if match["percent"] and _is_share(result) else 1)
    wanted = Decimal(match["number"])
    if match["sign"]:
        return derived > exact(wanted) if match["sign"] == ">" else derived < exact(wanted)
    return half_up(derived, len(match["decimals"] or "")) == wanted


def fitting_denominators(values: Sequence[str], of: int) -> list[tuple[int, tuple[int, ...]]]:
    """Return the denominators within a fifth of `of` under which all the whole percentages can be printed.

    Examples
    --------
    >>> fitting_denominators(["47%", "44%"], 35)
    [(32, (15, 14)), (34, (16, 15)), (36, (17, 16))]
    """
    wanted = [int(value.rstrip("%")) for value in values]
    made = []
    for denominator in range(-(-4 * of // 5), 6 * of // 5 + 1):
        counts = [
            next((n for n in range(denominator + 1) if percentage(n, denominator) == value), None)
            for value in wanted
        ]
        if None not in counts:
            made.append((denominator, tuple(n for n in counts if n is not None)))
    return made


def report(source: str, compared: Sequence[Compared], store: Store, style: NumberStyle = AMA) -> str:
    """Return the account of all figures as Markdown."""
    agreeing = sum(one.agrees for one in compared)
    lines = [
        "# What the published figures are, and what the data give",
        "",
        "<!-- made by `tieout reproduce`: change analysis/published.toml or the analysis, not this file -->",
        "",
        f"Every figure that {source} prints stands here beside the one derived at the cutoff of "
        f"{store.study.get('cutoff', 'the protocol')}.",
        "The derived number agrees when it is the same at the precision that was published.",
    ]
    if store.study.get("synthetic"):
        lines.append(
            "The registry is synthetic: it was made to give these figures; no row describes a real patient."
        )
    lines += ["", f"Of {len(compared)} figures, {agreeing} agree and {len(compared) - agreeing} differ.", ""]
    lines += ["| Place | Figure | Published | Derived | Result | |", "| --- | --- | --- | --- | --- | --- |"]
    lines += [_row(one) for one in compared]
    differing = [one for one in compared if not one.agrees]
    if differing:
        lines += ["", "## Where they differ", ""]
        lines += [_explained(one, store, style) for one in differing]
        lines += _together(differing, store)
    if noted := [one.published for one in compared if one.published.note]:
        lines += ["", "## Notes", "", *(f"- {figure.what}: {figure.note}" for figure in noted)]
    return "\n".join(lines) + "\n"


def _row(one: Compared) -> str:
    figure, verdict = one.published, "agrees" if one.agrees else "**differs**"
    cells = (figure.place, figure.what, figure.value, one.derived, f"`{figure.key}`", verdict)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _explained(one: Compared, store: Store, style: NumberStyle) -> str:
    figure = one.published
    result = store[figure.key.rsplit(".", 1)[0]]
    derived = show(result, "n_of_percent", style) if isinstance(result, Count) and result.of else one.derived
    also = ""
    if figure.also:
        other = store[figure.also.rsplit(".", 1)[0]]
        text = show(other, "n_of_percent", style) if isinstance(other, Count) and other.of else ""
        verb = "agrees" if agrees(figure.value, figure.also, store, style) else "does not agree either"
        also = f" `{figure.also}`, {text}, {verb}."
    return (
        f"- {figure.what} ({figure.place}): published {figure.value}, derived {derived}.{also} {figure.why}"
    )


def _together(differing: Sequence[Compared], store: Store) -> list[str]:
    """Say which denominators would give percentages that were printed as one statement."""
    groups: dict[str, list[Compared]] = {}
    for one in differing:
        if one.published.together and one.published.value.endswith("%"):
            groups.setdefault(one.published.together, []).append(one)
    lines = []
    for group in groups.values():
        result = store[group[0].published.key.rsplit(".", 1)[0]]
        if not isinstance(result, Count) or not result.of:
            continue
        values = [one.published.value for one in group]
        fits = fitting_denominators(values, result.of)
        shown = "; ".join(f"{of} ({' and '.join(f'{n}/{of}' for n in counts)})" for of, counts in fits)
        near = f"near {result.of}, these would: {shown}" if shown else f"none near {result.of} would"
        lines += ["", f"As for denominators that give {' and '.join(values)} together, {near}."]
    return lines


def _is_share(result: object) -> bool:
    return isinstance(result, Count) or (isinstance(result, Estimate) and result.scale == "proportion")


def _check_key(key: str, store: Store) -> list[Finding]:
    name, _, facet = key.rpartition(".")
    facets: Mapping[str, Any] = FACETS[type(store[name])] if name in store else {}
    if facet in facets:
        return []
    what = f"{name} has no facet {facet}" if facets else f"there is no result {name}"
    return [Finding("reproduce/key", what, None, {"have": key}, "tieout results lists them")]
