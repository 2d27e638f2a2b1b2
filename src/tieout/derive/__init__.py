"""Statistics of cohorts: pure functions, tables in, results out."""

from tieout.derive.adverse_events import delay_results, dose_delays, reported_grades, support, toxicity
from tieout.derive.cohort_flow import Disposition, Flow, Population, Reason, flow
from tieout.derive.comparisons import chi_squared, fisher, kruskal_wallis, t_test, wilcoxon
from tieout.derive.competing_events import gray, incidence, time_to_first
from tieout.derive.counts import count, levels, levels_by
from tieout.derive.cox_regression import Covariate, cox, split_at
from tieout.derive.ctcae import grade, terms
from tieout.derive.groups import Grouping, grouping, landmark
from tieout.derive.log_rank_tests import log_rank
from tieout.derive.multiplicity import adjust
from tieout.derive.patient_rows import analysis_data, write_analysis_data
from tieout.derive.progression import (
    ProgressionRule,
    earliest,
    psa_progression,
    psa_progression_free_survival,
)
from tieout.derive.proportions import proportion_interval, risk_difference, risk_ratio
from tieout.derive.protocol import Protocol, read_protocol
from tieout.derive.provenance import meaning
from tieout.derive.response import PsaRule, psa_change_at, psa_changes, psa_response
from tieout.derive.standardize import standardized_difference, standardized_difference_of_levels
from tieout.derive.summaries import summarize, summarize_by
from tieout.derive.survival import kaplan_meier, kaplan_meier_by, reverse_kaplan_meier
from tieout.derive.times import completeness, time_to_event
from tieout.derive.units import convert, corrected_calcium
from tieout.derive.worst import grade_counts, shift_counts, with_transfusion, worst_grades

__all__ = [
    "Covariate",
    "Disposition",
    "Flow",
    "Grouping",
    "Population",
    "ProgressionRule",
    "Protocol",
    "PsaRule",
    "Reason",
    "adjust",
    "analysis_data",
    "chi_squared",
    "completeness",
    "convert",
    "corrected_calcium",
    "count",
    "cox",
    "delay_results",
    "dose_delays",
    "earliest",
    "fisher",
    "flow",
    "grade",
    "grade_counts",
    "gray",
    "grouping",
    "incidence",
    "kaplan_meier",
    "kaplan_meier_by",
    "kruskal_wallis",
    "landmark",
    "levels",
    "levels_by",
    "log_rank",
    "meaning",
    "proportion_interval",
    "psa_change_at",
    "psa_changes",
    "psa_progression",
    "psa_progression_free_survival",
    "psa_response",
    "read_protocol",
    "reported_grades",
    "reverse_kaplan_meier",
    "risk_difference",
    "risk_ratio",
    "shift_counts",
    "split_at",
    "standardized_difference",
    "standardized_difference_of_levels",
    "summarize",
    "summarize_by",
    "support",
    "t_test",
    "terms",
    "time_to_event",
    "time_to_first",
    "toxicity",
    "wilcoxon",
    "with_transfusion",
    "worst_grades",
    "write_analysis_data",
]
