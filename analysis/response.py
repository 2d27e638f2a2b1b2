"""PSA response to systemic therapy after LuPSMA."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.therapy import LABELS, NEXT_LINE
from tieout.derive import Protocol, count, meaning
from tieout.derive.labs import psa_changes_of
from tieout.derive.response import PsaRule, psa_response
from tieout.values.result import Count, Curve, Results


def changes_of(lines: pd.DataFrame, labs: pd.DataFrame, rule: PsaRule) -> pd.DataFrame:
    """Return the change of PSA in each line, with the patient, the line and its group."""
    windows = lines.set_index(["patient_id", "line"]).sort_index(level="line", kind="stable")
    windows = windows.rename(columns={"started_on": "first", "ended_on": "last"})
    changes = psa_changes_of(labs, windows, rule, date="collected_on")
    return changes.assign(group=windows.group).reset_index()


def response(lines: pd.DataFrame, labs: pd.DataFrame, protocol: Protocol) -> Results:
    """Count the patients whose PSA fell by the declared share in any line; not evaluable is no response."""
    rule = PsaRule(baseline_days=protocol.rules["psa_baseline_days"])
    fall = protocol.rules["psa_fall_percent"]
    changes = changes_of(lines, labs, rule)
    best = best_of(changes)

    def responders(table: pd.DataFrame, population: str) -> Count:
        made: Any = psa_response(
            table, population=population, rule=rule, declines=[fall], denominator="treated"
        )
        counted: Count = made[f"psa{fall}"]
        return counted

    of_group = {name: best_of(changes[changes.group == name]) for name in LABELS}
    return Results(
        psa50=responders(best, NEXT_LINE),
        groups=Results(
            {name: responders(table, f"patients given: {LABELS[name]}") for name, table in of_group.items()}
        ),
        without_psa=count(
            best["values"] == 0,
            best,
            label="No PSA during the line, counted as no response",
            population=NEXT_LINE,
        ),
        without_baseline=count(
            best.baseline.isna(),
            best,
            label="No baseline PSA, counted as no response",
            population=NEXT_LINE,
        ),
        waterfall=_waterfall(best, rule),
    )


def best_of(changes: pd.DataFrame) -> pd.DataFrame:
    """Return one row a patient: the line with the greatest fall of PSA."""
    ordered = changes.sort_values(["best_change", "group"], kind="stable", na_position="last")
    return ordered.groupby("patient_id").head(1).set_index("patient_id")


def _waterfall(best: pd.DataFrame, rule: PsaRule) -> Curve:
    known = best[best.evaluable.astype(bool)]
    known = known.sort_values(["best_change", "group"], ascending=[False, True], kind="stable")
    columns = {"change": tuple(float(change) for change in known.best_change), "group": tuple(known.group)}
    return Curve(columns, meaning("Best change of PSA", NEXT_LINE, rule.words))
