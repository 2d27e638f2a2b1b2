"""Of each result that is made from rows, whoever watches is told those rows, and nobody else is."""

from __future__ import annotations

import pandas as pd
import pytest

from tieout.derive import count, flow, kaplan_meier, levels, summarize
from tieout.derive.cohort_flow import Disposition, Population, Reason
from tieout.derive.response import psa_response
from tieout.derive.rows import watching
from tieout.derive.worst import grade_counts
from tieout.values.finding import FindingsError
from tieout.values.result import Results

PATIENTS = list("abcdef")
TABLE = pd.DataFrame(
    {
        "stopped": [True, True, False, None, True, False],
        "arm": ["x", "y", "x", None, "y", "y"],
        "age": [61, 72, None, 70, 55, 80],
        "best_change": [-0.6, -0.5, -0.4, None, 0.2, -0.9],
        "evaluable": [True, True, True, False, True, True],
        "grade_low": pd.array([0, 1, 3, None, None, 4], "Int64"),
        "samples": [1, 1, 2, 0, 3, 1],
        "time_days": [5, 3, 9, 1, 4, 7],
        "time_months": [5.0, 3.0, 9.0, 1.0, 4.0, 7.0],
        "is_event": [True, True, False, True, False, True],
    },
    index=PATIENTS,
)


def told(make):
    """The patients of each result below what `make` returns, by key."""
    heard = []
    with watching(lambda made, rows: heard.append((made, rows))):
        made = make()
    results = dict(made.flat()) if isinstance(made, Results) else {"": made}
    known = {id(result): rows for result, rows in heard}
    return {key: "".join(known[id(result)]().index) for key, result in results.items() if id(result) in known}


def named(**keywords):
    return {"label": "L", "population": "P", **keywords}


def _flow():
    reason = Reason("older", "Older", lambda t: t.age > 75)
    ends = [Disposition("x", "X", lambda t: t.arm == "x"), Disposition("rest", "R", lambda t: t.arm != "x")]
    return flow(TABLE, [Population("all", "All"), Population("kept", "Kept", [reason])], ends).results


@pytest.mark.parametrize(
    ("make", "patients"),
    [
        (lambda: count(TABLE.stopped, TABLE, **named()), {"": "abe"}),
        (lambda: count({"f", "a"}, TABLE, **named()), {"": "af"}),
        (lambda: count(2, TABLE, **named()), {}),
        (
            lambda: levels(TABLE.arm, levels={"first": ("x", "X"), "second": ("y", "Y")}, population="P"),
            {"first": "ac", "second": "bef", "unknown": "d"},
        ),
        (lambda: summarize(TABLE.age, **named()), {"": "abcdef"}),
        (_flow, {"all": "abcdef", "older": "f", "kept": "abcde", "x": "ac", "rest": "bde"}),
        (
            lambda: psa_response(TABLE, population="P", declines=[50], denominator="treated"),
            {"psa50": "abf", "evaluable": "abcef"},
        ),
        (
            lambda: kaplan_meier(TABLE, "os", **named(), at=[4])["os_at_risk"],
            {"month_4": "acef"},
        ),
        (
            lambda: kaplan_meier(TABLE, "os", **named(), at=[4], events_by=True)["os_censored_by"],
            {"month_4": "e"},
        ),
    ],
)  # fmt: skip
def test_the_rows_of_a_result_are_those_that_it_counts(make, patients):
    assert told(make) == patients


def test_each_grade_tells_its_patients():
    rows = told(lambda: grade_counts(TABLE, **named()))
    wanted = {"grade_1": "b", "any_grade": "bcf", "grade_3_or_worse": "cf", "evaluable": "abcf"}
    assert rows | wanted | {"ungradable": "e"} == rows


def test_a_set_of_patients_is_counted_of_its_table():
    made = count({"f", "a"}, TABLE, **named(interval="wilson"))
    assert (made.n, made.of, made.missing) == (2, 6, 0)
    assert count(set(), TABLE, **named()).n == 0


@pytest.mark.parametrize(
    "of", [6, None, TABLE.drop(index="a"), pd.concat([TABLE, TABLE.loc[["a"]]]), list(PATIENTS)]
)
def test_a_set_of_patients_who_do_not_stand_in_the_table_once_is_refused(of):
    with pytest.raises(FindingsError, match="L") as caught:
        count({"f", "a"}, of, **named())
    assert "'a'" not in str(caught.value)
