"""Run the R scripts and write the manifest: `python tests/reference/run.py`.

The scripts compute from R's own data sets and from hand-made cases what the tests compare with. Ordinary
tests read the CSV files alone; this is run when a script changes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
R = shutil.which("Rscript") or "Rscript"
SCRIPTS = ("datasets", "kaplan_meier", "log_rank", "cox", "competing", "summaries")
VERSIONS = """
cat(R.version.string, as.character(packageVersion("survival")), as.character(packageVersion("cmprsk")), sep =
"\\n")
"""


def hashes() -> dict[str, str]:
    """Return the SHA-256 of every script and table."""
    files = [
        FOLDER / "common.R",
        *FOLDER.glob("*.R"),
        *FOLDER.glob("data/*.csv"),
        *FOLDER.glob("values/*.csv"),
    ]
    return {
        path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(set(files))
    }


def main() -> None:
    """Run every script, then write the manifest."""
    for script in SCRIPTS:
        subprocess.run([R, f"{script}.R"], cwd=FOLDER, check=True)
    with tempfile.TemporaryDirectory() as folder:  # patients stay out of the repository
        subprocess.run([sys.executable, "study_data.py", folder], cwd=FOLDER, check=True)
        subprocess.run([R, "study.R", folder], cwd=FOLDER, check=True)
    answer = subprocess.run([R, "-e", VERSIONS], check=True, capture_output=True, text=True)
    r, survival, cmprsk = answer.stdout.splitlines()
    manifest = {
        "made with": {"R": r, "survival": survival, "cmprsk": cmprsk},
        "data": "lung, veteran, colon, pbc, mgus2 and heart of R's package survival (LGPL-2 or later); "
        "edge, edge_competing, edge_exhausted and groups are written by hand",
        "sha256": hashes(),
    }
    (FOLDER / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
