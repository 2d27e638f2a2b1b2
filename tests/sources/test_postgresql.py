"""A PostgreSQL server, started by the test: its answers read like a file, and nothing in it changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest

from tieout.sources import Column, Format, Registry, Table, load_registry, registry_digest

TABLE = Table(
    "visits",
    "postgresql:TEST_REGISTRY",
    (
        Column("patient_id", "text", role="identifier"),
        Column("seen", "date"),
        Column("psa", "number", unit="ng/mL", nullable=True),
        Column("dead", "yes_no"),
    ),
    key=("patient_id",),
    format=Format(query="SELECT patient_id, seen, psa, dead FROM visits ORDER BY patient_id"),
)
REGISTRY = Registry((TABLE,))


def programs() -> Path | None:
    """Where Debian or the PATH keeps initdb and postgres."""
    if found := shutil.which("initdb"):
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    bin_ = programs()
    if bin_ is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed")
        pytest.skip("PostgreSQL (initdb, pg_ctl) is not installed")
    # a folder that another user may enter, with a name short enough for a socket
    folder = Path(tempfile.mkdtemp(prefix="registry-"))
    user = None
    if os.getuid() == 0:  # postgres refuses to be run by root
        user = "postgres"
        shutil.chown(folder, user)
    data, options = folder / "data", f"-k {folder} -c listen_addresses='' -c fsync=off"

    def run(*command: object) -> None:
        quiet = subprocess.DEVNULL
        words = [str(word) for word in command]
        subprocess.run(words, check=True, stdout=quiet, stderr=quiet, cwd=folder, user=user)

    run(bin_ / "initdb", "-D", data, "-A", "trust", "-U", "test", "-N")
    run(bin_ / "pg_ctl", "-D", data, "-w", "-o", options, "start")
    try:
        address = f"host={folder} user=test dbname=postgres"
        with psycopg.connect(address) as connection:
            connection.execute("CREATE TABLE visits (patient_id text, seen date, psa numeric, dead boolean)")
            rows = [("P1", date(2023, 9, 30), "12.50", True), ("P2", date(2023, 10, 1), None, False)]
            with connection.cursor() as cursor:
                cursor.executemany("INSERT INTO visits VALUES (%s, %s, %s, %s)", rows)
        yield address
    finally:
        run(bin_ / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def test_the_answer_of_a_server_is_read_as_a_table(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_REGISTRY", address)
    found = load_registry(REGISTRY, tmp_path)
    assert found.findings == []
    visits = found.tables["visits"]
    assert visits["psa"].fillna(-1).tolist() == [12.5, -1]
    assert visits["dead"].tolist() == [True, False]
    assert visits["seen"].dt.strftime("%Y-%m-%d").tolist() == ["2023-09-30", "2023-10-01"]


def test_the_digest_follows_the_rows_of_the_server(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_REGISTRY", address)
    first = registry_digest(REGISTRY, tmp_path)
    assert first == registry_digest(REGISTRY, tmp_path)
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE visits SET psa = 13 WHERE patient_id = 'P1'")
    second = registry_digest(REGISTRY, tmp_path)
    with psycopg.connect(address) as connection:
        connection.execute("UPDATE visits SET psa = 12.50 WHERE patient_id = 'P1'")
    assert second != first
    monkeypatch.delenv("TEST_REGISTRY")
    assert registry_digest(REGISTRY, tmp_path) not in {first, second}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("DELETE FROM visits RETURNING patient_id", "registry/broken-file"),
        ("SELECT * FROM nowhere", "registry/query"),
        ("SELECT 1/0 AS patient_id", "registry/broken-file"),
        ("", "registry/no-query"),
    ],
)
def test_a_query_that_cannot_be_answered_is_a_finding_and_changes_nothing(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, code: str
) -> None:
    monkeypatch.setenv("TEST_REGISTRY", address)
    table = Table("visits", TABLE.file, TABLE.columns, format=Format(query=query))
    assert [f.code for f in load_registry(Registry((table,)), tmp_path).findings] == [code]
    assert len(load_registry(REGISTRY, tmp_path).tables["visits"]) == 2


def test_an_absent_address_and_a_silent_server_are_findings_without_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TEST_REGISTRY", raising=False)
    assert [f.code for f in load_registry(REGISTRY, tmp_path).findings] == ["registry/no-address"]
    monkeypatch.setenv("TEST_REGISTRY", f"host={tmp_path} user=u password=secretword dbname=d")
    [finding] = load_registry(REGISTRY, tmp_path).findings
    assert finding.code == "registry/no-connection"
    assert "secretword" not in str(finding)
