"""A registry that cannot be used: every finding at once, no cell's content, nothing that was good is lost."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def derive(study):
    return subprocess.run(
        [sys.executable, "-m", "tieout", "derive"], cwd=study, capture_output=True, text=True, check=False
    )


def edit(study, table, change):
    """Change the rows of a table, given as a list of dicts, in place."""
    path = study / "data" / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    names = list(rows[0])
    rows = change(rows) or rows
    names = list(rows[0]) if rows else names
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def contents(folder):
    return {
        path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def refused(study):
    """Derive, make sure that it was refused and changed nothing, and return what it said."""
    before = contents(study / "results")
    done = derive(study)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert contents(study / "results") == before
    return done.stderr


def test_a_missing_file_is_named(study):
    (study / "data" / "labs.csv").unlink()
    assert "labs.csv" in refused(study)


def test_an_empty_table_is_named(study):
    path = study / "data" / "cycles.csv"
    path.write_text(path.read_text().splitlines()[0] + "\n")
    assert "cycles.csv" in refused(study)


def test_a_column_too_many_and_one_too_few_are_named(study):
    edit(study, "patients", lambda rows: [{**row, "shoe_size": "9"} for row in rows])
    assert "shoe_size" in refused(study)
    edit(
        study,
        "patients",
        lambda rows: [{k: v for k, v in row.items() if k not in {"shoe_size", "birth_year"}} for row in rows],
    )
    assert "birth_year" in refused(study)


def test_an_unparsable_date_is_found_by_row_and_column_and_its_text_is_not_shown(study):
    edit(study, "cycles", lambda rows: rows[4].update(given_on="31/12/22?"))
    said = refused(study)
    assert "cycles.csv:6:given_on" in said
    assert "31/12" not in said


def test_a_lab_without_a_unit_is_found_by_its_row(study):
    edit(study, "labs", lambda rows: rows[0].update(unit=""))
    assert "labs.csv:2:unit" in refused(study)


@pytest.mark.parametrize("changed", [{}, {"birth_year": "1941"}])
def test_two_rows_for_one_patient_are_found_whether_they_agree_or_not(study, changed):
    edit(study, "patients", lambda rows: [*rows, {**rows[0], **changed}])
    lines = contents(study / "data")[Path("patients.csv")].decode().splitlines()
    said = refused(study)
    assert f"patients.csv:{len(lines)}" in said
    assert lines[1].split(",")[0] not in said


def test_a_death_before_the_first_cycle_is_found(study):
    def change(rows):
        death = next(row for row in rows if row["event"] == "death")
        death["event_on"] = "2019-01-07"

    edit(study, "events", change)
    assert "cycles.given_on is after events.event_on[event=death] of the same patient" in refused(study)


def test_a_cycle_after_death_is_found(study):
    events = (study / "data" / "events.csv").read_text().splitlines()
    dead = next(line.split(",")[0] for line in events if ",death" in line)

    def change(rows):
        last = [row for row in rows if row["patient_id"] == dead][-1]
        last["given_on"] = "2024-03-30"

    edit(study, "cycles", change)
    said = refused(study)
    assert "cycles.csv:" in said
    assert dead not in said


def test_all_findings_come_at_once(study):
    edit(study, "cycles", lambda rows: rows[4].update(given_on="soon"))
    edit(study, "labs", lambda rows: rows[0].update(unit=""))
    said = refused(study)
    assert "cycles.csv:6" in said
    assert "labs.csv:2" in said


def test_one_hospice_row_less_is_one_patient_less_and_the_flow_says_what_became_of_that_patient(study):
    def change(rows):
        first = next(row for row in rows if row["event"] == "hospice" and row["event_on"] <= "2023-06-01")
        rows.remove(first)

    edit(study, "events", change)
    assert derive(study).returncode == 0
    store = json.loads((study / "results" / "results.json").read_text(encoding="utf-8"))["results"]
    after_stop = ("hospice", "next_line", "treatment_break", "died_after_stop", "no_record")
    kept = {name: store[f"flow.{name}"]["n"] for name in after_stop}
    assert kept["hospice"] == 16
    assert kept["died_after_stop"] + kept["no_record"] == 1
    assert sum(kept.values()) == 35
