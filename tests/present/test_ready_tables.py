"""Ready-made tables: each row says what the store says, the unknown are counted, zeros are kept."""

from __future__ import annotations

import pytest

from tieout.present.characteristics import Characteristic, ComparedGroup, characteristics_table
from tieout.present.grade_table import grade_table
from tieout.present.landmark_table import SurvivalGroup, landmark_table
from tieout.present.regression_table import Term, regression_table
from tieout.present.table import cell, spanners
from tieout.present.therapy_table import TherapyRow, TherapyWords, therapy_table
from tieout.values.navigate import UnknownKeyError, results
from tieout.values.result import Count, Estimate, HypothesisTest, Meaning, Results, Summary
from tieout.values.store import make_store, write_store

NBSP = "\N{NO-BREAK SPACE}"


def read(table) -> list[list[str]]:
    return [
        ["  " * line.level + line.stub.text, *(content.text.replace(NBSP, " ") for content in line.cells)]
        for line in table.rows
    ]


def headings(table) -> list[str]:
    return [one.label.text.replace(NBSP, " ") for one in (table.stub, *table.columns)]


def keys(table) -> list[str]:
    parts = [part for line in table.rows for content in line.cells for part in content.parts]
    return [f"{part.key}.{part.facet}" for part in parts if not isinstance(part, str)]


@pytest.fixture
def made(tmp_path):
    def make(**members):
        write_store(make_store(Results(**members), {}, {}), tmp_path / "made")
        return results(tmp_path / "made")

    return make


def label(text: str) -> Meaning:
    return Meaning(text)


def age(n: int, median: float) -> Summary:
    return Summary(n, 96 - n, median, 66, 78, 52, 87, 71.44, 8.123, label("Age"), "years")


def test_one_group_has_a_column_of_the_number_unknown(r):
    table = characteristics_table(
        r,
        "baseline",
        [ComparedGroup(cell("Patients"), "baseline")],
        {
            "": [Characteristic("age")],
            "Disease": [Characteristic("sites", "Metastatic site"), Characteristic("psa")],
        },
    )
    assert headings(table) == ["Characteristic", "No. (%)", "Unknown, No."]
    assert read(table) == [
        ["Age, median (range), y", "72 (52–87)", "0"],
        ["Disease"],
        ["Metastatic site", "", ""],
        ["  Bone", "90 (94%)", "0"],
        ["  Lymph node", "55 (57%)", "0"],
        ["PSA, median (range), ng/mL", "1,043.3 (5.2–18,700.0)", "2"],
    ]
    assert keys(table)[:2] == ["baseline.age.median_range_bare", "baseline.age.missing"]


def test_the_unknown_of_a_whole_variable_stand_beside_its_name(made):
    ecog = Results(
        zero=Count(20, 90, label("0"), missing=6),
        one=Count(70, 90, label("1"), missing=6),
        four=Count(0, 90, label("4"), missing=6),
        unknown=Count(6, 96, label("Unknown")),
    )
    r = made(baseline=Results(ecog=ecog))
    table = characteristics_table(
        r, "t", [ComparedGroup(cell("All"), "baseline")], {"": [Characteristic("ecog", "ECOG")]}
    )
    assert read(table) == [
        ["ECOG", "", "6"],
        ["  0", "20 (22%)", ""],
        ["  1", "70 (78%)", ""],
        ["  4", "0 (0%)", ""],
    ]


def test_groups_stand_beside_each_other_under_their_headings_with_a_comparison(made):
    r = made(
        a=Results(age=age(96, 72), prior=Count(5, 96, label("Prior taxane"))),
        b=Results(age=age(90, 70), prior=Count(9, 96, label("Prior taxane"))),
        test=HypothesisTest(0.2, label("Wilcoxon")),
    )
    groups = [ComparedGroup(cell("A"), "a"), ComparedGroup(cell("B"), "b")]
    variables = [Characteristic("age", facet="mean_sd"), Characteristic("prior")]
    table = characteristics_table(r, "t", groups, {"": variables}, compared={"age": r.test.p_bare})
    assert [(None if one is None else one.label.text, span) for one, span in spanners(table)] == [
        ("A", 2),
        ("B", 2),
        (None, 1),
    ]
    assert headings(table)[-1] == "P value"
    assert read(table) == [
        ["Age, mean (SD), y", "71.4 (8.1)", "0", "71.4 (8.1)", "6", ".20"],
        ["Prior taxane", "5 (5%)", "0", "9 (9%)", "0", ""],
    ]


def test_an_unknown_key_is_named_with_the_nearest(r):
    with pytest.raises(UnknownKeyError, match=r"r\.baseline\.agee.*r\.baseline\.age"):
        characteristics_table(
            r, "t", [ComparedGroup(cell("All"), "baseline")], {"": [Characteristic("agee")]}
        )


def grades(prefix: str, *numbers: int) -> Results:
    made = {
        f"grade_{grade}": Count(n, 12, label(f"{prefix}, grade {grade}")) for grade, n in enumerate(numbers)
    }
    any_, severe = sum(numbers[1:]), sum(numbers[3:])
    return Results(
        {
            **made,
            "any_grade": Count(any_, 12, label("any")),
            "grade_3_or_worse": Count(severe, 12, label("severe")),
            "evaluable": Count(12, 13, label("evaluable")),
        }
    )


def test_grades_stand_in_columns_and_support_in_the_first(made):
    r = made(
        toxicity=Results(
            anemia=grades("Anemia", 0, 1, 7, 3, 1),
            support=Count(7, 12, label("Any support")),
            kinds=Results(red_cells=Count(5, 12, label("Red cells"), overlaps=True)),
        )
    )
    support = {"Support": [("toxicity.support", 1), ("toxicity.kinds.red_cells", 2)]}
    table = grade_table(r, "toxicity", {"toxicity.anemia": "Anemia"}, further=support)
    assert headings(table) == [
        "Toxicity",
        "Evaluable, No.",
        "Any",
        "Grade 1",
        "Grade 2",
        "Grade 3",
        "Grade 4",
        "Grade ≥3",
    ]
    assert read(table) == [
        ["Worst grade"],
        ["  Anemia", "12", "12 (100%)", "1 (8%)", "7 (58%)", "3 (25%)", "1 (8%)", "4 (33%)"],
        ["Support"],
        ["  Any support", "12", "7 (58%)", "", "", "", "", ""],
        ["    Red cells", "12", "5 (42%)", "", "", "", "", ""],
    ]


def test_therapies_nobody_had_are_left_out_with_their_footnote_and_responses_keep_their_denominator(made):
    r = made(
        lines=Count(15, 35, label("Next line")),
        groups=Results(caba=Count(11, 15, label("Cabazitaxel")), other=Count(0, 15, label("Other"))),
        psa=Results(
            all=Count(4, 15, label("x")), caba=Count(4, 11, label("x")), other=Count(0, 0, label("x"))
        ),
        cycles=Summary(12, 0, 3, 2, 5, 1, 7, 3.2, 1.5, label("Cycles of chemotherapy"), "cycles"),
    )
    sections = {
        "": [TherapyRow("lines", "psa.all", "n", label="Any")],
        "Regimen": [
            TherapyRow("groups.caba", "psa.caba", level=1),
            TherapyRow("groups.other", "psa.other", level=1, notes=("never",)),
        ],
        "Nothing": [TherapyRow("groups.other", level=1)],
        "Course": [TherapyRow("cycles", level=1)],
    }
    words = TherapyWords("Patients, No. (%)", "PSA-50", footnotes={"never": cell("not printed")})
    table = therapy_table(r, "therapy", sections, words)
    assert read(table) == [
        ["Any", "15", "4 of 15 (27%)"],
        ["Regimen"],
        ["  Cabazitaxel", "11 (73%)", "4 of 11 (36%)"],
        ["Course"],
        ["  Cycles of chemotherapy, median (range)", "3 (1–7)", ""],
    ]
    assert table.footnotes == {}


def test_landmarks_have_those_at_risk_beside_survival_and_no_interval_where_there_is_none(r):
    table = landmark_table(r, "survival", [SurvivalGroup(cell("All"), "survival.os")], [6, 12])
    assert headings(table) == ["", "No.", "Estimate (95% CI)"]
    assert read(table) == [
        ["Patients", "96", ""],
        ["Deaths", "46", ""],
        ["Median, mo", "", "13.1 (9.8 to not reached)"],
        ["Overall survival, and No. at risk"],
        ["  At 6 months", "65", "75% (65%–86%)"],
        ["  At 12 months", "35", "50%"],
    ]


def test_a_regression_table_names_references_and_prints_the_complete_cases(made):
    def ratio(value, low, high, p, n=90):
        return Estimate(value, low, high, label("Age, per 10 y"), "ratio", p=p, n=n, events=30)

    r = made(
        alone=Results(
            age=ratio(1.2, 1.0, 1.5, 0.04),
            ecog=ratio(2.1, 1.1, 4.0, 0.02),
            never=ratio(None, None, None, None),
        ),
        joint=Results(age=ratio(1.1, 0.9, 1.4, 0.3, n=84)),
    )
    terms = [
        Term(keys=("alone.age", "joint.age")),
        Term("ECOG"),
        Term("0–1", level=1, is_reference=True),
        Term("≥2", ("alone.ecog", ""), level=1),
        Term("Unknown", ("alone.never", ""), level=1),
    ]
    table = regression_table(r, "cox", terms, ["Univariable", "Multivariable"])
    assert [one.label.text for one, _ in spanners(table)] == ["Univariable", "Multivariable"]
    assert read(table) == [
        ["Age, per 10 y", "1.20 (1.00–1.50)", ".04", "1.10 (0.90–1.40)", ".30"],
        ["ECOG", "", "", "", ""],
        ["  0–1", "Reference", "", "Reference", ""],
        ["  ≥2", "2.10 (1.10–4.00)", ".02", "—", ""],
        ["  Unknown", "not estimable", "not estimable", "—", ""],
        ["Patients, No.", "90", "", "84", ""],
        ["Events, No.", "30", "", "30", ""],
    ]
