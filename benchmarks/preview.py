"""From saving a document to the picture on the screen, in Chromium, with `tieout preview` running.

    python benchmarks/preview.py

Each run changes one paragraph of the document.
The clock starts when the file is saved and stops when the browser has painted the new words.
Beside it stand the two runs of pandoc for `tieout render --to html` of the same document, alone.
A preview keeps one pandoc running instead, and sends pictures apart from the page.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from regeneration import copy_study, missed, pairs, record, replay, run

TARGET_MS = 300
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
# The time, by the machine's clock, at which the frame after the change was painted.
PAINTED = """(word) => new Promise((done) => {
  const page = frames[0].document;
  const look = () => {
    if (!page.body.textContent.includes(word)) return;
    seen.disconnect();
    frames[0].requestAnimationFrame(() => frames[0].setTimeout(() => done(Date.now()), 0));
  };
  const seen = new MutationObserver(look);
  seen.observe(page.body, { subtree: true, childList: true, characterData: true, attributes: true });
})"""


def edit(path: Path, word: str) -> None:
    """Put a word in front of the first paragraph of prose, in place of the one before."""
    text = re.sub(r"(?m)^Saved\w+ ", "", path.read_text(encoding="utf-8"))
    mark = "**Background:** " if "**Background:** " in text else "\n# Introduction\n\n"
    before, found, after = text.partition(mark)
    made = f"{word} {found}{after}" if mark.startswith("**") else f"{found}{word} {after}"
    path.write_text(before + made, encoding="utf-8")


def seen_after_ms(page: Page, path: Path, turn: int) -> float:
    """Save the document and return how long it took until the change was painted."""
    word = f"Saved{'abcdefghijklmnopqrstuvwxyz'[turn]}"
    page.evaluate(f"void (window.painted = ({PAINTED})({word!r}))")
    edit(path, word)
    saved = time.time()
    painted: Any = page.evaluate("window.painted")
    return float(painted) - 1000 * saved


def measure(study: Path, document: str, edited: str, runs: int) -> list[float]:
    """Return the milliseconds of each save, the first of a warm process left out."""
    command = [sys.executable, "-m", "tieout", "preview", document, "--no-browser"]
    started = subprocess.Popen(command, cwd=study, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    address = re.findall(r"http://\S+", started.stdout.readline())[0]
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("google-chrome")
            browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            page = browser.new_page(viewport={"width": 1300, "height": 900})
            page.goto(address)
            page.wait_for_selector("#budget h2", state="attached")
            times = []
            for turn in range(runs + 1):
                times.append(seen_after_ms(page, study / edited, turn))
                time.sleep(1)  # what stands beside the page is made after it
            browser.close()
    finally:
        started.send_signal(signal.SIGINT)
        started.wait(20)
        started.stdout.close()
    return times[1:]


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=9)
    runs = min(parser.parse_args().runs, 20)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        study = copy_study(Path(folder) / "study")
        run(study, "render", "--to", "html")
        for document, edited in (("abstract.qmd", "_abstract.qmd"), ("manuscript.qmd", "manuscript.qmd")):
            times = measure(study, document, edited, runs)
            shutil.rmtree(study / "_output")
            calls = record(study, "render", document, "--to", "html")
            both = pairs(
                lambda calls=calls: replay(study, calls),  # type: ignore[misc]  # bound now, not at the call
                lambda: run(study, python=("-c", "from tieout.document.programs import run_pandoc")),
                5,
            )
            floor_ms = 1000 * statistics.median(floor - empty for floor, empty in both)
            rows.append((document, statistics.median(times), max(times), floor_ms))
    print(f"Medians of {runs} saves on {platform.machine()}, {os.cpu_count()} cores.", end=" ")
    print(f"Load at the end: {os.getloadavg()[0]:.1f}.\n")
    print("| document | saved to seen, ms | slowest | pandoc for `render --to html`, ms | target, ms |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for document, median, slowest, floor_ms in rows:
        target = f"{TARGET_MS}{missed(median, TARGET_MS)}"
        print(f"| {document} | {median:.0f} | {slowest:.0f} | {floor_ms:.0f} | {target} |")


if __name__ == "__main__":
    main()
