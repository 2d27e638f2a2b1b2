"""Small stores for the audit's own rules."""

import pytest

from tieout.values.result import Count, Curve, Meaning, Results, Summary, TimeToEvent
from tieout.values.store import Store, make_store

FLOW = {
    "name": ("registered", "untreated", "treated", "hospice", "line", "rest"),
    "label": ("Registered", "Untreated", "Treated", "Hospice", "Next line", "Break"),
    "parent": ("", "registered", "registered", "treated", "treated", "treated"),
    "kind": ("population", "exclusion", "population", "disposition", "disposition", "disposition"),
    "n": (40, 5, 35, 17, 15, 3),
}


def grades(*counts: int) -> Results:
    n = sum(counts)
    made = {f"grade_{g}": Count(c, n, Meaning(f"Grade {g}")) for g, c in enumerate(counts)}
    made["any_grade"] = Count(sum(counts[1:]), n, Meaning("Any"))
    made["grade_3_or_worse"] = Count(sum(counts[3:]), n, Meaning("Grade 3 or worse"))
    made["evaluable"] = Count(n, n, Meaning("Evaluable"))
    return Results(made)


def built(**changed: Count) -> Store:
    """The store of these tests, with some counts replaced by key (`flow__hospice=...`)."""
    whole = Meaning("", "Treated")
    tree = Curve(FLOW, Meaning("Flow"), display=False)
    steps = {
        "time": (0.0, 2.0, 5.0, 9.0),
        "survival": (1.0, 0.9, 0.8, 0.8),
        "at_risk": (35, 35, 30, 20),
        "events": (0, 3, 2, 0),
        "censored": (0, 2, 8, 20),
    }
    results = Results(
        flow=Results(
            registered=Count(40, None, Meaning("Registered")),
            untreated=Count(5, 40, Meaning("Untreated")),
            treated=Count(35, 40, Meaning("Treated")),
            hospice=Count(17, 35, whole),
            line=Count(15, 35, whole),
            rest=Count(3, 35, whole),
            tree=tree,
        ),
        ecog=Results(
            mild=Count(20, 33, Meaning("0"), 2),
            severe=Count(13, 33, Meaning("1"), 2),
            unknown=Count(2, 35, Meaning("?")),
        ),
        anemia=grades(1, 4, 3, 2, 1, 1),
        age=Summary(35, 0, 72.0, 66.0, 78.0, 52.0, 87.0, 71.4, 8.1, Meaning("Age"), "years"),
        os=TimeToEvent(35, 5, 13.1, 9.8, None, Meaning("OS")),
        os_at_risk=Results(month_0=Count(35, 35, Meaning("")), month_6=Count(20, 35, Meaning(""))),
        os_curve=Curve(steps, Meaning("OS"), display=False),
        deaths=Count(5, 35, Meaning("Deaths")),
        therapy=Results(
            groups=Results(
                red=Count(9, 15, Meaning("Red"), overlaps=True),
                blue=Count(8, 15, Meaning("Blue"), overlaps=True),
            ),
            group_sum=Count(17, None, Meaning("Sum")),
            red_first=Count(6, 15, Meaning("Red first")),
            without_red_first=Count(9, 15, Meaning("Not red first")),
        ),
        alone=Count(6, 35, Meaning("Alone", "others")),
    )
    store = make_store(results, {"cutoff": "2023-09-30"}, {})
    keys = {name.replace("__", "."): result for name, result in changed.items()}
    return Store({**store.results, **keys}, store.study, store.inputs, store.digest)


@pytest.fixture
def store() -> Store:
    return built()


@pytest.fixture
def built_store():
    return built
