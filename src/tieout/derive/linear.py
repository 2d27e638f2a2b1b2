"""Solving small symmetric systems without BLAS, whose last digits depend on the processor.

The matrices here are as large as a model has coefficients; plain loops are fast enough and give the same
bytes on every machine of an architecture.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from tieout.derive.product_limit import Floats


def cholesky(matrix: Floats) -> Floats | None:
    """Return the lower triangle L with L L' = matrix, or None when the matrix is not positive definite.

    A pivot below 1e-12 of its diagonal counts as zero: the columns depend on each other.
    """
    size = len(matrix)
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = float(matrix[i, j])
            for k in range(j):
                rest -= lower[i][k] * lower[j][k]
            if i == j:
                if not rest > 1e-12 * abs(float(matrix[i, i])):
                    return None
                lower[i][i] = sqrt(rest)
            else:
                lower[i][j] = rest / lower[j][j]
    return np.array(lower).reshape(size, size)


def solve(matrix: Floats, right: Floats) -> Floats | None:
    """Return x with matrix x = right (a vector), or None when the matrix is singular."""
    lower = cholesky(matrix)
    if lower is None:
        return None
    size = len(right)
    made = [float(value) for value in right]
    for i in range(size):
        for k in range(i):
            made[i] -= float(lower[i, k]) * made[k]
        made[i] /= float(lower[i, i])
    for i in reversed(range(size)):
        for k in range(i + 1, size):
            made[i] -= float(lower[k, i]) * made[k]
        made[i] /= float(lower[i, i])
    return np.array(made)


def inverse(matrix: Floats) -> Floats | None:
    """Return the inverse, symmetric to the last digit, or None when the matrix is singular."""
    size = len(matrix)
    columns = [solve(matrix, unit) for unit in np.eye(size)]
    made = [column for column in columns if column is not None]
    if len(made) < size:
        return None
    whole = np.array(made)
    return (whole + whole.T) / 2 if size else whole


def quadratic(vector: Floats, matrix: Floats) -> float | None:
    """Return vector' matrix^-1 vector, or None when the matrix is singular."""
    solved = solve(matrix, vector)
    return None if solved is None else float((solved * vector).sum())


def weighted_outer(weights: Floats, rows: NDArray[np.float64]) -> Floats:
    """Return the sum over rows of weight x row row', without BLAS."""
    made: Floats = np.einsum("n,ni,nj->ij", weights, rows, rows, optimize=False)
    return made
