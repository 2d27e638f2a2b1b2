import json
import re
from datetime import date

import pytest

import tieout
from tieout.values.claim import ClaimError
from tieout.values.finding import FindingsError
from tieout.values.navigate import UnknownKeyError
from tieout.values.result import Count, Curve, Fact, Meaning, Results, TimeToEvent
from tieout.values.store import make_store, read_store, write_store

M = Meaning("Entered hospice", "stopped", "first event", "analysis/therapy.py:after")


def study(n=17):
    return Results(
        flow=Results(hospice=Count(n, 35, M), stopped=Count(35, 96, M)),
        survival=Results(
            os=TimeToEvent(96, 33, 13.1400000000001, 9.8, None, M), curve=Curve({"time": (0.0, 1.5)}, M)
        ),
        pfs=TimeToEvent(9, 1, None, None, None, M),
        cutoff=Fact(date(2023, 9, 30), M),
    )


@pytest.fixture
def folder(tmp_path):
    write_store(make_store(study(), {"synthetic": True}, {"registry": "0"}), tmp_path)
    return tmp_path


def test_what_was_written_is_read_back(folder):
    assert read_store(folder) == make_store(study(), {"synthetic": True}, {"registry": "0"})


def test_writing_the_same_results_changes_nothing(folder):
    assert not write_store(make_store(study(), {"synthetic": True}, {"registry": "0"}), folder)


def test_digits_past_the_twelfth_do_not_change_the_store(folder):
    assert read_store(folder)["survival.os"].median == 13.14


def test_the_points_of_a_display_curve_stay_out_of_the_file_that_is_attached(folder):
    assert "1.5" not in (folder / "results.json").read_text()
    assert read_store(folder)["survival.curve"].columns == {"time": (0.0, 1.5)}


@pytest.mark.parametrize("name", ["results.json", "display/survival.curve.json"])
def test_a_hand_edit_anywhere_in_the_store_is_found(folder, name):
    text = (folder / name).read_text()
    (folder / name).write_text(text.replace("17", "16").replace("1.5", "1.6"))
    with pytest.raises(FindingsError, match="edited by hand"):
        read_store(folder)


def test_a_missing_store_says_how_to_make_one(tmp_path):
    with pytest.raises(FindingsError, match="tieout derive"):
        read_store(tmp_path)


def test_what_is_no_store_is_a_finding(tmp_path):
    (tmp_path / "results.json").write_text(json.dumps([1]))
    with pytest.raises(FindingsError, match="not a store"):
        read_store(tmp_path)


@pytest.mark.parametrize(
    ("change", "code", "said", "line"),
    [
        (lambda t: t.replace("13.14,", "13.14", 1), "unreadable", "no valid JSON", True),
        (lambda t: t[: len(t) // 2], "unreadable", "no valid JSON", True),
        (lambda t: "", "unreadable", "no valid JSON", True),
        (lambda t: "{}", "unreadable", "it lacks study, inputs, results, digest, format", False),
        (
            lambda t: t.replace('"digest"', '"digests"'),
            "unreadable",
            "not a whole store: it lacks digest",
            False,
        ),
        (lambda t: "[1]", "unreadable", "no object with named parts", False),
        (
            lambda t: json.dumps({**json.loads(t), "results": [1]}),
            "unreadable",
            "its results have no names",
            False,
        ),
        (
            lambda t: t.replace('"kind": "time_to_event"', '"kind": "Guess"'),
            "unreadable",
            "result survival.os ",
            False,
        ),
        (lambda t: t.replace('"median"', '"middle"'), "unreadable", "result survival.os ", False),
        (lambda t: t.replace("13.14", "13.15"), "edited", "edited by hand", False),
        (lambda t: t.replace('"format": 1', '"format": 2'), "format", "another version", False),
    ],
)
def test_what_is_wrong_with_a_store_is_said_in_words_and_from_the_projects_root(
    tmp_path, change, code, said, line
):
    folder = tmp_path / "results"
    write_store(make_store(study(), {"synthetic": True}, {}), folder)
    (tmp_path / "_quarto.yml").write_text("", encoding="utf-8")
    file = folder / "results.json"
    text = file.read_text(encoding="utf-8")
    assert change(text) != text
    file.write_text(change(text), encoding="utf-8")
    with pytest.raises(FindingsError) as caught:
        read_store(folder)
    (finding,) = caught.value.findings
    assert (finding.code, finding.place.file) == (f"store/{code}", "results/results.json")
    assert said in finding.message
    assert (finding.place.line is not None) == line
    assert "Error" not in str(finding)


def test_a_store_of_other_bytes_is_found_and_written_over(tmp_path):
    store = make_store(study(), {"synthetic": True}, {})
    write_store(store, tmp_path)
    for file in (tmp_path / "results.json", tmp_path / "display" / "survival.curve.json"):
        file.write_bytes(b"\xff\xfe")
        with pytest.raises(FindingsError, match=r"not UTF-8|edited by hand"):
            read_store(tmp_path)
        assert write_store(store, tmp_path)
        assert read_store(tmp_path) == store


def test_a_store_in_another_format_is_refused_by_name(folder):
    path = folder / "results.json"
    path.write_text(path.read_text().replace('"format": 1', '"format": 2', 1))
    with pytest.raises(FindingsError, match="another format"):
        read_store(folder)


def test_a_key_may_not_use_a_facets_name_nor_begin_another_key():
    with pytest.raises(FindingsError, match="name of a facet, median"):
        make_store(Results(os=Results(median=Count(1, 2, M))), {}, {})


def test_a_tie_prints_its_key_and_escapes_every_punctuation_mark(folder):
    r = tieout.results(folder)
    assert (
        r.flow.hospice.n_percent._repr_markdown_()
        == '[17\N{NO-BREAK SPACE}\\(49\\%\\)]{.tie key="flow.hospice.n_percent"}'
    )


def test_r_sees_a_changed_store_at_the_next_access(folder):
    r = tieout.results(folder)
    assert str(r.flow.hospice.n) == "17"
    write_store(make_store(study(16), {"synthetic": True}, {}), folder)
    assert str(r.flow.hospice.n) == "16"


@pytest.mark.parametrize(
    ("expression", "nearest"),
    [
        ("r.flow.hospic.n", "r.flow.hospice"),
        ("r.flow.hospice.percnt", "percent"),
        ("r.survivl", "r.survival"),
    ],
)
def test_an_unknown_name_fails_with_the_nearest(folder, expression, nearest):
    with pytest.raises(UnknownKeyError, match=nearest):
        eval(expression, {"r": tieout.results(folder)})


COUNTS = Results(plain=Count(3, None, M), some=Count(3, 7, M), nobody=Count(0, 0, M))


@pytest.mark.parametrize(
    ("expression", "lacks"),
    [("r.plain.percent", "no denominator"), ("r.plain.n_of", "no denominator"),
     ("r.plain.ci", "no denominator"),
     ("r.some.ci", 'no interval: derive one with count(…, interval="clopper-pearson")'),
     ("r.some.interval", "no interval"), ("r.some.ci_level", "no interval")],
)  # fmt: skip
def test_what_a_count_lacks_is_not_printed_but_named(tmp_path, expression, lacks):
    write_store(make_store(COUNTS, {}, {}), tmp_path)
    r = tieout.results(tmp_path)
    with pytest.raises(UnknownKeyError, match=re.escape(lacks)):
        eval(expression, {"r": r})
    assert expression.rpartition(".")[2] not in dir(eval(expression.rpartition(".")[0], {"r": r}))


def test_a_share_of_nobody_is_a_result_and_not_a_lack(tmp_path):
    write_store(make_store(COUNTS, {}, {}), tmp_path)
    r = tieout.results(tmp_path)
    assert [str(r.nobody.percent), str(r.nobody.interval)] == ["not estimable", "not estimable"]


def test_the_level_of_an_interval_can_be_compared(folder):
    assert (tieout.results(folder).survival.os.ci_level == 0.95).holds


def test_a_branch_without_facet_prints_an_error_mark(folder):
    assert "tie-error" in tieout.results(folder).flow.hospice._repr_markdown_()


@pytest.mark.parametrize(
    "expression",
    ["r.x.n + 1", "1 - r.x.n", "r.x.n * 2", "bool(r.x.n)", "f'{r.x.n}'", "0 < r.x.n < 3", "float(r.x.n)"],
)
def test_a_tie_neither_computes_nor_decides(tmp_path, expression):
    write_store(make_store(Results(x=Count(2, 3, M)), {}, {}), tmp_path)
    with pytest.raises(TypeError):
        eval(expression, {"r": tieout.results(tmp_path)})


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("r.flow.hospice.share < 0.5", True),
        ("r.flow.hospice.share >= 0.5", False),
        ("r.flow.hospice.n == 17", True),
        ("r.flow.hospice.n < r.flow.stopped.n", True),
        ("between(13, r.survival.os.median, 14)", True),
        ("(r.flow.hospice.n > 1) & (r.flow.hospice.n > 100)", False),
        ("(r.flow.hospice.n > 1) | (r.flow.hospice.n > 100)", True),
        ("~(r.flow.hospice.n > 1)", False),
        ("r.pfs.median == None", True),
        ("r.survival.os.median == None", False),
        ("r.survival.os.median != None", True),
        ("r.cutoff.text > day", False),
    ],
)
def test_conditions_compare_what_the_results_are(folder, expression, holds):
    names = {"r": tieout.results(folder), "between": tieout.between, "day": date(2023, 9, 30)}
    assert eval(expression, names).holds is holds


def test_a_claim_that_holds_prints_its_words_and_one_that_fails_names_both_sides(folder):
    r = tieout.results(folder)
    assert "fewer than half" in tieout.claim("fewer than half", r.flow.hospice.share < 0.5)._repr_markdown_()
    with pytest.raises(ClaimError, match=r"the majority.*r\.flow\.hospice\.share > 0\.5 is 49% > 0\.5"):
        tieout.claim("the majority", r.flow.hospice.share > 0.5)


@pytest.mark.parametrize(
    ("expression", "holds"),
    [
        ("r.pfs.median > 12", None),
        ("r.pfs.median <= 12", None),
        ("~(r.pfs.median > 12)", None),
        ("(r.pfs.median == None) | (r.pfs.median > 12)", True),
        ("(r.pfs.median > 12) | (r.flow.hospice.n == 1)", None),
        ("(r.pfs.median > 12) & (r.flow.hospice.n == 1)", False),
        ("(r.pfs.median > 12) & (r.flow.hospice.n == 17)", None),
    ],
)
def test_an_estimate_that_was_not_reached_is_neither_above_nor_below_a_number(folder, expression, holds):
    assert eval(expression, {"r": tieout.results(folder)}).holds is holds


def test_a_claim_on_an_estimate_that_was_not_reached_is_not_borne_out(folder):
    with pytest.raises(ClaimError, match="is not reached > 12"):
        tieout.claim("longer", tieout.results(folder).pfs.median > 12)


def test_what_is_not_a_condition_is_no_ground_for_a_claim(folder):
    with pytest.raises(TypeError, match="condition"):
        tieout.claim("all", True)
