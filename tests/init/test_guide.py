"""Every command and every piece of code of the guide works, page by page, from a new study."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs" / "guide"
BLOCK = re.compile(
    r"^(?P<fence>`{3,})(?P<kind>\w+)(?P<fails> fails)?\n(?P<body>.*?)^(?P=fence)$", re.M | re.S
)
PAGES = sorted(path.stem for path in GUIDE.glob("*.md") if "```sh" in path.read_text(encoding="utf-8"))


def run(line: str, where: Path, *, fails: bool) -> Path:
    """Run one line of a terminal; `tieout` is the one under test."""
    words = shlex.split(line)
    if words[0] == "cd":
        return (where / words[1]).resolve()
    if words[0] == "tieout":
        words = [sys.executable, "-m", *words]
    assert words[0] in {sys.executable, "git", "cp"}, line
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == (1 if fails else 0), f"{line}\n{done.stdout}{done.stderr}"
    return where


def edit(body: str, where: Path) -> None:
    """Apply a diff: its first line names the file, the others are context, taken out, or put in."""
    first, *lines = body.splitlines()
    path = where / first.removeprefix("--- ")
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: the guide changes what is not there\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_guide_does_what_it_says(page: str, tmp_path: Path) -> None:
    text = (GUIDE / f"{page}.md").read_text(encoding="utf-8")
    where = tmp_path
    shutil.copy(GUIDE / "export.csv", tmp_path)
    if "\ntieout init" not in text:
        run("tieout init my-study", where, fails=False)
        where = tmp_path / "my-study"
    for block in BLOCK.finditer(text):
        body = block["body"]
        if block["kind"] == "sh":
            for line in body.splitlines():
                where = run(line, where, fails=bool(block["fails"]))
        elif block["kind"] == "diff":
            edit(body, where)
        else:
            name = body.splitlines()[0].removeprefix("# ")
            (where / name).parent.mkdir(exist_ok=True)
            (where / name).write_text(body.partition("\n")[2], encoding="utf-8")


def test_every_link_of_the_guide_leads_to_a_page() -> None:
    for path in GUIDE.glob("*.md"):
        for target in re.findall(r"\]\((?!http)([^)#]+)\)", path.read_text(encoding="utf-8")):
            assert (GUIDE / target).is_file(), f"{path.name}: {target}"


def test_the_guide_becomes_a_site_without_a_network(tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(GUIDE / "site.py"), str(tmp_path)], check=True)
    pages = {path.stem: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.html")}
    assert set(pages) == {path.stem for path in GUIDE.glob("*.md")}
    for page in pages.values():
        assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
        assert '.md"' not in page
    assert '<a href="tutorial.html">' in pages["index"]
