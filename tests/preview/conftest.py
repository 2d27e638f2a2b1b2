"""A small study in an empty folder, previewed: the loop in a thread, its server beside it."""

from __future__ import annotations

import http.client
import json
import re
import sys
import threading
from pathlib import Path

import pytest

from tieout.document.preview.server import Site, open_server
from tieout.document.preview.session import Board, run_preview
from tieout.values.freshness import input_digests
from tieout.values.project import Project, read_project
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store

PAPER = """\
---
title: A paper
---

```{python}
#| include: false
from tieout import claim, results
r = results()
```

# Results

Of the `{python} r.flow.stopped.n` patients who stopped, `{python} r.flow.hospice.n_percent` entered
hospice, `{python} claim("fewer than half", r.flow.hospice.share < 0.5)`.
"""


def _write_results(project: Project, hospice: int) -> None:
    meaning = Meaning("Entered hospice", "patients who stopped", "first event after the decision")
    results = Results(flow=Results(hospice=Count(hospice, 35, meaning), stopped=Count(35, 96, meaning)))
    study = {"title": "A study", "synthetic": True, "cutoff": "2023-09-30"}
    write_store(make_store(results, study, input_digests(project)), project.results)


class Previewed:
    """A running preview, and a way to wait for what it says."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.board = Board()
        self.server = open_server(Site(self.board, project.output, "paper.qmd"))
        self.port = self.server.server_port
        self._seen = 0
        self._threads = [
            threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}),
            threading.Thread(
                target=run_preview,
                args=("paper.qmd", project, None, self.board, lambda _: None),
            ),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self.board.close()
        self.server.shutdown()
        self.server.server_close()
        for thread in self._threads:
            thread.join(20)

    def paper(self, text: str) -> None:
        (self.project.root / "paper.qmd").write_text(text, encoding="utf-8")

    def until(self, kind: str, holds=lambda _: True) -> dict:
        """Return the next message of a kind for which something holds."""
        while newer := self.board.after(self._seen, 30):
            for number, name, text in newer:
                self._seen = number
                data = json.loads(text)
                if name == "page":  # pandoc breaks its lines where it likes
                    data["html"] = re.sub(r"[ \n]+", " ", data["html"])
                if name == kind and holds(data):
                    return data
        raise AssertionError(f"no message {kind}")

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer, content


_STUDY = {"analysis", "figures", "tables"}


def _study_modules() -> list[str]:
    return [name for name in sys.modules.copy() if name.partition(".")[0] in _STUDY]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in _study_modules():  # another test of this process may have imported another study's
        monkeypatch.delitem(sys.modules, name)
    (tmp_path / "_quarto.yml").write_text("project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "protocol.toml").write_text("synthetic = true\n")
    (tmp_path / "paper.qmd").write_text(PAPER)
    made = read_project(tmp_path)
    _write_results(made, 17)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield made
    for name in _study_modules():
        del sys.modules[name]


@pytest.fixture
def write_results():
    """Write another cut of the small store, by the number of patients in hospice."""
    return _write_results


@pytest.fixture
def previewed(project: Project):
    running = Previewed(project)
    running.start()
    yield running
    running.stop()
