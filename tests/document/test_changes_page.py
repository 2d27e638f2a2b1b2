"""What the page of changes counts is what it lists."""

from __future__ import annotations

import re

from tieout.document.changes import Changes
from tieout.document.changes_page import changes_page, summary_line
from tieout.values.compare import compare_stores
from tieout.values.result import Count, Curve, Meaning, Results
from tieout.values.store import Store, make_store


def _store(n: int, survival: float) -> Store:
    tree = {"name": ("all", "hospice"), "label": ("All", "Hospice"), "n": (35, n)}
    steps = {"time": (0.0, 5.0), "survival": (1.0, survival)}
    results = Results(
        flow=Results(
            hospice=Count(n, 35, Meaning("Hospice")), tree=Curve(tree, Meaning("Flow"), display=False)
        ),
        os=Curve(steps, Meaning("Overall survival")),
    )
    return make_store(results, {"cutoff": "2023-09-30"}, {})


def _changes(old: Store, new: Store) -> Changes:
    return Changes(old, new, compare_stores(old, new), (), (), ())


def test_a_flow_is_told_by_its_numbers_and_a_curve_is_drawn() -> None:
    changes = _changes(_store(17, 0.9), _store(16, 0.8))
    assert "1 curve, 1 other series, 1 result," in summary_line(changes)
    page = changes_page(changes)
    flow, _, survival = page.partition("flow.tree")[2].partition("<h3>os ")
    assert "<p>n of hospice 17, now 16.</p>" in flow
    assert "<svg" not in flow
    assert "<svg" in survival
    assert "points" not in page


def test_as_many_results_are_counted_as_the_table_has_rows() -> None:
    for old, new in ((_store(17, 0.9), _store(16, 0.8)), (_store(17, 0.9), _store(17, 0.8))):
        changes = _changes(old, new)
        table = changes_page(changes).partition("<h2>Results</h2>")[2].partition("</tbody>")[0]
        rows = len(re.findall("<tr><td>", table))
        assert f" {rows} result{'' if rows == 1 else 's'}," in summary_line(changes)
