from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"


@pytest.fixture(scope="session")
def expected() -> Callable[[str], pd.DataFrame]:
    """What R computed: tests/reference/values."""
    return lambda name: pd.read_csv(REFERENCE / "values" / f"{name}.csv", keep_default_na=True)


@pytest.fixture(scope="session")
def dataset() -> Callable[[str], pd.DataFrame]:
    """What R computed it from: tests/reference/data."""
    return lambda name: pd.read_csv(REFERENCE / "data" / f"{name}.csv")
