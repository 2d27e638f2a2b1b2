"""`tieout reproduce`: every published figure is accounted for, and a difference has its reason."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tieout.audit.reproduction import (
    Published,
    agrees,
    check_explained,
    compare_figures,
    fitting_denominators,
    read_published,
    report,
)
from tieout.cli.reproduce import command
from tieout.values.finding import FindingsError
from tieout.values.result import Count, Meaning, Results, TimeToEvent
from tieout.values.store import make_store

ROOT = Path(__file__).parents[2]
SEVENTEEN = Count(17, 35, Meaning("Entered hospice", "stopped"))
STORE = make_store(
    Results(hospice=SEVENTEEN, os=TimeToEvent(96, 33, 13.0102, 10.1, None, Meaning("OS"))), {}, {}
)


@pytest.mark.parametrize(
    ("value", "key", "expected"),
    [
        ("17", "hospice.n", True),
        ("16", "hospice.n", False),
        ("49%", "hospice.share", True),
        ("48.6%", "hospice.share", True),
        ("47%", "hospice.share", False),
        (">47%", "hospice.share", True),
        (">49%", "hospice.share", False),
        ("13", "os.median", True),
        ("13.0", "os.median", True),
        ("13.1", "os.median", False),
        ("seventeen", "hospice.words", True),
    ],
)
def test_a_figure_agrees_at_the_precision_at_which_it_was_published(
    value: str, key: str, expected: bool
) -> None:
    assert agrees(value, key, STORE) is expected


def test_only_32_34_and_36_give_both_percentages_of_the_conclusion() -> None:
    assert fitting_denominators(["47%", "44%"], 35) == [(32, (15, 14)), (34, (16, 15)), (36, (17, 16))]


def test_a_difference_needs_a_reason_and_an_agreement_must_not_have_one() -> None:
    figures = [
        Published("Results", "Hospice", "16", "hospice.n"),
        Published("Results", "Hospice", "17", "hospice.n", why="no longer true"),
        Published("Results", "Hospice", "16", "hospice.n", why="another count"),
    ]
    found = check_explained(compare_figures(figures, STORE), "published.toml")
    assert [finding.code for finding in found] == ["reproduce/unexplained", "reproduce/explained"]


def test_an_unknown_key_or_facet_is_named() -> None:
    figures = [Published("", "", "1", "hospis.n"), Published("", "", "1", "hospice.medium")]
    with pytest.raises(FindingsError) as raised:
        compare_figures(figures, STORE)
    assert [finding.message for finding in raised.value.findings] == [
        "there is no result hospis",
        "hospice has no facet medium",
    ]


def test_a_figure_with_a_field_too_few_or_too_many_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "published.toml"
    file.write_text(
        '[[part]]\nplace = "Results"\nfigures = [{ what = "x", value = "1" }]\n', encoding="utf-8"
    )
    with pytest.raises(FindingsError, match="other fields"):
        read_published(file)
    with pytest.raises(FindingsError, match="no such file"):
        read_published(tmp_path / "absent.toml")


def test_the_account_says_what_agrees_what_differs_and_why() -> None:
    figures = [
        Published("Conclusions", "Hospice", "47%", "hospice.share", together="end", why="Nobody knows."),
        Published("Conclusions", "OS", "13", "os.median"),
    ]
    text = report("the abstract", compare_figures(figures, STORE), STORE)
    assert "Of 2 figures, 1 agree and 1 differ." in text
    assert "| Conclusions | Hospice | 47% | 49% | `hospice.share` | **differs** |" in text
    assert "published 47%, derived 17 of 35 (49%). Nobody knows." in re.sub("\N{NO-BREAK SPACE}", " ", text)


def test_every_number_of_the_published_results_stands_in_the_list() -> None:
    # the numbers of the abstract's results and conclusions, in the order in which it prints them
    printed = "96 72 52 87 10 18 6 35 10 33 4 1 6 0 17 15 3 13 11 1 4 4 27% 4 12 3 1 7 4 33% 2 17% 7 47%"
    concluded = "47% 44% 27%"
    _, figures = read_published(ROOT / "analysis" / "published.toml")
    results = [figure.value for figure in figures if figure.place in {"Results", "Conclusions"}]
    assert [value for value in results if value != ">50%"] == [*printed.split(), *concluded.split()]


def test_the_committed_account_is_the_one_that_the_store_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(command, ["--check"], catch_exceptions=False)
    assert done.exit_code == 0
    assert done.output == "docs/reproduction.md: 39 of 42 published figures agree\n"


def test_the_three_that_differ_are_those_that_nobody_can_derive(first_cut: Any) -> None:
    _, figures = read_published(ROOT / "analysis" / "published.toml")
    store = replace(first_cut, study={"cutoff": "2023-09-30"})
    differing = [one for one in compare_figures(figures, store) if not one.agrees]
    assert [(one.published.place, one.published.value) for one in differing] == [
        ("Results", "47%"),
        ("Conclusions", "47%"),
        ("Conclusions", "44%"),
    ]
    assert agrees("47%", differing[0].published.also, store)
