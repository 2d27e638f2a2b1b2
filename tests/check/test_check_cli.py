"""`tieout check` as it is typed: what it prints, and how it exits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

WRONG = "Relapse occurred in 9/40 (32%) patients.\n"
RIGHT = "Relapse occurred in 9/40 (23%) patients.\n"


def tieout(*arguments: str, cwd: Path, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "tieout", "check", *arguments],
        cwd=cwd,
        input=given,
        capture_output=True,
        check=False,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wrong.txt").write_text(WRONG, encoding="utf-8")
    (tmp_path / "right one.md").write_text(RIGHT, encoding="utf-8")
    return tmp_path


def test_a_sound_text_exits_0_and_prints_nothing(folder: Path) -> None:
    done = tieout("right one.md", cwd=folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "0 findings in 1 text\n")


def test_a_finding_exits_1_and_marks_the_number_in_its_sentence(folder: Path) -> None:
    done = tieout("wrong.txt", cwd=folder)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "wrong.txt:1:21: impossible: 9/40 is 23%, not 32%; 13/40 would give 32% [stated-share]",
        "    Relapse occurred in 9/40 (32%) patients.",
        "                        ^^^^^^^^^^",
    ]


def test_standard_input_and_folders_are_read(folder: Path) -> None:
    assert tieout("-", cwd=folder, given=WRONG.encode()).returncode == 1
    assert tieout("-", cwd=folder, given=RIGHT.encode()).returncode == 0
    assert tieout(".", cwd=folder).stderr == "1 finding in 2 texts\n"


def test_a_folder_without_a_text_exits_2_and_is_named(folder: Path) -> None:
    (folder / "old").mkdir()
    (folder / "old" / "abstract.doc").write_bytes(b"x")
    done = tieout("old", "wrong.txt", cwd=folder)
    assert done.returncode == 2
    assert "old: this folder holds no file that can be read [text/none]" in done.stderr
    assert "[stated-share]" in done.stdout


def test_json_counts_characters_of_the_text(folder: Path) -> None:
    (folder / "accents.txt").write_text(f"Über Größe. {WRONG}", encoding="utf-8")
    done = tieout("--format", "json", "accents.txt", "right one.md", cwd=folder)
    (item,) = json.loads(done.stdout)
    text = (folder / "accents.txt").read_text(encoding="utf-8")
    assert text[item["start"] : item["end"]] == item["quote"] == "9/40 (32%)"
    assert item["rule"] == "stated-share"
    assert item["certainty"] == "impossible"
    assert item["file"] == "accents.txt"
    assert [text[piece["start"] : piece["end"]] for piece in item["pieces"]] == ["9/40 (32%)"]
    assert json.loads(tieout("--format", "json", "right one.md", cwd=folder).stdout) == []


def test_a_pdf_is_read_across_its_lines(folder: Path) -> None:
    import typst

    source = '#set page(width: 5cm, height: auto)\n#set par.line(numbering: "1")\n' + WRONG
    (folder / "a.pdf").write_bytes(typst.compile(source.encode(), ignore_system_fonts=True))
    (item,) = json.loads(tieout("--format", "json", "a.pdf", cwd=folder).stdout)
    assert item["quote"].split() == ["9/40", "(32%)"]


def test_the_page_marks_the_number_and_escapes_the_text(folder: Path) -> None:
    (folder / "wrong.txt").write_text(f"<b>& {WRONG}", encoding="utf-8")
    done = tieout("--format", "html", "wrong.txt", cwd=folder)
    assert '&lt;b&gt;&amp; Relapse occurred in <mark class="impossible">9/40 (32%)</mark>' in done.stdout
    assert done.returncode == 1


def test_rounding_is_shown_on_request(folder: Path) -> None:
    (folder / "a.txt").write_text("Relapse occurred in 8/43 (18%).", encoding="utf-8")
    assert tieout("a.txt", cwd=folder).returncode == 0
    done = tieout("--rounding", "a.txt", cwd=folder)
    assert done.returncode == 1
    assert "rounding: 8/43 is 18.6%" in done.stdout


def test_verbose_lists_what_was_read(folder: Path) -> None:
    (folder / "a.txt").write_text(
        "Of 40 men, 10 (25%) fell (HR 0.7, 95% CI 0.5–1.0; P = .05).", encoding="utf-8"
    )
    done = tieout("--verbose", "a.txt", cwd=folder)
    assert done.stdout.splitlines() == [
        "a.txt: read share: 10 (25%): the 40 that its sentence begins with",
        "a.txt: read ratio: 0.7 with 95% interval 0.5 to 1.0, P = 0.05",
    ]


def test_explain_needs_no_file(folder: Path) -> None:
    done = tieout("--explain", cwd=folder)
    assert done.returncode == 0
    assert "stated-share" in done.stdout
    assert "Source: GRIM" in done.stdout


@pytest.mark.parametrize(
    "arguments", [[], ["none.txt"], ["--format", "xml", "wrong.txt"], ["-v", "--format", "json", "."]]
)
def test_what_is_not_understood_or_not_there_exits_2(folder: Path, arguments: list[str]) -> None:
    done = tieout(*arguments, cwd=folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_one_unreadable_file_does_not_hide_the_others(folder: Path) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    done = tieout("bad.pdf", "wrong.txt", cwd=folder)
    assert done.returncode == 2
    assert "wrong.txt:1:21: impossible" in done.stdout
    assert "[text/unreadable]" in done.stderr


def test_many_files_are_shared_among_processes_in_their_order(folder: Path) -> None:
    many = folder / "many"
    many.mkdir()
    for index in range(40):
        (many / f"{index:02}.txt").write_text(WRONG if index % 10 == 3 else RIGHT, encoding="utf-8")
    done = tieout("--format", "json", "--jobs", "2", "many", cwd=folder)
    assert [Path(item["file"]).name for item in json.loads(done.stdout)] == [
        "03.txt",
        "13.txt",
        "23.txt",
        "33.txt",
    ]
    assert done.returncode == 1
