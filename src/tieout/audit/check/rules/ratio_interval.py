"""A ratio's interval: symmetric on the log scale, and of one mind with its P value."""

from __future__ import annotations

from collections.abc import Iterator
from math import log, sqrt

from tieout.audit.check.estimates import Interval
from tieout.audit.check.finding import Certainty, Piece, Rule, TextFinding, number, piece
from tieout.audit.check.reading import Reading
from tieout.audit.distributions import normal_quantile, normal_two_sided

NAME = "ratio-interval"

# Where the estimate may lie between the bounds, as a share of the way on the log scale. Wald intervals put it
# at one half; exact, profile and bootstrap intervals of small samples move it, seldom beyond these.
_LEAST, _MOST = 0.30, 0.70
_FAR_Z = 0.9  # P values from other tests (log-rank, stratified, adjusted) differ from Wald's by less


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for each ratio whose interval or P value does not belong to it."""
    for interval in reading.intervals:
        low, high, value = float(interval.low), float(interval.high), float(interval.estimate.value)
        if not interval.is_ratio or not 0 < low < value < high:
            continue
        if (finding := _asymmetry(interval)) is not None:
            yield finding
        elif interval.p is not None and "inferior" not in reading.sentences[interval.sentence].signs:
            finding = _against_p(interval)
            if finding is not None:
                yield finding


def _asymmetry(interval: Interval) -> TextFinding | None:
    if min(share := _positions(interval)) <= _MOST and max(share) >= _LEAST:
        return None
    low, high = float(interval.low), float(interval.high)
    middle = sqrt(low * high)
    places = interval.estimate.places
    message = (
        f"{interval.estimate.value} is not the middle of {interval.low} to {interval.high} on the log scale, "
        f"which is {middle:.{places}f}, nor on the plain one, {(low + high) / 2:.{places}f}"
    )
    return TextFinding(NAME, Certainty.INCONSISTENT, message, _pieces(interval))


def _positions(interval: Interval) -> tuple[float, ...]:
    """Where the estimate may lie between its bounds (0 to 1), on both scales, given the printed digits."""
    half_low, half_high = 0.5 * 10**-interval.low_places, 0.5 * 10**-interval.high_places
    half = 0.5 * 10**-interval.estimate.places
    low, high, value = float(interval.low), float(interval.high), float(interval.estimate.value)
    made = []
    for a, e, b in (
        (low - half_low, value + half, high - half_high),
        (low + half_low, value - half, high + half_high),
        (low, value, high),
    ):
        if not 0 < a < b:
            made.append(0.5)  # the digits are too few to tell
        elif a < e < b:
            made += [log(e / a) / log(b / a), (e - a) / (b - a)]
        else:
            made.append(0.0 if e <= a else 1.0)
    return tuple(made)


def _against_p(interval: Interval) -> TextFinding | None:
    """Compare P with the one that the ratio and its interval imply; one-sided tests are allowed."""
    p = interval.p
    assert p is not None
    if not 0 < p.value <= 1:
        return None
    zs = _implied_z(interval)
    if zs is None:
        return None
    least, most = zs
    alpha = 1 - float(interval.level) / 100
    stated = float(p.value)
    includes_one = float(interval.low) < 1 < float(interval.high)
    implied = normal_two_sided((least + most) / 2)
    if p.relation == "<":
        wrong = (
            includes_one and stated <= alpha and _z(stated) > most + _FAR_Z and _z(2 * stated) > most + _FAR_Z
        )
    elif p.relation == ">":
        wrong = not includes_one and stated >= alpha and _z(stated) < least - _FAR_Z
    else:
        half = 0.5 * 10**-p.places
        high_z, low_z = _z(max(stated - half, 1e-12)), _z(min(1.0, stated + half))
        one_sided = _z(min(1.0, 2 * (stated + half)))
        if includes_one:
            wrong = stated < alpha and low_z > most + _FAR_Z and one_sided > most + _FAR_Z
        else:
            wrong = stated > alpha and high_z < least - _FAR_Z
    if not wrong:
        return None
    message = (
        f"P {p.relation} {p.value} does not go with {interval.estimate.value} ({interval.low} to "
        f"{interval.high}), "
        f"which {'includes' if includes_one else 'excludes'} 1 and implies P = "
        f"{number(float(f'{implied:.2g}'))}"
    )
    return TextFinding(NAME, Certainty.INCONSISTENT, message, (piece(p), *_pieces(interval)))


def _implied_z(interval: Interval) -> tuple[float, float] | None:
    """Return the least and most |z| that the printed digits of the interval allow."""
    half_low, half_high = 0.5 * 10**-interval.low_places, 0.5 * 10**-interval.high_places
    half = 0.5 * 10**-interval.estimate.places
    low, high, value = float(interval.low), float(interval.high), float(interval.estimate.value)
    if low - half_low <= 0 or value - half <= 0:
        return None
    quantile = normal_quantile(0.5 + float(interval.level) / 200)
    widest = log((high + half_high) / (low - half_low)) / (2 * quantile)
    narrowest = log((high - half_high) / (low + half_low)) / (2 * quantile)
    if narrowest <= 0:
        return None
    far = max(abs(log(value + half)), abs(log(value - half)))
    near = 0.0 if value - half < 1 < value + half else min(abs(log(value + half)), abs(log(value - half)))
    return near / widest, far / narrowest


def _z(p: float) -> float:
    return normal_quantile(1 - min(p, 1.0) / 2) if p < 1 else 0.0


def _pieces(interval: Interval) -> tuple[Piece, ...]:
    return (Piece(min(interval.estimate.start, interval.start), max(interval.end, interval.estimate.end)),)


RULE = Rule(
    NAME,
    "Do a ratio, its interval and its P value belong together?",
    "For hazard, odds, risk and rate ratios: the estimate must lie near the middle of its interval on the "
    "log scale "
    f"(between {_LEAST:.0%} and {_MOST:.0%} of the way, whatever the rounded digits) or on the plain "
    f"scale; and the "
    "P value beside it must not stand on the other side of the interval's own significance, far from what "
    "the "
    f"interval implies (more than {_FAR_Z} in z, one-sided tests allowed). Non-inferiority tests are left "
    f"alone.",
    "Altman and Bland (2011), How to obtain the P value from a confidence interval, BMJ 343:d2304.",
    check,
)
