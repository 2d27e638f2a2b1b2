"""Statistics of cohorts: pure functions, tables in, results out."""

from tieout.derive.counts import count, levels
from tieout.derive.flow import Disposition, Flow, Population, Reason, flow
from tieout.derive.grouping import Grouping, grouping, landmark
from tieout.derive.proportions import proportion_interval, risk_difference, risk_ratio
from tieout.derive.protocol import Protocol, read_protocol
from tieout.derive.provenance import meaning
from tieout.derive.summaries import summarize, summarize_by
from tieout.derive.survival import completeness, kaplan_meier, kaplan_meier_by, reverse_kaplan_meier
from tieout.derive.times import time_to_event

__all__ = [
    "Disposition",
    "Flow",
    "Grouping",
    "Population",
    "Protocol",
    "Reason",
    "completeness",
    "count",
    "flow",
    "grouping",
    "kaplan_meier",
    "kaplan_meier_by",
    "landmark",
    "levels",
    "meaning",
    "proportion_interval",
    "read_protocol",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "summarize",
    "summarize_by",
    "time_to_event",
]
