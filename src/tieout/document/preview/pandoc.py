"""A pandoc that stays while a preview runs: from an executed document to its page, and then to its tree.

A new process for each save would start, fault in its memory and read its tables anew, twice: once to read the
document and once to write it. This one takes the same steps in one go (`pandoc.lua`).
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Self

from tieout.document.execute import Executed
from tieout.document.formats import Target
from tieout.document.parse import CROSSREF, Tree, prepare, require_resolved
from tieout.document.programs import environment, pandoc_path
from tieout.document.write import filters_of, settings_of, template_of
from tieout.values.finding import Finding, FindingsError
from tieout.values.project import Project

# room for a save before pandoc looks for what it no longer needs
_MEMORY = ["+RTS", "-A128m", "-RTS"]
_MOST_ANSWERS = 300  # each leaves a quarter of a megabyte behind, in pandoc's own Lua


class Pandoc:
    """The process: started when it is first needed, and again should it have ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owes_tree = False
        self._answered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process."""
        self._owes_tree, self._answered = False, 0
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def write_page(self, executed: Executed, target: Target, project: Project, csl: Path | None) -> str:
        """Return a document's HTML with style sheets and images by their paths: who shows it serves them.

        Raises
        ------
        FindingsError
            with every cross-reference and citation that leads nowhere, or with pandoc's own message.
        """
        answer = self._ask(_request(executed, target, project, csl))
        self._owes_tree = True
        require_resolved(answer["messages"], executed)
        if "failure" in answer:
            raise _failed(str(answer["failure"]))
        return str(answer["html"])

    def read_tree(self) -> Tree:
        """Return the tree that the page before was written from; once, after `write_page`."""
        self._owes_tree = False
        tree: Tree = self._answer()
        if self._answered >= _MOST_ANSWERS:
            self.close()
            self._process = _start()
        return tree

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Send a request, as ASCII on one line; return the first line of the answer."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = _start()
        if self._owes_tree:
            self.read_tree()  # nobody wanted it
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError:
            raise self._ended() from None
        answer: dict[str, Any] = self._answer()
        self._answered += 1
        return answer

    def _answer(self) -> Any:
        assert self._process is not None
        assert self._process.stdout is not None
        if not (line := self._process.stdout.readline()):
            raise self._ended()
        return json.loads(line)

    def _ended(self) -> FindingsError:
        """Return that the process ended in the middle of a request, and forget it."""
        assert self._process is not None
        code = self._process.wait()
        self.close()
        return _failed(f"exit {code}")


def _start() -> subprocess.Popen[bytes]:
    script = str(resources.files("tieout.document.preview") / "pandoc.lua")
    return subprocess.Popen(
        [pandoc_path(), "lua", *_MEMORY, script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what filters say comes with the answer
        env=environment(),
        start_new_session=True,  # a Ctrl-C in the terminal is the preview's
    )


def _request(executed: Executed, target: Target, project: Project, csl: Path | None) -> dict[str, Any]:
    prepared = prepare(executed, project, csl)
    files = {"csl": prepared.csl, "template": template_of(target, project)}
    settings = {"pandoc-api-version": [1, 23], "meta": settings_of(target), "blocks": []}
    return {
        "text": prepared.text.expandtabs(4),  # as pandoc's command line reads it
        "folder": str(executed.source.path.parent),
        "project": str(project.root),
        "crossref": CROSSREF,
        "cites": prepared.cites,
        "settings": json.dumps(settings),
        "filters": [str(path) for path in filters_of(target, project)],
        "css": [str(path) for path in target.paths("css")],
        **{name: str(path) for name, path in files.items() if path is not None},
    }


def _failed(reason: str) -> FindingsError:
    facts = {"pandoc": " ".join(reason.splitlines()[-3:])}
    return FindingsError([Finding("document/pandoc", "pandoc could not convert the document", None, facts)])
