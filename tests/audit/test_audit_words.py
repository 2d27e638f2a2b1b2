"""What counts and what is a name; conditions read back; where a word was written."""

from dataclasses import replace

import pytest

from tieout.audit.conditions import UnreadableConditionError, flips_by_one_patient, holds, keys_of
from tieout.audit.counting import counted
from tieout.audit.levels import check_levels
from tieout.audit.locate import Locator
from tieout.audit.names import names, read_names
from tieout.audit.passages import Mark, Passage
from tieout.values.claim import ClaimError, claim
from tieout.values.finding import FindingsError
from tieout.values.result import Estimate, Meaning, Results
from tieout.values.store import make_store
from tieout.values.tie import Tie


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("35, 1,234 and 7.3%", ["35", "1,234", "7.3"]),
        ("P = .03; −1.2", [".03", "−1.2"]),
        *[(f"1{blank}234 of 35", [f"1{blank}234", "35"]) for blank in "\u2002\u2008\u2009\u200a\u202f"],
        ("fifteen, none, half of them", ["fifteen", "none", "half"]),
        ("twice as many, a third of all", ["twice", "a third"]),
        ("two thirds, one-quarter, three-fold", ["two thirds", "one-quarter", "three-fold"]),
        ("one patient, one of the women, one of whom", ["one", "one", "one"]),
        ("½ of them, ③, Ⅳ", ["½", "③", "Ⅳ"]),
        ("٣٥ patients", ["٣٥"]),
        ("third-line, second, two-sided, single-arm, half-life, time zero", []),
        ("twice daily, one another, one of the limitations, none declared, rounded half up", []),
        ("a patient with none of these", []),
    ],
)  # fmt: skip
def test_numerals_and_words_that_count(text, said):
    assert [one.text for one in counted(text)] == said


@pytest.mark.parametrize(
    ("text", "loose"),
    [("PSA-50", False), ("PSA‑50", False), ("PSA-500", True), ("XPSA-50", True),
     ("grade ≥3", False), ("Grade ≥3", False), ("grade ≥3.5", True),
     ("kg/m²", False), ("10⁹/L", False), ("10⁹", True), ("the 3rd", False)],
)  # fmt: skip
def test_a_name_covers_its_own_digits_and_no_others(text, loose):
    known = names(["PSA-50", "grade ≥3"])
    spans = list(known.spans(text))
    assert any(not any(a <= one.start < b for a, b in spans) for one in counted(text)) is loose


def test_a_bare_number_is_no_name(tmp_path):
    (tmp_path / "names.txt").write_text("PSA-50  # a response\n\n35\n")
    with pytest.raises(FindingsError, match=r"names.txt:3: a name needs a letter"):
        read_names(tmp_path / "names.txt", "names.txt")


@pytest.mark.parametrize(
    ("condition", "answer"),
    [
        ("r.flow.hospice.share < 0.5", True),
        ("(r.flow.hospice.n > r.flow.line.n) and (r.flow.rest.n == 3)", True),
        ("(r.flow.hospice.n < 3) or (not (r.flow.rest.n == 3))", False),
        ("r.os.high == None", True),
        ("r.os.median != None", True),
        ("r.flow.hospice.share == Fraction(17, 35)", True),
    ],
)
def test_a_condition_is_held_against_a_store(store, condition, answer):
    assert holds(condition, store) is answer


@pytest.mark.parametrize(
    "condition", ["r.flow.gone.n > 1", "r.flow.hospice.ci > 1", "__import__('os')", "r.os.high > 3", "1 +"]
)
def test_what_is_no_condition_is_refused(store, condition):
    with pytest.raises(UnreadableConditionError):
        holds(condition, store)


def test_the_claims_that_one_patient_would_turn(store):
    assert flips_by_one_patient("r.flow.hospice.share < 0.5", store) == ["flow.hospice"]
    assert flips_by_one_patient("r.flow.hospice.share < 0.9", store) == []
    assert keys_of("r.flow.hospice.n > r.flow.line.n") == ("flow.hospice", "flow.line")


def tie(store, key, facet):
    return Tie(key, facet, "", store[key])


@pytest.mark.parametrize(
    ("words", "keys", "condition"),
    [
        ("fewer than half", ["flow.hospice"], "r.flow.hospice.share < 0.5"),
        ("The majority", ["flow.treated"], "r.flow.treated.share > 0.5"),
        ("Not all, but most", ["flow.treated"], "r.flow.treated.share > 0.5"),
        ("all", ["anemia.evaluable"], "r.anemia.evaluable.n == r.anemia.evaluable.of"),
        ("longer than", ["flow.hospice", "flow.line"], "r.flow.hospice.n > r.flow.line.n"),
        ("fewer than", ["flow.line", "flow.hospice"], "r.flow.line.n < r.flow.hospice.n"),
        ("not significantly", ["flow.hospice", "flow.rest"], "not (r.flow.hospice.n < r.flow.rest.n)"),
    ],
)
def test_frequent_words_mean_their_condition(store, words, keys, condition):
    assert claim(words, *(tie(store, key, "n") for key in keys)).condition.text == condition


def test_words_that_the_data_do_not_bear_out_fail(store):
    with pytest.raises(ClaimError, match="majority"):
        claim("the majority", tie(store, "flow.hospice", "n"))


@pytest.mark.parametrize(
    ("words", "keys"), [("often", ["flow.hospice"]), ("longer than", ["os"]), ("half", ["os"])]
)
def test_words_without_a_meaning_ask_for_the_condition(store, words, keys):
    with pytest.raises(TypeError):
        claim(words, *(tie(store, key, "n") for key in keys))


def of_ties(*printed):
    """Return passages that each print one tie, given as its key with its facet and its text."""
    return [Passage(text, (Mark("tie", 0, len(text), key),), "body") for key, text in printed]


@pytest.mark.parametrize(
    ("ties", "typed", "found"),
    [
        ([("hr.ci_level", "95%"), ("wide.value_interval", "0.6 (0.5–0.7)")], "", ["audit/level"]),
        ([("hr.ci_level", "95%"), ("wide.low", "0.5")], "", ["audit/level"]),
        ([("wide.interval", "0.5–0.7")], "All with 95% confidence intervals.", ["audit/level"]),
        ([("hr.ci_level", "95%"), ("wide.value_ci", "0.6 (90% CI, 0.5–0.7)")], "", []),
        ([("hr.ci_level", "95%"), ("wide.ci_level", "90%"), ("wide.interval", "0.5–0.7")], "", []),
        ([("hr.ci_level", "95%"), ("hr.interval", "0.5–0.7")], "", []),
        ([("wide.interval", "0.5–0.7")], "", []),
        ([("hr.value_ci", "0.6 (95% CI, 0.5–0.7)"), ("wide.interval", "0.5–0.7")], "", []),
    ],
)
def test_a_bare_interval_is_at_the_level_that_the_document_states(ties, typed, found):
    hr = Estimate(0.6, 0.5, 0.7, Meaning("HR"))
    store = make_store(Results(hr=hr, wide=replace(hr, level=0.9)), {}, {})
    passages = [*of_ties(*ties), Passage(typed, (), "body")]
    assert [finding.code for finding in check_levels(passages, store, Locator([], []))] == found
