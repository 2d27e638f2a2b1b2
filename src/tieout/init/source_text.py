"""Writing a registry's description as the Python that an author corrects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from tieout.sources.registry import Column, ForeignKey, Format, Redcap, Registry, Table

_WIDTH = 100


def registry_source(registry: Registry) -> str:
    """Return the text of `analysis/registry.py`."""
    used = ["Column", "Registry", "Table"]
    used += ["ForeignKey"] if any(table.refers for table in registry.tables) else []
    used += ["Redcap"] if any(table.redcap for table in registry.tables) else []
    forms = [table.format for table in registry.tables if table.format != Format()]
    forms += [column.format for table in registry.tables for column in table.columns if column.format]
    used += ["Format"] if forms else []
    parts = [
        '"""The registry of this study, as proposed from its export: correct it where it is wrong.\n\n'
        "`tieout validate` says what in the data does not fit it. Rules between dates are yours to add\n"
        '(NotBefore, InOrder, AtMostOne, Required, OneUnit, from tieout.sources).\n"""',
        "",
        "from __future__ import annotations",
        "",
        f"from tieout.sources import {', '.join(sorted(used))}",
        "",
    ]
    for table in registry.tables:
        parts += [f"{table.name.upper()} = {_call(table, 0)}", ""]
    names = ", ".join(table.name.upper() for table in registry.tables)
    comma = "," if len(registry.tables) == 1 else ""
    patient = f', patient="{registry.patient}"' if registry.patient != "patient_id" else ""
    parts.append(f"REGISTRY = Registry(tables=({names}{comma}){patient})")
    return "\n".join(parts) + "\n"


_POSITIONAL: Mapping[type, int] = {Table: 2, Column: 2, ForeignKey: 2, Redcap: 2, Format: 0}


def _call(made: Any, depth: int) -> str:
    """Return the call that makes a declaration, without defaults, one argument a line where it is long."""
    kind = type(made)
    arguments = []
    for at, field in enumerate(fields(kind)):
        value = getattr(made, field.name)
        if at < _POSITIONAL[kind]:
            arguments.append(_value(value, depth + 1))
        elif value != _default(kind, field.name):
            arguments.append(f"{field.name}={_value(value, depth + 1)}")
    return _wrapped(f"{kind.__name__}(", arguments, ")", depth)


def _default(kind: type, name: str) -> Any:
    field = next(field for field in fields(kind) if field.name == name)
    return Format() if kind is Table and name == "format" else field.default


def _value(value: Any, depth: int) -> str:
    if isinstance(value, Column | ForeignKey | Format | Redcap):
        return _call(value, depth)
    if isinstance(value, tuple):
        items = [_value(item, depth + 1) for item in value]
        return _wrapped("(", items, ",)" if len(items) == 1 else ")", depth)
    if isinstance(value, Mapping):
        items = [f"{_text(key)}: {_text(label)}" for key, label in value.items()]
        return _wrapped("{", items, "}", depth)
    return _text(value) if isinstance(value, str) else repr(value)


def _text(value: str) -> str:
    quoted = repr(value)
    if '"' in value or not quoted.startswith("'"):
        return quoted
    return '"' + quoted[1:-1].replace("\\'", "'") + '"'


def _wrapped(head: str, items: list[str], tail: str, depth: int) -> str:
    line = head + ", ".join(items) + tail
    if len(line) + 4 * depth <= _WIDTH and "\n" not in line:
        return line
    indent = "    " * (depth + 1)
    body = "".join(f"{indent}{item},\n" for item in items)
    return f"{head}\n{body}{'    ' * depth}{tail[-1]}"
