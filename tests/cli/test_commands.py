"""The command line as a user meets it: a process of its own, its words and its exit code."""

import subprocess
import sys

import pytest

from tieout.values.freshness import input_digests
from tieout.values.project import read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store

PAPER = """\
---
title: T
---

```{python}
#| include: false
from tieout import results
r = results()
```

`{python} r.flow.hospice.n_of_percent`
"""


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tieout", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )


@pytest.fixture
def study(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = true\n")
    (tmp_path / "paper.qmd").write_text(PAPER)
    project = read_project(tmp_path)
    meaning = Meaning("In hospice", "patients who stopped", "first event", "analysis/therapy.py:after")
    results = Results(flow=Results(hospice=Count(17, 35, meaning)))
    about = {"synthetic": True, "cutoff": "2023-09-30"}
    write_store(
        make_store(results, about, input_digests(project)),
        project.results,
    )
    return tmp_path


def commands():
    listed = subprocess.run(
        [sys.executable, "-m", "tieout", "--help"], capture_output=True, text=True, check=True
    ).stdout
    return [
        line.split()[0]
        for line in listed.split("Commands:")[1].splitlines()
        if line.startswith("  ") and line[2] != " "
    ]


def test_every_command_explains_itself_with_an_example(tmp_path):
    for name in commands():
        done = run(tmp_path, name, "--help")
        assert done.returncode == 0, name
        assert "Example" in done.stdout or "Commands:" in done.stdout, name


def test_outside_of_a_study_a_command_says_so_without_a_traceback(tmp_path):
    done = run(tmp_path, "results")
    assert done.returncode == 1
    assert "no _quarto.yml here or above" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_option_is_a_usage_error(study):
    assert run(study, "render", "--to", "epub").returncode == 2
    assert run(study, "no-such-command").returncode == 2


def test_a_bug_shows_its_traceback_and_exits_70(study):
    broken = (
        "import tieout.cli, tieout.cli.results as command\n"
        "command.open_project = lambda: 1 / 0\n"
        "tieout.cli.main(['results'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", broken], cwd=study, capture_output=True, text=True, check=False
    )
    assert done.returncode == 70
    assert "ZeroDivisionError" in done.stderr


def test_results_are_listed_and_one_is_shown_with_its_definition(study):
    assert "flow.hospice  17\N{NO-BREAK SPACE}(49%)" in run(study, "results").stdout
    shown = run(study, "results", "flow.hospice").stdout
    for part in ("patients who stopped", "first event", "analysis/therapy.py:after", "r.flow.hospice.n_of"):
        assert part in shown


def test_an_unknown_result_names_the_nearest(study):
    done = run(study, "results", "flow.hospic")
    assert (done.returncode, "flow.hospice" in done.stderr) == (1, True)


def test_render_writes_once_and_then_says_that_all_is_current(study):
    assert run(study, "render").stdout == "_output/paper.html\n"
    assert run(study, "render").stdout == "_output/ is up to date\n"


def test_render_from_a_folder_below_finds_the_study(study):
    assert run(study / "analysis", "render", "../paper.qmd").stdout == "_output/paper.html\n"


def test_a_changed_definition_without_the_registry_is_refused(study):
    (study / "analysis" / "protocol.toml").write_text("synthetic = false\n")
    done = run(study, "render")
    assert done.returncode == 1
    assert "older than what they are derived from" in done.stderr
    assert not (study / "_output").exists()


def test_quarto_is_asked_for_by_name_and_missed_by_name(study, monkeypatch):
    monkeypatch.setenv("PATH", str(study))
    done = run(study, "render", "--engine", "quarto")
    assert (done.returncode, "quarto is not on the PATH" in done.stderr) == (1, True)


def test_pre_render_reports_every_finding_with_its_line(study):
    with (study / "paper.qmd").open("a") as file:
        file.write("\n`{python} r.flow.nobody.n` `{python} 1 / 0`\n")
    done = run(study, "pre-render")
    assert done.returncode == 1
    assert done.stderr.count("paper.qmd:13:") == 2


@pytest.fixture
def printing(study):
    """The study with a second result that shares a percentage, printed nowhere."""
    whole = Meaning("Took a break", "patients who stopped")
    results = Results(
        flow=Results(
            hospice=Count(17, 35, Meaning("In hospice", "patients who stopped", "first event", "a.py:f")),
            treatment_break=Count(34, 70, whole),
        )
    )
    project = read_project(study)
    write_store(make_store(results, {"cutoff": "2023-09-30"}, input_digests(project)), project.results)
    with (study / "paper.qmd").open("a") as file:
        file.write("\n`{python} r.flow.hospice.percent`\n")
    return study


@pytest.mark.parametrize("text", ["49%", " 49% "])
def test_a_printed_number_is_explained_by_every_result_that_prints_it(printing, text):
    done = run(printing, "explain", text)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "flow.hospice: In hospice"
    assert "patients who stopped" in done.stdout
    # the place that prints just this stands before the one where it is a part
    whole, part = "by .percent: 49%", f"by .n_of_percent: 17 of 35{chr(160)}(49%)"
    assert -1 < done.stdout.index(whole) < done.stdout.index(part)
    assert "paper.qmd:13:" in done.stdout
    assert "r.flow.treatment_break.percent: Took a break" in done.stdout.partition("printed nowhere")[2]


def test_a_given_number_and_a_claim_are_explained_by_their_source_and_condition(printing):
    paper = printing / "paper.qmd"
    claimed = '`{python} claim("fewer than half", r.flow.hospice.share < 0.5)`'
    text = f'{paper.read_text()}\nOf [831]{{.given source="@trial"}}, {claimed} came.\n'
    paper.write_text(text.replace("import results", "import claim, results"))
    assert run(printing, "explain", "831").stdout == "given at paper.qmd:15 from @trial: 831\n"
    said = run(printing, "explain", "Fewer than half").stdout
    assert said == "claimed at paper.qmd:15:35: fewer than half, as 49% < 0.5\n"
    done = run(printing, "explain", "831", "--show-rows")
    assert (done.returncode, "there are no rows behind it" in done.stderr) == (1, True)


def test_words_that_no_result_prints_are_said_to_be_so(printing):
    done = run(printing, "explain", "48%")
    assert (done.returncode, "no result prints “48%”" in done.stderr) == (1, True)


def test_rows_are_not_shown_of_several_results_at_once(printing):
    with (printing / "paper.qmd").open("a") as file:
        file.write("\n`{python} r.flow.treatment_break.percent`\n")
    done = run(printing, "explain", "49%", "--show-rows")
    assert done.returncode == 1
    assert "2 results print “49%”" in done.stderr
