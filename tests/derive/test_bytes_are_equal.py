"""Another processor must not change the store: OpenBLAS picks its kernels by it, and so its last digits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DERIVE = """
import json, sys
from pathlib import Path
import numpy as np, pandas as pd
from tieout.derive import *
from tieout.values.result import Results
from tieout.values.store import make_store, write_store

data = Path(sys.argv[1])
lung, heart, mgus2 = (pd.read_csv(data / f"{name}.csv") for name in ("lung", "heart", "mgus2"))
times = lung.rename(columns={"time": "time_days"}).assign(is_event=lung.event == 1)
times["time_months"] = lung.time / 30.4375
rows = heart.rename(columns={"time": "time_days", "entry": "entry_days"}).assign(is_event=heart.event == 1)
sex = grouping(lung.sex, levels={"man": (1, "Men"), "woman": (2, "Women")}, label="Sex", known_at=0)
risks = pd.DataFrame({"time_days": mgus2.time, "time_months": mgus2.time.astype(float),
                      "cause": mgus2.cause.map({0: "", 1: "a", 2: "b"})})
who = grouping(mgus2.sex, levels={"f": ("F", "F"), "m": ("M", "M")}, label="Sex", known_at=0)
causes = {"first": ("a", "A"), "second": ("b", "B")}
made = Results(
    os=kaplan_meier(times, "os", label="OS", population="P", at=[6, 12], rmst=[24]),
    model=cox(times, [Covariate("age", lung.age, "Age"), Covariate("ecog", lung.ecog, "E"), ("sex", sex)],
              population="P", cluster=lung.inst),
    entry=cox(rows, [Covariate(n, heart[n], n) for n in ("age", "year", "surgery", "transplant")],
    population="P"), test=log_rank(times, sex, label="L", population="P"),
    risk=incidence(risks, causes, population="P", at=[60]),
    gray=gray(risks, causes, who, population="P"),
    age=summarize(lung.age, label="Age", population="P"),
    smd=standardized_difference(lung.age, sex, label="Age", population="P"),
)
write_store(make_store(made, {}, {}), Path(sys.argv[2]))
"""


def test_the_store_is_equal_to_the_byte_whatever_kernels_openblas_takes(tmp_path):
    data = Path(__file__).parents[1] / "reference" / "data"
    written = []
    for core in ("Haswell", "Prescott"):
        folder = tmp_path / core
        environment = {**os.environ, "OPENBLAS_CORETYPE": core}
        subprocess.run([sys.executable, "-c", DERIVE, str(data), str(folder)], env=environment, check=True)
        written.append({path.name: path.read_bytes() for path in sorted(folder.rglob("*.json"))})
    assert written[0] == written[1]
    assert len(written[0]) == 4
