from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.derive import Disposition, Population, Reason, flow
from tieout.derive.cohort_flow import check_balance
from tieout.values.finding import FindingsError

TABLE = pd.DataFrame(
    {
        "age": [17, 40, 50, 60, 70],
        "treated": [True, True, False, True, True],
        "state": ["x", "done", "x", "done", "died"],
    }
)
POPULATIONS = [
    Population("registered", "In the registry"),
    Population(
        "treated",
        "Treated",
        [
            Reason("minor", "Under 18", lambda t: t.age < 18),
            Reason("untreated", "Never treated", lambda t: ~t.treated),
            Reason("withdrew", "Withdrew consent", lambda t: t.age > 200),
        ],
        keep=lambda t: (t.age >= 18) & t.treated,
    ),
]
ENDS = [
    Disposition(
        "done",
        "Completed",
        lambda t: t.state == "done",
        [
            Disposition("young", "Under 50", lambda t: t.age < 50),
            Disposition("old", "50 or older", lambda t: t.age >= 50),
        ],
    ),
    Disposition("died", "Died", lambda t: t.state == "died"),
]


def counts(made):
    return {key: (count.n, count.of) for key, count in made.results.flat() if key != "tree"}


def test_everybody_is_counted_once_and_zero_reasons_are_kept():
    made = flow(TABLE, POPULATIONS, ENDS)
    assert counts(made) == {
        "registered": (5, None), "minor": (1, 5), "untreated": (1, 5), "withdrew": (0, 5), "treated": (3, 5),
        "done": (2, 3), "young": (1, 2), "old": (1, 2), "died": (1, 3),
    }  # fmt: skip
    assert made["old"].index.tolist() == [3]
    tree = made.results["tree"].columns
    assert dict(zip(tree["name"], tree["parent"], strict=True))["young"] == "done"
    assert not made.results["tree"].display


def test_a_patient_with_two_reasons_counts_under_the_first():
    table = TABLE.assign(treated=[False, True, False, True, True])
    assert counts(flow(table, POPULATIONS))["minor"] == (1, 5)
    assert counts(flow(table, POPULATIONS))["untreated"] == (1, 5)


def findings(*arguments):
    with pytest.raises(FindingsError) as caught:
        flow(*arguments)
    return {finding.code: finding.facts for finding in caught.value.findings}


def test_patients_who_leave_without_a_reason_are_found_with_their_number():
    lacking = [
        POPULATIONS[0],
        Population("treated", "Treated", POPULATIONS[1].excluded[:1], POPULATIONS[1].keep),
    ]
    assert findings(TABLE, lacking)["derive/flow-reasons"]["without a reason"] == "1"


def test_dispositions_that_miss_or_share_a_patient_are_found_with_their_numbers():
    assert findings(TABLE, POPULATIONS, ENDS[:1])["derive/flow-division"] == {
        "in none": "1", "in several": "0", "of": "3"
    }  # fmt: skip
    twice = [*ENDS, Disposition("again", "Again", lambda t: t.state == "died")]
    found = findings(TABLE, POPULATIONS, twice)
    assert found["derive/flow-division"]["in several"] == "1"
    assert found["derive/flow-balance"]["have"] == "2 + 1 + 1 = 4"


def test_an_unknown_answer_is_found_only_where_it_matters():
    table = TABLE.assign(state=pd.array(["x", "done", None, "done", "died"], dtype="string"))
    assert counts(flow(table, POPULATIONS, ENDS))["died"] == (1, 3)  # row 2 was never treated
    table.loc[3, "state"] = pd.NA
    assert findings(table, POPULATIONS, ENDS)["derive/flow-unknown"]["rows"] == "1"


def test_a_name_used_twice_is_found():
    assert "derive/flow-name" in findings(TABLE, [*POPULATIONS, Population("treated", "Again")])


def test_no_message_holds_a_value_of_the_table():
    with pytest.raises(FindingsError) as caught:
        flow(TABLE, POPULATIONS, ENDS[:1])
    assert "died" not in str(caught.value)


@given(
    st.lists(st.tuples(st.integers(0, 99), st.booleans(), st.sampled_from(["done", "died"])), max_size=30),
    st.data(),
)
def test_a_flow_always_balances_and_one_wrong_count_is_always_found(rows, data):
    table = pd.DataFrame(rows, columns=["age", "treated", "state"]).astype(
        {"age": int, "treated": bool, "state": object}
    )
    tree = flow(table, POPULATIONS, ENDS, may_be_empty=True).results["tree"].columns
    nodes = list(zip(tree["name"], tree["parent"], tree["kind"], tree["n"], strict=True))
    assert check_balance(nodes) == []
    place = data.draw(st.integers(0, len(nodes) - 1))
    name, parent, kind, n = nodes[place]
    wrong = data.draw(st.integers(0, 40).filter(lambda other: other != n))
    nodes[place] = (name, parent, kind, wrong)
    assert check_balance(nodes) != []


def test_a_last_population_without_anybody_is_found_with_the_way_there():
    never = TABLE.assign(treated=False)
    assert findings(never, POPULATIONS, ENDS)["derive/flow-empty"] == {
        "In the registry": "5", "Under 18": "1", "Never treated": "4", "Treated": "0"
    }  # fmt: skip
    assert findings(TABLE[:0], POPULATIONS, ENDS)["derive/flow-empty"] == {
        "In the registry": "0", "Treated": "0"
    }  # fmt: skip
    assert counts(flow(never, POPULATIONS, ENDS, may_be_empty=True))["treated"] == (0, 5)
