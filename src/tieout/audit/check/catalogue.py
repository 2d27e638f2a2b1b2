"""All rules, in the order in which they are asked."""

from __future__ import annotations

from tieout.audit.check.finding import Rule
from tieout.audit.check.rules import (
    change,
    components,
    interval,
    larger_part,
    named_share,
    paired_share,
    parts,
    ratio_interval,
    share_interval,
    spread,
    stated_share,
    statistic,
)

RULES: tuple[Rule, ...] = (
    stated_share.RULE,
    paired_share.RULE,
    named_share.RULE,
    larger_part.RULE,
    parts.RULE,
    components.RULE,
    interval.RULE,
    ratio_interval.RULE,
    share_interval.RULE,
    statistic.RULE,
    spread.RULE,
    change.RULE,
)
