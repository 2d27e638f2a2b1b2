"""What a text was read as, and how the rules work, in words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from tieout.audit.check.catalogue import RULES
from tieout.audit.check.finding import Rule
from tieout.audit.check.reading import Reading
from tieout.audit.check.shares import Share

CERTAINTIES = (
    ("impossible", "no data could give these numbers, read as the finding says"),
    ("inconsistent", "two statements of the text exclude each other"),
    ("unlikely", "true only under a reading that the wording does not suggest"),
    ("rounding", "within one unit of the last printed digit; shown with --rounding"),
)


def explain(rules: Sequence[Rule] = RULES) -> str:
    """Return how each rule works and where it comes from."""
    parts = [f"{name}: {meaning}\n" for name, meaning in CERTAINTIES]
    for rule in rules:
        parts.append(f"\n{rule.name}\n  {rule.asks}\n")
        parts.append(textwrap.fill(rule.works, 96, initial_indent="  ", subsequent_indent="  ") + "\n")
        parts.append(
            textwrap.fill(f"Source: {rule.source}", 96, initial_indent="  ", subsequent_indent="  ") + "\n"
        )
    return "".join(parts)


def what_was_read(reading: Reading) -> Iterator[str]:
    """Yield a line for each share and each interval that was read, with what it was held against."""
    for share in reading.shares:
        start, end = min(q.start for q in share.quantities), max(q.end for q in share.quantities)
        yield f"share: {reading.quote(start, end)}: {_held_against(reading, share)}"
    for interval in reading.intervals:
        kind = "ratio" if interval.is_ratio else "estimate"
        yield (
            f"{kind}: {interval.estimate.value} with {interval.level}% interval {interval.low} to "
            f"{interval.high}" + (f", P {interval.p.relation} {interval.p.value}" if interval.p else "")
        )


def _held_against(reading: Reading, share: Share) -> str:
    if share.modelled:
        return "left alone, a modelled rate"
    if share.of is not None:
        return f"its own {share.of.n}"
    if share.anchors:
        return f"the {share.anchors[-1].n} that its sentence begins with"
    fitting = reading.groups_in(share.sizes)
    if not fitting:
        return "no group of the text"
    return "fits " + " or ".join(str(size) for size in fitting[:5])
