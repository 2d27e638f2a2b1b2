"""Small cells: those printed, and those that a neighbour or a percentage gives away."""

import pytest

from tieout.audit.disclosure import check_small_cells
from tieout.audit.printed import printed_numbers
from tieout.audit.settings import PRESETS, Disclosure, read_settings
from tieout.values.finding import FindingsError
from tieout.values.project import read_project

CMS = PRESETS["cms"]


def small(store, settings, *ties):
    return check_small_cells(printed_numbers(ties, store, "paper.html"), store, settings)


def keys(found):
    return [finding.message.split()[2] for finding in found]


def test_by_default_nothing_is_asked(store):
    assert small(store, Disclosure(), ("flow.rest.n", "3")) == []


def test_a_printed_small_count_is_found(store):
    assert keys(small(store, CMS, ("flow.rest.n", "3"))) == ["flow.rest"]


def test_zero_may_be_shown_by_one_policy_and_not_by_the_other(built_store):
    from tieout.values.result import Count, Meaning

    store = built_store(alone=Count(0, 35, Meaning("", "others")))
    assert small(store, CMS, ("alone.n", "0")) == []
    assert keys(small(store, PRESETS["opensafely"], ("alone.n", "0"))) == ["alone"]


def test_excluded_cases_count_as_others_do(store):
    assert keys(small(store, CMS, ("flow.untreated.n", "5"))) == ["flow.untreated"]


def test_what_the_neighbours_leave_over_is_found(store):
    ties = [("flow.treated.n", "35"), ("flow.hospice.n", "17"), ("flow.line.n", "15")]
    found = small(store, CMS, *ties)
    assert "flow.rest" in keys(found)
    assert "leave over" in str(found)


def test_a_percentage_of_a_printed_denominator_gives_a_count_away(store):
    found = small(store, CMS, ("flow.treated.n", "35"), ("flow.rest.percent", "9%"))
    assert keys(found)[0] == "flow.rest"
    assert "9%" in found[0].message or "9% of 35" in str(found[0])


def test_the_complement_of_a_large_part_is_a_small_cell(store):
    assert "flow.treated" in keys(small(store, CMS, ("flow.treated.n_of", "35 of 40")))


def test_numbers_of_two_documents_are_seen_together(store):
    one = printed_numbers([("flow.treated.n", "35"), ("flow.hospice.n", "17")], store, "abstract.html")
    other = printed_numbers([("flow.line.n", "15")], store, "figures/flow")
    assert "flow.rest" in keys(check_small_cells([*one, *other], store, CMS))


def test_counts_that_are_not_rounded_are_found(store):
    found = small(store, Disclosure(rounding=5), ("flow.hospice.n_of", "17 of 35"))
    assert [finding.code for finding in found] == ["disclosure/rounding"]


def test_a_message_names_the_key_and_never_the_small_number(store):
    (found,) = small(store, CMS, ("alone.n", "6"))
    assert "6" not in str(found)


def project(tmp_path, settings):
    (tmp_path / "_quarto.yml").write_text(f"tieout:\n  disclosure: {settings}\n")
    return read_project(tmp_path)


@pytest.mark.parametrize(
    ("settings", "made"),
    [
        ("{}", Disclosure()),
        ("{preset: cms}", Disclosure(threshold=11)),
        ("{preset: OpenSAFELY}", Disclosure(8, zero_is_safe=False, rounding=5)),
        ("{preset: cms, zero: hide}", Disclosure(11, zero_is_safe=False)),
        ("{threshold: 5, rounding: 3, oldest_age: off}", Disclosure(5, rounding=3, oldest_age=None)),
    ],
)
def test_settings_are_read(tmp_path, settings, made):
    assert read_settings(project(tmp_path, settings)).disclosure == made


@pytest.mark.parametrize(
    "settings", ["{preset: nobody}", "{threshold: 0}", "{threshold: many}", "{zero: perhaps}", "{round: 5}"]
)
def test_settings_that_cannot_be_used_are_findings(tmp_path, settings):
    with pytest.raises(FindingsError):
        read_settings(project(tmp_path, settings))
