"""The list of methods as documentation: `python -m tieout.derive.catalogue docs/statistics.md` writes it."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).parent / "tables" / "methods.toml"
_HEAD = """# Statistics

What each method is, how its options are named, what R and SAS call it, and how closely it was shown to agree.
Tolerances are relative and held by the tests against `tests/reference/values`, which R 4.2 with survival and
cmprsk made. `tieout derive --cross-check` has lifelines and statsmodels compute a study's own estimates
again. Made by `python -m tieout.derive.catalogue docs/statistics.md` from
`src/tieout/derive/tables/methods.toml`.
"""
_COLUMNS = ("Method", "Definition", "Options", "R", "SAS", "Agrees to", "Source")


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the list; `function` is where it is, below `tieout.derive`."""

    topic: str
    name: str
    function: str
    definition: str
    options: str
    r: str
    sas: str
    agrees: str
    source: str


def methods() -> Sequence[Method]:
    """Return the methods in the order of the table."""
    with _TABLE.open("rb") as file:
        return [Method(**row) for row in tomllib.load(file)["method"]]


def document() -> str:
    """Return docs/statistics.md."""
    parts = [_HEAD]
    for topic in dict.fromkeys(method.topic for method in methods()):
        rows = [method for method in methods() if method.topic == topic]
        lines = [f"## {topic}", "", _row(_COLUMNS), _row(["---"] * len(_COLUMNS))]
        lines += [_row(_cells(method)) for method in rows]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def _cells(method: Method) -> list[str]:
    named = f"{method.name} (`{method.function}`)"
    return [named, method.definition, method.options, method.r, method.sas, method.agrees, method.source]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), encoding="utf-8", newline="\n")
