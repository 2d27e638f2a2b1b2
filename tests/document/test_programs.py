"""Pandoc is started so that it can read every path, whatever locale the tool itself runs in."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tieout.document.programs import environment, run_pandoc

posix = pytest.mark.skipif(os.name != "posix", reason="Windows has no such locales")


@posix
@pytest.mark.parametrize("name", ["LC_ALL", "LANG"])
def test_in_a_locale_without_unicode_pandoc_reads_a_folder_with_an_umlaut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for each in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(each, raising=False)
    monkeypatch.setenv(name, "C")
    picture = tmp_path / "Ümläute und Leerzeichen" / "größe.svg"
    picture.parent.mkdir()
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'><text>inside</text></svg>", encoding="utf-8")
    text = "![](<Ümläute und Leerzeichen/größe.svg>)\n"
    made, said = run_pandoc(["-t", "html", "--embed-resources"], text, tmp_path, {"SOURCE_DATE_EPOCH": "1"})
    assert not said
    assert b"data:image/svg+xml" in made or b"inside" in made


@posix
def test_a_locale_with_unicode_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert environment() == dict(os.environ)
    monkeypatch.setenv("LC_ALL", "de_DE@euro")
    assert environment()["LC_ALL"] == ("en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8")
