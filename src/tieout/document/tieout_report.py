"""The tie-out report: the documents with every tie, given and claim marked, and what stands behind each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from html import escape
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any

from tieout.audit.loose import DrawnFigure
from tieout.document.execute import Executed
from tieout.document.explained import Explanation, explain, places_of_ties
from tieout.document.parse import Tree
from tieout.document.programs import run_pandoc
from tieout.text.pandoc import is_prepared_table, prepared_model
from tieout.values.facets import FACETS, show
from tieout.values.project import Project
from tieout.values.store import Store
from tieout.values.style import AMA

REPORT = "tie-out.html"
_KINDS = ("tie", "given", "claim")
_TABLE_TIE = re.compile(r'<span class="tie" data-key="([^"]+)"([^>]*)>(.*?)</span>', re.DOTALL)
_TEMPLATES = resources.files("tieout.document") / "templates"


@dataclass(slots=True)
class _Marks:
    """The marks of all documents in reading order; each gets the next number."""

    document: str
    made: list[dict[str, Any]]

    def add(self, kind: str, key: str, text: str, condition: str = "") -> int:
        number = len(self.made) + 1
        self.made.append(
            {"n": number, "kind": kind, "key": key, "text": text, "in": self.document, "condition": condition}
        )
        return number


def tieout_report(
    documents: Sequence[tuple[Executed, Tree]],
    project: Project,
    store: Store,
    previous: Store | None,
    figures: Mapping[str, DrawnFigure],
) -> str:
    """Return the report as one HTML page that needs no network.

    Parameters
    ----------
    documents : each as it was run and parsed.
    previous : the cut before, for the value that a number had there.
    figures : what drawn figures say, by the path that an image names.
    """
    marks: list[dict[str, Any]] = []
    bodies = [
        f'<section class="document" aria-label="{escape(executed.source.name)}">\n'
        f'<h2 class="file">{escape(executed.source.name)}</h2>\n'
        f"{_body(tree, _Marks(executed.source.name, marks), project)}</section>"
        for executed, tree in documents
    ]
    places = places_of_ties((executed for executed, _ in documents), figures)
    keys = dict.fromkeys(mark["key"].rpartition(".")[0] for mark in marks if mark["kind"] == "tie")
    keys |= dict.fromkeys(places)
    known = [explain(key, store, project.root, previous, places.get(key, [])) for key in keys if key in store]
    for mark in marks:
        mark["before"] = _before(mark, previous)
    data = {"marks": marks, "results": {each.key: asdict(each) for each in known}}
    count = {kind: sum(mark["kind"] == kind for mark in marks) for kind in _KINDS}
    return Template((_TEMPLATES / "tie-out.html").read_text(encoding="utf-8")).substitute(
        title=escape(str(store.study.get("title", "Tie-out report"))),
        facts=escape(_facts(store, previous, count)),
        synthetic='<p class="synthetic">SYNTHETIC data: no row describes a real patient.</p>'
        if store.study.get("synthetic")
        else "",
        documents="\n".join(bodies),
        rows="\n".join(_row(each) for each in known),
        data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
    )


def _facts(store: Store, previous: Store | None, count: Mapping[str, int]) -> str:
    before = f", before it the cut of {previous.study.get('cutoff')}" if previous is not None else ""
    marked = ", ".join(f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in count.items())
    return f"Cut of {store.study.get('cutoff')} ({store.digest[:12]}){before}. {marked}."


def _before(mark: Mapping[str, Any], previous: Store | None) -> str:
    key, _, facet = str(mark["key"]).rpartition(".")
    result = previous.results.get(key) if previous is not None and mark["kind"] == "tie" else None
    return show(result, facet, AMA) if result is not None and facet in FACETS[type(result)] else ""


def _body(tree: Tree, marks: _Marks, project: Project) -> str:
    blocks = [_marked(block, marks, project.root) for block in [*_title(tree), *tree["blocks"]]]
    document = {**tree, "meta": {}, "blocks": blocks}
    arguments = ["-f", "json", "-t", "html5", "--mathml", "--wrap=none", "--embed-resources", "--standalone"]
    with resources.as_file(_TEMPLATES / "body.html") as template:
        written, _ = run_pandoc(
            [*arguments, "--template", str(template), "-M", "pagetitle=x"], json.dumps(document), project.root
        )
    return written.decode()


def _title(tree: Tree) -> Iterator[dict[str, Any]]:
    title = tree["meta"].get("title")
    if title and title["t"] == "MetaInlines":
        yield {"t": "Header", "c": [1, ["", [], []], title["c"]]}


def _marked(node: Any, marks: _Marks, root: Path) -> Any:
    """Return a part of the tree with its marks numbered, its prepared tables as HTML, its images as files."""
    if isinstance(node, list):
        return [_marked(each, marks, root) for each in node]
    if not isinstance(node, dict):
        return node
    kind = node.get("t")
    if is_prepared_table(node):
        return {"t": "RawBlock", "c": ["html", _table(prepared_model(node)["html"], marks)]}
    if kind == "Span":
        return _span(node, marks, root)
    if kind == "Image":
        attributes, inlines, (path, title) = node["c"]
        drawn = f"{path}.svg" if not Path(path).suffix and (root / f"{path}.svg").is_file() else path
        return {"t": "Image", "c": [attributes, _marked(inlines, marks, root), [drawn, title]]}
    if kind == "Figure":  # its caption is printed below it
        attributes, caption, blocks = node["c"]
        inside = _marked(blocks, marks, root)
        return {"t": "Figure", "c": [attributes, _marked(caption, marks, root), inside]}
    return {name: _marked(value, marks, root) for name, value in node.items()}


def _span(node: dict[str, Any], marks: _Marks, root: Path) -> dict[str, Any]:
    (identifier, classes, attributes), inlines = node["c"]
    kind = next((each for each in _KINDS if each in classes), None)
    if kind is None:
        return {"t": "Span", "c": [[identifier, classes, attributes], _marked(inlines, marks, root)]}
    named = dict(attributes)
    key = named.get("key") or named.get("source") or named.get("from") or named.get("keys") or ""
    number = marks.add(kind, key, _text(inlines), named.get("condition", ""))
    made = [[f"m{number}", ["bound", kind], [["data-n", str(number)], ["tabindex", "0"]]], inlines]
    return {"t": "Span", "c": made}


def _table(html: str, marks: _Marks) -> str:
    def numbered(match: re.Match[str]) -> str:
        text = re.sub(r"<[^>]*>", "", match[3])
        number = marks.add("tie", match[1], text)
        names = f'class="bound tie" id="m{number}" data-n="{number}" tabindex="0"'
        return f"<span {names}{match[2]}>{match[3]}</span>"

    return _TABLE_TIE.sub(numbered, html)


def _text(inlines: Iterable[Mapping[str, Any]]) -> str:
    made = []
    for inline in inlines:
        content = inline.get("c")
        if inline["t"] == "Str":
            made.append(str(content))
        elif inline["t"] in {"Space", "SoftBreak"}:
            made.append(" ")
        elif isinstance(content, list) and all(isinstance(each, dict) for each in content):
            made.append(_text(content))
    return "".join(made)


def _row(known: Explanation) -> str:
    numbers = "; ".join(f"{name} {value}" for name, value in known.numbers)
    places = "<br>".join(escape(f"{place.where}: {place.text}") for place in known.places)
    cells = (
        f"<code>{escape(known.key)}</code>",
        escape(known.label),
        escape(known.value),
        escape(known.before),
    )
    more = (
        escape(numbers),
        escape(known.population),
        escape(known.method),
        f"<code>{escape(known.where)}</code>",
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in (*cells, *more, places)) + "</tr>"
