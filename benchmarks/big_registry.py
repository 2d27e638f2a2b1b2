"""Write a registry of any size for the benchmarks, by DuckDB; `tieout synthesize` makes few rows a patient.

    python benchmarks/big_registry.py PATIENTS FOLDER

`patients.parquet` has a row a patient, `labs.parquet` fifty a patient: seven tests at every visit, the visits
three weeks apart from 60 days before the first cycle on. One laboratory in eight states hemoglobin in g/L;
one limit of normal in fifty is missing, and one value in a hundred.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

ROWS_A_PATIENT = 50

PATIENTS = """
SELECT
    'P' || lpad(i::VARCHAR, 8, '0') AS patient_id,
    DATE '2018-01-01' + (hash(i, 1) % 1500)::INTEGER AS first,
    DATE '2018-01-01' + (hash(i, 1) % 1500)::INTEGER + 180 AS last,
    least((-700 * ln(1 - (hash(i, 2) % 1000000) / 1000001))::INTEGER, 2500) AS os_days,
    hash(i, 3) % 10 < 6 AS died,
    (hash(i, 4) % 2)::INTEGER AS arm,
    50 + (hash(i, 5) % 400) / 10 AS age,
    (hash(i, 6) % 4)::INTEGER AS ecog,
    10 + (hash(i, 7) % 50) / 10 AS hemoglobin,
    exp((hash(i, 8) % 6000) / 1000) AS psa,
    20 + (hash(i, 9) % 2000) / 10 AS alkaline_phosphatase,
    hash(i, 10) % 10 < 7 AS bone,
    hash(i, 11) % 10 < 3 AS lymph_node,
    hash(i, 12) % 10 < 2 AS liver,
    hash(i, 13) % 10 < 1 AS lung,
    ['6', '7', '8', '9', '10'][1 + (hash(i, 14) % 5)::INTEGER] AS gleason
FROM range($patients) AS t(i)
"""

LABS = """
WITH rows AS (
    SELECT
        i, j, j % 7 AS kind, hash(i, j, 1) % 10000 / 10000 AS u,
        hash(i, j, 2) % 8 = 0 AS si, hash(i, j, 3) % 50 AS gap,
        DATE '2018-01-01' + (hash(i, 1) % 1500)::INTEGER - 60 + (j // 7)::INTEGER * 21 AS day
    FROM (SELECT n // $rows AS i, n % $rows AS j FROM range($patients * $rows) AS t(n))
)
SELECT
    'P' || lpad(i::VARCHAR, 8, '0') AS patient_id,
    day AS collected_on,
    [
        'hemoglobin', 'platelets', 'neutrophils', 'psa', 'alkaline_phosphatase', 'albumin', 'creatinine'
    ][kind + 1] AS test,
    CAST(CASE WHEN hash(i, j, 4) % 100 = 0 THEN NULL ELSE CASE kind
        WHEN 0 THEN round(6 + 10 * u, 1) * CASE WHEN si THEN 10 ELSE 1 END
        WHEN 1 THEN round(400 * u)
        WHEN 2 THEN round(8 * u, 2)
        WHEN 3 THEN round(exp(7 * u), 2)
        WHEN 4 THEN round(20 + 800 * u * u)
        WHEN 5 THEN round(2 + 3 * u, 1)
        ELSE round(.5 + 4 * u * u, 2) END END AS DOUBLE) AS value,
    CASE kind
        WHEN 0 THEN CASE WHEN si THEN 'g/L' ELSE 'g/dL' END
        WHEN 3 THEN 'ng/mL' WHEN 4 THEN 'U/L' WHEN 5 THEN 'g/dL' WHEN 6 THEN 'mg/dL'
        ELSE '10^9/L' END AS unit,
    CAST(CASE WHEN gap = 0 THEN NULL ELSE CASE kind
        WHEN 0 THEN CASE WHEN si THEN 130.0 ELSE 13.0 END
        WHEN 1 THEN 150.0 WHEN 2 THEN 1.8 WHEN 5 THEN 3.5 END END AS DOUBLE) AS lower_limit,
    CAST(CASE kind WHEN 4 THEN 120.0 WHEN 6 THEN 1.2 END AS DOUBLE) AS upper_limit
FROM rows
"""


def write(patients: int, folder: Path) -> None:
    """Write both tables; the rows lie in the order of the patients, as a registry's export has them."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(folder)}) as connection:
        counts = {"patients": patients, "rows": ROWS_A_PATIENT}
        for name, query in (("patients", PATIENTS), ("labs", LABS)):
            text = query
            for key, value in counts.items():
                text = text.replace(f"${key}", str(value))
            connection.execute(f"COPY ({text}) TO '{folder / name}.parquet' (FORMAT parquet)")


if __name__ == "__main__":
    write(int(float(sys.argv[1])), Path(sys.argv[2]))
