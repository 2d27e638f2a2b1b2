import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from tieout.values.freshness import input_digests, registry_files, stale_inputs, tool_version, version_note
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


def age(path, seconds=60):
    """Set a file's time back, so that its hash may be kept."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns - seconds * 10**9))


def test_a_file_is_read_again_only_when_its_size_or_time_changed(project, monkeypatch):
    for path in project.root.rglob("*"):
        if path.is_file():
            age(path)
    before = input_digests(project)
    kept = json.loads((project.root / ".tieout" / "hashes.json").read_text())
    assert sorted(kept) == ["analysis/__init__.py", "analysis/protocol.toml", "data/patients.csv"]
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path.name} was read"))
    assert input_digests(project) == before
    monkeypatch.undo()
    (project.data / "patients.csv").write_text("id\n9\n")
    assert input_digests(project)["registry"] != before["registry"]


def test_a_file_changed_within_its_clock_s_tick_is_not_trusted(project):
    input_digests(project)
    assert not (project.root / ".tieout" / "hashes.json").exists()


def test_the_registry_s_description_counts_where_it_stands_outside_of_the_analysis(project):
    (project.root / "registry.py").write_text("A = 1\n")
    elsewhere = replace(project, registry="registry:A")
    store = Store({}, {}, input_digests(elsewhere))
    (project.root / "registry.py").write_text("A = 2\n")
    assert stale_inputs(store, elsewhere) == ["analysis"]


def test_the_tool_s_version_and_a_chosen_cutoff_make_nothing_stale(project):
    store = Store({}, {}, {**input_digests(project), "tieout": "0.0.1", "cutoff": "2023-06-30"})
    assert stale_inputs(store, project) == []
    assert "0.0.1" in version_note(store)
    assert version_note(Store({}, {}, {"tieout": tool_version()})) == ""
