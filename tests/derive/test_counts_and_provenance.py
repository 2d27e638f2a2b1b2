from __future__ import annotations

import sys
from importlib import util

import numpy as np
import pandas as pd
import pytest

from tieout.derive import count, levels, risk_difference, risk_ratio, summarize, summarize_by
from tieout.values.finding import FindingsError


@pytest.mark.parametrize(
    "mask",
    [
        pd.Series([True, False, None]),
        pd.Series([True, False, None], dtype="boolean"),
        np.array([True, False, False]),
    ],
)
def test_a_mask_counts_its_true_rows_and_its_unknown_ones(mask):
    made = count(mask, of=[1, 2, 3], label="L", population="P")
    assert (made.n, made.of, made.missing) == (1, 3, int(pd.isna(mask).sum()))


@pytest.mark.parametrize("mask", [pd.Series([1, 0, 1]), pd.Series(["yes", "no"]), pd.Series([1.0, None])])
def test_a_mask_of_anything_but_booleans_is_refused(mask):
    with pytest.raises(FindingsError, match="mask"):
        count(mask, of=3, label="L", population="P")


def test_a_count_above_its_denominator_is_refused_with_both():
    with pytest.raises(FindingsError, match="does not fit") as caught:
        count(4, of=3, label="L", population="P")
    assert caught.value.findings[0].facts == {"n": "4", "of": "3"}


def test_four_of_fifteen_has_the_interval_of_clopper_and_pearson():
    made = count(4, of=15, label="L", population="P", interval="clopper-pearson")
    assert (round(made.low * 100, 1), round(made.high * 100, 1)) == (7.8, 55.1)
    assert made.meaning.method == "95% CI by Clopper-Pearson"


def test_levels_add_up_to_the_denominator_that_was_chosen():
    column = pd.Series(["a", "b", "a", None, "a"], name="arm")
    named = {"first": ("a", "A"), "second": ("b", "B"), "third": ("c", "C")}
    everybody = levels(column, levels=named, population="P")
    known = levels(column, levels=named, population="P", denominator="known")
    assert [(c.n, c.of) for _, c in everybody.flat()] == [(3, 5), (1, 5), (0, 5), (1, 5)]
    assert [(c.n, c.of) for _, c in known.flat()] == [(3, 4), (1, 4), (0, 4), (1, 5)]
    assert "those known" in known["first"].meaning.method


def test_a_value_that_is_no_level_is_refused_without_naming_it():
    with pytest.raises(FindingsError) as caught:
        levels(pd.Series(["a", "secret"]), levels={"first": ("a", "A")}, population="P")
    assert "secret" not in str(caught.value)
    assert caught.value.findings[0].facts["rows"] == "1"


def test_a_summary_of_nothing_and_of_one_value_says_so():
    nothing = summarize(pd.Series([None, None], dtype=float), label="L", population="P")
    assert (nothing.n, nothing.missing, nothing.median, nothing.mean, nothing.sd) == (0, 2, None, None, None)
    single = summarize(pd.Series([3]), label="L", population="P")
    assert (single.median, single.q1, single.low, single.mean, single.sd) == (3, 3, 3, 3, None)


def test_the_standard_deviation_divides_by_one_less():
    made = summarize(pd.Series([1, 2, 3, 6]), label="L", population="P")
    assert made.sd == pytest.approx((14 / 3) ** 0.5)
    assert (made.q1, made.q3) == (1.75, 3.75)


def test_texts_and_infinities_are_no_measurements():
    with pytest.raises(FindingsError, match="column of numbers"):
        summarize(pd.Series(["3"]), label="L", population="P")
    with pytest.raises(FindingsError, match="infinite"):
        summarize(pd.Series([3.0, np.inf]), label="L", population="P")


def test_each_group_is_summarised_with_its_own_missing():
    made = summarize_by(
        pd.Series([1.0, None, 5.0, 9.0]),
        pd.Series(["x", "x", "y", None]),
        levels={"one": ("x", "X"), "two": ("y", "Y")},
        label="L",
        population="P",
    )
    assert [(s.n, s.missing, s.median) for _, s in made.flat()] == [(1, 1, 1.0), (1, 0, 5.0)]


def test_the_difference_of_proportions_is_newcombe_s_worked_examples():
    # Newcombe (1998), Stat Med 17:873, table II, method 10
    for one, two, want in [
        ((56, 70), (48, 80), (0.0524, 0.3339)),
        ((9, 10), (3, 10), (0.1705, 0.8090)),
        ((10, 10), (0, 10), (0.6075, 1.0)),
        ((0, 10), (0, 10), (-0.2775, 0.2775)),
    ]:
        first = count(one[0], of=one[1], label="L", population="P")
        second = count(two[0], of=two[1], label="L", population="P")
        made = risk_difference(first, second, label="L", population="P")
        assert (round(made.low, 4), round(made.high, 4)) == want


def test_a_ratio_to_a_group_without_events_is_not_estimable():
    one, none = (count(n, of=10, label="L", population="P") for n in (5, 0))
    assert risk_ratio(one, none, label="L", population="P").value is None
    assert risk_ratio(none, one, label="L", population="P").value == 0
    assert risk_ratio(none, one, label="L", population="P").low is None


STUDY = """
from tieout.derive import count, levels, kaplan_meier
import pandas as pd

def after_therapy(table):
    return [count(n, of=3, label="L", population="P") for n in (1, 2)][0]

def of_levels(table):
    return levels(pd.Series(["a"]), levels={"first": ("a", "A")}, population="P")["first"]

def through_pandas(table):
    return pd.Series([1]).apply(lambda n: count(n, of=3, label="L", population="P")).iloc[0]
"""


def test_a_result_knows_the_function_of_the_study_that_made_it(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project: {}\n", encoding="utf-8")
    (tmp_path / "analysis").mkdir()
    file = tmp_path / "analysis" / "therapy.py"
    file.write_text(STUDY, encoding="utf-8")
    spec = util.spec_from_file_location("therapy_of_a_study", file)
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("after_therapy", "of_levels", "through_pandas"):
        assert getattr(module, name)(None).meaning.where == f"analysis/therapy.py:{name}"
    assert "therapy_of_a_study" not in sys.modules
