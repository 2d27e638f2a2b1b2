"""A table made ready for every output at once, and the cache that spares great-tables' import."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tieout.present.csv_table import csv_text
from tieout.present.pandoc_table import plain_document, typst_document
from tieout.present.table import Table
from tieout.present.word_table import openxml
from tieout.values.files import write_whole
from tieout.values.project import project_root

CACHE = Path(".tieout", "cache", "tables")


@dataclass(frozen=True, slots=True, eq=False)
class PrintedTable:
    """What a document prints: one code block that holds the table for every output; `model` is the table."""

    model: Table
    markdown: str

    def _repr_markdown_(self) -> str:
        return self.markdown


def printed(table: Table, root: Path | None = None) -> PrintedTable:
    """Make `table` ready for every output.

    The HTML is kept in `.tieout/cache/tables/` of the project at `root` (by default the one that holds the
    current folder); great-tables is imported only when a table with this content was never made there.

    Examples
    --------
    In `tables/baseline.py`: ``return printed(Table("baseline", column("Characteristic", "left"), ...))``
    """
    root = root or project_root(Path.cwd())
    documents = {"ast": plain_document(table), "typst": typst_document(table), "openxml": openxml(table)}
    payload = {
        "name": table.name,
        "html": _cached_html(table, root / CACHE, documents),
        **documents,
        "csv": csv_text(table),
    }
    return PrintedTable(table, _block(payload))


def _block(payload: dict[str, str]) -> str:
    lines = [f"{json.dumps(name)}: {json.dumps(text, ensure_ascii=True)}" for name, text in payload.items()]
    text = "{\n" + ",\n".join(lines) + "\n}"
    # a fence closes at the start of a line alone, and JSON's lines start with braces and quotes
    return f"``` {{.tieout-table}}\n{text}\n```"


def _cached_html(table: Table, folder: Path, documents: dict[str, str]) -> str:
    path = folder / f"{_content_hash(documents)}.html"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        from tieout.present.html_table import html  # noqa: PLC0415  (great-tables' own cost is inside)

        text = html(table)
        write_whole(path, text.encode())
        return text


def _content_hash(documents: dict[str, str]) -> str:
    """Hash what the HTML depends on: the table's content, the code that writes it, great-tables' version."""
    code = Path(__file__).with_name("html_table.py").read_bytes()
    spec = find_spec("great_tables")
    installed = Path(spec.origin).parents[1] if spec and spec.origin else Path()
    # the name of its folder tells the version; importlib.metadata would import the package email
    parts = [*documents.values(), *(path.name for path in installed.glob("great_tables-*.dist-info"))]
    return hashlib.sha256("\x00".join(parts).encode() + code).hexdigest()
