"""Running a document: cells and inline expressions in order, in one namespace, once for all formats.

Every error of every expression is gathered; a document with errors is not rendered.
"""

from __future__ import annotations

import ast
import contextlib
import io
import linecache
import os
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tieout.document.pieces import INLINE, Cell, Prose, split_pieces
from tieout.document.source import Line, Source
from tieout.document.unsupported import check_supported
from tieout.values.claim import ClaimError
from tieout.values.condition import Condition
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.markdown import escape
from tieout.values.navigate import Branch, UnknownKeyError
from tieout.values.project import project_root
from tieout.values.study_code import study_line

_FAILING = "document/failing-code"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """An inline expression with what it gave: a tie, a claim, or anything else that prints."""

    expression: str
    value: object
    place: Place


@dataclass(frozen=True, slots=True)
class Executed:
    """A document after its code ran: plain Markdown, each line with its origin, and what was evaluated."""

    source: Source
    lines: tuple[Line, ...]
    evaluated: tuple[Evaluated, ...]
    findings: tuple[Finding, ...] = ()  # what a lenient run met with

    @property
    def markdown(self) -> str:
        """The whole text, as pandoc reads it."""
        return "\n".join(line.text for line in self.lines) + "\n"


@dataclass(slots=True)
class _Run:
    """What a run gathers while it goes through the document."""

    defaults: dict[str, Any]
    names: dict[str, Any] = field(default_factory=lambda: {"__name__": "__main__"})
    lines: list[Line] = field(default_factory=list)
    evaluated: list[Evaluated] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    broken: bool = False
    lenient: bool = False
    root: Path = Path()


def run_document(
    source: Source, defaults: dict[str, Any] | None = None, *, lenient: bool = False
) -> Executed:
    """Run a document. `defaults` are the cell options of `execute:` in `_quarto.yml`.

    A lenient run prints the words of false claims and a dash for what fails, and keeps the findings: so a
    document can be seen against a store for which it was not written.

    Raises
    ------
    FindingsError
        with every failing cell, unknown result, false claim and unsupported feature.
    """
    root = project_root(source.path.parent)
    pieces = list(split_pieces(source.lines))
    run = _Run(
        {"echo": True, **(defaults or {}), **(source.front.get("execute") or {})}, lenient=lenient, root=root
    )
    run.findings += check_supported(source.front, source.name, pieces)
    with _named(source):
        for piece in pieces:
            if isinstance(piece, Cell):
                _run_cell(run, piece)
            elif piece.verbatim:
                run.lines.append(piece.line)
            else:
                _run_prose(run, piece)
    if run.findings and not lenient:
        raise FindingsError(run.findings)
    return Executed(source, tuple(run.lines), tuple(run.evaluated), tuple(run.findings))


@contextlib.contextmanager
def _named(source: Source) -> Iterator[None]:
    """Name the document in the environment while it runs, as Quarto does.

    What prints numbers finds the document there, and with it the venue whose style it follows.
    """
    named = {
        "QUARTO_PROJECT_ROOT": str(project_root(source.path.parent)),
        "QUARTO_DOCUMENT_PATH": str(source.path.parent),
        "QUARTO_DOCUMENT_FILE": source.path.name,
    }
    before = {name: os.environ.get(name) for name in named}
    os.environ.update(named)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _run_prose(run: _Run, prose: Prose) -> None:
    parts, end = [], 0
    text, place = prose.line.text, prose.line.place
    for match in INLINE.finditer(text):
        here = Place(place.file, place.line, match.start() + 1)
        parts += [text[end : match.start()], _run_inline(run, match[1].strip(), here)]
        end = match.end()
    run.lines += [Line(part, place) for part in ("".join(parts) + text[end:]).split("\n")]


def _run_inline(run: _Run, expression: str, place: Place) -> str:
    try:
        value = eval(compile(expression, str(place), "eval"), run.names)  # noqa: S307  (running the author's own document is the purpose)
        printed = _markdown(value)
    except Exception as error:  # noqa: BLE001  (whatever the author's expression raises is a finding)
        _record(run, error, expression, place)
        if run.lenient and isinstance(error, ClaimError):
            run.evaluated.append(Evaluated(expression, error.claim, place))
            return error.claim._repr_markdown_()
        return "\N{EM DASH}" if run.lenient else ""
    run.evaluated.append(Evaluated(expression, value, place))
    return printed


def _run_cell(run: _Run, cell: Cell) -> None:
    options = {**run.defaults, **cell.options}
    if options.get("echo") and options.get("include", True) is not False:
        run.lines += [Line(text, cell.place) for text in ("", "```python", *cell.code.split("\n"), "```", "")]
    if options.get("eval", True) is False:
        return
    try:
        value, printed = _execute(cell, run.names)
    except Exception as error:  # noqa: BLE001  (as above)
        run.broken = True
        _record(run, error, "", _place_in_cell(error, cell))
        return
    if options.get("include", True) is False or options.get("output", True) is False:
        return
    _show_output(run, cell, value, printed)


def _show_output(run: _Run, cell: Cell, value: object, printed: str) -> None:
    made: list[str] = []
    if printed.strip():
        made += ["", "```", *printed.rstrip("\n").split("\n"), "```", ""]
    if value is not None:
        try:
            made += ["", *_markdown(value).split("\n"), ""]
        except TypeError as error:
            _record(run, error, "", cell.place)
            return
        run.evaluated.append(Evaluated("", value, cell.place))
    label = str(cell.options.get("label", ""))
    if made and label.startswith(("tbl-", "fig-")):
        caption = str(cell.options.get("tbl-cap" if label.startswith("tbl-") else "fig-cap", ""))
        made = ["", f"::: {{#{label}}}", *made, "", caption, ":::", ""]
    run.lines += [Line(text, cell.place) for text in made]


def _execute(cell: Cell, names: dict[str, Any]) -> tuple[object, str]:
    """Run a cell's code; return the value of its last expression and what it printed."""
    name = f"<{cell.place}>"
    linecache.cache[name] = (len(cell.code), None, [f"{line}\n" for line in cell.code.split("\n")], name)
    tree = ast.parse(cell.code, name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        exec(compile(tree, name, "exec"), names)  # noqa: S102  (the author's own code)
        value = None
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), names)  # noqa: S307  (as above)
    if cell.code.rstrip().endswith(";"):
        value = None
    return value, output.getvalue()


def _markdown(value: object) -> str:
    if isinstance(value, Branch):
        raise TypeError(f"{value!r} is not one number: end it with a facet, such as .n_percent")
    if hasattr(value, "_repr_markdown_"):
        text: str = value._repr_markdown_()
        return text
    if isinstance(value, Condition):
        raise TypeError("a condition does not print: give it to claim() with its words")
    if isinstance(value, str):
        return escape(value)
    if isinstance(value, int | float):
        return escape(str(value))
    raise TypeError(
        f"a {type(value).__name__} does not print: end the cell with a table, or with a semicolon"
    )


def _record(run: _Run, error: Exception, expression: str, place: Place) -> None:
    if isinstance(error, FindingsError):
        placed = [each if each.place else replace(each, place=place) for each in error.findings]
        run.findings += [finding for finding in placed if finding not in run.findings]
        return
    if run.broken and isinstance(error, NameError):
        return  # it follows from the cell that failed above
    code, message, remedy = _diagnose(error, "expression" if expression else "cell")
    facts = {"expression": expression} if expression else {}
    if code == _FAILING and (line := study_line(error, run.root)) is not None:
        facts["raised at"], remedy = str(line[0]), "mend that line"
    run.findings.append(Finding(code, message, place, facts, remedy))


def _diagnose(error: Exception, what: str) -> tuple[str, str, str]:
    if isinstance(error, ClaimError):
        return "document/false-claim", str(error), "change the words, or the definition if that is wrong"
    if isinstance(error, UnknownKeyError):
        return "document/unknown-result", str(error), "list what there is: tieout results"
    message = f"this {what} fails: {type(error).__name__}: {error}"
    return _FAILING, message, "run it in Python to see where it comes from"


def _place_in_cell(error: Exception, cell: Cell) -> Place:
    """Return the line of the cell that an exception came through."""
    name = f"<{cell.place}>"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
    if isinstance(error, SyntaxError) and error.filename == name:
        lines = [error.lineno]
    within = (lines[-1] or 1) - 1 if lines else 0
    start = cell.first_code_line
    return Place(start.file, (start.line or 1) + within)
