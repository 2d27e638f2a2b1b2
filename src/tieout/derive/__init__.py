"""Statistics of cohorts: pure functions, tables in, results out."""

from tieout.derive.counts import count, levels
from tieout.derive.ctcae import grade, terms
from tieout.derive.flow import Disposition, Flow, Population, Reason, flow
from tieout.derive.grouping import Grouping, grouping, landmark
from tieout.derive.progression import ProgressionRule, earliest, psa_progression
from tieout.derive.proportions import proportion_interval, risk_difference, risk_ratio
from tieout.derive.protocol import Protocol, read_protocol
from tieout.derive.provenance import meaning
from tieout.derive.response import PsaRule, psa_change_at, psa_changes, psa_response
from tieout.derive.summaries import summarize, summarize_by
from tieout.derive.survival import completeness, kaplan_meier, kaplan_meier_by, reverse_kaplan_meier
from tieout.derive.times import time_to_event
from tieout.derive.units import convert, corrected_calcium
from tieout.derive.worst import grade_counts, shift_counts, with_transfusion, worst_grades

__all__ = [
    "Disposition",
    "Flow",
    "Grouping",
    "Population",
    "ProgressionRule",
    "Protocol",
    "PsaRule",
    "Reason",
    "completeness",
    "convert",
    "corrected_calcium",
    "count",
    "earliest",
    "flow",
    "grade",
    "grade_counts",
    "grouping",
    "kaplan_meier",
    "kaplan_meier_by",
    "landmark",
    "levels",
    "meaning",
    "proportion_interval",
    "psa_change_at",
    "psa_changes",
    "psa_progression",
    "psa_response",
    "read_protocol",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "shift_counts",
    "summarize",
    "summarize_by",
    "terms",
    "time_to_event",
    "with_transfusion",
    "worst_grades",
]
