"""Whatever is read, the check ends, tells places inside the text, and raises nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tieout.audit.check.explain import what_was_read
from tieout.audit.check.reading import read
from tieout.audit.check.report import machine, page, terminal
from tieout.audit.check.run import check_reading
from tieout.text.plain import decode
from tieout.text.read import Text

# Pieces of clinical prose; any order of them is read without a fault.
PIECES = [
    "Of the 12 patients, ",
    "12 of 40 ",
    "7 (47%) ",
    "9/40 (32%)",
    "32% (9 of 40)",
    "(n = 33) ",
    "47% of patients ",
    "HR 0.71, 95% CI 0.75–0.98",
    "(HR 0.7; 95% CI 0.9-0.8; P=.02)",
    "OR 0 (0–0)",
    "RR 1e9",
    "median 4 (range 1–7) ",
    "61 ± 10 (range 5–9) ",
    "t(3) = 2, p = .5 ",
    "chi 2 = 5.9, d.f. = 1, P = 0 ",
    "F(0, 0) = 0, p = 1 ",
    "r(5) = 1.0, p < .05 ",
    "(95% CI, -10.5 to 8.1)",
    "0% ",
    "0/0 (0%) ",
    "100.000% ",
    "1,234,567 ",
    "0,031 ",
    "·5 ",
    "and the remaining 5 patients ",
    "3 of whom ",
    "30 boys and 35 girls ",
    "twenty-one ",
    "one hundred and ",
    "; ",
    ". ",
    ", ",
    " vs ",
    "\n",
    "Results: ",
    "Conclusions: ",
    "by 38% (HR 0.71 (0.5–0.9)) ",
    "a difference of 14.3% ",
    "the mean number of falls was 2.37 in 0 patients ",
    "ORR was 52% (CR 12%, PR 35%) ",
    "İ",
    "ﬁ",
    "\x00",
    "\ue000",
]


def checked(content: str) -> list[tuple[int, int]]:
    """Check and show a text in every way; return where its pieces stand."""
    reading = read(content)
    text = Text(content, "a.txt")
    findings = check_reading(reading, rounding=True)
    assert all(finding.message for finding in findings)
    assert findings == sorted(findings, key=lambda finding: (finding.start, finding.end))
    assert terminal.show(text, reading, findings).count("\x1b[0m") == len(findings)
    assert len(machine.items(text, findings)) == len(findings)
    assert page.section(text, findings, 1).startswith("<section>")
    assert len(list(what_was_read(reading))) == len(reading.shares) + len(reading.intervals)
    return [(piece.start, piece.end) for finding in findings for piece in finding.pieces]


def inside(content: str, pieces: list[tuple[int, int]]) -> bool:
    return all(0 <= start < end <= len(content) for start, end in pieces)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_checked(content: str) -> None:
    assert inside(content, checked(content))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_any_order_of_clinical_phrases_is_checked(content: str) -> None:
    assert inside(content, checked(content))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_any_bytes_are_checked(raw: bytes) -> None:
    content = decode(raw)
    assert inside(content, checked(content))


@pytest.mark.parametrize("piece", [*PIECES, "1 ", "1-", "a ", "(", "[5% ", "p for trend ", "12/", "1,111"])
def test_a_phrase_said_over_and_over_comes_to_an_end(piece: str) -> None:
    content = (piece * 2_000)[:2_000]
    assert inside(content, checked(content))
