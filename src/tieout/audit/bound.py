"""The audit of one document: is every number and every data-dependent word bound to one derivation?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from tieout.audit.days import check_days, declared_days
from tieout.audit.denominators import check_denominators
from tieout.audit.disclosure import check_ages
from tieout.audit.levels import check_levels
from tieout.audit.locate import Locator, SourceLine
from tieout.audit.loose import DrawnFigure, Words, check_loose
from tieout.audit.marks import check_givens, check_ties, check_typed
from tieout.audit.overlaps import check_overlaps
from tieout.audit.passages import Passage, passages
from tieout.audit.settings import AuditSettings
from tieout.audit.wording import check_wording
from tieout.text.pandoc import Node
from tieout.values.finding import Finding
from tieout.values.store import Store


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as the audit takes it.

    Attributes
    ----------
    tree : pandoc's JSON tree, cross-references and citations done.
    lines : the executed Markdown, each line with the place that its author wrote.
    written : the lines as typed, inline code included.
    printed : the words of each tie as the run printed them, by key with facet.
    references : the bibliography's keys; None without a bibliography.
    figures : what drawn figures say, by the path that an image names.
    """

    tree: Node
    lines: Sequence[SourceLine]
    written: Sequence[SourceLine] = ()
    printed: Mapping[str, Collection[str]] = field(default_factory=dict)
    references: Collection[str] | None = None
    figures: Mapping[str, DrawnFigure] = field(default_factory=dict)


def check_bound(draft: Draft, store: Store, settings: AuditSettings) -> list[Finding]:
    """Return every finding on a document, in the order of its lines."""
    read: list[Passage] = passages(draft.tree)
    locator = Locator(draft.lines, draft.written)
    labels = {result.meaning.label for result in store.results.values()}
    levels = {level for r in store.results.values() if (level := getattr(r, "level", None)) is not None}
    units = {unit for r in store.results.values() if _names(unit := getattr(r, "unit", "") or "")}
    days = declared_days(store)
    found = check_typed(draft.written)
    found += check_loose(read, settings, locator, Words(labels, levels, draft.figures, days, units))
    found += check_ties(read, store, draft.printed, locator)
    found += check_givens(read, draft.references, locator)
    found += check_wording(read, settings, locator)
    found += check_denominators(read, store, settings, locator)
    found += check_overlaps(read, store, locator)
    found += check_levels(read, store, locator)
    found += check_ages(read, store, settings.disclosure, locator)
    found += check_days(read, days, locator)
    return sorted(found, key=_by_line)


def _names(unit: str) -> bool:
    """Whether a unit holds digits beside letters, as in kg/m2 and 10^9/L."""
    return any(map(str.isdigit, unit)) and any(map(str.isalpha, unit))


def _by_line(finding: Finding) -> tuple[str, int]:
    place = finding.place
    return (place.file, place.line or 0) if place else ("", 0)
