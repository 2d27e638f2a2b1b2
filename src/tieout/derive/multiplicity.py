"""P values adjusted for the number of tests."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tieout.derive.observed import tell
from tieout.derive.provenance import meaning, refuse
from tieout.values.result import HypothesisTest, Results


def adjust(tests: Results, *, method: Literal["holm", "benjamini-hochberg"] = "holm") -> Results:
    """Return the same tests with P values adjusted for their number; tests without P stay and do not count.

    Parameters
    ----------
    tests : a tree of results; other results than tests are left out.
    method : "holm" holds the chance of any false rejection, "benjamini-hochberg" the share of false ones.

    Returns
    -------
    Results
        under the same keys, a dot written as an underscore.

    Raises
    ------
    FindingsError
        when the method is unknown.

    Notes
    -----
    Agrees with R `p.adjust` to 1e-12; Holm (1979), Scand J Stat 6:65; Benjamini and Hochberg (1995), J R Stat
    Soc B 57:289.

    Examples
    --------
    >>> from tieout.values.result import Meaning
    >>> tests = Results(a=HypothesisTest(0.01, Meaning("A")), b=HypothesisTest(0.04, Meaning("B")))
    >>> adjust(tests)["a"].p, adjust(tests, method="benjamini-hochberg")["b"].p
    (0.02, 0.04)
    """
    flat = [(key, test) for key, test in tests.flat() if isinstance(test, HypothesisTest)]
    known = [test.p for _, test in flat if test.p is not None]
    adjusted = iter(adjusted_p(np.array(known), method))
    names = {"holm": "Holm", "benjamini-hochberg": "Benjamini and Hochberg"}
    made = {}
    for key, test in flat:
        p = None if test.p is None else float(next(adjusted))
        words = (test.meaning.method, f"P adjusted by {names[method]} for {len(known)} tests")
        about = meaning(test.meaning.label, test.meaning.population, *words)
        made[key.replace(".", "_")] = HypothesisTest(p, about, test.statistic, test.df)
    results = Results(made)
    tell("adjusted p", results, p=known, method=method)
    return results


def adjusted_p(p: NDArray[np.float64], method: str) -> NDArray[np.float64]:
    """Return adjusted P values in the order given."""
    size = len(p)
    order = np.argsort(p, kind="stable")
    if method == "holm":
        stepped = np.maximum.accumulate(p[order] * (size - np.arange(size)))
    elif method == "benjamini-hochberg":
        stepped = np.minimum.accumulate((p[order] * size / (np.arange(size) + 1))[::-1])[::-1]
    else:
        raise refuse("adjust", "this adjustment is unknown", have=method, need="holm or benjamini-hochberg")
    made = np.empty(size)
    made[order] = np.minimum(stepped, 1.0)
    return made
