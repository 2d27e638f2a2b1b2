from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

REFERENCE = Path(__file__).parents[1] / "reference"
MANIFEST = json.loads((REFERENCE / "manifest.json").read_text(encoding="utf-8"))


def test_scripts_and_values_are_those_of_the_manifest():
    files = [*REFERENCE.glob("*.R"), *REFERENCE.glob("data/*.csv"), *REFERENCE.glob("values/*.csv")]
    got = {p.relative_to(REFERENCE).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    assert got == MANIFEST["sha256"], "a script changed without its values: run python tests/reference/run.py"


def test_every_value_file_is_compared_with_by_some_test():
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for path in REFERENCE.glob("values/*.csv"):
        assert f'"{path.stem}"' in tests or f"values/{path.name}" in tests, path.name


def needs_r():
    if shutil.which("Rscript") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("Rscript is absent in continuous integration")
        pytest.skip("needs the program Rscript with the packages survival and cmprsk")


@pytest.mark.parametrize("script", ["log_rank", "summaries"])
def test_running_a_script_again_gives_the_committed_values(script, tmp_path):
    needs_r()
    environment = {**os.environ, "REFERENCE_VALUES": str(tmp_path)}
    subprocess.run(["Rscript", f"{script}.R"], cwd=REFERENCE, env=environment, check=True)
    made = sorted(tmp_path.glob("*.csv"))
    assert made
    for path in made:
        got, want = pd.read_csv(path), pd.read_csv(REFERENCE / "values" / path.name)
        assert list(got.columns) == list(want.columns)
        for column in got.columns:
            if got[column].dtype == object:
                assert got[column].tolist() == want[column].tolist() or got[column].isna().any()
            else:
                np.testing.assert_allclose(got[column], want[column], rtol=1e-10, err_msg=column)
