import pytest

from tieout.values.freshness import input_digests, registry_files, stale_inputs
from tieout.values.project import read_project
from tieout.values.store import Store

CODE = 'def derive(tables):\n    """Count."""\n    return len(tables)\n'


@pytest.fixture
def project(tmp_path):
    (tmp_path / "_quarto.yml").write_text("project:\n  render: []\n")
    for name, text in {
        "analysis/__init__.py": CODE,
        "analysis/protocol.toml": "a = 1\n",
        "data/patients.csv": "id\n1\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return read_project(tmp_path)


def stale_after(project, name, text):
    store = Store({}, {}, input_digests(project))
    (project.root / name).write_text(text)
    return stale_inputs(store, project)


def test_an_untouched_study_is_fresh(project):
    assert stale_after(project, "analysis/__init__.py", CODE) == []


@pytest.mark.parametrize(
    ("name", "text", "stale"),
    [
        ("data/patients.csv", "id\n2\n", ["registry"]),
        ("data/more.csv", "id\n", ["registry"]),
        ("analysis/protocol.toml", "a = 2\n", ["protocol"]),
        ("analysis/__init__.py", CODE.replace("len", "sum"), ["analysis"]),
        ("analysis/new.py", "x = 1\n", ["analysis"]),
    ],
)
def test_a_change_of_what_derive_reads_makes_the_store_stale(project, name, text, stale):
    assert stale_after(project, name, text) == stale


@pytest.mark.parametrize(
    "text", [CODE.replace("Count.", "Count them."), CODE.replace("(tables)", "( tables )"), "# why\n" + CODE]
)
def test_docstrings_comments_and_layout_make_nothing_stale(project, text):
    assert stale_after(project, "analysis/__init__.py", text) == []


def test_scripts_and_notes_beside_the_data_are_not_the_registry(project):
    assert stale_after(project, "data/README.md", "x") == []
    assert [path.name for path in registry_files(project)] == ["patients.csv"]


def test_without_the_registry_only_what_can_be_seen_is_compared(project):
    store = Store({}, {}, input_digests(project))
    (project.data / "patients.csv").unlink()
    project.data.rmdir()
    assert stale_inputs(store, project) == []
