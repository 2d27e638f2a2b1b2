from __future__ import annotations

import importlib
import re
from pathlib import Path

from tieout.derive.catalogue import document, methods

ROOT = Path(__file__).parents[2]


def test_the_document_is_the_one_that_the_table_makes():
    text = (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
    assert text == document(), "run python -m tieout.derive.catalogue docs/statistics.md"


def test_every_function_and_decision_that_it_names_exists():
    for method in methods():
        module, _, name = method.function.partition(".")
        assert callable(getattr(importlib.import_module(f"tieout.derive.{module}"), name)), method.function
        for path in re.findall(r"docs/\S+\.md", method.source):
            assert (ROOT / path).is_file(), path


def test_a_docstring_that_claims_agreement_claims_no_more_than_the_document():
    for method in methods():
        module, _, name = method.function.partition(".")
        words = getattr(importlib.import_module(f"tieout.derive.{module}"), name).__doc__
        claimed = re.search(r"to (1e-\d+)", words)
        if claimed and method.agrees.startswith("1e-"):
            assert float(claimed[1]) >= float(method.agrees.split(";")[0].split(" ")[0]), method.function


def test_no_module_hides_behind_a_function_of_its_name():
    package = importlib.import_module("tieout.derive")
    files = {path.stem for path in (ROOT / "src" / "tieout" / "derive").glob("*.py")}
    assert files & set(package.__all__) == set()
