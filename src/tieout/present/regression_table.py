"""A regression table: a row a term, a pair of columns a model, reference levels named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tieout.present.keys import result, tie
from tieout.present.labels import estimate_facet
from tieout.present.table import Cell, Column, Content, Emphasis, Row, Spanner, Table, cell, column, row
from tieout.values.navigate import Branch
from tieout.values.result import Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Term:
    """One row: a variable's name alone, an estimate of one or more models, or a reference level.

    Parameters
    ----------
    label : what the stub says; by default the label of the first estimate.
    keys : the key of the estimate in each model, in the order of the models; "" where a model leaves it out.
        None at all for a row that only names a variable.
    level : the indent, 1 for the levels of a variable.
    is_reference : whether it is the level that the others are compared with.
    """

    label: str = ""
    keys: tuple[str, ...] = ()
    level: int = 0
    is_reference: bool = False


def regression_table(
    r: Branch,
    name: str,
    terms: Sequence[Term],
    models: Sequence[Content],
    *,
    measure: str = "HR (95% CI)",
    notes: Sequence[Cell] = (),
) -> Table:
    """Make a regression table.

    Parameters
    ----------
    models : the heading of each; a single "" prints no spanner. The numbers of patients and events of the
        first estimate of each model are printed in a last group of rows.
    measure : the heading of the estimates; their scale is the result's.
    """
    columns: list[Column] = []
    for model in models:
        is_bare = isinstance(model, str) and not model
        spanner = None if is_bare else Spanner(model if isinstance(model, Cell) else cell(model))
        columns += [column(measure, spanner=spanner), column(cell(Emphasis("P"), " value"), spanner=spanner)]
    rows = [_row(r, term, len(models)) for term in terms]
    for label, facet in (("Patients, No.", "n"), ("Events, No.", "events")):
        cells: list[Content] = []
        for at in range(len(models)):
            first = next(term.keys[at] for term in terms if len(term.keys) > at and term.keys[at])
            cells += [tie(r, first, facet), ""]
        rows.append(row(label, *cells))
    return Table(name, column("Variable", "left"), tuple(columns), tuple(rows), {}, tuple(notes))


def _row(r: Branch, term: Term, models: int) -> Row:
    if term.is_reference:
        return row(term.label, *["Reference", ""] * models, level=term.level)
    if not term.keys:
        return row(term.label, *[""] * (2 * models), level=term.level)
    cells: list[Content] = []
    label = term.label
    for key in term.keys:
        if not key:
            cells += ["—", ""]
            continue
        found = result(r, key)
        if not isinstance(found, Estimate):
            raise TypeError(f"{key} is not an estimate: a regression table prints nothing else")
        label = label or found.meaning.label
        cells += [tie(r, key, estimate_facet(found)), tie(r, key, "p_bare")]
    return row(label, *cells, level=term.level)
