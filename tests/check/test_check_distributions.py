"""Tail areas agree with an independent library."""

from __future__ import annotations

import pytest
from scipy import stats

from tieout.audit.distributions import (
    chi_square_tail,
    f_tail,
    normal_quantile,
    normal_two_sided,
    t_two_sided,
)

DFS = (1, 2, 3.5, 10, 48, 250, 4000)
VALUES = (0.01, 0.3, 1.0, 1.96, 3.84, 7.1, 25.0, 80.0)


@pytest.mark.parametrize("value", VALUES)
def test_tails_agree_with_scipy(value: float) -> None:
    assert normal_two_sided(value) == pytest.approx(2 * stats.norm.sf(value), rel=1e-9, abs=1e-290)
    for df in DFS:
        assert chi_square_tail(value, df) == pytest.approx(stats.chi2.sf(value, df), rel=1e-9)
        assert t_two_sided(value, df) == pytest.approx(2 * stats.t.sf(value, df), rel=1e-9)
        for df2 in DFS:
            assert f_tail(value, df, df2) == pytest.approx(stats.f.sf(value, df, df2), rel=1e-8)


def test_the_edges_are_certain() -> None:
    assert chi_square_tail(0, 3) == 1
    assert f_tail(0, 2, 9) == 1
    assert t_two_sided(0, 5) == pytest.approx(1)
    assert normal_quantile(0.975) == pytest.approx(1.959964, abs=1e-6)
