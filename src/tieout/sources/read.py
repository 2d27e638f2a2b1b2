"""Reading a registry whole: every table typed, checked and tied to the others, or all findings at once.

    tables = read_registry(REGISTRY, Path("data"))
    tables["cycles"].groupby("patient_id").size()
    tables["quarantine"]

Importing this module brings no pandas; reading does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tieout.sources.reading import Reading
from tieout.sources.registry import Registry, Table
from tieout.values.finding import Finding, FindingsError

if TYPE_CHECKING:
    import pandas as pd


def load_registry(registry: Registry, folder: Path) -> Reading:
    """Read and check every table of `registry` under `folder`, whatever is wrong with it.

    Never raises for what stands in the files; whoever uses the tables looks at `is_usable` first.
    """
    from tieout.sources.loading import load  # noqa: PLC0415  (brings pandas and pandera)

    return load(registry, folder)


def check_registry(registry: Registry, folder: Path) -> list[Finding]:
    """Return everything that is wrong with the registry under `folder`, what blocks first."""
    return load_registry(registry, folder).findings


def read_registry(registry: Registry, folder: Path) -> Mapping[str, pd.DataFrame]:
    """Return the tables of `registry`, typed, with a table "quarantine" of the rows that were set aside.

    Text is object with NaN where missing, codes are categories in the order declared, integers Int64, numbers
    float64, dates datetime64[ns], yes/no boolean. A number read with `below_limit` has a column
    ``NAME_sign`` ("<", ">" or missing) beside it; a date read with `partial_dates` has ``NAME_precision``
    ("day", "month", "year").

    Raises
    ------
    FindingsError
        with all findings at once, when one of them blocks.
    """
    reading = load_registry(registry, folder)
    if not reading.is_usable:
        raise FindingsError(reading.findings)
    return reading.tables


def registry_digest(registry: Registry, folder: Path) -> str:
    """Return the SHA-256 of the registry's files: their names and bytes, in the order of their names.

    A file that is absent counts as absent, so that its coming changes the digest. Of tables on a PostgreSQL
    server the rows that their queries select now are hashed; out of reach, the server counts as absent.
    """
    from tieout.sources.files import as_stored  # noqa: PLC0415  (brings the readers)

    registry, digest = as_stored(registry, folder), hashlib.sha256()
    for table in registry.tables:
        if table.file.startswith("postgresql:"):
            digest.update(f"{table.name}\0{_server_digest(table)}\0".encode())
    for file in sorted({t.file for t in registry.tables if not t.file.startswith("postgresql:")}):
        path = folder / file
        size = path.stat().st_size if path.is_file() else -1
        digest.update(f"{file}\0{size}\0".encode())
        if size >= 0:
            with path.open("rb") as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
    return digest.hexdigest()


def _server_digest(table: Table) -> str:
    from tieout.sources.databases import postgresql_digest  # noqa: PLC0415  (only for servers; brings pandas)
    from tieout.sources.raw import ReadError  # noqa: PLC0415

    try:
        return postgresql_digest(table)
    except ReadError:
        return "absent"
