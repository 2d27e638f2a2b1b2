"""The registry of this study: its tables, their columns, and what must hold between them."""

from __future__ import annotations

from tieout.sources import At, AtMostOne, Column, ForeignKey, NotBefore, Registry, Table

_PATIENT = Column("patient_id", "text", role="identifier", label="Study number of the patient")
_OF_PATIENT = (ForeignKey("patient_id", "patients"),)


def _day(name: str, label: str, *, nullable: bool = False) -> Column:
    return Column(name, "date", label=label, minimum="2015-01-01", maximum="2030-12-31", nullable=nullable)


PATIENTS = Table(
    "patients",
    "patients.csv",
    label="One row a patient",
    columns=(
        _PATIENT,
        Column("birth_year", "integer", minimum=1920, maximum=2010, label="Year of birth"),
        Column("sex", "code", codes={"female": "Female", "male": "Male"}, label="Sex"),
        Column("treatment", "code", codes={"A": "Treatment A", "B": "Treatment B"}, label="Treatment"),
        _day("assigned_on", "Day on which the treatment was chosen"),
        _day("started_on", "First day of treatment", nullable=True),
        Column(
            "severity",
            "code",
            codes={"mild": "Mild", "moderate": "Moderate", "severe": "Severe"},
            nullable=True,
            label="Severity of the disease",
        ),
        Column("marker", "number", unit="mg/L", minimum=0, maximum=500, nullable=True, label="Marker"),
    ),
    key=("patient_id",),
)

EVENTS = Table(
    "events",
    "events.csv",
    label="Dated events",
    columns=(
        _PATIENT,
        Column(
            "event",
            "code",
            codes={"relapse": "Relapse", "death": "Death", "contact": "Known to be alive"},
            label="What happened",
        ),
        _day("event_on", "Date of the event"),
    ),
    refers=_OF_PATIENT,
)

ADVERSE_EVENTS = Table(
    "adverse_events",
    "adverse_events.csv",
    label="One row an adverse event",
    columns=(
        _PATIENT,
        _day("reported_on", "Date of the report"),
        Column(
            "term",
            "code",
            codes={"fatigue": "Fatigue", "nausea": "Nausea", "infection": "Infection", "rash": "Rash"},
            label="Adverse event",
        ),
        Column("grade", "integer", minimum=1, maximum=5, nullable=True, label="Grade (CTCAE)"),
    ),
    refers=_OF_PATIENT,
    # A report that cannot be read is set aside, and counted, instead of stopping the study.
    bad_rows="set aside",
)

_DEATH = At("events", "event_on", where={"event": "death"})

REGISTRY = Registry(
    tables=(PATIENTS, EVENTS, ADVERSE_EVENTS),
    rules=(
        NotBefore(At("patients", "started_on"), At("patients", "assigned_on")),
        NotBefore(At("events", "event_on"), At("patients", "started_on")),
        NotBefore(At("adverse_events", "reported_on"), At("patients", "started_on")),
        NotBefore(_DEATH, At("events", "event_on"), which="last", blame="earlier"),
        NotBefore(_DEATH, At("adverse_events", "reported_on"), blame="earlier"),
        AtMostOne(_DEATH),
    ),
)
