"""`tieout venues` lists, shows, and holds a document against a venue."""

from __future__ import annotations

from pathlib import Path

import pytest

from tieout.cli import main
from tieout.values.freshness import input_digests
from tieout.values.project import read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store

ABSTRACT = """---
title: Outcomes after lutetium
---

```{python}
#| include: false
from tieout import results
r = results()
```

## Background

Little is known.

## Methods

We counted.

## Results

Of `{python} r.flow.hospice.n_of_percent` all went to hospice.

## Conclusions

It helped.
"""


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [abstract.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = false\n")
    (tmp_path / "abstract.qmd").write_text(ABSTRACT)
    project = read_project(tmp_path)
    made = make_store(
        Results(flow=Results(hospice=Count(17, 35, Meaning("Hospice")))),
        {"synthetic": False},
        input_digests(project),
    )
    write_store(made, project.results)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> int:
    try:
        main(list(arguments))
    except SystemExit as request:
        return int(request.code or 0)
    return 0


def test_all_venues_are_listed_and_unverified_ones_say_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("venues") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("asco-2018 ") and "unverified" not in line for line in lines)
    assert any(
        line.startswith("asco-gu ") and line.endswith("(unverified, check the call for abstracts)")
        for line in lines
    )
    assert any(
        line.startswith("jco ") and line.endswith("(unverified, check the journal's guide for authors)")
        for line in lines
    )


def test_one_venue_is_shown_with_its_source(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("venues", "cua-2022") == 0
    said = capsys.readouterr().out
    assert "https://2022archived.cua.events/en/program/abstract-submission" in said
    assert "title     at most 200 characters" in said


def test_a_document_is_held_against_a_venue_part_by_part(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("venues", "asco-2018", "abstract.qmd") == 0
    # title 21, "Background:" 11 + 14, "Methods:" 8 + 10, "Results:" 8 + "Of17of35(49%)allwenttohospice." 30,
    # "Conclusions:" 12 + 9; all without spaces
    assert capsys.readouterr().out.splitlines() == [
        "abstract: 123 of 2,000 characters without spaces",
        "         21  title",
        "         25  Background",
        "         18  Methods",
        "         38  Results",
        "         21  Conclusions",
    ]


def test_the_portal_text_is_printed_to_be_pasted(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("venues", "asco-gu", "abstract.qmd", "--portal") == 0
    out, err = capsys.readouterr()
    assert out == (
        "Outcomes after lutetium\nBackground: Little is known.\nMethods: We counted.\n"
        "Results: Of 17 of 35 (49%) all went to hospice.\nConclusions: It helped.\n"
    )
    assert "unverified" in err


def test_a_broken_rule_is_a_finding(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("venues", "cua-2022", "abstract.qmd") == 1
    assert "the abstract has no section Introduction" in capsys.readouterr().err


def test_a_section_of_several_names_is_missed_by_all_of_them(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = study / "abstract.qmd"
    paper.write_text(
        paper.read_text(encoding="utf-8").replace("## Conclusions", "## Outlook"), encoding="utf-8"
    )
    assert run("venues", "jco", "abstract.qmd") == 1
    assert "the abstract has no section Conclusion or Conclusions" in capsys.readouterr().err


def test_the_portal_text_needs_a_document(study: Path) -> None:
    assert run("venues", "asco-gu", "--portal") == 2


def test_an_unknown_venue_is_a_finding(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("venues", "asco") == 1
    assert "nearest: asco-gu" in capsys.readouterr().err
