"""Booleans that may be unknown."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def is_true(values: Any) -> NDArray[np.bool_]:
    """Return where booleans are true; the unknown (NA) is not.

    Examples
    --------
    >>> is_true(pd.Series([True, None, False], dtype=object)).tolist()
    [True, False, False]
    """
    made: NDArray[np.bool_] = pd.Series(values).astype("boolean").fillna(value=False).to_numpy(dtype=bool)
    return made
