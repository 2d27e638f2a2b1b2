"""Make the synthetic registry of this study: dates and measurements, never answers.

    python data/make_synthetic.py

Delete it, and the rows, when your own data are here.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import numpy as np

SEED, PATIENTS = 20240630, 240
CUTOFF_OF_REGISTRY = date(2024, 12, 31)
TERMS = {"fatigue": (0.30, 0.34), "nausea": (0.22, 0.35), "infection": (0.20, 0.18), "rash": (0.08, 0.21)}


def main() -> None:
    """Write the three tables beside this file."""
    random = np.random.default_rng(SEED)
    patients, events, reports = [], [], []
    for number in range(1, PATIENTS + 1):
        who = f"T{number:04d}"
        person = _person(random, who, number)
        patients.append(person)
        if not person["started_on"]:
            continue
        start = date.fromisoformat(str(person["started_on"]))
        events += _events(random, person, start)
        reports += _reports(random, person, start)
    _write("patients.csv", patients)
    _write("events.csv", events)
    _write("adverse_events.csv", reports)


def _person(random: np.random.Generator, who: str, number: int) -> dict[str, object]:
    group = "B" if number % 2 else "A"
    start = date(2021, 1, 4) + timedelta(days=int(random.integers(0, 900)))
    severity = random.choice(["mild", "moderate", "severe"], p=[0.35, 0.45, 0.2])
    return {
        "patient_id": who,
        "birth_year": 2022 - int(np.clip(random.normal(61, 11), 24, 88)),
        "sex": random.choice(["female", "male"]),
        "treatment": group,
        "assigned_on": start - timedelta(days=int(random.integers(1, 15))),
        "started_on": start if random.random() < 0.96 else "",
        "severity": severity if random.random() < 0.97 else "",
        "marker": round(float(random.lognormal(1.6, 0.6)), 1) if random.random() < 0.92 else "",
    }


def _events(random: np.random.Generator, person: dict[str, object], start: date) -> list[dict[str, object]]:
    who = person["patient_id"]
    hazard = {"mild": 0.6, "moderate": 1.0, "severe": 1.7, "": 1.0}[str(person["severity"])]
    effect = 0.62 if person["treatment"] == "B" else 1.0
    relapse = start + timedelta(days=1 + int(random.exponential(620 / (hazard * effect))))
    after = start + timedelta(days=1 + int(random.exponential(1500 / (hazard * effect**0.5))))
    death = max(after, relapse) if random.random() < 0.3 else after
    last = min(CUTOFF_OF_REGISTRY, start + timedelta(days=int(random.integers(300, 1600))))
    rows = []
    if relapse <= min(last, death):
        rows.append({"patient_id": who, "event": "relapse", "event_on": relapse})
    if death <= last:
        rows.append({"patient_id": who, "event": "death", "event_on": death})
    else:
        rows.append({"patient_id": who, "event": "contact", "event_on": last})
    return rows


def _reports(random: np.random.Generator, person: dict[str, object], start: date) -> list[dict[str, object]]:
    rows = []
    for term, shares in TERMS.items():
        if random.random() < shares[person["treatment"] == "B"]:
            grade = int(random.choice([1, 2, 3, 4], p=[0.45, 0.35, 0.16, 0.04]))
            rows.append(
                {"patient_id": person["patient_id"], "reported_on": start, "term": term, "grade": grade}
            )
    return rows


def _write(name: str, rows: list[dict[str, object]]) -> None:
    with (Path(__file__).parent / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
