from datetime import date

import pytest

from tieout.values.facets import FACETS, show
from tieout.values.result import Count, Estimate, Fact, HypothesisTest, Meaning, Summary, TimeToEvent
from tieout.values.style import AMA, NumberStyle

M = Meaning("label")
NBSP = "\N{NO-BREAK SPACE}"
HOSPICE = Count(17, 35, M, low=0.3138, high=0.6601)
AGE = Summary(96, 0, 72.0, 66.0, 78.0, 52.0, 87.0, 71.44, 8.06, M, "years")
OS = TimeToEvent(96, 33, 13.14, 9.849, None, M)
HBA1C = Summary(9, 0, 6.0, 5.5, 7.0, 4.5, 9.1, 6.21, 0.8, M, "%", 1)
HR = Estimate(0.6249, 0.5051, 0.7549, M, "ratio", p=0.0312, n=90, events=30)


@pytest.mark.parametrize(
    ("result", "facet", "printed"),
    [
        (HOSPICE, "n", "17"),
        (HOSPICE, "percent", "49%"),
        (HOSPICE, "n_percent", f"17{NBSP}(49%)"),
        (HOSPICE, "n_of_percent", f"17 of 35{NBSP}(49%)"),
        (HOSPICE, "words", "seventeen"),
        (HOSPICE, "words_capital", "Seventeen"),
        (HOSPICE, "ci", f"95%{NBSP}CI, 31.4%–66.0%"),
        (HOSPICE, "ci_level", "95%"),
        (TimeToEvent(96, 33, 13.14, 9.849, None, M, level=0.9), "ci_level", "90%"),
        (Estimate(0.6, 0.5, 0.7, M, level=0.975), "ci_level", "97.5%"),
        (Count(3, 200, M), "percent", "1.5%"),
        (Count(1234, None, M), "n", "1,234"),
        (Count(0, 0, M), "percent", "not estimable"),
        (AGE, "median", f"72{NBSP}years"),
        (AGE, "median_range", f"72{NBSP}years (range, 52–87)"),
        (AGE, "median_iqr_bare", f"72{NBSP}(66–78)"),
        (AGE, "mean_sd", f"71.4{NBSP}(8.1)"),
        (Summary(1, 0, -2.5, None, None, -2.5, 3.0, None, None, M, decimals=1), "range", "−2.5 to 3.0"),
        (OS, "median_ci", f"13.1{NBSP}months (95%{NBSP}CI, 9.8 to not reached)"),
        (OS, "censored", "63"),
        (TimeToEvent(5, 1, None, None, None, M), "median", "not reached"),
        (HR, "value_ci", f"0.62 (95%{NBSP}CI, 0.51–0.75)"),
        (HR, "p", f"P{NBSP}={NBSP}.03"),
        (
            Estimate(0.7123, 0.61, 0.8049, M, "proportion", decimals=0),
            "value_interval",
            f"71%{NBSP}(61%–80%)",
        ),
        (Estimate(None, None, None, M), "value", "not estimable"),
        (HypothesisTest(0.00001, M), "p", f"P{NBSP}<.001"),
        (Fact(date(2023, 9, 30), M), "text", f"September{NBSP}30, 2023"),
        (Fact(28, M, "days"), "text", f"28{NBSP}days"),
        (Fact(1, M, "days"), "text", f"1{NBSP}day"),
        (Fact(1, M, "GBq"), "text", f"1{NBSP}GBq"),
        (HBA1C, "median_range", "6.0% (range, 4.5–9.1)"),
        (HBA1C, "mean", "6.21%"),
        (Fact(-5, M, "%"), "text", "−5%"),
        (Summary(1, 0, -2.5, None, None, -2.5, 3.0, None, None, M, "kg", 1), "median", f"−2.5{NBSP}kg"),
    ],
)
def test_a_facet_prints(result, facet, printed):
    assert show(result, facet, AMA) == printed


def test_a_percentage_looks_like_one_wherever_it_comes_from():
    apart = NumberStyle(percent_sign=f"{NBSP}%")
    assert show(HOSPICE, "percent", apart) == f"49{NBSP}%"
    assert show(HBA1C, "median", apart) == f"6.0{NBSP}%"


@pytest.mark.parametrize(
    ("p", "printed"),
    [(0.00099, "<.001"), (0.001, ".001"), (0.0014, ".001"), (0.0096, ".010"), (0.012, ".01"), (0.049, ".049"),
     (0.0501, ".050"), (0.05, ".05"), (0.5, ".50"), (0.994, ".99"), (0.9951, ">.99")],
)  # fmt: skip
def test_p_keeps_the_digits_that_ama_asks_for(p, printed):
    assert AMA.p_value(p) == printed


def test_a_style_with_leading_zero_prints_p_with_it():
    assert NumberStyle(leading_zero_p=True).p_value(0.03) == "0.03"


@pytest.mark.parametrize(
    ("n", "word"),
    [(0, "zero"), (15, "fifteen"), (40, "forty"), (96, "ninety-six"), (305, "three hundred five")],
)
def test_numbers_are_spelled(n, word):
    assert AMA.words(n) == word


def test_a_count_never_exceeds_its_denominator():
    with pytest.raises(ValueError, match="18 does not fit in 17"):
        Count(18, 17, M)


def test_every_facet_of_every_kind_prints_something():
    examples = {
        Count: HOSPICE,
        Summary: AGE,
        TimeToEvent: OS,
        Estimate: HR,
        HypothesisTest: HypothesisTest(0.2, M),
        Fact: Fact("x", M),
    }
    for kind, result in examples.items():
        for name in FACETS[kind]:
            assert show(result, name, AMA)
