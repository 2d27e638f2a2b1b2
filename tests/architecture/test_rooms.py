"""The rooms and the direction of their imports, as docs/architecture.md draws them."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TOOL = ROOT / "src" / "tieout"
DATA_BRANCH = ["sources", "derive"]
DOCUMENT_BRANCH = ["text", "present", "venue", "audit", "document", "word", "submit"]
HEAVY = {"pandas", "lifelines", "statsmodels", "pandera", "scipy"}


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports_of(path) if name.startswith("tieout.")}


def modules(room: str) -> list[Path]:
    return sorted((TOOL / room).rglob("*.py"))


def test_values_imports_no_other_room():
    for path in modules("values"):
        assert rooms_imported(path) <= {"values"}, path


def test_a_room_imports_only_rooms_before_it_in_its_branch():
    for branch in (DATA_BRANCH, DOCUMENT_BRANCH):
        for at, room in enumerate(branch):
            for path in modules(room):
                assert rooms_imported(path) <= {"values", *branch[: at + 1]}, path


def test_a_new_study_is_proposed_by_the_readers_of_registries_alone():
    # `first/` and `generic/` are studies: what they import is what a study imports
    for path in sorted((TOOL / "init").glob("*.py")):
        assert rooms_imported(path) <= {"values", "sources", "init"}, path


def test_no_two_modules_import_each_other():
    paths = {
        ".".join(path.relative_to(TOOL.parent).with_suffix("").parts): path for path in TOOL.rglob("*.py")
    }
    imports = {name: imports_of(path) & paths.keys() for name, path in paths.items()}
    circles = [(one, other) for one, found in imports.items() for other in found if one in imports[other]]
    assert [pair for pair in circles if pair[0] < pair[1]] == []


def test_the_document_branch_never_imports_the_libraries_of_the_data_branch():
    for room in (*DOCUMENT_BRANCH, "values"):
        for path in modules(room):
            roots = {name.split(".")[0] for name in imports_of(path)}
            assert not roots & HEAVY, path


def test_tables_and_figures_see_results_and_nothing_of_the_registry():
    for folder in ("tables", "figures"):
        for path in sorted((ROOT / folder).glob("*.py")):
            roots = {name.split(".")[0] for name in imports_of(path)}
            assert not roots & (HEAVY | {"analysis", "data"}), path
            assert rooms_imported(path) <= {"values", "present"}, path


def test_every_room_stands_in_the_architecture_and_every_drawn_room_exists():
    drawn = set(
        re.findall(r"^    (\w+)/ ", (ROOT / "docs/architecture.md").read_text(encoding="utf-8"), re.M)
    )
    built = {path.name for path in TOOL.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert drawn == built


def test_no_module_is_named_for_nothing():
    nothing = {"utils", "util", "helpers", "common", "misc"}
    assert not [path for path in TOOL.rglob("*.py") if path.stem in nothing]
