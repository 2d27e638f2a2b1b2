"""Who is in the study. Write your criteria as reasons of the second population."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.registry import REGISTRY
from tieout.derive import Flow, Population, Protocol, count, flow, meaning
from tieout.values.result import Fact, Results

HOME = REGISTRY.tables[0]  # the table with one row a patient


def definitions(protocol: Protocol) -> Results:
    """Return the protocol's definitions as results, so that Methods print what the code used."""
    return Results(cutoff=Fact(protocol.cutoff, meaning("Data cutoff", "the protocol")))


def quarantined(tables: Mapping[str, pd.DataFrame]) -> Results:
    """Count the rows that the registry's checks set aside: none is dropped in silence."""
    aside = tables["quarantine"]
    label = "Rows set aside because they could not be used"
    return Results(set_aside=count(len(aside), None, label=label, population="all tables"))


def patients_of(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one row a patient; of a patient with several rows the first."""
    return tables[HOME.name].drop_duplicates(REGISTRY.patient).set_index(REGISTRY.patient)


def follow(patients: pd.DataFrame) -> Flow:
    """Follow the registry's patients into the study.

    A criterion is a reason, for instance
    ``Reason("too_young", "Younger than 18 years", lambda t: t["age"] < 18)`` (from tieout.derive).
    """
    return flow(
        patients,
        [Population("registered", "In the registry"), Population("included", "Analyzed", [])],
    )
