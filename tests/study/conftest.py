"""The study's registry and protocol, read once; a study's modules are found from the project's root."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
Tables = Mapping[str, pd.DataFrame]
Derive = Callable[..., Any]


@pytest.fixture(scope="session")
def study() -> Any:
    """The study's `derive`, importable as when `tieout` runs it."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    import analysis

    return analysis


@pytest.fixture(scope="session")
def registry_tables(study: Any) -> Tables:
    from analysis.registry import REGISTRY
    from tieout.sources import read_registry

    return read_registry(REGISTRY, ROOT / "data")


@pytest.fixture(scope="session")
def derive(study: Any, registry_tables: Tables) -> Derive:
    """Derive a store at a cutoff, from the registry or from changed tables."""
    from tieout.derive import read_protocol
    from tieout.values.store import make_store

    protocol = read_protocol(ROOT / "analysis" / "protocol.toml")

    def at(cutoff: date | None = None, tables: Tables | None = None, **changes: Any) -> Any:
        from dataclasses import replace

        cut = replace(protocol.with_cutoff(cutoff) if cutoff else protocol, **changes)
        return make_store(study.derive(tables or registry_tables, cut), {}, {})

    return at


@pytest.fixture(scope="session")
def first_cut(derive: Derive) -> Any:
    """The store at the study's own cutoff."""
    return derive()
