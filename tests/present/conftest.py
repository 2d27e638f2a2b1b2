"""A small made-up study as a store, with every kind of result that tables and figures print."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.values.navigate import Branch, results
from tieout.values.result import (
    Count,
    Curve,
    Estimate,
    HypothesisTest,
    Meaning,
    Results,
    Summary,
    TimeToEvent,
)
from tieout.values.store import make_store, write_store


def count(label: str, n: int, of: int | None = None, **more: int) -> Count:
    return Count(n, of, Meaning(label), **more)


def flow() -> Results:
    nodes = [
        ("registered", "In the registry", "", "population", 103, None),
        ("in_trial", "Treated within a trial", "registered", "exclusion", 5, 103),
        ("too_late", "Began after July 2023", "registered", "exclusion", 2, 103),
        ("too_early", "Began before June 2022", "registered", "exclusion", 0, 103),
        ("treated", "Treated with standard-of-care LuPSMA", "registered", "population", 96, 103),
        ("completed", "Completed 6 cycles", "treated", "disposition", 18, 96),
        ("stopped", "Stopped early for progression", "treated", "disposition", 35, 96),
        ("hospice", "Entered hospice", "stopped", "disposition", 17, 35),
        ("next_line", "Began another line of therapy", "stopped", "disposition", 15, 35),
        ("treatment_break", "Had a treatment break", "stopped", "disposition", 3, 35),
        ("toxicity", "Stopped for toxicity", "treated", "disposition", 0, 96),
        ("died", "Died during treatment", "treated", "disposition", 10, 96),
        ("on_treatment", "On treatment at the cutoff", "treated", "disposition", 33, 96),
    ]
    names, labels, parents, kinds, numbers, _ = zip(*nodes, strict=True)
    tree = Curve(
        {"name": names, "label": labels, "parent": parents, "kind": kinds, "n": numbers},
        Meaning("Flow"),
        display=False,
    )
    counts = {name: count(label, n, of) for name, label, _, _, n, of in nodes}
    return Results({**counts, "tree": tree})


def survival(n: int, deaths: dict[float, int], lost: dict[float, int], median: float | None) -> Results:
    """A product-limit curve by hand: deaths and losses by month."""
    height, at_risk = 1.0, n
    rows = [(0.0, 1.0, 1.0, 1.0, n, 0, 0)]
    for time in sorted({*deaths, *lost}):
        dead, gone = deaths.get(time, 0), lost.get(time, 0)
        height *= 1 - dead / at_risk
        rows.append((time, height, max(0.0, height - 0.1), min(1.0, height + 0.1), at_risk, dead, gone))
        at_risk -= dead + gone
    names = ("time", "survival", "low", "high", "at_risk", "events", "censored")
    months = {
        f"month_{month}": count(
            "At risk", n - sum(v for d in (deaths, lost) for t, v in d.items() if t < month), n
        )
        for month in (0, 1, 3, 6, 9, 12)
    }
    return Results(
        os=TimeToEvent(n, sum(deaths.values()), median, 9.8, None, Meaning("Overall survival")),
        os_curve=Curve(dict(zip(names, zip(*rows, strict=True), strict=True)), Meaning("Overall survival")),
        os_at=Results(
            month_6=Estimate(
                0.75, 0.65, 0.86, Meaning("Overall survival at 6 months"), "proportion", decimals=0
            ),
            month_12=Estimate(
                0.5, None, None, Meaning("Overall survival at 12 months"), "proportion", decimals=0
            ),
        ),
        os_at_risk=Results(months),
    )


def study() -> Results:
    return Results(
        flow=flow(),
        survival=survival(96, {2.0: 10, 5.0: 12, 9.5: 20, 11.0: 4}, {1.5: 1, 4.0: 8, 7.0: 6, 12.5: 35}, 13.1),
        arms=Results(
            a=survival(40, {2.0: 4, 6.5: 9}, {1.0: 2, 8.0: 25}, None),
            b=survival(56, {1.0: 9, 4.5: 19, 8.0: 10}, {3.0: 2, 9.0: 16}, 4.5),
            hr=Estimate(0.62, 0.51, 0.75, Meaning("Hazard ratio"), "ratio", p=0.0004, n=96, events=51),
            log_rank=HypothesisTest(0.03, Meaning("Log-rank test"), 4.71, 1),
        ),
        baseline=Results(
            age=Summary(96, 0, 72, 66, 78, 52, 87, 71.4, 8.1, Meaning("Age"), "years"),
            psa=Summary(94, 2, 1043.25, 66, 2278, 5.2, 18700, 1500, 2000, Meaning("PSA"), "ng/mL", 1),
            ecog=Results(
                zero=count("0", 20, 96, missing=6),
                one=count("1", 60, 96, missing=6),
                two=count("2", 10, 96, missing=6),
            ),
            sites=Results(
                bone=Count(90, 96, Meaning("Bone"), overlaps=True),
                node=Count(55, 96, Meaning("Lymph node"), overlaps=True),
            ),
        ),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with nothing but its results."""
    (tmp_path / "_quarto.yml").write_text("project:\n  type: default\n", encoding="utf-8")
    write_store(make_store(study(), {"title": "A study", "synthetic": True}, {}), tmp_path / "results")
    return tmp_path


@pytest.fixture
def r(folder: Path) -> Branch:
    return results(folder / "results")
