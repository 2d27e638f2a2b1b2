"""Make the synthetic registry of this study: `python data/make_synthetic.py` writes the CSV files beside it.

No row describes a real person. Patients are drawn one by one, as dates and measurements, in the numbers that
the published abstract names; the whole is drawn again until median survival, follow-up, age and number of
cycles are the published ones, too. Nothing that the analysis derives is written down.
"""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

import courses as c
from courses import CUTOFF, END, Course, Line, normal, pick, until, whole

SEED = 222
MONTH = 30.4375
ALONE, WITH_CARBOPLATIN, WITH_CISPLATIN = (
    ("cabazitaxel",),
    ("cabazitaxel", "carboplatin"),
    ("cabazitaxel", "cisplatin"),
)
RED, PLT, TPO, GCSF = c.RED_CELLS, c.PLATELETS, c.GROWTH_FACTOR, c.G_CSF

# regimen, drugs, worst hemoglobin (g/dL) and platelets (10^9/L), support, PSA response; death by the cutoff
LINES = [
    (Line("cabazitaxel", (ALONE,) * 3, 7.6, 118, (RED,)), True),
    (Line("cabazitaxel", (ALONE,) * 4, 9.1, 156, (GCSF,), responds=True), False),
    (Line("cabazitaxel", (ALONE,), 8.4, 131, psa_after=False), True),
    (Line("cabazitaxel", (ALONE,) * 6, 8.0, 109, (RED, GCSF), responds=True), False),
    (Line("cabazitaxel, then olaparib", (ALONE,) * 2, 9.6, 141, (GCSF,)), False),
    (Line("cabazitaxel", (ALONE,) * 5, 10.2, 163, goes_on=True), False),
    (
        Line(
            "cabazitaxel and carboplatin", (WITH_CARBOPLATIN,) * 7, 7.4, 41, (RED, PLT, GCSF), responds=True
        ),
        False,
    ),
    (Line("cabazitaxel and carboplatin", (WITH_CARBOPLATIN,) * 3, 7.9, 71, (RED, GCSF)), True),
    (
        Line("cabazitaxel and carboplatin", (WITH_CARBOPLATIN,) * 4, 8.8, 50, (TPO, GCSF), responds=True),
        False,
    ),
    (Line("cabazitaxel and carboplatin", (WITH_CARBOPLATIN,) * 2, 7.7, 33, (RED, PLT, GCSF)), True),
    (Line("cabazitaxel and cisplatin", (WITH_CISPLATIN,) * 3, 9.0, 96, (GCSF,), goes_on=True), False),
    (Line("carboplatin", (("carboplatin",),) * 2 + (("cisplatin",),), 8.6, 62, (TPO,)), True),
    (Line("enzalutamide", (("enzalutamide",),) * 3, interval=28), True),
    (Line("pembrolizumab", (("pembrolizumab",),) * 2, psa_after=False), False),
    (Line("radium-223", (("radium-223",),) * 4, interval=28), False),
]


def draw_study(rng: random.Random) -> list[Course]:
    """Draw the ninety-six patients, each until the course looks at the cutoff as it is meant to."""
    plan = [
        *[("completed", lambda dies=number < 2: c.completing(rng, dies), number < 2) for number in range(18)],
        *[("hospice", lambda dies=number < 15: c.to_hospice(rng, dies), number < 15) for number in range(17)],
        *[("line", lambda line=line, dies=dies: c.to_line(rng, line, dies), dies) for line, dies in LINES],
        *[("pause", lambda: c.pausing(rng), False)] * 3,
        *[("died", lambda: c.dying(rng), True)] * 10,
        *[("going on", lambda: c.going_on(rng), False)] * 33,
    ]

    def fits(course: Course, look: str, dies: bool) -> bool:
        return (
            c.looks(course) == look
            and course.dead_by(CUTOFF) == dies
            and (look != "line" or c.line_fits(course))
        )

    drawn = [
        until(draw, lambda course, look=look, dies=dies: fits(course, look, dies))
        for look, draw, dies in plan
    ]
    return [c.contacted(rng, course) for course in drawn]


def is_published(study: list[Course]) -> bool:
    """Whether median number of cycles, survival and follow-up print as the published ones."""
    cycles = sorted(sum(day <= CUTOFF for _, day, _ in course.cycles) for course in study)
    times = [
        ((course.seen_until(CUTOFF) - course.start).days / MONTH, course.dead_by(CUTOFF)) for course in study
    ]
    survival = median_time(times)
    follow_up = median_time([(time, not dead) for time, dead in times])
    at_risk = sum(time >= 13 for time, _ in times)
    return (
        cycles[47] == cycles[48] == 4
        and 13.0 <= survival < 13.2
        and 10.2 < follow_up < 10.4
        and at_risk == 13
    )


def median_time(times: list[tuple[float, bool]]) -> float:
    """Return the Kaplan-Meier median; infinity where it is not reached."""
    survival = 1.0
    for moment in sorted({time for time, is_event in times if is_event}):
        events = sum(time == moment and is_event for time, is_event in times)
        survival *= 1 - events / sum(time >= moment for time, _ in times)
        if survival <= 0.5:
            return moment
    return float("inf")


def draw_others(rng: random.Random) -> list[Course]:
    """Draw whom the study leaves out: another setting, another period, not yet treated.

    None of them enters hospice by the cutoff, so that every such row belongs to a patient of the study.
    """

    def draw(number: int, first: date, last: date) -> list[Course]:
        def fits(course: Course) -> bool:
            return course.hospice is None or course.hospice > CUTOFF

        return [until(lambda: c.going_on(rng, first, last), fits) for _ in range(number)]

    early = draw(3, date(2022, 3, 28), date(2022, 5, 31))
    elsewhere = draw(4, date(2022, 6, 6), date(2023, 3, 31))
    for number, course in enumerate(elsewhere):
        course.setting = "clinical trial" if number else "expanded access"
    late = draw(14, date(2023, 8, 1), date(2024, 2, 28))
    waiting = [Course([], referred=day) for day in (date(2023, 9, 21), date(2024, 3, 14))]
    return [c.contacted(rng, course) for course in early + elsewhere + late] + waiting


# Rows


def patient_row(rng: random.Random, course: Course, birth_year: int) -> dict[str, object]:
    """Return what was known of a patient at referral; some of it is unknown."""

    def yes(probability: float, unknown: float = 0.01) -> str:
        return "" if rng.random() < unknown else "yes" if rng.random() < probability else "no"

    has_cabazitaxel_later = any("cabazitaxel" in drugs for line in course.lines for drugs in line.drugs)
    return {
        "referred_on": course.referred or c.working(course.start - timedelta(whole(rng, 12, 40))),
        "birth_year": birth_year,
        "setting": course.setting,
        "ecog": "" if rng.random() < 0.05 else pick(rng, "00111111222223"),
        "bone": yes(0.93),
        "lymph_node": yes(0.57, 0.02),
        "lung": yes(0.14, 0.02),
        "liver": yes(0.17, 0.02),
        "prior_docetaxel": yes(0.95),
        "prior_cabazitaxel": yes(0.0 if has_cabazitaxel_later else 0.38),
        "prior_androgen_receptor_inhibitor": yes(0.98),
    }


def cycle_rows(rng: random.Random, course: Course) -> Iterator[dict[str, object]]:
    """Yield the cycles of LuPSMA as planned and as given."""
    for planned, given, reason in course.cycles:
        activity = f"{normal(rng, 7.4, 0.15) - (1.4 if reason == 'cytopenia' else 0):.2f}"
        yield {"planned_on": planned, "given_on": given, "activity_gbq": activity, "delay_reason": reason}


def event_rows(rng: random.Random, course: Course) -> Iterator[dict[str, object]]:
    """Yield the dated events."""
    found = []
    if course.stop:
        day, reason = course.stop
        if reason == "progression":
            found.append(
                (
                    c.working(day - timedelta(whole(rng, 2, 9))),
                    "progression",
                    pick(rng, ("PSA", "imaging", "clinical")),
                )
            )
        found.append((day, "stop", reason))
    dated = [(course.hospice, "hospice"), (course.pause, "treatment break"), (course.death, "death")]
    found += [(day, event, "") for day, event in dated if day]
    found += [(day, "contact", "") for day in course.contacts]
    for day, event, detail in found:
        yield {"event_on": day, "event": event, "detail": detail}


def therapy_rows(course: Course) -> Iterator[dict[str, object]]:
    """Yield the later lines of therapy."""
    for number, line in enumerate(course.lines, start=1):
        end = min(line.end or END, course.last_day)
        yield {"line": number, "regimen": line.regimen, "started_on": line.given[0], "ended_on": end,
               "stop_reason": line.stop_reason if end == line.end else "death"}  # fmt: skip


def administration_rows(course: Course) -> Iterator[dict[str, object]]:
    """Yield every drug of every administration: an infusion, or four weeks' supply of tablets."""
    for number, line in enumerate(course.lines, start=1):
        for day, drugs in zip(line.given, line.drugs, strict=True):
            yield from ({"line": number, "given_on": day, "drug": drug} for drug in drugs)


def support_rows(rng: random.Random, course: Course) -> Iterator[dict[str, object]]:
    """Yield transfusions and growth factors during later chemotherapy."""
    units = {RED: 2, PLT: 1}
    for line in course.lines:
        for kind in line.support:
            first = line.given[min(1, len(line.given) - 1)]
            days = {first + timedelta(whole(rng, 8, 13))}
            if kind == GCSF:
                days.add(line.given[0] + timedelta(1))
            for day in sorted({c.working(day) for day in days}):
                yield {"given_on": day, "kind": kind, "units": units.get(kind, "")}


# Laboratory: test, unit, limits; the second laboratory prints other units

TESTS = {
    "psa": ("ng/mL", "", "4.0"),
    "hemoglobin": ("g/dL", "13.5", "17.5"),
    "platelets": ("10^9/L", "150", "400"),
    "neutrophils": ("10^9/L", "1.8", "7.7"),
    "alkaline_phosphatase": ("U/L", "40", "129"),
    "lactate_dehydrogenase": ("U/L", "125", "220"),
    "albumin": ("g/dL", "3.5", "5.2"),
}
OUTSIDE = {"hemoglobin": ("g/L", "135", "175"), "albumin": ("g/L", "35", "52")}
PLACES = {"psa": 1, "hemoglobin": 1, "neutrophils": 1, "albumin": 1}


def lab_row(rng: random.Random, day: date, test: str, value: float) -> dict[str, object]:
    """Return one value; some come from an outside laboratory, whose limits are sometimes unknown."""
    outside = rng.random() < 0.08
    unit, low, high = OUTSIDE.get(test, TESTS[test]) if outside else TESTS[test]
    text = f"{value * 10:.0f}" if unit == "g/L" else f"{value:.{PLACES.get(test, 0)}f}"
    if outside and rng.random() < 0.1:
        low = high = ""
    limits = {"lower_limit": low, "upper_limit": high}
    laboratory = "outside" if outside else "institution"
    return {
        "collected_on": day,
        "test": test,
        "value": text,
        "unit": unit,
        **limits,
        "laboratory": laboratory,
    }


def lab_rows(rng: random.Random, course: Course) -> Iterator[dict[str, object]]:
    """Yield the values before each cycle of LuPSMA, then those of later lines; some are absent."""
    psa = max(2.0, math.exp(normal(rng, 4.2, 1.3)))
    hemoglobin = min(15.2, max(9.0, normal(rng, 11.4, 1.3)))
    platelets = max(110.0, normal(rng, 226, 62))
    for number, (_, given, _) in enumerate(course.cycles):
        values = {
            "psa": psa,
            "hemoglobin": hemoglobin,
            "platelets": platelets,
            "neutrophils": above(rng, 1.6, 2.4),
        }
        if number == 0:
            values["alkaline_phosphatase"] = 55 + math.exp(normal(rng, 4.3, 0.9))
            values["lactate_dehydrogenase"] = 140 + math.exp(normal(rng, 4.3, 0.8))
            values["albumin"] = normal(rng, 3.8, 0.35)
        # of few patients the values before cycle 1 are older than any baseline allows
        before = (
            whole(rng, 2, 16)
            if number
            else pick(rng, (3, 5, 6, 7, 8, 8, 9, 9, 10, 12, 12, 14, 14, 15, 16, 18, 20, 22, 24, 40))
        )
        day = c.working(given - timedelta(min(before, 3) if number else before))
        yield from (lab_row(rng, day, test, value) for test, value in values.items() if rng.random() > 0.05)
        psa *= math.exp(normal(rng, 0.12 if course.stop or course.death else -0.3, 0.3))
        hemoglobin = max(7.2, hemoglobin - abs(normal(rng, 0.1, 0.3)))
        platelets = max(58.0, platelets * (0.93 + normal(rng, 0, 0.05)))
    for line in course.lines:
        psa = max(psa, 8.0)
        yield from line_lab_rows(rng, line, psa)


def above(rng: random.Random, least: float, spread: float) -> float:
    """Return a number not below `least`, one place exact."""
    return round(least + abs(normal(rng, 0, spread)), 1)


def line_lab_rows(rng: random.Random, line: Line, psa: float) -> Iterator[dict[str, object]]:
    """Yield what is measured before a line, at its administrations, and nine days after chemotherapy."""
    before = c.working(line.given[0] - timedelta(whole(rng, 3, 9)))
    for test, value in (
        ("psa", psa),
        ("hemoglobin", line.hemoglobin + 1.1),
        ("platelets", line.platelets + 60),
    ):
        yield lab_row(rng, before, test, value)
    visits = [*line.given[1:], line.end or END]
    for number, day in enumerate(visits, start=1):
        share = 0.28 + 0.5 / number if line.responds else 0.75 + 0.15 * number + 0.1 * rng.random()
        if line.psa_after:
            yield lab_row(rng, day, "psa", psa * share)
        yield lab_row(rng, day, "hemoglobin", above(rng, line.hemoglobin + 0.3, 0.8))
        yield lab_row(rng, day, "platelets", above(rng, line.platelets + 15, 40))
    worst_at = min(1, len(line.given) - 1)
    for number, day in enumerate(line.given if line.is_chemotherapy else ()):
        nadir = number == worst_at
        hemoglobin = line.hemoglobin if nadir else above(rng, line.hemoglobin + 0.2, 0.7)
        platelets = line.platelets if nadir else above(rng, line.platelets + 10, 40)
        values = {"hemoglobin": hemoglobin, "platelets": platelets, "neutrophils": above(rng, 0.7, 1.9)}
        yield from (
            lab_row(rng, c.working(day + timedelta(9)), test, value) for test, value in values.items()
        )
    if (
        line.responds and len(line.given) == 4 and line.regimen == "cabazitaxel"
    ):  # too late to belong to the line
        yield lab_row(rng, c.working(line.given[-1] + timedelta(45)), "hemoglobin", 7.7)


# Files


def draw_birth_years(rng: random.Random, study: list[Course]) -> list[int]:
    """Draw birth years with the published median age and range at cycle 1."""

    def draw() -> list[int]:
        return [min(87, max(52, round(normal(rng, 72, 7.6)))) for _ in study]

    ages = until(draw, lambda ages: median(ages) == 72 and ages.count(52) == 1 and ages.count(87) == 1)
    return [course.start.year - age for course, age in zip(study, ages, strict=True)]


def make(folder: Path) -> None:
    """Write the registry into a folder."""
    rng = random.Random(SEED)  # noqa: S311  (invented patients need no cryptography)
    study = until(lambda: draw_study(rng), is_published)
    others = draw_others(rng)
    years = draw_birth_years(rng, study) + [1950 - whole(rng, -8, 12) for _ in others]
    patients = [
        (patient_row(rng, course, year), course) for course, year in zip(study + others, years, strict=True)
    ]
    patients.sort(key=lambda pair: (str(pair[0]["referred_on"]), pair[0]["birth_year"]))
    tables: dict[str, list[dict[str, object]]] = {}
    for number, (row, course) in enumerate(patients, start=1):
        of_one = {
            "patients": [row],
            "cycles": cycle_rows(rng, course),
            "events": event_rows(rng, course),
            "therapies": therapy_rows(course),
            "administrations": administration_rows(course),
            "support": support_rows(rng, course),
            "labs": lab_rows(rng, course),
        }
        for name, rows in of_one.items():
            seen = [
                {"patient_id": f"P-{number:04}", **row} for row in rows if first_date(row) <= course.last_day
            ]
            tables.setdefault(name, []).extend(sorted(seen, key=first_date))
    tables["events"].sort(key=first_date)  # as a registry's log is kept
    for name, rows in tables.items():
        write(folder / f"{name}.csv", rows)


def first_date(row: dict[str, object]) -> date:
    """Return the first date that a row holds."""
    dates = [value for name, value in row.items() if isinstance(value, date) and name != "planned_on"]
    return dates[0]


def write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write a table whose every row says that it is synthetic."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, [*rows[0], "origin"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "origin": "synthetic"} for row in rows)


if __name__ == "__main__":
    make(Path(__file__).parent)
