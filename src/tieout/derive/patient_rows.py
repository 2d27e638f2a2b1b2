"""The analysis data set: one row a patient, for recomputation in R or SAS. It holds patients: never
committed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from tieout.derive.cohort_flow import Flow
from tieout.derive.provenance import refuse
from tieout.values.files import write_whole

DATA_FILE = "analysis_data.csv"
DICTIONARY_FILE = "analysis_data_dictionary.csv"
_TIME_COLUMNS = {
    "time_days": "days from time zero",
    "is_event": "1 with the event, 0 censored (the reverse of CDISC's CNSR)",
    "censoring": "why censored: last contact or cutoff; empty with the event",
    "cause": "which of the competing events; empty when censored",
    "entry_days": "days from time zero to the beginning of observation",
}


def analysis_data(
    patients: pd.DataFrame,
    *,
    populations: Flow | Mapping[str, pd.DataFrame] | None = None,
    endpoints: Mapping[str, pd.DataFrame] | None = None,
    grades: Mapping[str, pd.DataFrame] | None = None,
    columns: Mapping[str, pd.Series[Any]] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join what was derived of each patient into one table, with its dictionary.

    Parameters
    ----------
    patients : one row a patient, indexed by patient; its own columns are kept first (start dates, end dates).
    populations : flags, 1 or 0: the members of a flow, or name -> their rows.
    endpoints : name -> table of times from `time_to_event`, on patients' index: `os_days`, `os_event`,
        `os_censoring`.
    grades : term -> worst grades from `worst_grades`: `anemia_grade_low`, `anemia_grade_high`,
        `anemia_samples`.
    columns : name -> further values, on patients' index.

    Returns
    -------
    tuple of DataFrame
        the table (a patient outside an endpoint's or a term's population has missing values there) and its
        dictionary: `column`, `meaning`.

    Raises
    ------
    FindingsError
        when patients double, a part names patients that are not in the table, or two columns share a name.

    Examples
    --------
    >>> started = pd.to_datetime(["2023-01-01", "2023-02-01"])
    >>> patients = pd.DataFrame({"started": started}, index=["a", "b"])
    >>> times = pd.DataFrame({"time_days": [30], "is_event": [True]}, index=["a"])
    >>> table, _ = analysis_data(patients, endpoints={"os": times})
    >>> table[["os_days", "os_event"]].fillna(-1).values.tolist()
    [[30, 1], [-1, -1]]
    """
    if not patients.index.is_unique:
        raise refuse("analysis-data", "a patient has several rows", have=len(patients))
    table = patients.copy()
    words = dict.fromkeys(patients.columns, "from the registry")
    members = populations.members if isinstance(populations, Flow) else (populations or {})
    for name, rows in members.items():
        _add(table, words, name, pd.Series(1, index=rows.index), "1 in this part of the flow, else 0")
        table[name] = table[name].fillna(0).astype("int64")
    for name, times in (endpoints or {}).items():
        for column, about in _TIME_COLUMNS.items():
            if column in times:
                short = column.removeprefix("time_").removeprefix("is_")
                values = times[column].astype("Int64") if column == "is_event" else times[column]
                values = values.astype("Int64") if column.endswith("_days") else values
                _add(table, words, f"{name}_{short}", values, f"{name}: {about}")
        definition = times.attrs.get("definition")
        if definition:
            words[f"{name}_days"] += f"; {definition}"
    for name, worst in (grades or {}).items():
        for column in ("grade_low", "grade_high", "samples", "ungradable"):
            if column in worst:
                about = f"{name}: worst {column.replace('_', ' ')}"
                _add(table, words, f"{name}_{column}", worst[column].astype("Int64"), about)
    for name, values in (columns or {}).items():
        _add(table, words, name, values, "derived")
    dictionary = pd.DataFrame({"column": list(words), "meaning": list(words.values())})
    return table, dictionary


def write_analysis_data(table: pd.DataFrame, dictionary: pd.DataFrame, folder: Path) -> Path:
    """Write the table and its dictionary as CSV into a folder that git ignores, and return the table's path.

    Dates are written as 2023-09-30, missing values as nothing; the patient's index comes first, as
    `patient_id`. The folder gets a `.gitignore` of its own, so that patients stay out of the repository
    wherever it stands.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / ".gitignore", b"*\n")
    text = table.rename_axis(str(table.index.name or "patient_id")).to_csv(
        date_format="%Y-%m-%d", lineterminator="\n"
    )
    write_whole(folder / DATA_FILE, text.encode())
    words = dictionary.to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    write_whole(folder / DICTIONARY_FILE, words.encode())
    return folder / DATA_FILE


def _add(table: pd.DataFrame, words: dict[str, str], name: str, values: pd.Series[Any], about: str) -> None:
    if name in words:
        raise refuse("analysis-data", f"two columns of the analysis data are named {name}")
    if not values.index.is_unique:
        raise refuse("analysis-data", f"{name} has several rows for a patient")
    if strays := len(values.index.difference(table.index)):
        raise refuse("analysis-data", f"{name} names patients who are not in the table", patients=strays)
    table[name] = values.reindex(table.index)
    words[name] = about
