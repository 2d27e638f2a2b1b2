"""What a printed result looks like, whatever its numbers are.

A co-author who types at the edge of a content control types into it. By its shape the number is found again
among such words, and only it is replaced.
"""

from __future__ import annotations

import re

from tieout.values.facets import NOT_ESTIMABLE, NOT_REACHED

_SIGN = r"[-\N{MINUS SIGN}]?"
_NUMBER = (
    rf"(?:{_SIGN}(?:\d{{1,3}}(?:[,\s]\d{{3}})+|\d+)(?:[.\N{{MIDDLE DOT}}]\d+)?|{_SIGN}[.\N{{MIDDLE DOT}}]\d+)"
)
_ABSENT = f"{NOT_REACHED}|{NOT_ESTIMABLE}"
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SPELLED = (
    "(?:zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)\\b"
)
_WORDS = rf"(?i:{_SPELLED}(?:[- ]{_SPELLED})*)"
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})|(?P<absent>{_ABSENT})|(?P<month>{_MONTHS})|(?P<words>\b{_WORDS}\b)"
    r"|(?P<relation>\s*[=<>]\s*)|(?P<range>\s+to\s+|[\N{EN DASH}\N{EM DASH}-])|(?P<space>\s+)|(?P<other>.)",
    re.DOTALL,
)
_VALUE = rf"(?:{_NUMBER}|{_ABSENT})"
_P_ALONE = re.compile(r"[<>]?0?\.\d+")  # ".03" or "<.001", in a table's column of P values
_AS_PATTERN = {
    "number": _VALUE,
    "absent": _VALUE,
    "month": f"(?:{_MONTHS})",
    "words": rf"(?:{_WORDS}|{_NUMBER})",
    "range": r"(?:\s+to\s+|\s*[\N{EN DASH}\N{EM DASH}-]\s*)",
    "space": r"\s+",
    # a P value is "= .03" at one cut and "<.001" at the next
    "relation": r"\s*[=<>]\s*",
}


def shape_of(printed: str, unit: str = "") -> re.Pattern[str]:
    """Return a pattern for everything that the same facet can print.

    Numbers may differ, be not reached or not estimable (then without `unit`), and ranges have either form.

    >>> bool(shape_of("18 (51%)").fullmatch("17 (49%)"))
    True
    >>> bool(shape_of("13.1 months", "months").fullmatch("not reached"))
    True
    """
    made, at = "", 0
    while at < len(printed):
        match = _TOKEN.match(printed, at)
        assert match
        kind, text = match.lastgroup or "other", match[0]
        at += len(text)
        made += _piece(kind, text)
        if kind in ("number", "absent") and unit:
            behind = re.match(rf"\s+{re.escape(unit)}\b", printed[at:])
            at += behind.end() if behind else 0
            made += rf"(?:\s+{re.escape(unit)})?" if behind or kind == "absent" else ""
    return re.compile(made)


def _piece(kind: str, text: str) -> str:
    if kind == "other":
        # the percentage sign goes where a percentage is not estimable
        return r"(?:\s?%)?" if text == "%" else re.escape(text)
    return _AS_PATTERN[kind]


def find_printed(text: str, printed: str, unit: str = "") -> tuple[int, int] | None:
    """Return where in `text` a value of the shape of `printed` stands; None when it is nowhere or twice.

    >>> find_printed("about 17 (49%) patients", "18 (51%)")
    (6, 14)
    """
    pattern = shape_of(printed, unit)
    if _P_ALONE.fullmatch(printed):
        pattern = re.compile(rf"(?:[<>]\s?)?{_VALUE}")
    if pattern.fullmatch(text.strip()):
        start = len(text) - len(text.lstrip())
        return start, start + len(text.strip())
    found = [match.span() for match in pattern.finditer(text) if match[0].strip()]
    whole = [span for span in found if _stands_alone(text, span)]
    return whole[0] if len(whole) == 1 else None


def _stands_alone(text: str, span: tuple[int, int]) -> bool:
    """Neither a digit nor a letter touches the value: "17" is not found in "177Lu"."""
    before, after = text[span[0] - 1 : span[0]], text[span[1] : span[1] + 1]
    return not (before.isalnum() or after.isalnum())
