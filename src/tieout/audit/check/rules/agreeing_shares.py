"""Percentages of one arm are over one group, whether the text names its size or not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tieout.audit.arithmetic import denominators_near
from tieout.audit.check.finding import Certainty, Rule, TextFinding, piece
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share

NAME = "agreeing-shares"

_ENOUGH = 4  # pairs that must agree before one that does not is doubted
_MOST = 60


def check(reading: Reading) -> Iterator[TextFinding]:
    """Yield a finding for a pair that leaves the group on which the others of its arm agree."""
    pairs = [s for s in reading.shares if s.of is None and not s.modelled and s.n.n > 0 and s.p.value > 0]
    together: dict[str, list[Share]] = defaultdict(list)
    for share in pairs:
        if share.arm:
            together[share.arm].append(share)
        elif not share.anchors and not reading.groups_in(share.sizes):
            together[f"sentence {share.sentence}"].append(share)
    for name, shares in together.items():
        yield from _twice(reading, name, shares[:_MOST])
        outlier = _outlier(shares[:_MOST])
        if outlier is not None:
            yield _finding(name, outlier, shares)


def _twice(reading: Reading, name: str, shares: Sequence[Share]) -> Iterator[TextFinding]:
    """The same count of the same arm with two percentages."""
    for index, share in enumerate(shares):
        for other in shares[:index]:
            apart = abs(share.p.value - other.p.value)
            unit = 10.0 ** -min(share.p.places, other.p.places)
            if name.startswith("sentence") or share.n.n != other.n.n or float(apart) <= unit:
                continue
            if reading.groups_in(share.sizes) and reading.groups_in(other.sizes):
                continue  # two groups that the text names
            message = (
                f"{share.n.n} of {name} are {other.p.value}% in one place and {share.p.value}% in another"
            )
            doubted, fine = (share, other) if _fits(other, shares) >= _fits(share, shares) else (other, share)
            pieces = (piece(*doubted.quantities), piece(*fine.quantities))
            yield TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


def _fits(share: Share, shares: Sequence[Share]) -> int:
    """How many others can be over the same group."""
    return sum(bool(_common([share, other])) for other in shares)


def _outlier(shares: Sequence[Share]) -> Share | None:
    if len(shares) <= _ENOUGH or _common(shares):
        return None
    found = [share for index, share in enumerate(shares) if _common([*shares[:index], *shares[index + 1 :]])]
    return found[0] if len(found) == 1 else None


def _common(shares: Sequence[Share]) -> range:
    sizes = [denominators_near(share.n.n, share.p.value) for share in shares]
    if not all(sizes):
        return range(0)
    return range(max(size[0] for size in sizes), min(size[-1] for size in sizes) + 1)


def _finding(name: str, outlier: Share, shares: Sequence[Share]) -> TextFinding:
    others = [share for share in shares if share is not outlier]
    common = _common(others)
    size = str(common[0]) if len(common) == 1 else f"{common[0]} to {common[-1]}"
    whose = "this sentence" if name.startswith("sentence") else name
    message = (
        f"{outlier.n.n} ({outlier.p.value}%) is over another group than the other {len(others)} shares of "
        f"{whose}, "
        f"which agree on {size}"
    )
    pieces = (piece(*outlier.quantities), *(piece(*share.quantities) for share in others))
    return TextFinding(NAME, Certainty.INCONSISTENT, message, pieces)


RULE = Rule(
    NAME,
    "Are the percentages of one arm over one group?",
    "Gathers the counts with percentages that are said of the same arm (“in arm B”), and those of one "
    "sentence whose "
    "group the text does not name. The same count with two percentages is reported, and so is the one pair "
    "that "
    f"keeps {_ENOUGH} or more others from agreeing on a group size.",
    "Arithmetic, as in DEBIT (Heathers 2019).",
    check,
)
