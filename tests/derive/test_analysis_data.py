from __future__ import annotations

import subprocess
from datetime import date

import pandas as pd
import pytest

from tieout.derive import (
    Population,
    Reason,
    analysis_data,
    flow,
    time_to_event,
    worst_grades,
    write_analysis_data,
)
from tieout.values.finding import FindingsError


@pytest.fixture
def patients():
    return pd.DataFrame(
        {
            "started": pd.to_datetime(["2023-01-01", "2023-02-01", None]),
            "died": pd.to_datetime(["2023-03-02", None, None]),
            "seen": pd.to_datetime(["2023-03-02", "2023-12-01", "2023-05-01"]),
        },
        index=pd.Index(["p1", "p2", "p3"], name="patient_id"),
    )


@pytest.fixture
def parts(patients):
    populations = flow(
        patients,
        [
            Population("registered", "Registered"),
            Population("treated", "Treated", [Reason("untreated", "Untreated", lambda t: t.started.isna())]),
        ],
    )
    treated = populations["treated"]
    times = time_to_event(treated.started, treated.died, treated.seen, date(2023, 9, 30))
    graded = pd.DataFrame(
        {"patient_id": ["p1"], "date": [pd.Timestamp("2023-01-05")], "grade_low": [2], "grade_high": [3]}
    )
    windows = pd.DataFrame({"first": treated.started, "last": pd.Timestamp("2023-09-30")})
    return {
        "populations": populations,
        "endpoints": {"os": times},
        "grades": {"anemia": worst_grades(graded, windows)},
    }


def test_each_patient_has_one_row_with_flags_endpoints_and_grades(patients, parts):
    table, dictionary = analysis_data(patients, **parts)
    assert table["treated"].tolist() == [1, 1, 0]
    assert table["os_days"].tolist() == [60, 241, pd.NA]
    assert table["os_event"].tolist() == [1, 0, pd.NA]
    assert table["os_censoring"].fillna("-").tolist() == ["", "cutoff", "-"]
    assert table["anemia_grade_low"].tolist() == [2, pd.NA, pd.NA]
    assert dictionary["column"].tolist() == list(table.columns)
    assert "2023-09-30" in dictionary.set_index("column").loc["os_days", "meaning"]


def test_the_files_are_plain_csv_that_git_ignores(patients, parts, tmp_path):
    folder = tmp_path / "derived"
    path = write_analysis_data(*analysis_data(patients, **parts), folder)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("patient_id,started,died,seen,registered,untreated,treated,os_days,os_event")
    assert lines[1].startswith("p1,2023-01-01,2023-03-02,2023-03-02,1,0,1,60,1,")
    assert lines[3].startswith("p3,,,2023-05-01,1,1,0,,,")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    shown = subprocess.run(
        ["git", "-C", str(tmp_path), "status", "--porcelain"], check=True, capture_output=True, text=True
    )
    assert shown.stdout == ""
    before = path.read_bytes()
    write_analysis_data(*analysis_data(patients, **parts), folder)
    assert path.read_bytes() == before


def test_strangers_doubles_and_names_used_twice_are_refused(patients, parts):
    times = parts["endpoints"]["os"]
    for wrong in (
        {"endpoints": {"os": times.rename(index={"p1": "p9"})}},
        {"endpoints": {"os": pd.concat([times, times])}},
        {"columns": {"started": patients.started}},
    ):
        with pytest.raises(FindingsError) as caught:
            analysis_data(patients, **wrong)
        assert "p9" not in str(caught.value)
