"""The same registry at other cutoffs, with rows changed: the flow balances, and what changes is named."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pandas as pd
import pytest

Derive = Callable[..., Any]
Tables = Mapping[str, pd.DataFrame]
CUTS = [date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31), date(2024, 3, 31)]
CUTOFF = pd.Timestamp("2023-09-30")
DISPOSITIONS = (
    "completed",
    "stopped",
    "stopped_toxicity",
    "stopped_other",
    "died",
    "on_treatment",
    "overdue",
)
AFTER_STOP = ("hospice", "next_line", "treatment_break", "died_after_stop", "no_record")
EXCLUDED = ("untreated", "other_setting", "too_early", "too_late")


def flow_of(store: Any) -> dict[str, int]:
    return {key: result.n for key, result in store.under("flow") if key != "tree"}


@pytest.mark.parametrize("cutoff", CUTS, ids=str)
def test_every_cut_derives_and_its_flow_balances(derive: Derive, cutoff: date) -> None:
    n = flow_of(derive(cutoff))
    assert n["treated"] + sum(n[name] for name in EXCLUDED) == n["registered"]
    assert sum(n[name] for name in DISPOSITIONS) == n["treated"]
    assert sum(n[name] for name in AFTER_STOP) == n["stopped"]
    assert n["completed_next_line"] + n["completed_no_line"] == n["completed"]


@pytest.mark.parametrize("cutoff", CUTS, ids=str)
def test_every_cut_has_the_same_keys_but_for_the_drugs_given(
    derive: Derive, first_cut: Any, cutoff: date
) -> None:
    def keys(store: Any) -> set[str]:
        return {key for key in store.results if not key.startswith("therapy.drugs.")}

    assert keys(derive(cutoff)) == keys(first_cut)


def test_rows_after_the_cutoff_are_unseen(derive: Derive, first_cut: Any, registry_tables: Tables) -> None:
    days = {
        "patients": "referred_on",
        "cycles": "given_on",
        "events": "event_on",
        "therapies": "started_on",
        "administrations": "given_on",
        "support": "given_on",
        "labs": "collected_on",
    }
    cut = {name: registry_tables[name][registry_tables[name][day] <= CUTOFF] for name, day in days.items()}
    assert derive(tables=cut).results == first_cut.results


def test_deleting_one_hospice_row_makes_17_into_16_and_names_what_became_of_the_patient(
    derive: Derive, registry_tables: Tables
) -> None:
    events = registry_tables["events"]
    hospice = events[(events.event == "hospice") & (events.event_on <= CUTOFF)]
    assert len(hospice) == 17
    dead = set(events.patient_id[(events.event == "death") & (events.event_on <= CUTOFF)])
    for leaf, rows in (
        ("died_after_stop", hospice[hospice.patient_id.isin(dead)]),
        ("no_record", hospice[~hospice.patient_id.isin(dead)]),
    ):
        n = flow_of(derive(tables={**registry_tables, "events": events.drop(index=rows.index[0])}))
        assert (n["hospice"], n["stopped"], n[leaf]) == (16, 35, 1)


def test_a_stop_for_toxicity_is_no_longer_a_printed_zero(derive: Derive, registry_tables: Tables) -> None:
    events = registry_tables["events"].copy()
    to_hospice = events.patient_id[(events.event == "hospice") & (events.event_on <= CUTOFF)]
    stops = events[(events.event == "stop") & events.patient_id.isin(to_hospice)]
    events.loc[stops.index[0], "detail"] = "toxicity"
    events.loc[stops.index[1], "detail"] = "patient choice"
    n = flow_of(derive(tables={**registry_tables, "events": events}))
    assert (n["stopped"], n["stopped_toxicity"], n["stopped_other"]) == (33, 1, 1)


def test_a_patient_without_a_sign_of_treatment_becomes_overdue(
    derive: Derive, registry_tables: Tables
) -> None:
    cycles = registry_tables["cycles"]
    seen = cycles[cycles.given_on <= CUTOFF]
    last = seen.groupby("patient_id").given_on.max()
    # of a patient still on treatment, take away the cycles of the last twelve weeks
    rules = derive().results["study.overdue_days"].value
    oldest = CUTOFF - pd.Timedelta(days=rules)
    stopped = set(registry_tables["events"].patient_id[registry_tables["events"].event == "stop"])
    dead = set(registry_tables["events"].patient_id[registry_tables["events"].event == "death"])
    given = seen.groupby("patient_id").size()
    patient = next(
        p for p in last.index if given[p] in (3, 4, 5) and p not in stopped | dead and last[p] > oldest
    )
    keep = (cycles.patient_id != patient) | (cycles.given_on < oldest)
    n = flow_of(derive(tables={**registry_tables, "cycles": cycles[keep]}))
    assert (n["overdue"], n["on_treatment"]) == (1, 32)


def test_the_transfusion_clause_changes_anemia_and_methods_say_which_holds(
    derive: Derive, first_cut: Any
) -> None:
    clause = derive(transfusion_clause=True)
    # red cells went to the four with a hemoglobin below 8 g/dL and to one with exactly 8.0
    assert clause["toxicity.anemia.grade_3_or_worse"].n == 5
    assert first_cut["toxicity.anemia.grade_3_or_worse"].n == 4
    assert first_cut["study.transfusion_clause"].value == "did not count as grade 3"
    assert clause["study.transfusion_clause"].value == "counted as grade 3"


def test_g_csf_is_counted_and_is_no_support(derive: Derive, registry_tables: Tables) -> None:
    support = registry_tables["support"]
    without = derive(tables={**registry_tables, "support": support[support.kind != "G-CSF"]})
    assert without["toxicity.gcsf"].n == 0
    assert without["toxicity.support"].n == 7


def test_support_outside_of_chemotherapy_is_told_apart(derive: Derive, registry_tables: Tables) -> None:
    therapies, support = registry_tables["therapies"], registry_tables["support"]
    given = registry_tables["administrations"]
    radium = given.patient_id[(given.drug == "radium-223") & (given.given_on <= CUTOFF)].iloc[0]
    cabazitaxel = given[(given.drug == "cabazitaxel") & ~given.patient_id.isin(support.patient_id)]
    started = therapies.set_index("patient_id").started_on
    alone = next(
        p for p in cabazitaxel.patient_id if started[p] <= CUTOFF and p in _of_next_line(registry_tables)
    )
    rows = pd.DataFrame(
        {
            "patient_id": [radium, alone],
            # in a line without chemotherapy; and before any line began
            "given_on": [started[radium] + pd.Timedelta(days=3), started[alone] - pd.Timedelta(days=3)],
            "kind": "red cells",
        }
    )
    store = derive(tables={**registry_tables, "support": pd.concat([support, rows], ignore_index=True)})
    assert store["toxicity.support"].n == 7
    assert (store["toxicity.support_any_therapy"].n, store["toxicity.support_outside"].n) == (8, 1)


def _of_next_line(tables: Tables) -> set[str]:
    """Patients of the study who stopped for progression by the cutoff."""
    events, cycles, patients = tables["events"], tables["cycles"], tables["patients"]
    stopped = events.patient_id[(events.event == "stop") & (events.event_on <= CUTOFF)]
    first = cycles.groupby("patient_id").given_on.min()
    enrolled = first.index[first.between(pd.Timestamp("2022-06-01"), pd.Timestamp("2023-07-31"))]
    usual = patients.patient_id[patients.setting == "standard of care"]
    return set(stopped) & set(enrolled) & set(usual)


def test_of_two_events_on_one_day_hospice_counts_first(derive: Derive, registry_tables: Tables) -> None:
    events, therapies = registry_tables["events"], registry_tables["therapies"]
    of_study = therapies[therapies.patient_id.isin(_of_next_line(registry_tables)) & (therapies.line == 1)]
    line = of_study[of_study.started_on <= CUTOFF].iloc[0]
    row = pd.DataFrame({"patient_id": [line.patient_id], "event_on": [line.started_on], "event": ["hospice"]})
    n = flow_of(derive(tables={**registry_tables, "events": pd.concat([events, row], ignore_index=True)}))
    assert (n["hospice"], n["next_line"]) == (18, 14)


@pytest.mark.parametrize(("days_before", "expected"), [(1, (17, 15)), (0, (18, 14))])
def test_an_event_before_the_decision_to_stop_is_not_what_followed_it(
    derive: Derive, registry_tables: Tables, days_before: int, expected: tuple[int, int]
) -> None:
    events, therapies = registry_tables["events"], registry_tables["therapies"]
    of_study = therapies[therapies.patient_id.isin(_of_next_line(registry_tables)) & (therapies.line == 1)]
    patient = of_study.patient_id[of_study.started_on <= CUTOFF].iloc[0]
    stopped = events[(events.event == "stop") & (events.patient_id == patient)]
    day = stopped.event_on.iloc[0] - pd.Timedelta(days=days_before)
    row = pd.DataFrame({"patient_id": [patient], "event_on": [day], "event": ["hospice"]})
    n = flow_of(derive(tables={**registry_tables, "events": pd.concat([events, row], ignore_index=True)}))
    assert (n["hospice"], n["next_line"]) == expected


@pytest.mark.parametrize("cutoff", [date(2022, 6, 30), date(2022, 9, 30)], ids=str)
def test_an_early_cut_without_later_lines_or_deaths_derives_too(derive: Derive, cutoff: date) -> None:
    store = derive(cutoff)
    assert store["flow.treated"].n > 0
    assert store["survival.os"].median is None


def test_the_order_of_rows_changes_nothing(derive: Derive, first_cut: Any, registry_tables: Tables) -> None:
    turned = {name: table.iloc[::-1] for name, table in registry_tables.items()}
    assert derive(tables=turned).results == first_cut.results
