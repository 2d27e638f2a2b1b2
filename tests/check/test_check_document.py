"""docs/check.md says of each rule what the rule says of itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_document_holds_the_rules_as_they_are() -> None:
    spec = importlib.util.spec_from_file_location("measure_check", ROOT / "tests/check/measure_check.py")
    assert spec is not None
    assert spec.loader is not None
    measure = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(measure)
    written = (ROOT / "docs/check.md").read_text(encoding="utf-8")
    assert written.startswith(measure.rules_section())
