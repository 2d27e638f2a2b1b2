"""A new study renders at once, passes its tests, and keeps rows out of git; from the built wheel."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

from tieout.init.lay import matching, read_manifest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tool as it is installed: the wheel, built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    [built] = folder.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        archive.extractall(folder / "tool")
    return folder / "tool"


def tieout(wheel: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the wheel's tool, not the checkout's."""
    return python(wheel, where, "-m", "tieout", *arguments)


def python(wheel: Path, where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(wheel), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=where, env=environment, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def renders(wheel: Path, study: Path, expected: Sequence[str]) -> None:
    done = tieout(wheel, study, "render")
    assert done.returncode == 0, done.stderr
    made = {path.name for path in (study / "_output").iterdir() if path.is_file()}
    assert set(expected) <= made
    tests = python(wheel, study, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests")
    assert tests.returncode == 0, tests.stdout + tests.stderr


def staged(study: Path) -> list[str]:
    """What `git add .` would stage."""
    subprocess.run(["git", "init", "-q"], cwd=study, check=True)
    subprocess.run(["git", "add", "."], cwd=study, check=True)
    done = subprocess.run(["git", "ls-files"], cwd=study, check=True, capture_output=True, text=True)
    return done.stdout.splitlines()


MANUSCRIPT = ("manuscript.html", "manuscript.pdf", "manuscript.docx")


def test_the_wheel_says_where_it_is(wheel: Path, tmp_path: Path) -> None:
    done = python(wheel, tmp_path, "-c", "import tieout; print(tieout.__file__)")
    assert done.stdout.strip().startswith(str(wheel))


def test_a_new_study_renders_and_keeps_its_rows_out_of_git(wheel: Path, tmp_path: Path) -> None:
    assert tieout(wheel, tmp_path, "init", "mine").returncode == 0
    study = tmp_path / "mine"
    renders(wheel, study, [*MANUSCRIPT, "abstract.html", "abstract.pdf", "abstract.docx", "abstract.txt"])
    (study / "export of today.xlsx").write_bytes(b"rows")
    (study / "analysis" / "extract.csv").write_text("id\nP1\n")
    files = staged(study)
    own = [name for name in files if not name.startswith("_extensions/")]
    assert not [name for name in own if name.endswith((".csv", ".xlsx", ".pdf", ".docx"))]
    assert not [name for name in files if name.startswith(("results/display", "_output", ".tieout"))]
    assert {"results/results.json", "analysis/registry.py", "data/README.md", "Makefile"} <= set(files)


def test_two_studies_with_different_rows_give_different_answers(wheel: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert tieout(wheel, tmp_path, "init", name).returncode == 0
    script = tmp_path / "two" / "data" / "make_synthetic.py"
    script.write_text(script.read_text().replace("PATIENTS = 20240630, 240", "PATIENTS = 7, 300"))
    assert python(wheel, tmp_path / "two", "data/make_synthetic.py").returncode == 0
    answers = []
    for name in ("one", "two"):
        assert tieout(wheel, tmp_path / name, "derive").returncode == 0
        answers.append(tieout(wheel, tmp_path / name, "results", "flow.treated").stdout)
    assert "234" in answers[0]
    assert answers[0] != answers[1]


def test_the_example_is_this_repositorys_study(wheel: Path, tmp_path: Path) -> None:
    assert tieout(wheel, tmp_path, "init", "lupsma", "--example", "lupsma").returncode == 0
    study = tmp_path / "lupsma"
    assert (study / "manuscript.qmd").read_bytes() == (ROOT / "manuscript.qmd").read_bytes()
    done = tieout(wheel, study, "render")
    assert done.returncode == 0, done.stderr
    shown = tieout(wheel, study, "results", "flow.hospice").stdout
    assert "17" in shown


def test_a_study_is_never_laid_over_another(wheel: Path, tmp_path: Path) -> None:
    assert tieout(wheel, tmp_path, "init", "mine").returncode == 0
    before = {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*") if path.is_file()}
    again = tieout(wheel, tmp_path, "init", "mine", "--example", "lupsma")
    assert again.returncode == 1
    assert "init/exists" in again.stderr
    assert {path: path.read_bytes() for path in (tmp_path / "mine").rglob("*") if path.is_file()} == before
    unknown = tieout(wheel, tmp_path, "init", "other", "--example", "nothing")
    assert (unknown.returncode, "lupsma" in unknown.stderr) == (1, True)
    assert not (tmp_path / "other").exists()


EXPORT = (
    "Patient ID;Birth year;Sex;ECOG;PSA (ng/mL);Visit date;Dead;Remarks\n"
    + "".join(
        f"P{n:03};{1930 + n};{'MF'[n % 2]};{n % 3};{n},5;{1 + n % 28:02}/05/2023;"
        f"{['no', 'yes'][n % 2]};seen {n}\n"
        for n in range(1, 41)
    )
    + "P041;1950;M;1;<0,1;NA;no;\n"
)


def test_an_export_becomes_a_study(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_bytes(EXPORT.replace("seen", "gesehen für").encode("cp1252"))
    done = tieout(wheel, tmp_path, "init", "mine", "--from", "export.csv")
    assert done.returncode == 0, done.stderr
    study = tmp_path / "mine"
    text = (study / "analysis" / "registry.py").read_text()
    for words in ('role="identifier"', 'unit="ng/mL"', 'codes=("F", "M")', 'dates="%d/%m/%Y"', "cp1252"):
        assert words in text
    assert "gesehen" not in text
    assert "P041" not in text
    assert "psa" in (study / "data" / "dictionary.csv").read_text()
    assert "cutoff = 2023-05-28" in (study / "analysis" / "protocol.toml").read_text()
    valid = tieout(wheel, study, "validate")
    assert valid.returncode == 0, valid.stderr
    renders(wheel, study, MANUSCRIPT)
    assert "data/dictionary.csv" in staged(study)
    assert "data/export.csv" not in staged(study)


def test_every_pattern_of_the_manifest_names_a_file() -> None:
    manifest = read_manifest()
    for pattern in (*manifest.shared, *(p for own in manifest.examples.values() for p in own)):
        assert list(matching(ROOT, [pattern])), pattern


def test_a_workbook_is_derived_from_and_noticed_when_it_changes(wheel: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["Patient ID", "Age"])
    for number in range(6):
        book.active.append([f"P{number}", 50 + number])
    book.save(tmp_path / "r.xlsx")
    assert tieout(wheel, tmp_path, "init", "mine", "--from", "r.xlsx").returncode == 0
    study = tmp_path / "mine"
    seen = []
    for patients in (6, 7):
        done = tieout(wheel, study, "render")
        assert done.returncode == 0, done.stderr
        seen.append((study / "_output" / "manuscript.html").read_text(encoding="utf-8"))
        book.active.append([f"P{patients}", 80])
        book.save(study / "data" / "r.xlsx")
    for patients, page in zip((6, 7), seen, strict=True):
        words = " ".join(re.sub(r"<[^>]+>", "", page).split())
        assert f"The registry holds {patients} patients" in words
