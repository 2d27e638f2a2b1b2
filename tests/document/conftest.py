"""A small study in an empty folder: a store with two results, no registry, documents that a test writes."""

from pathlib import Path

import pytest

from tieout.values.freshness import input_digests
from tieout.values.project import Project, read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store

HEAD = """\
---
title: A paper
---

```{python}
#| include: false
from tieout import claim, results
r = results()
```

"""


def _write_results(project: Project, hospice: int = 17) -> None:
    meaning = Meaning("Entered hospice", "patients who stopped")
    results = Results(flow=Results(hospice=Count(hospice, 35, meaning), stopped=Count(35, 96, meaning)))
    study = {"title": "A study", "synthetic": True, "cutoff": "2023-09-30"}
    write_store(make_store(results, study, input_digests(project)), project.results)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = true\n")
    made = read_project(tmp_path)
    _write_results(made)
    monkeypatch.chdir(tmp_path)
    return made


@pytest.fixture
def write_results():
    """Write the small store anew, with another number of patients in hospice."""
    return _write_results


@pytest.fixture
def document(project: Project):
    """Write paper.qmd, below a head that imports `claim` and `r`, and return it as read."""
    from tieout.document.source import read_source

    def write(body: str, head: str = HEAD):
        (project.root / "paper.qmd").write_text(head + body)
        return read_source(project.root / "paper.qmd", project.root)

    return write
