"""The study of this repository, computed once more in R from its analysis data."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from tieout.values.store import read_store

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "tests" / "reference"


def test_the_store_holds_what_r_computed(expected):
    store = read_store(ROOT / "results")
    wanted = expected("study")
    assert len(wanted) > 50
    for row in wanted.itertuples():
        got = getattr(store[row.key], row.facet)
        if pd.isna(row.value):
            assert got is None, (row.key, row.facet)
        else:
            assert got == pytest.approx(row.value, rel=1e-8), (row.key, row.facet)


def test_r_computes_it_again_from_the_analysis_data(tmp_path, expected):
    if shutil.which("Rscript") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Rscript is absent in continuous integration")
        pytest.skip("needs the program Rscript with the package survival")
    subprocess.run([sys.executable, str(REFERENCE / "study_data.py"), str(tmp_path)], check=True)
    environment = {**os.environ, "REFERENCE_VALUES": str(tmp_path)}
    subprocess.run(["Rscript", "study.R", str(tmp_path)], cwd=REFERENCE, env=environment, check=True)
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "study.csv"), expected("study"), rtol=1e-10)
