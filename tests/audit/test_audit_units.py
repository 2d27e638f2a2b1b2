"""Digits in a unit are the unit's, wherever the unit stands."""

import pytest

from tieout.audit.bound import Draft, check_bound
from tieout.audit.loose import Words, loose
from tieout.audit.names import names
from tieout.audit.passages import Passage
from tieout.audit.settings import AuditSettings
from tieout.values.result import Meaning, Results, Summary
from tieout.values.store import make_store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Body mass index, median, kg/m2", []),
        ("eGFR, mL/min/1.73 m2, below 60", ["60"]),
        ("30 kg/m2 or more", ["30"]),
        ("a body surface of 2 m", ["2"]),
    ],
)
def test_the_unit_of_a_result_covers_its_own_digits_and_no_others(text, found):
    known = Words(units=["kg/m2", "mL/min/1.73 m2"])
    assert [n.text for n in loose(Passage(text, (), "table"), names([]), known, {})] == found


def test_the_units_are_those_of_the_results_of_the_store():
    bmi = Summary(9, 0, 26.0, 22.0, 30.0, 18.0, 41.0, 26.1, 4.0, Meaning("Body mass index"), "kg/m2")
    store = make_store(Results(bmi=bmi), {}, {})
    tree = {"meta": {}, "blocks": [{"t": "Para", "c": [{"t": "Str", "c": "in kg/m2 and ng/m3"}]}]}
    draft = Draft(tree, [], (), {}, None, {})
    found = check_bound(draft, store, AuditSettings(elsewhere="fail"))
    assert [finding.facts["text"] for finding in found if finding.code == "audit/loose-number"] == [
        "…in kg/m2 and ng/m»3«…"
    ]
