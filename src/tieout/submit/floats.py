"""A manuscript's tables and figures as files of their own, in the formats that a journal asks for."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieout.document.formats import Target
from tieout.document.write import write_outputs
from tieout.present.figure_file import figure
from tieout.text.pandoc import Node, is_prepared_table, prepared_model
from tieout.text.pdf import opened_pdf
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.navigate import Branch
from tieout.values.project import Project
from tieout.venue.profile import FigureFiles

DEFAULT = FigureFiles(("tiff", "pdf"), 600, ())
_PICTURE = re.compile(r"^figures/(\w+)$")
_MM_PER_POINT = 25.4 / 72


@dataclass(frozen=True, slots=True)
class Float:
    """A numbered table or figure of the tree: its kind, its number among its kind, its block."""

    kind: str
    number: int
    block: Node

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return f"{self.kind} {self.number}"


def floats_of(tree: Node) -> list[Float]:
    """Return the labelled tables and figures of a document, numbered as they are printed."""
    found: list[Float] = []
    for label, block in _labelled(tree["blocks"]):
        kind = "Table" if label.startswith("tbl-") else "Figure"
        found.append(Float(kind, 1 + sum(other.kind == kind for other in found), block))
    return found


def _labelled(blocks: Sequence[Node]) -> Iterator[tuple[str, Node]]:
    for block in blocks:
        if block["t"] not in ("Div", "Figure"):
            continue
        label = block["c"][0][0]
        if label.startswith(("tbl-", "fig-")):
            yield label, block
        elif block["t"] == "Div":
            yield from _labelled(block["c"][1])


def table_files(tree: Node, target: Target, project: Project) -> dict[str, bytes]:
    """Return each table as a Word file of its own with its caption, and as CSV where its model has one."""
    options = {key: value for key, value in target.options.items() if key not in ("tieout-style", "abstract")}
    meta = {key: value for key, value in tree["meta"].items() if key in ("lang", "tieout-project")}
    made: dict[str, bytes] = {}
    for one in floats_of(tree):
        if one.kind != "Table":
            continue
        alone = {**tree, "meta": meta, "blocks": [one.block]}
        written = write_outputs(alone, [replace(target, options=options)], project)
        made[f"{one.name}.docx"] = written["docx"].content
        for model in _models(one.block):
            if text := model.get("csv"):
                made[f"{one.name}.csv"] = str(text).encode()
    return made


def _models(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if is_prepared_table(node):
            yield prepared_model(node)
        else:
            for value in node.values():
                yield from _models(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _models(value)


def figure_files(
    tree: Node, r: Branch, project: Project, asked: FigureFiles
) -> tuple[dict[str, bytes], list[Finding]]:
    """Return each figure in the formats asked for, and a note for one that is wider than the journal's page.

    Raises
    ------
    FindingsError
        for a figure that is no figure of the study, which cannot be drawn again.
    """
    made: dict[str, bytes] = {}
    notes: list[Finding] = []
    for one in floats_of(tree):
        if one.kind != "Figure":
            continue
        name = _picture(one)
        figure(name, r, formats=("svg", "png", "pdf"), root=project.root)
        pdf = (project.root / "figures" / f"{name}.pdf").read_bytes()
        if "pdf" in asked.formats:
            made[f"{one.name}.pdf"] = pdf
        if "tiff" in asked.formats:
            made[f"{one.name}.tiff"] = _tiff(pdf, asked.dpi)
        width_mm = _width_mm(pdf)
        if asked.widths_mm and width_mm > max(asked.widths_mm) + 1:
            facts = {"have": f"{width_mm:.0f} mm", "need": f"at most {max(asked.widths_mm):g} mm"}
            message, remedy = "the figure is wider than the journal's page", "draw it narrower"
            place = Place(f"{one.name}.pdf")
            notes.append(Finding("submit/figure-width", message, place, facts, remedy, blocks=False))
    return made, notes


def _picture(one: Float) -> str:
    for target in _images(one.block):
        if match := _PICTURE.fullmatch(re.sub(r"\.(svg|png|pdf)$", "", target)):
            return match[1]
    message, remedy = (
        "this figure is no module of figures/, it cannot be drawn for print",
        "print it by figure()",
    )
    raise FindingsError([Finding("submit/figure", message, Place(one.name), {}, remedy)])


def _images(node: Any) -> Iterator[str]:
    if isinstance(node, Mapping):
        if node.get("t") == "Image":
            yield str(node["c"][2][0])
        for value in node.values():
            yield from _images(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _images(value)


def _tiff(pdf: bytes, dpi: int) -> bytes:
    """Return the first page of a PDF as an LZW-compressed TIFF."""
    with opened_pdf(pdf) as document:
        picture = document[0].render(scale=dpi / 72).to_pil().convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return buffer.getvalue()


def _width_mm(pdf: bytes) -> float:
    with opened_pdf(pdf) as document:
        return float(document[0].get_width()) * _MM_PER_POINT
