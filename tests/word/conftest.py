"""Two cuts of a small study, and Word files made of them by the filter that every render uses."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pypandoc
import pytest

from tieout.values.result import Count, Estimate, Fact, HypothesisTest, Meaning, Results, TimeToEvent
from tieout.values.store import Store, make_store, write_store

ROOT = Path(__file__).parents[2]
FILTER = ROOT / "_extensions" / "tieout" / "tie.lua"

MARKDOWN = r"""---
title: Outcomes after lutetium
keywords: [lutetium]
---

# Methods

The cutoff was TIE(protocol.cutoff.text).
TIE(cohort.treated.words_capital) patients were treated.

# Results

Of TIE(flow.stopped.n) patients who stopped, **TIE(flow.hospice.n_percent)** entered hospice and
[fewer than half]{.claim keys="flow.next_line" condition="r.flow.next_line.share < 0.5"} began
another line.[^1]

Median overall survival was TIE(survival.os.median_ci), and PSA fell by half in
TIE(response.psa50.n_of_percent) (TIE(response.test.p)).
The trial had [831]{.given source="VISION"} patients, and TIE(flow.hospice.n) is TIE(flow.hospice.percent).

[^1]: The hazard ratio was *TIE(survival.hr.value_ci)*.

::: {#tbl-flow}
| Group    | n (%)                       |
|----------|-----------------------------|
| Stopped  | TIE(flow.stopped.n)         |
| Hospice  | TIE(flow.hospice.n_percent) |

Patients after stopping (N = TIE(flow.stopped.n)).
:::
"""


def _study(
    *, n: int, hospice: int, median: float | None, high: float | None, p: float, cutoff: date, responders: int
) -> Store:
    def meaning(label: str) -> Meaning:
        return Meaning(label)

    return make_store(
        Results(
            protocol=Results(cutoff=Fact(cutoff, meaning("Data cutoff"))),
            cohort=Results(treated=Count(n + 61, None, meaning("Treated"))),
            flow=Results(
                stopped=Count(n, None, meaning("Stopped")),
                hospice=Count(hospice, n, meaning("Entered hospice")),
                next_line=Count(15, n, meaning("Next line")),
            ),
            survival=Results(
                os=TimeToEvent(96, 33, median, 9.8, high, meaning("Overall survival")),
                hr=Estimate(0.62 if n == 35 else 0.7, 0.4, 0.96, meaning("Hazard ratio"), scale="ratio"),
            ),
            response=Results(
                psa50=Count(responders, 15, meaning("PSA-50")), test=HypothesisTest(p, meaning("Response"))
            ),
        ),
        {"title": "Outcomes", "synthetic": False},
        {},
    )


@pytest.fixture(scope="session")
def old_store() -> Store:
    return _study(n=35, hospice=17, median=13.1, high=None, p=0.03, cutoff=date(2023, 9, 30), responders=4)


@pytest.fixture(scope="session")
def new_store() -> Store:
    return _study(n=40, hospice=21, median=None, high=None, p=0.0004, cutoff=date(2024, 3, 31), responders=5)


# What MARKDOWN's ties print from each store, written out by hand; NBSP stands as a plain blank.
OLD = {
    "protocol.cutoff.text": "September 30, 2023",
    "cohort.treated.words_capital": "Ninety-six",
    "flow.stopped.n": "35",
    "flow.hospice.n_percent": "17 (49%)",
    "survival.os.median_ci": "13.1 months (95% CI, 9.8 to not reached)",
    "response.psa50.n_of_percent": "4 of 15 (27%)",
    "response.test.p": "P = .03",
    "survival.hr.value_ci": "0.62 (95% CI, 0.40–0.96)",
    "flow.hospice.n": "17",
    "flow.hospice.percent": "49%",
}
NEW = {
    "protocol.cutoff.text": "March 31, 2024",
    "cohort.treated.words_capital": "One hundred one",
    "flow.stopped.n": "40",
    "flow.hospice.n_percent": "21 (53%)",
    "survival.os.median_ci": "not reached (95% CI, 9.8 to not reached)",
    "response.psa50.n_of_percent": "5 of 15 (33%)",
    "response.test.p": "P <.001",
    "survival.hr.value_ci": "0.70 (95% CI, 0.40–0.96)",
    "flow.hospice.n": "21",
    "flow.hospice.percent": "53%",
}


@pytest.fixture(scope="session")
def old_texts() -> dict[str, str]:
    return OLD


@pytest.fixture(scope="session")
def new_texts() -> dict[str, str]:
    return NEW


MakeDocx = Callable[[str, Store], bytes]


@pytest.fixture(scope="session")
def make_docx(tmp_path_factory: pytest.TempPathFactory) -> MakeDocx:
    """Return a function that makes a Word file of Markdown in which TIE(key.facet) is a tie."""
    from tieout.values.facets import show
    from tieout.values.markdown import escape
    from tieout.values.style import AMA

    def make(markdown: str, store: Store) -> bytes:
        import re

        def tie(match: re.Match[str]) -> str:
            key, _, facet = match[1].rpartition(".")
            return f'[{escape(show(store[key], facet, AMA))}]{{.tie key="{match[1]}"}}'

        folder = tmp_path_factory.mktemp("docx")
        write_store(store, folder / "results")
        (folder / "a.md").write_text(re.sub(r"TIE\(([^)]+)\)", tie, markdown), encoding="utf-8")
        subprocess.run(
            [pypandoc.get_pandoc_path(), "a.md", "-o", "a.docx", "--lua-filter", str(FILTER)],
            cwd=folder,
            check=True,
            env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
        )
        return (folder / "a.docx").read_bytes()

    return make


@pytest.fixture(scope="session")
def old_docx(make_docx: MakeDocx, old_store: Store) -> bytes:
    return make_docx(MARKDOWN, old_store)


@pytest.fixture(scope="session")
def new_docx(make_docx: MakeDocx, new_store: Store) -> bytes:
    return make_docx(MARKDOWN, new_store)


@pytest.fixture(scope="session")
def markdown() -> str:
    return MARKDOWN


SaveInOffice = Callable[[Sequence[bytes]], list[bytes]]


@pytest.fixture(scope="session")
def save_in_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> SaveInOffice:
    """Return a function that opens Word files in LibreOffice and saves them, all in one start of it."""
    soffice = shutil.which("soffice")
    if not soffice:
        if os.environ.get("CI") == "true":
            pytest.fail("soffice is needed in CI")
        pytest.skip("soffice (LibreOffice) is not installed")

    def save(files: Sequence[bytes]) -> list[bytes]:
        folder = tmp_path_factory.mktemp("office")
        for number, raw in enumerate(files):
            (folder / f"{number}.docx").write_bytes(raw)
        profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
        subprocess.run(
            [soffice, profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", "saved"]
            + [f"{number}.docx" for number in range(len(files))],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        return [(folder / "saved" / f"{number}.docx").read_bytes() for number in range(len(files))]

    return save
