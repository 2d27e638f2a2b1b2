"""Numbers are read as their sentence means them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.text.numerals import numerals
from tieout.text.quantities import Kind, quantities
from tieout.text.sentences import headings, sentence_bounds
from tieout.text.signs import sentences
from tieout.values.style import AMA


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1,528 and 12,345,678", ["1528", "12345678"]),
        ("7·3 and 7.3 and 7,3", ["7.3", "7.3", "7.3"]),
        ("P = 0,031; P=.04", ["0.031", "0.04"]),
        ("1\u202f234 and 12\u00a0345.6", ["1234", "12345.6"]),
        ("1 000 mg", ["None"]),  # one number or two: nobody can tell
        ("version 1.2.3", ["None"]),
        ("Twenty-six, twenty‐six and twenty six", ["26", "26", "26"]),
        ("One hundred fifty-two; nine hundred and four", ["152", "904"]),
        ("two thousand five hundred", ["2500"]),
        ("one or two, and three", ["1", "2", "3"]),
        ("four and nine", ["4", "9"]),
        ("someone weighed tennis balls", []),
    ],
)
def test_numbers_are_read_however_they_are_written(text: str, values: list[str]) -> None:
    assert [str(number.value) for number in numerals(text)] == values


@given(st.integers(0, 999))
def test_a_spelled_number_is_read_back(n: int) -> None:
    found = numerals(f"In all {AMA.words(n)} patients")
    assert [number.value for number in found] == [Decimal(n)]


KINDS = [
    ("17 patients", Kind.COUNT),
    ("Seventeen of them", Kind.COUNT),
    ("(n = 33)", Kind.COUNT),
    ("47 %", Kind.PERCENT),
    ("Six percent", Kind.PERCENT),
    ("7·5 per cent", Kind.PERCENT),
    ("aged 72 years", Kind.MEASURE),
    ("12 mg/kg", Kind.MEASURE),
    ("0.75", Kind.MEASURE),
    ("61 ± 10", Kind.MEASURE),
    ("61 +/- 10", Kind.MEASURE),
    ("a median of 4", Kind.MEASURE),
    ("52–87", Kind.RANGE),
    ("20.4 to 29.5", Kind.RANGE),
    ("-4.1% to 9.6%", Kind.RANGE),
    ("P < .05", Kind.P_VALUE),
    ("p value of 0.03", Kind.P_VALUE),
    ("p less than 0.02", Kind.P_VALUE),
    ("PSA-50", Kind.NAME),
    ("a 5-year rate", Kind.NAME),
    ("125I seeds", Kind.NAME),
    ("grade 3", Kind.NAME),
    ("in 2019", Kind.NAME),
    ("ratio 2:1", Kind.NAME),
    ("on 12/05/2003", Kind.NAME),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_each_number_has_its_kind(text: str, kind: Kind) -> None:
    assert quantities(f"It was {text}.")[0].kind is kind


def test_a_range_keeps_both_bounds_and_their_signs() -> None:
    found = quantities("difference 2.9% (95% CI: -4.1% to 9.6%)")[-1]
    assert (found.value, found.high, found.unit) == (Decimal("-4.1"), Decimal("9.6"), "%")


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("range 2--15 years", "2", "15"), ("CI -5--2", "-5", "-2"), ("CI -5 - -2", "-5", "-2")],
)
def test_two_hyphens_are_a_dash_unless_the_low_end_is_negative(text: str, low: str, high: str) -> None:
    (found,) = quantities(text)
    assert (found.kind, found.value, found.high) == (Kind.RANGE, Decimal(low), Decimal(high))


def test_a_spread_may_stand_behind_its_unit() -> None:
    (found,) = quantities("a mean of 41.2 years ± 6.3")
    assert (found.value, found.spread) == (Decimal("41.2"), Decimal("6.3"))


@pytest.mark.parametrize("text", ["genotype GII.4", "OR O.85"])
def test_a_number_behind_a_letter_and_a_point_is_part_of_a_name(text: str) -> None:
    assert [found.kind for found in quantities(text)] == [Kind.NAME]


def test_a_count_in_a_numbered_group_is_no_name() -> None:
    found = quantities("40 in group 1, 26 in group 2 and 9 in group 3")
    assert [q.n for q in found if q.kind is Kind.COUNT] == [40, 26, 9]


def test_thin_blanks_of_any_kind_group_thousands() -> None:
    assert [q.n for q in quantities("25\u2008704 or 25\u202f704 children")] == [25704, 25704]


def test_from_one_value_to_another_is_a_change_and_no_range() -> None:
    found = quantities("rose from 28% to 35%")
    assert [quantity.kind for quantity in found] == [Kind.PERCENT, Kind.PERCENT]


def test_sentences_end_at_full_stops_alone() -> None:
    text = "It was 7.3 vs. 8.1 in arm B. Then e.g. 4 of 5 (80%). P =.02. End"
    assert [text[start:end] for start, end in sentence_bounds(text)] == [
        "It was 7.3 vs. 8.1 in arm B.",
        "Then e.g. 4 of 5 (80%).",
        "P =.02.",
        "End",
    ]


def test_headings_are_found_in_running_text_and_on_lines() -> None:
    text = "Background: It is. Methods: We did.\n\n## Results\n\nOf 35. CONCLUSIONS: So."
    assert [name for _, name in headings(text)] == ["background", "methods", "results", "conclusions"]


@given(st.text(max_size=300))
def test_every_quantity_stands_where_it_says(text: str) -> None:
    for sentence in sentences(text):
        assert len(sentence.at) == len(sentence.quantities)
        for place, quantity in zip(sentence.at, sentence.quantities, strict=True):
            assert sentence.quantity(place) is quantity
            assert sentence.start <= quantity.start < quantity.end <= sentence.end
