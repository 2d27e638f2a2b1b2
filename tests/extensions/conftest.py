"""Pandoc with the shared filters on small Markdown, in an empty project that holds a small store."""

import json
import subprocess
from pathlib import Path

import pypandoc
import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "_extensions"
TIEOUT = EXTENSIONS / "tieout"
FILTERS = ["floats.lua", "tie.lua", "alt.lua"]
TEMPLATES = {"html": "html.template", "typst-citations": "typst.template", "plain": "plain.template"}
DIGEST = "ab" * 32


class Rendered:
    """What pandoc wrote, said and returned."""

    def __init__(self, path: Path, done: "subprocess.CompletedProcess[str]") -> None:
        self.path, self.code, self.messages = path, done.returncode, done.stderr

    @property
    def text(self) -> str:
        assert self.code == 0, self.messages
        return self.path.read_text(encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    results = {
        "flow.hospice": {
            "kind": "count",
            "label": "Entered hospice",
            "population": "patients who stopped",
            "method": "first event, “after” stopping",
        },
        "flow.stopped": {"kind": "count", "label": "Stopped", "population": "", "method": ""},
    }
    store = {"format": 1, "study": {"synthetic": True}, "inputs": {}, "results": results, "digest": DIGEST}
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "results.json").write_text(json.dumps(store), encoding="utf-8")
    return tmp_path


@pytest.fixture
def store(project):
    """Change the store: `store(synthetic=False)`; `store(absent=True)` takes it away."""
    path = project / "results" / "results.json"

    def change(synthetic=True, absent=False, text=None):
        if absent:
            path.unlink()
            return
        document = json.loads(path.read_text(encoding="utf-8"))
        document["study"]["synthetic"] = synthetic
        path.write_text(text or json.dumps(document), encoding="utf-8")

    return change


@pytest.fixture
def render(project):
    """Render Markdown to a format as the embedded renderer does, and return what came of it."""

    def run(markdown, to, style=None, filters=FILTERS, standalone=True):
        writer = "typst-citations" if to == "typst" else to
        output = project / f"out.{to}"
        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", writer, "-o", str(output)]
        command += [item for name in filters for item in ("-L", str(TIEOUT / name))]
        command += ["-M", "lang=en", "-M", f"tieout-project={project}", "--wrap=none"]
        if style:
            command += ["-M", f"tieout-style={style}"]
        if standalone and to == "docx":
            command += ["--template", str(TIEOUT / "docx.openxml")]
            command += ["--reference-doc", str(EXTENSIONS / (style or "manuscript") / "reference.docx")]
        elif standalone:
            command += ["--standalone", "--template", str(TIEOUT / "embedded" / TEMPLATES[writer])]
        done = subprocess.run(
            command,
            input=markdown,
            text=True,
            encoding="utf-8",
            capture_output=True,
            cwd=project,
            check=False,
        )
        return Rendered(output, done)

    return run
