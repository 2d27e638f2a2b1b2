"""One measurement of a peer, in a process of its own: python benchmarks/scale_peers.py CASE N FOLDER.

Runs under any Python that has the peer: nothing of Tieout is imported here.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from cohort import covariates, measured, times

BOUNDS = {"hemoglobin": (10, 8, 0), "platelets": (75, 50, 25), "neutrophils": (1.5, 1, 0.5)}
NAMES = {
    "anemia": "hemoglobin",
    "platelet_count_decreased": "platelets",
    "neutrophil_count_decreased": "neutrophils",
}


def derive_pandas(folder: Path) -> dict[str, Any]:
    """The usual way: pandas for the rows, tableone for the characteristics, lifelines for survival."""
    import pandas as pd  # noqa: PLC0415
    from lifelines import KaplanMeierFitter  # noqa: PLC0415
    from lifelines.statistics import logrank_test  # noqa: PLC0415
    from tableone import TableOne  # noqa: PLC0415

    patients = pd.read_parquet(folder / "patients.parquet")
    labs = pd.read_parquet(folder / "labs.parquet")
    windows = patients[["patient_id", "first", "last"]]
    joined = labs.merge(windows, on="patient_id")
    for column in ("collected_on", "first", "last"):
        joined[column] = pd.to_datetime(joined[column])
    made = {name: _grade_3(joined[joined["test"] == test], test) for name, test in NAMES.items()}
    made["psa50"] = _psa50(joined[(joined["test"] == "psa") & joined["value"].notna()])
    numbers = ["age", "hemoglobin", "psa", "alkaline_phosphatase"]
    classes = ["bone", "lymph_node", "liver", "lung", "gleason", "ecog"]
    TableOne(patients, columns=numbers + classes, categorical=classes, nonnormal=numbers)
    day, died = patients["os_days"], patients["died"].astype(bool)
    made["median"] = float(KaplanMeierFitter().fit(day, died).median_survival_time_)
    first = patients["arm"] == 0
    test = logrank_test(day[first], day[~first], died[first], died[~first])
    made["log_rank"] = round(float(test.test_statistic), 6)
    return made


def _grade_3(rows: Any, test: str) -> int:
    """Count the patients whose worst grade in their window is 3 or more, and the last grade before it."""
    rows = rows.copy()
    factor = np.where(rows["unit"] == "g/L", 0.1, 1.0)
    value, limit = (rows["value"] * factor).round(9), (rows["lower_limit"] * factor).round(9)
    two, three, four = BOUNDS[test]
    rows["grade"] = np.select([value < four, value < three, value < two, value < limit], [4, 3, 2, 1], 0)
    known = value.notna() & ~((rows["grade"] == 0) & limit.isna())
    rows = rows[known]
    inside = rows[(rows["collected_on"] >= rows["first"]) & (rows["collected_on"] <= rows["last"])]
    before = rows[rows["collected_on"] < rows["first"]].sort_values("collected_on", kind="stable")
    before.groupby("patient_id").tail(1)
    return int((inside.groupby("patient_id")["grade"].max() >= 3).sum())


def _psa50(rows: Any) -> int:
    age = (rows["first"] - rows["collected_on"]).dt.days
    before = (
        rows[(age >= 0) & (age <= 28)]
        .sort_values("collected_on", kind="stable")
        .groupby("patient_id")
        .tail(1)
    )
    after = rows[(rows["collected_on"] > rows["first"]) & (rows["collected_on"] <= rows["last"])]
    nadir = after.groupby("patient_id")["value"].min()
    baseline = before.set_index("patient_id")["value"]
    baseline = baseline[baseline > 0]
    return int(((nadir / baseline - 1).round(9) <= -0.5).sum())


def estimator(case: str, patients: int) -> Any:
    """Return the function to measure for one peer and estimator; the patients are made outside of it."""
    which, kind, peer = case.split("-")
    if which == "cox":
        rows = covariates(patients)
        return _cox(peer, rows, rows["time" if kind == "times" else "week"])
    rows = times(patients)
    moment = rows["time" if kind == "times" else "day"]
    return (_lifelines if peer == "lifelines" else _sksurv)(which, rows, moment)


def _lifelines(which: str, rows: dict[str, np.ndarray], moment: np.ndarray) -> Any:
    from lifelines import AalenJohansenFitter, KaplanMeierFitter  # noqa: PLC0415
    from lifelines.statistics import logrank_test  # noqa: PLC0415
    from lifelines.utils import median_survival_times  # noqa: PLC0415

    def median() -> float:
        fitted = KaplanMeierFitter().fit(moment, rows["is_event"])
        median_survival_times(fitted.confidence_interval_)
        return float(fitted.median_survival_time_)

    def test() -> float:
        first = rows["group"] == 0
        parts = (moment[first], moment[~first], rows["is_event"][first], rows["is_event"][~first])
        return float(logrank_test(*parts).test_statistic)

    def incidence() -> float:
        fitted = AalenJohansenFitter(calculate_variance=True).fit(moment, rows["cause"], event_of_interest=1)
        return float(fitted.cumulative_density_.iloc[-1, 0])

    return {"km": median, "logrank": test, "incidence": incidence}[which]


def _sksurv(which: str, rows: dict[str, np.ndarray], moment: np.ndarray) -> Any:
    from sksurv.compare import compare_survival  # noqa: PLC0415
    from sksurv.nonparametric import cumulative_incidence_competing_risks, kaplan_meier_estimator  # noqa: PLC0415
    from sksurv.util import Surv  # noqa: PLC0415

    def median() -> float:
        time, survival, _ = kaplan_meier_estimator(rows["is_event"], moment, conf_type="log-log")
        return float(time[survival <= 0.5][0])

    def test() -> float:
        return float(compare_survival(Surv.from_arrays(rows["is_event"], moment), rows["group"])[0])

    def incidence() -> float:
        cause = rows["cause"].astype(np.int64)
        _, made, _ = cumulative_incidence_competing_risks(cause, moment, conf_type="log-log")
        return float(made[1][-1])

    return {"km": median, "logrank": test, "incidence": incidence}[which]


def _cox(peer: str, rows: dict[str, np.ndarray], moment: np.ndarray) -> Any:
    if peer == "lifelines":
        import pandas as pd  # noqa: PLC0415
        from lifelines import CoxPHFitter  # noqa: PLC0415

        frame = pd.DataFrame(rows["x"]).assign(time=moment, event=rows["is_event"])
        precise = {"precision": 1e-12}  # its default stops 2e-5 away from R
        return lambda: [
            float(f"{b:.12g}") for b in CoxPHFitter().fit(frame, "time", "event", fit_options=precise).params_
        ]
    from sksurv.linear_model import CoxPHSurvivalAnalysis  # noqa: PLC0415
    from sksurv.util import Surv  # noqa: PLC0415

    y = Surv.from_arrays(rows["is_event"], moment)
    return lambda: [float(f"{b:.12g}") for b in CoxPHSurvivalAnalysis(ties="efron").fit(rows["x"], y).coef_]


def main() -> None:
    """Measure one case and print it as JSON."""
    case, patients, folder = sys.argv[1], int(float(sys.argv[2])), Path(sys.argv[3])
    print(measured((lambda: derive_pandas(folder)) if case == "derive-pandas" else estimator(case, patients)))


if __name__ == "__main__":
    main()
