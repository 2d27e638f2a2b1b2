"""What must stay true of this study: its registry is fit, and its results follow from the rows."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from analysis import derive
from analysis.registry import REGISTRY
from tieout.derive.protocol import read_protocol
from tieout.sources import check_registry, read_registry
from tieout.values.store import read_store

ROOT = Path(__file__).parents[1]

needs_rows = pytest.mark.skipif(
    not any((ROOT / "data" / table.file).exists() for table in REGISTRY.tables),
    reason="the registry is not on this machine",
)


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """Everything that the registry gives under the protocol, by key."""
    protocol = read_protocol(ROOT / "analysis" / "protocol.toml")
    return dict(derive(read_registry(REGISTRY, ROOT / "data"), protocol).flat())


@needs_rows
def test_nothing_in_the_registry_blocks() -> None:
    assert [str(finding) for finding in check_registry(REGISTRY, ROOT / "data") if finding.blocks] == []


@needs_rows
def test_the_groups_make_up_everybody(results: dict[str, Any]) -> None:
    treated = results["flow.treated"].n
    assert results["outcomes.survival.a"].n + results["outcomes.survival.b"].n == treated
    assert sum(results[f"flow.{name}"].n for name in ("died", "relapsed", "well")) == treated


@needs_rows
def test_relapses_and_deaths_are_the_events_of_both_groups(results: dict[str, Any]) -> None:
    a, b = results["outcomes.survival.a"], results["outcomes.survival.b"]
    assert a.events + b.events == results["outcomes.relapsed_or_died"].n


def test_the_store_says_whether_its_rows_are_synthetic() -> None:
    if not (ROOT / "results" / "results.json").exists():
        pytest.skip("nothing has been derived yet: run tieout derive")
    stated = tomllib.loads((ROOT / "analysis" / "protocol.toml").read_text(encoding="utf-8"))["synthetic"]
    assert read_store(ROOT / "results").study["synthetic"] is stated
