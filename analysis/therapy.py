"""Cycles of LuPSMA, and systemic therapy after it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from tieout.derive import Protocol, count, meaning, summarize
from tieout.values.result import Curve, Results

NEXT_LINE = "patients who stopped LuPSMA for progression and began a next line"
_LINES = "lines of therapy that these patients began"
LABELS = {
    "cabazitaxel": "Cabazitaxel, with or without carboplatin or cisplatin",
    "platinum": "Platinum without cabazitaxel",
    "other_chemotherapy": "Other chemotherapy",
    "non_chemotherapy": "No chemotherapy",
}
_TREATMENT = ("therapies", "administrations")
CHEMOTHERAPY = ("cabazitaxel", "platinum", "other_chemotherapy")


def lines_of(next_line: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocol: Protocol) -> pd.DataFrame:
    """Return one row a line of these patients: drugs given, group, dates, and the number of administrations.

    The group follows from the drugs that were given, not from the regimen that was ordered. A line of which
    no drug is recorded has no group and is left out; `therapy` counts what is left out.
    """
    keys = ["patient_id", "line"]
    own = {name: tables[name][tables[name].patient_id.isin(next_line.index)] for name in _TREATMENT}
    given = own["administrations"].groupby(keys)
    doses = pd.DataFrame(
        {
            "drugs": given.drug.agg(frozenset),
            "cycles": given.given_on.nunique(),
            "last_dose": given.given_on.max(),
        }
    )
    lines = own["therapies"].set_index(keys).join(doses, how="inner")
    groups: Mapping[str, list[str]] = protocol.rules["drugs"]
    return lines.assign(group=[_group(drugs, groups) for drugs in lines.drugs]).reset_index()


def _group(drugs: frozenset[str], groups: Mapping[str, list[str]]) -> str:
    """The first of cabazitaxel, platinum and other chemotherapy of which any drug was given."""
    return next((name for name in CHEMOTHERAPY if drugs & set(groups[name])), "non_chemotherapy")


def treatment(treated: pd.DataFrame, cycles: pd.DataFrame) -> Results:
    """Summarize the cycles of LuPSMA and their delays."""
    own = cycles[cycles.patient_id.isin(treated.index)]
    return Results(
        cycles=summarize(
            treated.cycles, label="Cycles of LuPSMA", population="patients who began LuPSMA", unit="cycles"
        ),
        given=count(len(own), None, label="Cycles given", population="patients who began LuPSMA"),
        delayed=count(
            own.given_on > own.planned_on,
            own,
            label="Cycles given later than planned",
            population="cycles given",
        ),
        activity=summarize(
            own.activity_gbq, label="Activity a cycle", population="cycles given", unit="GBq", decimals=1
        ),
    )


def therapy(
    next_line: pd.DataFrame, lines: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocol: Protocol
) -> Results:
    """Count patients by what they were given; who had two lines of different groups counts in both."""
    begun = tables["therapies"].patient_id.isin(next_line.index).sum()
    groups = {name: _patients(lines, [name]) for name in LABELS}
    chemotherapy, other = _patients(lines, CHEMOTHERAPY), _patients(lines, ["non_chemotherapy"])
    on_chemotherapy = lines[lines.group.isin(CHEMOTHERAPY)]
    drugs = sorted({drug for of_line in lines.drugs for drug in of_line})
    gap = (next_line.next_line_on - next_line.stopped_on).dt.days

    def of_all(patients: set[str], label: str, *, overlaps: bool = False) -> Any:
        return count(patients, next_line, label=label, population=NEXT_LINE, overlaps=overlaps)

    return Results(
        unrecorded=count(
            int(begun) - len(lines), int(begun), label="Lines without a recorded drug", population=_LINES
        ),
        chemotherapy=of_all(chemotherapy, "Chemotherapy"),
        without_chemotherapy=of_all(set(lines.patient_id) - chemotherapy, "No chemotherapy in any line"),
        both=of_all(chemotherapy & other, "Chemotherapy in one line, none in another"),
        groups=Results({name: of_all(groups[name], LABELS[name], overlaps=True) for name in LABELS}),
        group_sum=count(
            sum(len(patients) for patients in groups.values()),
            None,
            label="Sum of the groups, which share patients",
            population=NEXT_LINE,
        ),
        cisplatin_substituted=of_all(
            _with_drugs(lines[lines.group == "platinum"], {"carboplatin", "cisplatin"}),
            "Carboplatin, then cisplatin in its place",
        ),
        cabazitaxel_platinum=of_all(
            _patients(on_chemotherapy[_with_platinum(on_chemotherapy)], ["cabazitaxel"]),
            "Cabazitaxel with a platinum",
        ),
        drugs=Results(
            {
                drug.replace("-", "_"): of_all(_with_drugs(lines, {drug}), drug.capitalize(), overlaps=True)
                for drug in drugs
            }
        ),
        cycles=summarize(
            on_chemotherapy.groupby("patient_id").cycles.sum(),
            label="Cycles of chemotherapy",
            population="patients who had chemotherapy after LuPSMA",
            unit="cycles",
        ),
        gap=summarize(gap, label="From stopping to the next line", population=NEXT_LINE, unit="days"),
        swimmer=swimmer(next_line, lines, protocol),
    )


def _patients(lines: pd.DataFrame, groups: Any) -> set[str]:
    return set(lines.patient_id[lines.group.isin(list(groups))])


def _with_drugs(lines: pd.DataFrame, drugs: set[str]) -> set[str]:
    return set(lines.patient_id[[drugs <= given for given in lines.drugs]])


def _with_platinum(lines: pd.DataFrame) -> pd.Series[bool]:
    platinum = {"carboplatin", "cisplatin"}
    return pd.Series([bool(drugs & platinum) for drugs in lines.drugs], lines.index, dtype=bool)


def swimmer(next_line: pd.DataFrame, lines: pd.DataFrame, protocol: Protocol) -> Curve:
    """Return the bars of a swimmer plot in months from cycle 1; lanes are numbered by length, without ids."""
    start = next_line.first_cycle
    end = next_line.died_on.fillna(next_line.last_contact)
    lanes = (end - start).sort_index().rank(method="first").astype(int)

    def bars(patients: Any, what: Any, first: Any, last: Any) -> pd.DataFrame:
        table = pd.DataFrame({"lane": lanes.loc[patients].to_numpy(), "what": what})
        origin = start.loc[patients].to_numpy()
        for name, day in (("start", first), ("end", last)):
            table[name] = (pd.to_datetime(day).to_numpy() - origin) / pd.Timedelta(
                days=protocol.days_per_month
            )
        return table

    everybody, fate = (
        next_line.index,
        next_line.died_on.notna().map({True: "death", False: "alive"}).to_numpy(),
    )
    ended = lines.ended_on.fillna(lines.patient_id.map(end))
    table = pd.concat(
        [
            bars(everybody, "lupsma", start, next_line.stopped_on),
            bars(lines.patient_id, lines.group.to_numpy(), lines.started_on, ended),
            bars(everybody, fate, end, end),
        ]
    ).sort_values(["lane", "start", "end", "what"], kind="stable")
    columns = {name: tuple(table[name].tolist()) for name in ("lane", "what", "start", "end")}
    return Curve(columns, meaning("Course of each patient", NEXT_LINE, "months from cycle 1"))
