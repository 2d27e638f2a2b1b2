"""Numbers that must fit each other: every count that an identity covers is caught when it is off by one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tieout.audit.identities import check_one_way, check_output, check_store, check_ties_of_output, uncovered
from tieout.audit.printed import numbers_of, printed_numbers
from tieout.values.facets import FACETS, show
from tieout.values.result import Count, Meaning
from tieout.values.style import AMA

COVERED = [
    "flow.registered", "flow.untreated", "flow.treated", "flow.hospice", "flow.line", "flow.rest",
    "ecog.mild",
    "ecog.severe", "ecog.unknown", *(f"anemia.grade_{g}" for g in range(6)), "anemia.any_grade",
    "anemia.grade_3_or_worse", "os_at_risk.month_0", "os_at_risk.month_6", "deaths", "therapy.groups.red",
    "therapy.groups.blue", "therapy.group_sum", "therapy.red_first", "therapy.without_red_first",
]  # fmt: skip


def test_a_store_that_adds_up_has_no_finding(store):
    assert check_store(store) == []


@pytest.mark.parametrize("key", COVERED)
@pytest.mark.parametrize("by", [1, -1])
def test_every_covered_count_off_by_one_is_caught(built_store, store, key, by):
    was = store[key]
    of = was.of if was.of is None or was.n + by <= was.of else was.of + 1
    changed = built_store(**{key.replace(".", "__"): replace(was, n=was.n + by, of=of)})
    assert "audit/identity" in {finding.code for finding in check_store(changed)}


def test_somebody_unknown_is_neither_with_nor_without(built_store, store):
    few = replace(store["therapy.red_first"], n=5, missing=1)
    assert check_store(built_store(therapy__red_first=few)) == []


def test_deaths_of_other_patients_are_no_events_of_these(built_store):
    other = Count(2, 20, Meaning("Deaths", "Children"))
    assert check_store(built_store(deaths=other)) == []


def test_what_no_identity_covers_is_listed(store):
    counts = [key for key, result in store.results.items() if isinstance(result, Count)]
    assert uncovered(store, counts) == ["alone"]


def printed(store, *ties):
    return printed_numbers(ties, store, "paper.html")


@pytest.mark.parametrize(
    "ties",
    [
        [("flow.hospice.n_of_percent", "17 of 35 (48%)")],
        [("flow.hospice.n", "17"), ("flow.hospice.of", "34"), ("flow.hospice.percent", "49%")],
        [("flow.treated.n", "35"), ("flow.hospice.n", "17"), ("flow.line.n", "16"), ("flow.rest.n", "3")],
        [("os.median_ci", "9.7 months (95% CI, 9.8 to not reached)")],
        [("age.median_range", "72 years (range, 73–87)")],
        [("os.n", "35"), ("os_at_risk.month_0.n", "34")],
        [("os.n", "35"), ("os.events", "5"), ("os.censored", "31")],
        [("anemia.any_grade.n", "11"), *((f"anemia.grade_{g}.n", n) for g, n in enumerate("143221") if g)],
    ],
)
def test_printed_numbers_that_do_not_fit_are_found_without_the_store_s_values(store, ties):
    assert {finding.code for finding in check_output(printed(store, *ties), store, "paper.html")} == {
        "audit/identity"
    }


def test_what_the_store_prints_always_fits(store):
    ties = [
        (f"{key}.{facet}", show(result, facet, AMA))
        for key, result in store.results.items()
        for facet in FACETS[type(result)]
    ]
    assert check_output(printed(store, *ties), store, "paper.html") == []
    assert check_ties_of_output(ties, store, "paper.html") == []


def test_one_result_printed_in_two_ways_is_found(store):
    found = check_one_way(
        printed(store, ("flow.hospice.percent", "49%"), ("flow.hospice.n_percent", "17 (48.6%)")),
        "paper.html",
    )
    assert [finding.code for finding in found] == ["audit/two-ways"]


def test_a_number_spelled_out_is_the_same_number(store):
    ties = [("flow.hospice.words_capital", "Seventeen"), ("flow.hospice.n", "17")]
    assert check_one_way(printed(store, *ties), "paper.html") == []


@pytest.mark.parametrize("text", ["18 (49%)", "17 (50%)", "17(49%)", "17"])
def test_other_characters_than_the_store_prints_are_found(store, text):
    found = check_ties_of_output([("flow.hospice.n_percent", text)], store, "paper.docx")
    assert [finding.code for finding in found] == ["audit/printed"]


def test_a_tie_of_a_result_that_is_gone_is_found(store):
    assert [f.code for f in check_ties_of_output([("flow.gone.n", "1")], store, "x")] == ["audit/tie"]


@pytest.mark.parametrize(
    ("key", "facet", "text", "said"),
    [
        ("flow.hospice", "n_of_percent", "1,017 of 2,035 (50.0%)",
         {"n": "1017", "of": "2035", "percent": "50.0"}),
        ("os", "median_ci", "13.1 months (95% CI, 9.8 to not reached)",
         {"median": "13.1", "level": "95", "low": "9.8", "high": "None"}),
        ("os", "ci", "95% CI, −1.2 to 4", {"level": "95", "low": "-1.2", "high": "4"}),
        ("flow.hospice", "words", "thirty-five", {"n": "35"}),
    ],
)  # fmt: skip
def test_printed_words_are_read_without_the_store_s_numbers(store, key, facet, text, said):
    read = numbers_of(store[key], facet, text)
    assert {name: str(value) for name, (_, value) in read.items()} == said
    assert all(value is None or isinstance(value, Decimal) for _, value in read.values())


def test_a_denominator_that_is_not_its_population_s_number_is_found(built_store):
    right, wrong = (Count(6, of, Meaning("Alone", "Treated")) for of in (35, 34))
    assert check_store(built_store(alone=right)) == []
    (found,) = check_store(built_store(alone=wrong))
    assert found.facts == {"flow.treated.n": "35", "alone.of": "34"}
