"""The benchmark of what an author waits for: imports, how it judges, Quarto beside it. Nothing is timed."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
QUARTO = """\
#!/bin/sh
echo "$PWD $*" >> "$QUARTO_CALLS"
test -n "$QUARTO_PYTHON"
"""


@pytest.fixture
def bench(monkeypatch):
    file = ROOT / "benchmarks" / "regeneration.py"
    spec = importlib.util.spec_from_file_location("regeneration", file)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "regeneration", module)
    spec.loader.exec_module(module)
    return module


def test_the_short_form_runs_in_ci_behind_the_tests():
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines.index("make test") < lines.index("make bench")
    _, _, target = (ROOT / "Makefile").read_text().partition("\nbench:")
    assert "benchmarks/regeneration.py --check" in target.partition("\n\n")[0]


def test_no_way_imports_a_library_beyond_its_list_and_one_more_is_named(bench, tmp_path):
    study = bench.copy_study(tmp_path / "study")
    assert bench.unexpected_imports(study) == []
    table = study / "tables" / "baseline.py"
    table.write_text(table.read_text().replace("\nfrom tieout", "\nimport pandas\nfrom tieout", 1))
    (line,) = bench.unexpected_imports(study)
    assert line.startswith("tieout render after a prose edit imports ")
    assert "pandas" in line


@pytest.mark.parametrize(
    ("times", "expected"),
    [([3.0], (3.0, 1)), ([3.2, 9.0, 2.9], (2.9, 3)), ([9.0, 4.0, 3.5, 1.0], (3.5, 3))],
)
def test_a_work_is_measured_again_while_it_misses_its_limit_three_times_in_all(
    bench, monkeypatch, times, expected
):
    given = iter(times)
    monkeypatch.setattr(bench, "processor_seconds", lambda act: act())
    work = bench.Work("a work", lambda: next(given), "a floor", lambda: 1.0, 2)
    made = bench.least(work, 1)
    assert (made.ratio, len(times) - len(list(given))) == expected


def test_the_short_form_names_what_is_too_slow(bench, monkeypatch, tmp_path, capsys):
    slow = bench.Work("slow", lambda: 3.1, "a floor", lambda: 1.0, 2)
    quick = bench.Work("quick", lambda: 2.9, "a floor", lambda: 1.0, 2)
    monkeypatch.setattr(bench, "processor_seconds", lambda act: act())
    monkeypatch.setattr(bench, "unexpected_imports", lambda _: ["tieout --help imports pandas"])
    monkeypatch.setattr(bench, "starts", lambda _: [quick])
    monkeypatch.setattr(bench, "prose_edit", lambda _: slow)
    assert bench.check(tmp_path) == [
        "tieout --help imports pandas",
        "slow takes 3.10 times a floor, at most 3",
    ]
    assert capsys.readouterr().out.splitlines()[0] == "quick: 2.90 times a floor; at most 3"


def test_without_quarto_the_table_says_so(bench, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Quarto, not measured: it is not on the PATH" in bench.against_quarto(tmp_path, 1)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Quarto is a shell script")
def test_quarto_renders_the_same_cut_without_this_tools_checks(bench, monkeypatch, tmp_path):
    program = tmp_path / "bin" / "quarto"
    program.parent.mkdir()
    program.write_text(QUARTO)
    program.chmod(0o755)
    calls = tmp_path / "calls"
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("QUARTO_CALLS", str(calls))
    study = bench.copy_study(tmp_path / "study")
    row = bench.against_quarto(study, 1)
    assert "| a new cut, everything |" in row
    assert row.endswith("| 0.125: **missed** |")  # the stand-in for Quarto does nothing, and that fast
    other = tmp_path / "study-quarto"
    assert calls.read_text().splitlines() == [f"{other} render"]
    assert "pre-render" in (study / "_quarto.yml").read_text()
    assert "pre-render" not in (other / "_quarto.yml").read_text()
    for folder in (study, other):  # both saw the same new cut, and both derived it
        assert (folder / "data" / "patients.csv").read_text() != (ROOT / "data" / "patients.csv").read_text()
    results = [(folder / "results" / "results.json").read_bytes() for folder in (study, other)]
    assert results[0] == results[1]
    assert (study / "_output" / "manuscript.pdf").is_file()
    assert shutil.which("quarto") == str(program)


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for Quarto is a shell script")
def test_a_quarto_that_fails_is_no_measurement(bench, monkeypatch, tmp_path):
    program = tmp_path / "quarto"
    program.write_text("#!/bin/sh\necho no kernel >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    work = bench.Work("a cut", lambda: 1.0, "quarto", lambda: bench.run_quarto(tmp_path, str(program)), 1)
    monkeypatch.setattr(bench, "quarto_cut", lambda *_: work)
    assert "Quarto, not measured: quarto render failed: no kernel" in bench.against_quarto(tmp_path, 1)
