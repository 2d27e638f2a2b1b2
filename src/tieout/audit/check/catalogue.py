"""All rules, in the order in which they are asked."""

from __future__ import annotations

from tieout.audit.check.finding import Rule
from tieout.audit.check.rules import (
    agreeing_shares,
    change,
    comparison,
    components,
    direction,
    interval,
    larger_part,
    mean_count,
    named_share,
    paired_share,
    parts,
    ratio_interval,
    repeated,
    share_interval,
    significance,
    spread,
    stated_share,
    statistic,
    whole_of_shares,
)

RULES: tuple[Rule, ...] = (
    stated_share.RULE,
    paired_share.RULE,
    agreeing_shares.RULE,
    named_share.RULE,
    larger_part.RULE,
    parts.RULE,
    whole_of_shares.RULE,
    components.RULE,
    interval.RULE,
    ratio_interval.RULE,
    share_interval.RULE,
    direction.RULE,
    comparison.RULE,
    significance.RULE,
    statistic.RULE,
    spread.RULE,
    mean_count.RULE,
    change.RULE,
    repeated.RULE,
)
