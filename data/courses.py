"""Courses of treatment of patients who never lived, as dates."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TypeVar

T = TypeVar("T")

CUTOFF, END = date(2023, 9, 30), date(2024, 3, 31)
QUARTER_ENDS = (
    *(date(2022, 6, 30), date(2022, 9, 30), date(2022, 12, 31), date(2023, 3, 31)),
    *(date(2023, 6, 30), date(2023, 9, 30), date(2023, 12, 31), date(2024, 3, 31)),
)
HOLIDAYS = {(1, 1), (7, 4), (11, 24), (12, 25)}
DELAY_REASONS = ("supply", "scheduling", "cytopenia", "infection", "patient request")
RED_CELLS, PLATELETS, GROWTH_FACTOR, G_CSF = "red cells", "platelets", "platelet growth factor", "G-CSF"


@dataclass(frozen=True)
class Line:
    """A later line of therapy: the drugs of each administration, the worst counts, the support given."""

    regimen: str
    drugs: tuple[tuple[str, ...], ...]
    hemoglobin: float = 9.5
    platelets: int = 130
    support: tuple[str, ...] = ()
    responds: bool = False
    psa_after: bool = True
    goes_on: bool = False
    interval: int = 21
    given: tuple[date, ...] = ()
    end: date | None = None
    stop_reason: str = ""

    @property
    def is_chemotherapy(self) -> bool:
        """Whether blood counts fall on it."""
        return bool(
            {"cabazitaxel", "carboplatin", "cisplatin"} & {drug for drugs in self.drugs for drug in drugs}
        )


@dataclass
class Course:
    """What happens to one patient. A cycle is planned, given, and has a reason where it was late."""

    cycles: list[tuple[date, date, str]]
    stop: tuple[date, str] | None = None
    hospice: date | None = None
    pause: date | None = None
    death: date | None = None
    lost: date | None = None
    contacts: list[date] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    setting: str = "standard of care"
    referred: date | None = None

    @property
    def start(self) -> date:
        """Cycle 1, or the day of referral where none was given."""
        return self.cycles[0][1] if self.cycles else self.referred or END

    @property
    def last_day(self) -> date:
        """The last day on which anything can be recorded."""
        return min(day for day in (self.death, self.lost, END) if day)

    def seen_until(self, day: date) -> date:
        """Death, or the last day up to `day` on which the patient is on record."""
        days = [
            *(given for _, given, _ in self.cycles),
            *self.contacts,
            *(d for x in self.lines for d in x.given),
        ]
        return (
            self.death if self.death and self.death <= day else max(known for known in days if known <= day)
        )

    def dead_by(self, day: date) -> bool:
        """Whether death came by this day."""
        return self.death is not None and self.death <= day


# Chance, on `random()` alone: its numbers are the ones that Python promises not to change


def whole(rng: random.Random, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both possible."""
    return low + int(rng.random() * (high - low + 1))


def pick(rng: random.Random, options: Sequence[T]) -> T:
    """Return one of the options."""
    return options[int(rng.random() * len(options))]


def normal(rng: random.Random, mean: float, sd: float) -> float:
    """Return a normally distributed number (Box and Muller)."""
    radius = math.sqrt(-2 * math.log(1 - rng.random()))
    return mean + sd * radius * math.cos(2 * math.pi * rng.random())


def until(draw: Callable[[], T], fits: Callable[[T], bool]) -> T:
    """Draw again until it fits."""
    while not fits(drawn := draw()):
        pass
    return drawn


def working(day: date) -> date:
    """Return `day`, or the next working day."""
    while day.weekday() > 4 or (day.month, day.day) in HOLIDAYS:
        day += timedelta(1)
    return day


def later(rng: random.Random, day: date, low: int, high: int) -> date:
    """Return a working day, so many days after `day`."""
    return working(day + timedelta(whole(rng, low, high)))


# Parts of a course


def treated(rng: random.Random, first: date, last: date, number: int) -> Course:
    """Return `number` cycles begun in a period, six weeks apart when all goes well."""
    start = later(rng, first, 0, (last - first).days)
    cycles = [(start, start, "")]
    while len(cycles) < number:
        planned = working(cycles[-1][1] + timedelta(42))
        late = rng.random() < 0.16
        given = working(planned + timedelta(7 * whole(rng, 1, 3))) if late else planned
        cycles.append((planned, given, pick(rng, DELAY_REASONS) if late else ""))
    return Course(cycles)


def stopped(rng: random.Random, course: Course, reason: str = "progression") -> date:
    """Stop four to seven weeks after the last cycle, and return the day."""
    course.stop = (later(rng, course.cycles[-1][1], 26, 50), reason)
    return course.stop[0]


def give(rng: random.Random, line: Line, start: date) -> Line:
    """Date the administrations of a line; one that goes on at the cutoff is given once more after it."""
    drugs = line.drugs + line.drugs[-1:] * line.goes_on
    given = [start]
    while len(given) < len(drugs):
        given.append(working(given[-1] + timedelta(line.interval + 7 * (rng.random() < 0.12))))
    reason = "completed" if line.responds else "progression"
    return replace(
        line, drugs=drugs, given=tuple(given), end=later(rng, given[-1], 14, 26), stop_reason=reason
    )


def unplanned_line(rng: random.Random, start: date) -> Line:
    """Return some line begun after the cutoff."""
    worst, drug = round(normal(rng, 9.2, 0.9), 1), pick(rng, ("olaparib", "enzalutamide", "abiraterone"))
    drugs = pick(rng, (("cabazitaxel",), ("cabazitaxel",), ("cabazitaxel", "carboplatin")))
    number, support = whole(rng, 2, 6), (RED_CELLS,) if worst < 8 else ()
    if rng.random() < 0.3:
        return give(rng, Line(drug, ((drug,),) * number, interval=28), start)
    responds = rng.random() < 0.3
    line = Line(" and ".join(drugs), (drugs,) * number, worst, whole(rng, 60, 190), support, responds)
    return give(rng, line, start)


def contacted(rng: random.Random, course: Course) -> Course:
    """Look up at each quarter's end who is alive; a few are not found."""
    possible = [day for day in QUARTER_ENDS if course.start <= day <= course.last_day]
    course.contacts = [day for day in possible if rng.random() < 0.96]
    return course


# Kinds of course


def completing(rng: random.Random, dies: bool) -> Course:
    """Six cycles; nothing more by the cutoff but, in a few, death."""
    course = treated(rng, date(2022, 6, 1), date(2022, 12, 15), 6)
    last, fate = course.cycles[-1][1], rng.random()
    if dies:
        course.death = last + timedelta(whole(rng, 40, 150))
    elif fate < 0.35:
        course.lines = [unplanned_line(rng, later(rng, max(last, CUTOFF), 10, 150))]
    elif fate < 0.5:
        course.death = CUTOFF + timedelta(whole(rng, 20, 170))
    return course


def to_hospice(rng: random.Random, dies: bool) -> Course:
    """Progression, then hospice, then death, by the cutoff or after it."""
    course = treated(rng, date(2022, 6, 1), date(2023, 3, 31), pick(rng, (1, 2, 3, 3, 4, 4, 5, 5, 5)))
    course.hospice = later(rng, stopped(rng, course), 3, 35)
    after = course.hospice if dies else max(course.hospice, CUTOFF)
    course.death = after + timedelta(whole(rng, 6, 190))
    return course


def to_line(rng: random.Random, line: Line, dies: bool) -> Course:
    """Progression, then a further line, of which one patient has a second."""
    course = treated(rng, date(2022, 6, 1), date(2023, 2, 28), pick(rng, (1, 2, 3, 3, 4, 4, 5)))
    course.lines = [give(rng, line, later(rng, stopped(rng, course), 14, 48))]
    end = course.lines[0].end or END
    if line.regimen == "cabazitaxel, then olaparib":
        olaparib = Line("olaparib", (("olaparib",),) * 5, interval=28)
        course.lines = [
            replace(course.lines[0], regimen="cabazitaxel"),
            give(rng, olaparib, later(rng, end, 7, 21)),
        ]
    if dies:
        course.death = end + timedelta(whole(rng, 8, 200))
    return course


def pausing(rng: random.Random) -> Course:
    """Progression, then a break that lasts to the cutoff."""
    course = treated(rng, date(2022, 10, 1), date(2023, 5, 15), pick(rng, (2, 3, 4, 4)))
    course.pause = later(rng, stopped(rng, course), 0, 14)
    if rng.random() < 0.5:
        course.lines = [unplanned_line(rng, later(rng, CUTOFF, 30, 90))]
    return course


def dying(rng: random.Random) -> Course:
    """Death between two cycles, without a decision to stop."""
    course = treated(rng, date(2022, 6, 1), date(2023, 6, 30), pick(rng, (1, 2, 3, 3, 4, 4, 5)))
    course.death = course.cycles[-1][1] + timedelta(whole(rng, 9, 55))
    return course


def going_on(rng: random.Random, first: date = date(2023, 2, 13), last: date = date(2023, 7, 27)) -> Course:
    """Begun lately; what becomes of it is seen after the cutoff."""
    fate, number = rng.random(), whole(rng, 2, 5)
    course = treated(rng, first, last, 6 if fate < 0.5 else number)
    if fate < 0.5:
        return course
    end = course.cycles[-1][1]
    if fate < 0.68:
        course.hospice = later(rng, stopped(rng, course), 3, 35)
        course.death = course.hospice + timedelta(whole(rng, 6, 90))
    elif fate < 0.8:
        course.lines = [unplanned_line(rng, later(rng, stopped(rng, course), 14, 45))]
    elif fate < 0.88:
        stopped(rng, course, "toxicity")
    elif fate < 0.95:
        course.death = end + timedelta(whole(rng, 9, 55))
    else:
        course.lost = later(rng, end, 20, 40)
    return course


def looks(course: Course) -> str:
    """Return how a course looks at the cutoff: what it must be drawn for, not what the analysis reads."""
    given = [day for _, day, _ in course.cycles if day <= CUTOFF]
    decided = course.stop is not None and course.stop[0] <= CUTOFF
    if len(given) == 6:
        begun = course.lines and course.lines[0].given[0] <= CUTOFF
        return "completed" if not begun else ""
    if decided:
        first = {"hospice": course.hospice, "pause": course.pause}
        first["line"] = course.lines[0].given[0] if course.lines and not course.pause else None
        seen = [what for what, day in first.items() if day and day <= CUTOFF]
        return (
            seen[0]
            if seen and not (course.pause and course.lines and course.lines[0].given[0] <= CUTOFF)
            else ""
        )
    if course.dead_by(CUTOFF):
        return "died"
    # not in the last days of an interval, so that the next cycle or decision is soon seen
    return "going on" if given and (CUTOFF - given[-1]).days <= 60 and not course.lost else ""


def line_fits(course: Course) -> bool:
    """Whether a line stands at the cutoff as planned: ended, or with one administration to come."""
    line = course.lines[0]
    if line.goes_on:
        return line.given[-2] <= CUTOFF < line.given[-1]
    swapped_in_shortage = line.regimen != "carboplatin" or date(2023, 5, 1) <= line.given[2] <= date(
        2023, 8, 31
    )
    last = course.lines[-1]
    beyond = last is line or last.given[1] <= CUTOFF < last.given[-1]
    return (line.end or END) <= CUTOFF and swapped_in_shortage and beyond
