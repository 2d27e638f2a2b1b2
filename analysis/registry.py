"""The registry of this study: its tables, their columns, and what must hold between them."""

from __future__ import annotations

from tieout.sources import (
    At,
    AtMostOne,
    Column,
    ForeignKey,
    InOrder,
    NotAbove,
    NotBefore,
    OneUnit,
    Registry,
    Required,
    Table,
)

_PATIENT = Column("patient_id", "text", role="identifier", label="Study number of the patient")
_ORIGIN = Column("origin", "code", codes=("synthetic",), label="Where the row comes from")
_OF_PATIENT = (ForeignKey("patient_id", "patients"),)
_LINE = Column("line", "integer", minimum=1, maximum=12, label="Line of systemic therapy after LuPSMA")

# what synthetic data of any size are given
DRUGS = ("docetaxel", "cabazitaxel", "carboplatin", "cisplatin", "enzalutamide", "olaparib")
UNITS = {
    "psa": ("ng/mL",),
    "hemoglobin": ("g/dL", "g/L"),
    "platelets": ("10^9/L",),
    "neutrophils": ("10^9/L",),
    "alkaline_phosphatase": ("U/L",),
    "lactate_dehydrogenase": ("U/L",),
    "albumin": ("g/dL", "g/L"),
}


def _day(name: str, label: str, *, nullable: bool = False) -> Column:
    return Column(name, "date", label=label, minimum="2015-01-01", maximum="2035-12-31", nullable=nullable)


def _yes_no(name: str, label: str) -> Column:
    return Column(name, "yes_no", label=label, nullable=True)


PATIENTS = Table(
    "patients",
    "patients.csv",
    label="One row a patient referred for LuPSMA",
    columns=(
        _PATIENT,
        _day("referred_on", "Date of referral"),
        Column("birth_year", "integer", minimum=1920, maximum=2005, label="Year of birth"),
        Column(
            "setting",
            "code",
            codes=("standard of care", "clinical trial", "expanded access"),
            label="Setting in which LuPSMA is given",
        ),
        Column(
            "ecog",
            "code",
            codes={
                "0": "Fully active",
                "1": "Restricted in strenuous activity",
                "2": "Ambulatory, unable to work",
                "3": "Limited self-care",
                "4": "Completely disabled",
            },
            nullable=True,
            label="ECOG performance status at referral",
        ),
        _yes_no("bone", "Bone metastases"),
        _yes_no("lymph_node", "Lymph-node metastases"),
        _yes_no("lung", "Lung metastases"),
        _yes_no("liver", "Liver metastases"),
        _yes_no("prior_docetaxel", "Docetaxel before LuPSMA"),
        _yes_no("prior_cabazitaxel", "Cabazitaxel before LuPSMA"),
        _yes_no("prior_androgen_receptor_inhibitor", "Androgen-receptor pathway inhibitor before LuPSMA"),
        _ORIGIN,
    ),
    key=("patient_id",),
)

CYCLES = Table(
    "cycles",
    "cycles.csv",
    label="One row a cycle of LuPSMA",
    columns=(
        _PATIENT,
        _day("planned_on", "Date for which the cycle was planned"),
        _day("given_on", "Date on which it was given"),
        Column("activity_gbq", "number", unit="GBq", minimum=1, maximum=10, label="Activity given"),
        Column(
            "delay_reason",
            "code",
            codes=("supply", "scheduling", "cytopenia", "infection", "patient request"),
            nullable=True,
            label="Why it was given later than planned",
        ),
        _ORIGIN,
    ),
    key=("patient_id", "given_on"),
    refers=_OF_PATIENT,
)

EVENTS = Table(
    "events",
    "events.csv",
    label="Dated events, in the order of their dates",
    columns=(
        _PATIENT,
        _day("event_on", "Date of the event"),
        Column(
            "event",
            "code",
            codes={
                "progression": "Progression of the cancer",
                "stop": "Decision to stop LuPSMA",
                "hospice": "Enrollment in hospice",
                "treatment break": "Decision for a break in treatment",
                "contact": "Known to be alive",
                "death": "Death",
            },
            label="What happened",
        ),
        Column(
            "detail",
            "code",
            codes=("PSA", "imaging", "clinical", "progression", "toxicity", "patient choice", "other"),
            nullable=True,
            label="How progression was found; why LuPSMA was stopped",
        ),
        _ORIGIN,
    ),
    refers=_OF_PATIENT,
)

THERAPIES = Table(
    "therapies",
    "therapies.csv",
    label="One row a line of systemic therapy after LuPSMA",
    columns=(
        _PATIENT,
        _LINE,
        Column("regimen", "text", role="category", label="Regimen as ordered"),
        _day("started_on", "First day of the line"),
        _day("ended_on", "Day on which the line was stopped; empty while it goes on", nullable=True),
        Column(
            "stop_reason",
            "code",
            codes=("progression", "toxicity", "completed", "death", "patient choice", "other"),
            nullable=True,
            label="Why the line was stopped",
        ),
        _ORIGIN,
    ),
    key=("patient_id", "line"),
    refers=_OF_PATIENT,
)

ADMINISTRATIONS = Table(
    "administrations",
    "administrations.csv",
    label="One row a drug given: an infusion, or four weeks' supply of tablets",
    columns=(
        _PATIENT,
        _LINE,
        _day("given_on", "Date on which the drug was given or dispensed"),
        Column("drug", "text", role="category", label="Drug", examples=DRUGS),
        _ORIGIN,
    ),
    key=("patient_id", "given_on", "drug"),
    refers=_OF_PATIENT,
)

SUPPORT = Table(
    "support",
    "support.csv",
    label="Transfusions and growth factors",
    columns=(
        _PATIENT,
        _day("given_on", "Date on which it was given"),
        Column(
            "kind",
            "code",
            codes={
                "red cells": "Red-cell transfusion",
                "platelets": "Platelet transfusion",
                "platelet growth factor": "Thrombopoietin-receptor agonist",
                "G-CSF": "Granulocyte colony-stimulating factor",
            },
            label="What was given",
        ),
        Column("units", "integer", minimum=1, maximum=20, nullable=True, label="Units transfused"),
        _ORIGIN,
    ),
    refers=_OF_PATIENT,
)

LABS = Table(
    "labs",
    "labs.csv",
    label="One row a laboratory value, with the unit and the limits of the laboratory that measured it",
    columns=(
        _PATIENT,
        _day("collected_on", "Date of the sample"),
        Column("test", "code", codes=tuple(UNITS), label="What was measured"),
        Column("value", "number", minimum=0, maximum=100_000, label="Value"),
        Column("unit", "code", codes=("ng/mL", "g/dL", "g/L", "10^9/L", "U/L"), role="unit", label="Unit"),
        Column("lower_limit", "number", minimum=0, nullable=True, label="Lower limit of normal"),
        Column("upper_limit", "number", minimum=0, nullable=True, label="Upper limit of normal"),
        Column("laboratory", "code", codes=("institution", "outside"), label="Which laboratory"),
        _ORIGIN,
    ),
    refers=_OF_PATIENT,
    on_disk_from=2_000_000,
)

_DEATH = At("events", "event_on", where={"event": "death"})
_REFERRAL = At("patients", "referred_on")
_WHILE_ALIVE = (
    At("cycles", "given_on"),
    At("labs", "collected_on"),
    At("therapies", "started_on"),
    At("administrations", "given_on"),
    At("support", "given_on"),
    At("events", "event_on"),
)

REGISTRY = Registry(
    tables=(PATIENTS, CYCLES, EVENTS, THERAPIES, ADMINISTRATIONS, SUPPORT, LABS),
    rules=(
        *(NotBefore(_DEATH, at, which="last", blame="earlier") for at in _WHILE_ALIVE),
        NotBefore(At("cycles", "given_on"), _REFERRAL),
        NotBefore(At("cycles", "given_on"), At("patients", "birth_year")),
        NotBefore(At("events", "event_on", where={"event": "stop"}), At("cycles", "given_on"), which="last"),
        NotBefore(At("therapies", "started_on"), At("events", "event_on", where={"event": "stop"})),
        NotBefore(At("administrations", "given_on"), At("therapies", "started_on"), which="first"),
        *(
            AtMostOne(At("events", "event_on", where={"event": event}))
            for event in ("death", "stop", "hospice", "treatment break")
        ),
        NotAbove("cycles", "planned_on", "given_on"),
        NotAbove("therapies", "started_on", "ended_on"),
        NotAbove("labs", "lower_limit", "upper_limit"),
        InOrder("therapies", number="line", date="started_on"),
        Required("events", "detail", when={"event": "stop"}),
        OneUnit("labs", "value", "unit", by="test", units=UNITS),
    ),
)
