"""Comparisons of groups, each chosen by name: nothing here picks a test by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc

from tieout.derive.fisher_exact import fisher_p
from tieout.derive.groups import Grouping
from tieout.derive.observed import tell
from tieout.derive.provenance import meaning, refuse
from tieout.values.result import HypothesisTest

Levels = Mapping[str, tuple[object, str]]


def wilcoxon(
    values: pd.Series[Any],
    group: Grouping,
    *,
    label: str,
    population: str,
    exact: bool = False,
    continuity: bool = True,
) -> HypothesisTest:
    """Compare a measurement between two groups by ranks (Wilcoxon, Mann and Whitney).

    Parameters
    ----------
    values : shape (n_patients,); NA is left out, as is a patient of unknown group.
    group : two levels.
    exact : the exact distribution, which allows no ties; else the normal approximation with ties corrected.
    continuity : whether that approximation moves by one half, as R does by default.

    Notes
    -----
    Agrees with R `wilcox.test(exact =, correct =)` to 1e-8; the statistic is R's W.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> test = wilcoxon(pd.Series([1.0, 2.0, 3.0, 4.0]), arm, label="Age", population="all", exact=True)
    >>> round(test.p, 4), test.statistic
    (0.3333, 0.0)
    """
    from scipy.stats import mannwhitneyu  # noqa: PLC0415  (0.8 s that only this test needs)

    one, two = samples(values, group, label, groups=2)
    if exact and len(np.unique(np.concatenate((one, two)))) < len(one) + len(two):
        raise refuse(
            "exact", f"“{label}” has ties, which the exact Wilcoxon test does not allow", "exact=False"
        )
    made = mannwhitneyu(one, two, use_continuity=continuity, method="exact" if exact else "asymptotic")
    kind = "exact" if exact else "normal approximation, " + ("with" if continuity else "without")
    words = f"Wilcoxon rank-sum test, {kind}" + ("" if exact else " continuity correction")
    about = meaning(label, population, words, complete(values, group))
    return HypothesisTest(float(made.pvalue), about, float(made.statistic))


def kruskal_wallis(values: pd.Series[Any], group: Grouping, *, label: str, population: str) -> HypothesisTest:
    """Compare a measurement between groups by ranks (Kruskal and Wallis), ties corrected.

    Parameters
    ----------
    values : shape (n_patients,); NA is left out, as is a patient of unknown group; the method says how many
        remain.
    group : two levels or more, each with known values.
    label, population : the words of the result.

    Raises
    ------
    FindingsError
        when a group has no known value.

    Notes
    -----
    Agrees with R `kruskal.test` to 1e-8; Kruskal and Wallis (1952), J Am Stat Assoc 47:583.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> age = pd.Series([60.0, 61.0, 70.0, 72.0])
    >>> test = kruskal_wallis(age, arm, label="Age", population="all")
    >>> round(test.statistic, 4), test.df, round(test.p, 4)
    (2.4, 1.0, 0.1213)
    """
    from scipy.stats import kruskal  # noqa: PLC0415  (0.8 s that only this test needs)

    parts = samples(values, group, label)
    made = kruskal(*parts)
    about = meaning(label, population, "Kruskal-Wallis test", complete(values, group))
    return HypothesisTest(float(made.pvalue), about, float(made.statistic), float(len(parts) - 1))


def t_test(
    values: pd.Series[Any], group: Grouping, *, label: str, population: str, equal_variances: bool = False
) -> HypothesisTest:
    """Compare the means of two groups.

    Parameters
    ----------
    values : shape (n_patients,); NA is left out, as is a patient of unknown group; the method says how many
        remain.
    group : two levels, each with known values.
    label, population : the words of the result.
    equal_variances : Student's test; else Welch's, with its fractional degrees of freedom.

    Raises
    ------
    FindingsError
        when there are not two groups with known values.

    Notes
    -----
    Agrees with R `t.test(var.equal =)` to 1e-8; Welch (1947), Biometrika 34:28.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> age = pd.Series([60.0, 62.0, 70.0, 72.0])
    >>> test = t_test(age, arm, label="Age", population="all")
    >>> round(test.statistic, 4), test.df, round(test.p, 4)
    (-7.0711, 2.0, 0.0194)
    """
    from scipy.stats import ttest_ind  # noqa: PLC0415  (0.8 s that only this test needs)

    one, two = samples(values, group, label, groups=2)
    made = ttest_ind(one, two, equal_var=equal_variances)
    name = "Student's t test, equal variances" if equal_variances else "Welch's t test"
    about = meaning(label, population, name, complete(values, group))
    return HypothesisTest(float(made.pvalue), about, float(made.statistic), float(made.df))


def chi_squared(
    values: pd.Series[Any],
    levels: Levels,
    group: Grouping,
    *,
    label: str,
    population: str,
    yates: bool = False,
) -> HypothesisTest:
    """Compare a category between groups by Pearson's chi-squared.

    Parameters
    ----------
    values, levels : the category, shape (n_patients,), and its levels; the unknown are left out, as are empty
        rows and columns.
    group : the groups; a patient of unknown group is left out.
    label, population : the words of the result.
    yates : the continuity correction, for two by two tables alone.

    Returns
    -------
    HypothesisTest
        without statistic and P where fewer than two rows or columns remain.

    Raises
    ------
    FindingsError
        when Yates's correction is asked for in a larger table.

    Notes
    -----
    Agrees with R `chisq.test(correct =)` to 1e-8; Yates (1934), J R Stat Soc Suppl 1:217.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> answer = pd.Series(["y", "y", "y", "n"])
    >>> levels = {"yes": ("y", "Yes"), "no": ("n", "No")}
    >>> test = chi_squared(answer, levels, arm, label="Answer", population="all")
    >>> round(test.statistic, 4), test.df, round(test.p, 4)
    (1.3333, 1.0, 0.2482)
    """
    table = cross_table(values, levels, group)
    if yates and table.shape != (2, 2):
        shape = f"{table.shape[0]} x {table.shape[1]}"
        raise refuse("yates", "Yates's correction is for two by two tables", have=shape)
    total = table.sum()
    expected = table.sum(axis=1)[:, None] * table.sum(axis=0)[None, :] / total if total else table
    distance = np.abs(table - expected)
    if yates:
        distance = distance - min(0.5, float(distance.min()))
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    statistic = float((distance**2 / expected).sum()) if df > 0 else None
    p = None if statistic is None else float(chdtrc(df, statistic))
    name = f"Pearson's chi-squared test, {'with' if yates else 'without'} Yates's continuity correction"
    about = meaning(label, population, name, complete(values, group))
    made = HypothesisTest(p, about, statistic, float(df))
    if not yates:
        tell("chi-squared", made, table=table)
    return made


def fisher(
    values: pd.Series[Any], levels: Levels, group: Grouping, *, label: str, population: str
) -> HypothesisTest:
    """Compare a category between groups by Fisher's exact test, for tables of any size (Freeman and Halton).

    Parameters
    ----------
    values, levels, group, label, population : as in `chi_squared`.

    Raises
    ------
    FindingsError
        when the table has too many arrangements to sum over.

    Notes
    -----
    Agrees with R `fisher.test` to 1e-8, which like this sums the tables no likelier than the one seen.

    Examples
    --------
    >>> from tieout.derive import grouping
    >>> two = {"a": (1, "A"), "b": (2, "B")}
    >>> arm = grouping(pd.Series([1, 1, 1, 2, 2, 2]), levels=two, label="Arm", known_at=0)
    >>> answer = pd.Series(["y", "y", "y", "n", "n", "n"])
    >>> test = fisher(answer, {"yes": ("y", "Yes"), "no": ("n", "No")}, arm, label="Answer", population="all")
    >>> round(test.p, 6)
    0.1
    """
    table = cross_table(values, levels, group)
    p = fisher_p(table) if min(table.shape, default=0) > 1 else None
    return HypothesisTest(p, meaning(label, population, "Fisher's exact test", complete(values, group)))


def cross_table(values: pd.Series[Any], levels: Levels, group: Grouping) -> NDArray[np.int64]:
    """Return the counts of each level (rows) in each group (columns), without empty rows and columns."""
    columns = group.codes(values.index)
    rows = Grouping(values, levels, "category", 0).codes(values.index)
    known = (rows >= 0) & (columns >= 0)
    size = (len(levels), len(group.levels))
    cells = rows[known] * size[1] + columns[known]
    table = np.bincount(cells, minlength=size[0] * size[1]).reshape(size)
    made: NDArray[np.int64] = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0].astype(np.int64)
    return made


def samples(
    values: pd.Series[Any], group: Grouping, label: str, *, groups: int | None = None
) -> list[NDArray[np.float64]]:
    """Return the known values of each group; a group without any is refused."""
    codes = group.codes(values.index)
    known = values.notna().to_numpy(dtype=bool)
    numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
    made = [numbers[known & (codes == code)] for code in range(len(group.levels))]
    empty = sum(len(sample) == 0 for sample in made)
    if empty or (groups and len(made) != groups):
        need = f"{groups} groups" if groups else "groups with known values"
        raise refuse("groups", f"“{label}” cannot be compared", have=f"{len(made)}, {empty} empty", need=need)
    return made


def complete(values: pd.Series[Any], group: Grouping) -> str:
    """Return the words that say how many patients a comparison takes, empty where it takes all."""
    known = int((values.notna().to_numpy(dtype=bool) & (group.codes(values.index) >= 0)).sum())
    return f"{known} of {len(values)} patients with complete data" if known < len(values) else ""
