"""What stands beside the page: what is behind each number, the venue's budget, the findings, a new cut."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from tieout.audit.settings import read_settings
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.changes import Changes, compare_documents
from tieout.document.changes_page import summary_line
from tieout.document.execute import Executed
from tieout.document.explained import Explanation, explain, places_of_ties
from tieout.document.parse import Tree
from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding, FindingsError
from tieout.values.freshness import stale_inputs
from tieout.values.project import Project
from tieout.values.store import Store
from tieout.values.style import NumberStyle
from tieout.venue.budget import Budget, abstract_budget, text_budget
from tieout.venue.count import COUNTERS
from tieout.venue.parts import AbstractParts, abstract_parts, manuscript_parts
from tieout.venue.profile import read_profile
from tieout.venue.styled import document_style

Json = dict[str, Any]


def finding_data(findings: Iterable[Finding]) -> list[Json]:
    """Return findings as the page shows them, those that stop a rendering first."""
    made = [
        {
            "code": each.code,
            "message": each.message,
            "place": str(each.place or ""),
            "facts": [[name, str(value)] for name, value in each.facts.items()],
            "remedy": each.remedy,
            "blocks": each.blocks,
        }
        for each in findings
    ]
    return sorted(made, key=lambda each: not each["blocks"])


def beside_data(
    executed: Executed,
    tree: Tree,
    project: Project,
    store: Store,
    *,
    previous: Store | None,
    known: dict[str, Explanation],
) -> Json:
    """Return all that stands beside a page.

    Parameters
    ----------
    previous : the cut before, for the value that a number had there.
    known : what was explained before of these two stores; what is new is added.
    """
    places = places_of_ties([executed], read_drawn(project))
    for key in places.keys() - known.keys():
        if key in store:
            known[key] = explain(key, store, project.root, previous)
    results = {
        key: asdict(replace(known[key], places=tuple(found))) for key, found in places.items() if key in known
    }
    ties = list(printed_ties(executed))
    before = _before(ties, previous, document_style()) if previous is not None else {}
    return {
        "results": results,
        "before": before,
        "budget": _budget_data(executed.source.front.get("venue"), tree, project),
        "findings": finding_data([*_check(executed, tree, project, store), *_check_fresh(store, project)]),
        "cut": f"{store.study.get('cutoff', 'unknown date')} ({store.digest[:12]})",
    }


def _check(executed: Executed, tree: Tree, project: Project, store: Store) -> Sequence[Finding]:
    try:
        return check_document(executed, tree, project, store, read_settings(project))
    except FindingsError as error:  # an unknown venue, a setting that cannot be read
        return error.findings


def _check_fresh(store: Store, project: Project) -> list[Finding]:
    if not (stale := stale_inputs(store, project)):
        return []
    message = "the results are older than what they are derived from"
    facts = {"changed": ", ".join(stale)}
    return [Finding("store/stale", message, None, facts, "run tieout derive", blocks=False)]


def _before(ties: Iterable[str], previous: Store, style: NumberStyle) -> dict[str, str]:
    """Return how each tie, a key with its facet, read in the cut before, where it was there."""
    made = {}
    for tie in ties:
        key, _, facet = tie.rpartition(".")
        result = previous.results.get(key)
        if result is not None and facet in FACETS[type(result)]:
            made[tie] = show(result, facet, style)
    return made


def _budget_data(venue: object, tree: Tree, project: Project) -> Json:
    abstract, text = abstract_parts(tree), manuscript_parts(tree)
    if not venue:
        return {"venue": "", "limits": [], "counts": _counts(abstract, text)}
    try:
        profile = read_profile(str(venue), project.root)
    except FindingsError:
        return {"venue": "", "limits": [], "counts": _counts(abstract, text)}
    budgets = {"abstract": abstract_budget(abstract, profile)}
    if profile.kind == "journal":
        budgets["text"] = text_budget(text, profile)
    limits = [_limit(what, budget) for what, budget in budgets.items() if budget is not None]
    return {"venue": profile.name, "limits": limits, "counts": [] if limits else _counts(abstract, text)}


def _limit(what: str, budget: Budget) -> Json:
    return {
        "what": what,
        "used": budget.used,
        "limit": budget.limit,
        "unit": budget.unit,
        "lines": budget.lines,
        "sentences": budget.longest_sentences,
    }


def _counts(abstract: AbstractParts, text: AbstractParts) -> list[list[str]]:
    """Return how long abstract and text are, where no venue says what counts."""
    bodies = {
        "abstract": "\n".join(each for _, each in abstract.sections),
        "text": "\n".join(each for _, each in text.sections),
    }
    if bodies["abstract"] == bodies["text"]:
        del bodies["abstract"]
    return [
        [
            what,
            ", ".join(f"{COUNTERS[unit](body):,} {unit}" for unit in ("words", "characters without spaces")),
        ]
        for what, body in bodies.items()
        if body.strip()
    ]


def cut_data(name: str, project: Project, old: Store, new: Store) -> Json:
    """Return what a new cut changes in one document."""
    changes = compare_documents(replace(project, documents=(name,)), old, new)
    return {
        "old": f"{old.study.get('cutoff', 'unknown date')} ({old.digest[:12]})",
        "new": f"{new.study.get('cutoff', 'unknown date')} ({new.digest[:12]})",
        "summary": summary_line(changes),
        "claims": _claims(changes),
        "sentences": [
            {"section": each.section, "pieces": [[piece.kind, piece.text] for piece in each.pieces]}
            for each in changes.sentences
        ],
        "cells": [
            {"where": ", ".join(part for part in (each.table, each.row, each.column) if part),
             "old": each.old, "new": each.new}
            for each in changes.cells
        ],
    }  # fmt: skip


def _claims(changes: Changes) -> list[Mapping[str, str]]:
    return [
        {
            "words": claim.words,
            "condition": claim.condition,
            "place": str(claim.place),
            "verdict": "is true now and was not" if claim.after else "is no longer true",
        }
        for claim in changes.claims
        if claim.is_flipped
    ]
