"""Write the analysis data of this repository's study, as its R script reads it: `python
tests/reference/study_data.py FOLDER`.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main(folder: Path) -> None:
    """Write the data set of the registry as it stands."""
    sys.path.insert(0, str(ROOT))
    from analysis import data_set
    from analysis.registry import REGISTRY
    from tieout.derive import read_protocol, write_analysis_data
    from tieout.sources import read_registry

    tables = read_registry(REGISTRY, ROOT / "data")
    write_analysis_data(*data_set(tables, read_protocol(ROOT / "analysis" / "protocol.toml")), folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
