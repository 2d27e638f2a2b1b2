"""The interval of a proportion leans towards one half, never away from it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tieout.audit.check.estimates import Interval
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding
from tieout.audit.check.phrases import MODELLED
from tieout.audit.check.reading import Reading
from tieout.text.quantities import Kind

NAME = "share-interval"

_LEAN = 1.25  # Kaplan-Meier intervals on the log-log scale lean the other way by less than 1.2 below one half
_MODELLED_TOO = (
    r"differen|surviv|-free|increas|decreas|reduc|change|sensitiv|specific|predictive value|effective"
    r"|efficacy|\brrrs?\b|\b(?:os|pfs|dfs|efs|rfs|ttp)\b"
)
_LEAST_ARM = 3.0  # percentage points; shorter arms are mostly rounding


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each percentage whose interval leans the wrong way."""
    for interval in reading.intervals:
        if interval.estimate.kind is not Kind.PERCENT or interval.unit != "%" or interval.is_ratio:
            continue
        signs = reading.sentences[interval.sentence].signs
        if re.search(rf"{MODELLED}|{_MODELLED_TOO}", signs):
            continue
        if (finding := _finding(interval)) is not None:
            yield finding


def _finding(interval: Interval) -> TextFinding | None:
    value, low, high = (float(x) for x in (interval.estimate.value, interval.low, interval.high))
    if not 0 <= low < value < high <= 100:
        return None
    slack = 0.5 * 10.0**-interval.estimate.places
    below, above = value - low, high - value
    if value <= 50:
        leans = below - slack > _LEAN * (above + slack)
    else:
        leans = above - slack > _LEAN * (below + slack)
    if not leans or min(below, above) < _LEAST_ARM:
        return None
    longer = "lower" if value <= 50 else "upper"
    message = (
        f"the interval {interval.low} to {interval.high} reaches {below:.3g} below and {above:.3g} above "
        f"{interval.estimate.value}%: the {longer} arm of a proportion's interval is never the longer one "
        f"here"
    )
    place = Piece(interval.estimate.start, interval.end)
    return TextFinding(NAME, Certainty.UNLIKELY, message, (place,))


RULE = Rule(
    NAME,
    "Does the interval of a proportion lean towards one half?",
    "Every usual interval of a proportion (Wald, Wilson, Clopper-Pearson, Agresti-Coull, Jeffreys) reaches "
    "at least "
    "as far towards 50% as away from it. Reported is an arm that is longer in the wrong direction by more "
    f"than {_LEAN - 1:.0%}, rounding allowed. Survival, differences, efficacy and modelled rates are left "
    "alone.",
    "Brown, Cai and DasGupta (2001), Interval estimation for a binomial proportion, Stat Sci 16:101.",
    check,
)
