"""The data dictionary of a registry, generated from its description: as rows, CSV or Markdown."""

from __future__ import annotations

import csv
import io
from dataclasses import astuple, dataclass, fields

from tieout.sources.registry import Column, Registry, Table

_TYPES = {
    "text": "text",
    "code": "code",
    "integer": "whole number",
    "number": "number",
    "date": "date",
    "yes_no": "yes or no",
}


@dataclass(frozen=True, slots=True)
class DictionaryRow:
    """One column of the registry, in the words that a reader of the supplement needs."""

    table: str
    column: str
    label: str
    type: str
    unit: str
    values: str
    missing: str
    role: str


def dictionary(registry: Registry) -> list[DictionaryRow]:
    """Return a row for each column of each table, in the registry's order.

    `values` lists the codes with their labels, or the plausible range; `missing` says whether a value may be
    absent and which texts mean so.
    """
    return [_row(table, column) for table in registry.tables for column in table.columns]


def dictionary_csv(registry: Registry) -> str:
    """Return the data dictionary as CSV with a header."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(field.name for field in fields(DictionaryRow))
    writer.writerows(astuple(row) for row in dictionary(registry))
    return stream.getvalue()


def dictionary_markdown(registry: Registry) -> str:
    """Return the data dictionary as a Markdown section a table, each a pipe table."""
    parts = []
    rows = dictionary(registry)
    for table in registry.tables:
        title = f"## {_cell(table.label or table.name)}"
        where = f"`{table.file}`" + (f", one row for each {', '.join(table.key)}" if table.key else "")
        head = [
            "| Column | Meaning | Type | Unit | Values | Missing |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        body = [
            f"| `{row.column}` | {_cell(row.label)} | {row.type} | {_cell(row.unit)} | {_cell(row.values)} "
            f"| {_cell(row.missing)} |"
            for row in rows
            if row.table == table.name
        ]
        parts.append("\n".join([title, "", where, "", *head, *body, ""]))
    if registry.rules:
        parts.append("\n".join(["## Rules", "", *(f"- {rule}" for rule in registry.rules), ""]))
    return "\n".join(parts)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "\\<")


def _row(table: Table, column: Column) -> DictionaryRow:
    format_ = table.format_of(column)
    missing = (*(["empty"] if column.nullable else []), *column.missing, *format_.missing)
    return DictionaryRow(
        table=table.name,
        column=column.name,
        label=column.label,
        type=_TYPES[column.type],
        unit=column.unit,
        values=_values(table, column),
        missing=", ".join(missing) if missing else "never",
        role=column.use,
    )


def _values(table: Table, column: Column) -> str:
    if column.type == "code":
        return "; ".join(
            code if code == label else f"{code} = {label}" for code, label in column.labels.items()
        )
    for reference in table.refers:
        if reference.column == column.name:
            return f"one of {reference.table}.{reference.target}"
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low} to {high}"
    if low is not None:
        return f"{low} or more"
    return f"{high} or less" if high is not None else ""
