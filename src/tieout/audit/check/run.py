"""One text in, its findings out."""

from __future__ import annotations

from collections.abc import Sequence

from tieout.audit.check.catalogue import RULES
from tieout.audit.check.finding import Certainty, Rule, TextFinding
from tieout.audit.check.reading import Reading, read


def check_text(text: str, *, rounding: bool = False, rules: Sequence[Rule] = RULES) -> list[TextFinding]:
    """Return what cannot be true in a text, in its order; `rounding` adds differences of a last digit.

    >>> [finding.message for finding in check_text("Of 40 patients, 12/40 (35%) responded.")]
    ['12/40 is 30%, not 35%; 14/40 would give 35%']
    """
    return check_reading(read(text), rounding=rounding, rules=rules)


def check_reading(
    reading: Reading, *, rounding: bool = False, rules: Sequence[Rule] = RULES
) -> list[TextFinding]:
    """Return the findings of a text that was read already; see `check_text`."""
    found: list[TextFinding] = []
    for rule in rules:
        for finding in rule.check(reading):
            if finding.certainty is Certainty.ROUNDING and not rounding:
                continue
            if not any(_same(finding, other) for other in found):
                found.append(finding)
    return sorted(found, key=lambda finding: (finding.start, finding.end))


def _same(one: TextFinding, other: TextFinding) -> bool:
    """Two rules that doubt the same number tell the reader once."""
    return one.start < other.end and other.start < one.end
