"""Random laboratory values: a table on disk gives what a frame gives."""

from __future__ import annotations

import os

import pandas as pd
import pytest

if not os.environ.get("CI"):
    pytest.importorskip("ibis", reason="the extra [scale] is not installed")

from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.derive.labs import last_values, latest_days, psa_changes_of, seen_until, worst_grades_of
from tieout.sources.engine import Rows
from tieout.values.finding import FindingsError

DAYS = [pd.Timestamp("2023-01-01") + pd.Timedelta(days=at) for at in range(0, 49, 7)]
UNITS = {"hemoglobin": "g/L", "platelets": "10^9/L", "psa": "ng/mL", None: None}
ROWS = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3, 9]),
        st.none() | st.sampled_from(DAYS),
        st.sampled_from(list(UNITS)),
        st.sampled_from([50.0, 101.0, 150.0, float("nan")]),
        st.none() | st.just(135.0),
    ),
    max_size=9,
)
SPANS = st.lists(
    st.tuples(st.none() | st.sampled_from(DAYS), st.none() | st.sampled_from(DAYS)), min_size=3, max_size=3
)
FUNCTIONS = {
    "latest days": lambda labs, _: latest_days(labs, date="collected_on"),
    "last values": lambda labs, spans: last_values(
        labs, spans, {"hemoglobin": "g/dL", "psa": "ng/mL"}, date="collected_on"
    ),
    "worst grades": lambda labs, spans: worst_grades_of(
        labs, spans, {"anemia": "hemoglobin"}, date="collected_on"
    )["anemia"],
    "PSA": lambda labs, spans: psa_changes_of(labs, spans, date="collected_on"),
}


def either(function, labs, spans):
    """Return what a function makes, or why it refuses."""
    try:
        return function(labs, spans)
    except FindingsError as error:
        return pd.DataFrame([(found.code, found.message) for found in error.findings])


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return tmp_path_factory.mktemp("labs") / "labs.parquet"


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("ids", [[2, 1, 3], ["b", "a", "c"]], ids=["numbers", "texts"])
@settings(max_examples=12, deadline=None)
@given(given_rows=st.tuples(ROWS, st.none() | st.sampled_from(DAYS)), spans=SPANS)
def test_random_values_give_the_same_on_disk(file, name, ids, given_rows, spans):
    rows, until = given_rows
    labs = pd.DataFrame(rows, columns=["patient_id", "collected_on", "test", "value", "lower_limit"])
    labs = labs.astype({"collected_on": "M8[ns]", "value": float, "lower_limit": float, "test": object})
    labs["unit"] = labs["test"].map(UNITS).astype(object)
    named = dict(zip([1, 2, 3, 9], [*sorted(ids), 9 if ids[0] == 2 else "z"], strict=True))  # 9: a stranger
    labs["patient_id"] = [named[number] for number in labs["patient_id"]]
    labs = labs.astype({"patient_id": "int64" if ids[0] == 2 else object})
    labs["upper_limit"] = 400.0
    labs.to_parquet(file, index=False)
    windows = pd.DataFrame(spans, columns=["first", "last"], index=ids).astype("M8[ns]")
    kept = Rows(file, types={"collected_on": "DATE"})
    if until is not None:
        labs, kept = (seen_until(one, until.date(), date="collected_on") for one in (labs, kept))
    loaded, stayed = (either(FUNCTIONS[name], one, windows) for one in (labs, kept))
    if isinstance(loaded, pd.Series):
        pd.testing.assert_series_equal(stayed, loaded)
    else:
        pd.testing.assert_frame_equal(stayed, loaded)


def test_a_time_of_day_is_cut_off_where_the_registry_says_a_day(file):
    pd.DataFrame(
        {
            "patient_id": [7, 7],
            "collected_on": pd.to_datetime(["2023-01-02 23:30", "2023-01-03 00:00"]),
            "reported_on": pd.to_datetime(["2023-01-09", "2023-01-04"]),
        }
    ).to_parquet(file, index=False)
    rows = Rows(file, types={"patient_id": "VARCHAR", "collected_on": "DATE", "reported_on": "DATE"})
    day = pd.Timestamp("2023-01-02")
    seen = seen_until(rows, day.date(), date="collected_on")
    assert latest_days(seen, date="collected_on").to_dict() == {"7": day}
    # What was collected by then counts, whenever it was reported; and a later cutoff shows no more.
    later = seen_until(seen, day.date() + pd.Timedelta(days=9), date="collected_on")
    assert latest_days(later, date="reported_on").to_dict() == {"7": pd.Timestamp("2023-01-09")}
    assert latest_days(later, date="collected_on").to_dict() == {"7": day}


def test_two_windows_of_a_patient_are_refused():
    windows = pd.DataFrame({"first": DAYS[:2], "last": DAYS[:2]}, index=["a", "a"])
    columns = ["patient_id", "date", "test", "value", "unit"]
    with pytest.raises(FindingsError, match="several windows"):
        last_values(pd.DataFrame(columns=columns), windows, {"psa": "ng/mL"})
