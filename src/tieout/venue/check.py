"""Holding a text against its venue's rules. Nothing is ever cut: findings say what is too much, and where."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tieout.values.finding import Finding, Place
from tieout.venue.budget import Budget, abstract_budget, alternatives, plain, text_budget
from tieout.venue.count import COUNTERS
from tieout.venue.parts import AbstractParts, abstract_parts, manuscript_parts
from tieout.venue.portal import portal_parts, unspellable
from tieout.venue.profile import Profile, read_profile

# A title that states what was found: a percentage, a P value, an estimate, a time, or a verb that concludes.
_RESULT = re.compile(
    r"\d\s*%|\bP\s*[=<>≤]|\b(?:HR|OR|CI)\b\s*[=,:(\d]|\bratio of\b|\d+(?:\.\d+)?\s*(?:months?|years?)\b"
    r"|\b(?:improves?|improved|prolongs?|prolonged|reduces?|reduced|increases?|predicts?|shows?|demonstrates?"
    r"|confers?|(?:is|are) (?:not )?associated with|(?:is|are) (?:safe|effective|superior|inferior|feasible)"
    r"|does not|do not|leads? to|results? in)\b",
    re.IGNORECASE,
)
_ABBREVIATION = re.compile(r"\b(?=\w*[A-Z]\w*[A-Z])[A-Za-z][A-Za-z0-9]*\b")
_SYMBOL = re.compile(r"[^\w\s.,:;()\[\]'’\"“”/?!\-‐‑–—]")
# Abbreviations that journals take unexplained (AMA Manual of Style, 11th ed, chapter 13).
_KNOWN = frozenset(
    {
        "CI",
        "SD",
        "HR",
        "OR",
        "DNA",
        "RNA",
        "US",
        "USA",
        "UK",
        "CT",
        "MRI",
        "PET",
        "AIDS",
        "HIV",
        "II",
        "III",
        "IV",
    }
)


def check_venue(parts: AbstractParts, profile: Profile, file: str = "") -> list[Finding]:
    """Return all findings of an abstract against its venue; that a profile is unverified does not block."""
    place = Place(file) if file else None
    length = profile.abstract
    budget = abstract_budget(parts, profile)
    return [
        *_check_verified(profile, place),
        *(_check_budget(budget, profile, "abstract", place) if budget else ()),
        *_check_title(parts, profile, place),
        *(_check_headings(parts, length.headings, profile, place) if length else ()),
        *_check_numbers_of(parts, profile, place),
        *_check_body(parts, profile, place),
        *(_check_abbreviations(parts, profile, place) if length and length.define_abbreviations else ()),
        *_check_spelling(parts, profile, place),
    ]


def check_manuscript(
    abstract: AbstractParts, body: AbstractParts, profile: Profile, file: str = ""
) -> list[Finding]:
    """Return all findings of a manuscript, its abstract included, against a journal's rules."""
    place, length = (Place(file) if file else None), profile.text
    budget, short = text_budget(body, profile), abstract_budget(abstract, profile)
    found = [
        *_check_verified(profile, place),
        *(_check_budget(short, profile, "abstract", place) if short else ()),
        *(_check_budget(budget, profile, "text", place) if budget else ()),
        *_check_title(body, profile, place),
        *_check_numbers_of(body, profile, place),
        *_check_body(body, profile, place),
    ]
    if profile.abstract:
        found += _check_headings(abstract, profile.abstract.headings, profile, place, "abstract")
    if length:
        found += _check_headings(body, length.headings, profile, place, "text", more=True)
        found += _check_abbreviations(body, profile, place) if length.define_abbreviations else ()
    return found


def _check_verified(profile: Profile, place: Place | None) -> list[Finding]:
    if profile.verified:
        return []
    message = f"the rules of {profile.name} are unverified, check the call for abstracts"
    if profile.kind == "journal":
        message = f"the rules of {profile.name} are unverified, check the journal's guide for authors"
    facts = {"source": profile.source, "read": profile.read.isoformat()}
    return [Finding("venue/unverified", message, place, facts, blocks=False)]


def _check_budget(budget: Budget, profile: Profile, what: str, place: Place | None) -> list[Finding]:
    if budget.left >= 0:
        return []
    facts = {
        "have": f"{budget.used:,} {budget.unit}",
        "need": f"at most {budget.limit:,}",
        "over by": f"{-budget.left:,}",
        **{name: f"{size:,}" for name, size in budget.lines},
        **{
            f"longest sentence {n}": f"{size:,}: {text}"
            for n, (text, size) in enumerate(budget.longest_sentences, 1)
        },
        **{f"longest tie {n}": f"{size:,}: {text}" for n, (text, size) in enumerate(budget.longest_ties, 1)},
    }
    message = f"the {what} is longer than {profile.name} allows"
    remedy = "shorten the longest sentences, or print ties by a shorter facet"
    return [Finding("venue/over-limit", message, place, facts, remedy)]


def _check_title(parts: AbstractParts, profile: Profile, place: Place | None) -> list[Finding]:
    rules, title, found = profile.title, parts.title, []
    if not title:
        found.append(
            Finding(
                "venue/title-absent", "the text has no title", place, {}, "add title: to the front matter"
            )
        )
    if rules.limit is not None and (size := COUNTERS[rules.unit](title)) > rules.limit:
        facts = {"have": f"{size} {rules.unit}", "need": f"at most {rules.limit}"}
        found.append(Finding("venue/title-long", "the title is too long", place, facts, "shorten the title"))
    if "results" in rules.forbids and (stated := _stated_result(parts)):
        message, remedy = "the title states a result", "say what was studied, not what was found"
        found.append(Finding("venue/title-result", message, place, {"found": stated}, remedy))
    if "abbreviations" in rules.forbids and (short := _abbreviations(title)):
        facts, remedy = {"found": ", ".join(short)}, "write it out"
        found.append(
            Finding("venue/title-abbreviation", "the title holds an abbreviation", place, facts, remedy)
        )
    if "symbols" in rules.forbids and (signs := _SYMBOL.findall(title)):
        facts, remedy = {"found": " ".join(dict.fromkeys(signs))}, "write the sign's name"
        found.append(Finding("venue/title-symbol", "the title holds a symbol", place, facts, remedy))
    if "final period" in rules.forbids and title.endswith("."):
        found.append(
            Finding("venue/title-period", "the title ends with a period", place, {}, "take the period away")
        )
    return found + _check_brands(title, rules.forbids, profile, "title", place)


def _stated_result(parts: AbstractParts) -> str:
    if parts.title_ties:
        return parts.title_ties[0][1]
    match = _RESULT.search(parts.title)
    return match[0] if match else ""


def _abbreviations(text: str) -> list[str]:
    return list(dict.fromkeys(_ABBREVIATION.findall(text)))


def _check_brands(
    text: str, forbids: Iterable[str], profile: Profile, where: str, place: Place | None
) -> list[Finding]:
    rules = set(forbids) & {"brand names", "brand names alone"}
    if not rules:
        return []
    lowered, found = text.casefold(), []
    for brand, generic in profile.brands.items():
        present = re.search(rf"\b{re.escape(brand.casefold())}\b", lowered)
        if present and ("brand names" in rules or generic.casefold() not in lowered):
            message = f"the {where} names the brand {brand}"
            alone = "" if "brand names" in rules else " without its generic name"
            remedy = (
                f"write {generic}" if "brand names" in rules else f"write {generic} ({brand}) at first use"
            )
            found.append(Finding(f"venue/{where}-brand", message + alone, place, {"found": brand}, remedy))
    return found


def _check_headings(
    parts: AbstractParts,
    wanted: Sequence[str],
    profile: Profile,
    place: Place | None,
    what: str = "abstract",
    *,
    more: bool = False,
) -> list[Finding]:
    """Find headings that are missing, unknown or out of order; with `more`, others may stand between."""
    if not wanted:
        return []
    need = [alternatives(name) for name in wanted]
    named = [" or ".join(part.strip() for part in name.split("|")) for name in wanted]
    have = [plain(name) for name, _ in parts.sections if name]
    facts = {"have": ", ".join(name for name, _ in parts.sections if name), "need": ", ".join(named)}
    found = [
        Finding("venue/heading-missing", f"the {what} has no section {name}", place, facts, f"add {name}")
        for name, names in zip(named, need, strict=True)
        if not names & set(have)
    ]
    if not more:
        found += [
            Finding(
                "venue/heading-unknown", f"{profile.name} has no section {name}", place, facts, "rename it"
            )
            for name, _ in parts.sections
            if name and not any(plain(name) in names for names in need)
        ]
        if any(not name and text for name, text in parts.sections):
            message = f"the {what} has text before its first heading"
            found.append(Finding("venue/heading-missing", message, place, facts, f"begin with {named[0]}"))
    common = [place for key in have for place, names in enumerate(need) if key in names]
    if common != sorted(common):
        message = f"the sections of the {what} stand in another order"
        found.append(Finding("venue/heading-order", message, place, facts, "put them in the venue's order"))
    if len(common) != len(set(common)):
        found.append(
            Finding(
                "venue/heading-doubled", f"a section of the {what} stands twice", place, facts, "join them"
            )
        )
    return found


def _check_numbers_of(parts: AbstractParts, profile: Profile, place: Place | None) -> list[Finding]:
    """Find too many tables, figures, authors and references."""
    display = len(parts.tables) + len(parts.figures)
    limits = [
        ("table", "tables", len(parts.tables), profile.tables_maximum),
        ("figure", "figures", len(parts.figures), profile.figures_maximum),
        ("display", "tables and figures", display, profile.display_maximum),
        ("author", "authors", len(parts.authors), profile.authors_maximum),
        ("reference", "references", len(parts.references), profile.references_maximum),
    ]
    return [
        Finding(
            f"venue/too-many-{name}s" if name != "display" else "venue/too-many-displays",
            f"{profile.name} takes {'no' if most == 0 else f'at most {most}'} {words}",
            place,
            {"have": str(number), "need": f"at most {most}"},
            "take some away, or move them to a supplement" if profile.kind == "journal" else "take some away",
        )
        for name, words, number, most in limits
        if most is not None and number > most
    ]


def _check_body(parts: AbstractParts, profile: Profile, place: Place | None) -> list[Finding]:
    body = "\n".join(text for _, text in parts.sections)
    return _check_brands(body, profile.body_forbids, profile, "body", place)


def _check_abbreviations(parts: AbstractParts, profile: Profile, place: Place | None) -> list[Finding]:
    """Find abbreviations that are never written out: `full name (ABC)`, or `ABC (full name)`."""
    body = "\n".join(text for _, text in parts.sections)
    return [
        Finding(
            "venue/abbreviation",
            f"the abbreviation {short} is not written out",
            place,
            {},
            f"write the full term with ({short}) at its first use",
            blocks=False,
        )
        for short in _abbreviations(body)
        if short not in _KNOWN
        and not re.search(rf"\({re.escape(short)}s?[);,]|\b{re.escape(short)}s? \([a-z]", body)
    ]


def _check_spelling(parts: AbstractParts, profile: Profile, place: Place | None) -> list[Finding]:
    if profile.portal.unicode == "keep":
        return []
    shown = portal_parts(parts, profile.portal)
    left = unspellable("\n".join([shown.title, *(text for _, text in shown.sections)]))
    if not left:
        return []
    message, remedy = "the portal takes ASCII and these signs have no spelling", "write them in words"
    return [Finding("venue/sign", message, place, {"found": " ".join(left)}, remedy)]


def check_tree(tree: Mapping[str, Any], name: str, root: Path, file: str = "") -> list[Finding]:
    """Return the findings of a document's pandoc tree against the venue that its front matter names.

    A meeting's rules are for the abstract, a journal's for abstract and text. An unknown venue raises.
    """
    profile = read_profile(name, root)
    if profile.kind == "meeting":
        return check_venue(abstract_parts(tree), profile, file)
    return check_manuscript(abstract_parts(tree), manuscript_parts(tree), profile, file)
