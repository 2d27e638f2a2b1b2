"""One measurement of ours, in a process of its own: python benchmarks/scale_ours.py CASE N FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
from cohort import covariates, measured, times
from pyarrow.parquet import read_table

from tieout.derive import count, levels, summarize
from tieout.derive.cox_fit import fit_cox, make_ticks
from tieout.derive.product_limit import quantile_time, survival_curve
from tieout.derive.response import psa_response
from tieout.derive.scale import (
    Rows,
    count_days,
    count_times,
    incidence_of,
    log_rank_of,
    open_engine,
    psa_changes_at_scale,
    risk_table_of,
    worst_grades_at_scale,
)
from tieout.derive.worst import grade_counts

MEMORY = "4GB"
TESTS = {
    "anemia": "hemoglobin",
    "platelet_count_decreased": "platelets",
    "neutrophil_count_decreased": "neutrophils",
}
POPULATION = "everybody"


def median_of(counts: Any) -> list[float | None]:
    """Return the median survival and its interval."""
    curve = survival_curve(risk_table_of(counts))
    return [
        quantile_time(curve.table.time, column, 0.5) for column in (curve.survival, curve.low, curve.high)
    ]


def characteristics(patients: pd.DataFrame) -> dict[str, Any]:
    """Return ten characteristics."""
    numbers = ("age", "hemoglobin", "psa", "alkaline_phosphatase")
    made: dict[str, Any] = {
        name: summarize(patients[name], label=name, population=POPULATION) for name in numbers
    }
    for name in ("bone", "lymph_node", "liver", "lung"):
        made[name] = count(patients[name], patients, label=name, population=POPULATION)
    scores = {f"of_{value}": (value, value) for value in ("6", "7", "8", "9", "10")}
    made["gleason"] = levels(patients["gleason"], levels=scores, population=POPULATION)
    made["ecog"] = levels(
        patients["ecog"],
        levels={f"ecog_{value}": (value, str(value)) for value in range(4)},
        population=POPULATION,
    )
    return made


def derive(folder: Path) -> dict[str, Any]:
    """Everything that a small study derives: grades, PSA, characteristics, survival and a comparison."""
    # as a study receives them: days as dates, codes as categories
    table = read_table(folder / "patients.parquet")
    patients = table.to_pandas(date_as_object=False, categories=["gleason"]).set_index("patient_id")
    labs = Rows(folder / "labs.parquet", {"patient": "patient_id", "date": "collected_on"})
    with open_engine(memory=MEMORY, threads=2) as engine:
        worst = worst_grades_at_scale(engine, labs, patients[["first", "last"]], TESTS)
        changes = psa_changes_at_scale(engine, labs, patients[["first", "last"]])
    grades = {name: grade_counts(one, label=name, population=POPULATION) for name, one in worst.items()}
    response = psa_response(changes, population=POPULATION)
    characteristics(patients)
    day, died = patients["os_days"].to_numpy(), patients["died"].to_numpy(dtype=bool)
    counts = count_days(day, died, patients["arm"].to_numpy(), groups=2)
    return {
        **{name: one["grade_3_or_worse"].n for name, one in grades.items()},
        "psa50": response["psa50"].n,
        "median": median_of(counts)[0],
        "log_rank": round(log_rank_of(counts).statistic or 0, 6),
    }


def scan(folder: Path) -> int:
    """DuckDB's own scan: every column that `derive` looks at, read and compared, nothing grouped."""
    import duckdb  # noqa: PLC0415  (this case alone needs it bare)

    # the conditions hold for every row and keep the answers from being read off the files' statistics
    always = {"labs": "value >= -1 OR value IS NULL", "patients": "age >= -1"}
    with duckdb.connect(config={"threads": 2, "memory_limit": MEMORY}) as connection:
        for name, condition in always.items():
            file = f"'{folder}/{name}.parquet'"
            connection.execute(f"SELECT min(COLUMNS(*)) FROM {file} WHERE {condition}")  # noqa: S608
    return 0


def estimator(case: str, patients: int) -> Any:
    """Return the function to measure for one of the estimators; the patients are made outside of it."""
    which, kind = case.split("-")
    if which == "cox":
        rows = covariates(patients)
        moment = rows["time" if kind == "times" else "week"]
        return lambda: [
            float(f"{b:.12g}") for b in fit_cox(rows["x"], make_ticks(moment, rows["is_event"])).coefficients
        ]
    rows = times(patients)
    number, moment = (count_times, rows["time"]) if kind == "times" else (count_days, rows["day"])
    if which == "km":
        return lambda: median_of(number(moment, rows["is_event"]))
    if which == "logrank":
        return lambda: log_rank_of(number(moment, rows["is_event"], rows["group"], groups=2)).statistic
    return lambda: float(incidence_of(number(moment, rows["cause"], causes=2), 1).incidence[-1])


def main() -> None:
    """Measure one case and print it as JSON."""
    case, patients, folder = sys.argv[1], int(float(sys.argv[2])), Path(sys.argv[3])
    if case in {"derive", "scan"}:
        act = derive if case == "derive" else scan
        print(measured(lambda: act(folder)))
    else:
        print(measured(estimator(case, patients)))


if __name__ == "__main__":
    main()
