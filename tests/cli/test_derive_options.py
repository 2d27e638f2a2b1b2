"""`tieout derive --cross-check` and `--analysis-data`, as a statistician meets them."""

import csv
import os
import subprocess
import sys
from pathlib import Path

from tieout.values.freshness import registry_files, stale_inputs
from tieout.values.project import read_project
from tieout.values.store import read_store

ROOT = Path(__file__).parents[2]


def derive(study, *options, code=""):
    program = ["-c", f"{code}\nimport tieout.cli, sys\ntieout.cli.main(sys.argv[1:])"]
    return subprocess.run(
        [sys.executable, *program, "derive", *options],
        cwd=study,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(study)},
    )


def test_one_row_a_patient_is_written_out_of_reach_of_git(study):
    done = derive(study, "--analysis-data")
    assert done.returncode == 0, done.stderr
    with (study / "data" / "derived" / "analysis_data.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (study / "data" / "patients.csv").open(encoding="utf-8", newline="") as file:
        seen = [row["patient_id"] for row in csv.DictReader(file) if row["referred_on"] <= "2023-09-30"]
    assert sorted(row["patient_id"] for row in rows) == sorted(seen)
    assert f"data/derived/analysis_data.csv holds {len(rows)} patients" in done.stdout
    store = read_store(study / "results")
    assert sum(row["treated"] == "1" for row in rows) == store["survival.os"].n
    assert sum(row["os_event"] == "1" for row in rows) == store["survival.os"].events
    assert (study / "data" / "derived" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_the_written_data_are_no_registry(study):
    before = derive(study).stdout
    project = read_project(study)
    files = registry_files(project)
    derive(study, "--analysis-data")
    assert registry_files(project) == files
    assert stale_inputs(read_store(project.results), project) == []
    assert derive(study).stdout == before


def test_a_study_that_declares_no_analysis_data_is_told_how(study):
    config = study / "_quarto.yml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("  analysis-data: analysis:data_set\n", ""), encoding="utf-8")
    (study / "results" / "results.json").unlink()
    done = derive(study, "--analysis-data")
    assert not (study / "results" / "results.json").exists()
    assert done.returncode == 1
    assert "_quarto.yml: the study declares no analysis data [project/no-analysis-data]" in done.stderr
    assert "analysis:data_set" in done.stderr
    config.write_text(text.replace("analysis:data_set", "analysis:no_such"), encoding="utf-8")
    done = derive(study, "--analysis-data")
    assert (done.returncode, "the setting analysis-data names nothing" in done.stderr) == (1, True)


def test_two_other_programs_agree_with_this_study(study):
    done = derive(study, "--cross-check")
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("lifelines 0.")
    assert "statsmodels" in first
    assert int(first.split("agree on ")[1].split()[0]) > 200


def test_where_another_program_disagrees_nothing_is_written(study):
    before = (study / "results" / "results.json").read_bytes()
    broken = (
        "import tieout.derive.curve_results as curve_results\n"
        "right = curve_results.survival_at\n"
        "curve_results.survival_at = lambda curve, time: right(curve, time - 3)"
    )
    done = derive(study, "--cross-check", code=broken)
    assert done.returncode == 1
    assert "survival.os_at.month_6" in done.stderr
    assert "[derive/second-opinion]" in done.stderr
    assert (study / "results" / "results.json").read_bytes() == before


def test_deriving_alone_loads_neither_program(study):
    at_exit = "print(sorted({'lifelines', 'statsmodels'} & set(sys.modules)))"
    done = derive(study, code=f"import atexit, sys\natexit.register(lambda: {at_exit})")
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_cutoff_that_is_still_to_come_is_a_wrong_use(study):
    done = derive(study, "--cutoff", "2999-01-01")
    assert (done.returncode, "2999-01-01 is still to come" in done.stderr) == (2, True)


def test_a_cutoff_before_any_patient_says_that_nobody_is_there(study):
    before = (study / "results" / "results.json").read_bytes()
    for cutoff, way in (
        ("2020-01-01", {"In the registry": "0"}),
        (
            "2022-05-31",
            {"In the registry": "10", "No cycle given": "7", "Began before the enrollment period": "3"},
        ),
    ):
        done = derive(study, "--cutoff", cutoff)
        assert done.returncode == 1
        said = done.stderr.splitlines()
        cohort = "Began standard-of-care LuPSMA in the enrollment period"
        assert said[0] == f"nobody is in “{cohort}” [derive/flow-empty]"
        assert said[1:-2] == [
            f"    {name}: {n}" for name, n in {"cutoff": cutoff, **way, cohort: "0"}.items()
        ]
        assert said[-1] == "1 finding"
    assert (study / "results" / "results.json").read_bytes() == before


def test_a_protocol_whose_cutoff_is_still_to_come_is_refused(study):
    protocol = study / "analysis" / "protocol.toml"
    protocol.write_text(protocol.read_text("utf-8").replace("2023-09-30", "2999-01-01"), encoding="utf-8")
    done = derive(study)
    assert done.returncode == 1
    assert done.stderr.startswith("analysis/protocol.toml:5: 2999-01-01 is still to come [protocol/cutoff]")
