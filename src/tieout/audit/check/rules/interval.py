"""An estimate lies in its confidence interval, whose bounds stand in order."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding
from tieout.audit.check.reading import Reading

NAME = "interval"


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each interval that is reversed or misses its estimate."""
    for interval in reading.intervals:
        low, high, value = interval.low, interval.high, interval.estimate.value
        pieces = (
            Piece(min(interval.estimate.start, interval.start), max(interval.end, interval.estimate.end)),
        )
        if low > high:
            if value in (low, high) or high < low <= 0 >= value:
                continue  # a fall is often told from its smaller bound to its larger one, -1.9 to -6.5
            message = f"the interval runs from {low} down to {high}"
            yield TextFinding(NAME, Certainty.IMPOSSIBLE, message, pieces)
            continue
        slack = Decimal(1).scaleb(-min(interval.estimate.places, interval.low_places, interval.high_places))
        if low <= value <= high:
            continue
        outside = low - value if value < low else value - high
        bound = f"below {low}" if value < low else f"above {high}"
        certainty = Certainty.ROUNDING if outside <= slack < 1 else Certainty.IMPOSSIBLE
        message = f"the estimate {value} lies {bound}, outside of its own interval {low} to {high}"
        yield TextFinding(NAME, certainty, message, pieces)


RULE = Rule(
    NAME,
    "Does each estimate lie in its confidence interval?",
    "Reads an estimate with the interval right behind it (“HR 0.71, 95% CI 0.75–0.98”) and reports bounds "
    "that stand in the wrong order, and an estimate outside of them. A fall told from its smaller bound "
    "to its larger one (−1.9 to −6.5) is in order. Where two estimates stand before one interval, or "
    "estimate and interval are on different scales, it stays silent.",
    "Definition of an interval estimate.",
    check,
)
