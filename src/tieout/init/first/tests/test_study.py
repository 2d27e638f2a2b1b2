"""What must stay true of this study: nothing in its registry blocks, and everybody is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from analysis import derive
from analysis.registry import REGISTRY
from tieout.derive.protocol import read_protocol
from tieout.sources import check_registry, read_registry

ROOT = Path(__file__).parents[1]

needs_rows = pytest.mark.skipif(
    not any((ROOT / "data" / table.file).exists() for table in REGISTRY.tables),
    reason="the registry is not on this machine",
)


@needs_rows
def test_nothing_in_the_registry_blocks() -> None:
    assert [str(finding) for finding in check_registry(REGISTRY, ROOT / "data") if finding.blocks] == []


@needs_rows
def test_the_analyzed_are_no_more_than_the_registered() -> None:
    protocol = read_protocol(ROOT / "analysis" / "protocol.toml")
    results = dict(derive(read_registry(REGISTRY, ROOT / "data"), protocol).flat())
    assert 0 < results["flow.included"].n <= results["flow.registered"].n
