"""Counting: expected numbers were counted by hand, and LibreOffice counts the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tieout.venue.count import characters, characters_without_spaces, words

# text, characters with spaces, without, words: counted by hand
SAMPLES = [
    ("real-time video", 15, 14, 2),
    ("a\N{NO-BREAK SPACE}b", 3, 2, 2),
    ("P\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}.03", 7, 5, 3),
    ("user/config x", 13, 12, 2),
    ("x\ty", 3, 2, 2),
    ("\N{GREATER-THAN OR EQUAL TO} 2 cm", 6, 4, 3),
    ("don\N{RIGHT SINGLE QUOTATION MARK}t", 5, 5, 1),
    ("17 (49%)", 8, 7, 2),
    ("1 \N{MULTIPLICATION SIGN} 2", 5, 3, 3),
    ("177Lu-PSMA-617, the", 19, 18, 2),
]


@pytest.mark.parametrize(("text", "with_spaces", "without", "how_many_words"), SAMPLES)
def test_counts_are_those_counted_by_hand(
    text: str, with_spaces: int, without: int, how_many_words: int
) -> None:
    assert (characters(text), characters_without_spaces(text), words(text)) == (
        with_spaces,
        without,
        how_many_words,
    )


def test_the_ends_of_lines_are_marks_and_not_characters() -> None:
    assert characters("ab\r\ncd\n") == 4
    assert words("ab\ncd") == 2


def test_dashes_join_words_as_in_word() -> None:
    assert words("1.2\N{EN DASH}3.4 a\N{EM DASH}b") == 2


def test_libreoffice_counts_the_same(tmp_path: Path) -> None:
    soffice = shutil.which("soffice")
    if not soffice:
        if os.environ.get("CI") == "true":
            pytest.fail("soffice is needed in CI")
        pytest.skip("soffice (LibreOffice) is not installed")
    for number, (text, *_) in enumerate(SAMPLES):
        (tmp_path / f"{number}.txt").write_text(text, encoding="utf-8-sig")
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "odt",
        ]
        + ["--outdir", str(tmp_path)]
        + [str(tmp_path / f"{number}.txt") for number in range(len(SAMPLES))],
        check=True,
        capture_output=True,
    )
    for number, (_, with_spaces, without, how_many_words) in enumerate(SAMPLES):
        with zipfile.ZipFile(tmp_path / f"{number}.odt") as package:
            meta = package.read("meta.xml").decode()
        got = [int(re.findall(rf'meta:{name}="(\d+)"', meta)[0]) for name in (
            "character-count", "non-whitespace-character-count", "word-count")]  # fmt: skip
        assert got == [with_spaces, without, how_many_words]
