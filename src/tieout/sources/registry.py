"""One description of a registry: its tables, their columns, and what must hold between them.

Everything else follows from it: how the files are read, what is checked, the pandera schema, the data
dictionary of the supplement, and synthetic data of the same shape. It reads like a codebook:

>>> registry = Registry(
...     tables=(
...         Table(
...             "patients",
...             "patients.csv",
...             columns=(
...                 Column("patient_id", "text", role="identifier"),
...                 Column("birth_year", "integer", minimum=1920, maximum=2005),
...                 Column("ecog", "code", codes={"0": "Fully active", "1": "Restricted"}, nullable=True),
...                 Column("albumin", "number", unit="g/dL", minimum=1, maximum=7, nullable=True),
...             ),
...             key=("patient_id",),
...         ),
...         Table(
...             "cycles",
...             "cycles.csv",
...             columns=(
...                 Column("patient_id", "text", role="identifier"),
...                 Column("cycle", "integer", minimum=1),
...                 Column("date", "date"),
...             ),
...             key=("patient_id", "cycle"),
...             refers=(ForeignKey("patient_id", "patients"),),
...         ),
...     ),
... )
>>> [column.name for column in registry["cycles"].columns]
['patient_id', 'cycle', 'date']

Nothing here imports pandas, so a description costs nothing to import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tieout.sources.rules import Rule

Type = Literal["text", "code", "integer", "number", "date", "yes_no"]
Role = Literal["", "identifier", "date", "measure", "category", "unit", "note"]
BadRows = Literal["block", "set aside"]
QUARANTINE = "quarantine"


@dataclass(frozen=True, slots=True)
class Format:
    """How values are written in a file. Nothing is guessed that could be read in two ways.

    Attributes
    ----------
    encoding : of a text file; empty: UTF-8 (with or without a mark), else a finding names the likely one.
    delimiter : of a text file; empty: the one of comma, semicolon, tab and bar that the header row shows.
    decimal, thousands : "." and "" unless declared; ``1,5`` is a finding until ``decimal=","`` stands here.
    dates : "iso" (2023-09-30), or one `strptime` format such as ``%d/%m/%Y``; never guessed.
    partial_dates : what ``2023-05`` becomes: "refuse", or the "first", "middle" (15th, 1 July) or "last" day.
    serial_dates : "1900" or "1904" when dates are spreadsheet day numbers; empty: such a number is a finding.
    below_limit : what ``<0.1`` becomes: "refuse", the "limit" itself, or "half" of it.
    missing : texts that mean a missing value, beside the empty cell.
    yes, no : texts that mean yes and no, compared without regard to case.
    sheet : of a workbook; empty: the only one.
    header_row : where the names of the columns stand, counted from 1.
    query : for databases, the SQL that selects the rows.
    labelled : the cells hold the labels of the codes instead of the codes.
    """

    encoding: str = ""
    delimiter: str = ""
    decimal: str = "."
    thousands: str = ""
    dates: str = "iso"
    partial_dates: Literal["refuse", "first", "middle", "last"] = "refuse"
    serial_dates: Literal["", "1900", "1904"] = ""
    below_limit: Literal["refuse", "limit", "half"] = "refuse"
    missing: tuple[str, ...] = ()
    yes: tuple[str, ...] = ("yes", "y", "true", "1")
    no: tuple[str, ...] = ("no", "n", "false", "0")
    sheet: str = ""
    header_row: int = 1
    query: str = ""
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    type : "text", "code" (one of `codes`), "integer", "number", "date" or "yes_no".
        As pandas reads: object with None, category, Int64, float64, datetime64[ns], boolean.
        A time of day is cut off a date.
    unit : of a number ("g/dL"); a column of many analytes has none, and its table a rule `OneUnit`.
    codes : the values that may occur; a mapping gives each its label.
    role : what the column is for; "identifier" marks whatever names a patient.
        Empty: it follows from the type. "note" (free text) is never copied into synthetic data.
    nullable : may be empty.
    minimum, maximum : the plausible range, both ends allowed; for dates an ISO string.
    missing : further texts that mean a missing value in this column alone.
    format : how this column's values are written, where that differs from its table's.
    source : its name in the file, where that differs.
    examples : of a text, the values that synthetic data take ("docetaxel"); nothing is checked by them.
    """

    name: str
    type: Type
    unit: str = ""
    codes: Mapping[str, str] | Sequence[str] = ()
    role: Role = ""
    nullable: bool = False
    label: str = ""
    minimum: float | str | None = None
    maximum: float | str | None = None
    missing: tuple[str, ...] = ()
    format: Format | None = None
    source: str = ""
    examples: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ValueError(
                f"column {self.name!r}: a name is a Python identifier; give the file's name as source="
            )
        if (self.type == "code") != bool(self.codes):
            raise ValueError(f"column {self.name}: type 'code' and codes belong together")
        if self.unit and self.type not in {"integer", "number"}:
            raise ValueError(f"column {self.name}: only a number has a unit")

    @property
    def header(self) -> str:
        """Its name in the file."""
        return self.source or self.name

    @property
    def labels(self) -> Mapping[str, str]:
        """Each code with its label; a code without one is its own."""
        return dict(self.codes) if isinstance(self.codes, Mapping) else {code: code for code in self.codes}

    @property
    def use(self) -> Role:
        """The role, or what follows from the type where none is declared."""
        follows: Mapping[Type, Role] = {
            "text": "note", "code": "category", "yes_no": "category", "date": "date",
            "integer": "measure", "number": "measure",
        }  # fmt: skip
        return self.role or follows[self.type]


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """Every value of `column` stands in `table`, in the column `to` (the same name unless said)."""

    column: str
    table: str
    to: str = ""

    @property
    def target(self) -> str:
        """The column in the other table."""
        return self.to or self.column


@dataclass(frozen=True, slots=True)
class Redcap:
    """A form of a REDCap export, with the project's data dictionary, which stands beside the export.

    `labelled`: the export holds labels instead of codes; the tables hold codes either way.
    Of a field with branching logic the table has a column ``FIELD_asked``: whether the form showed it.
    """

    form: str
    dictionary: str
    labelled: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table and the file that holds it.

    Attributes
    ----------
    file : inside the data folder. Its ending says how it is read.
    key : the columns that together are unique; with none, two equal rows are a finding.
    refers : foreign keys.
    bad_rows : a row that cannot be used "block"s the run, or is "set aside" in the quarantine and reported.
    may_be_empty : a table without rows is a finding otherwise.
    extra_columns : "refuse" columns that the description does not know, or "ignore" them.
    redcap : the file is a REDCap export of several forms, and this table one of them.
    on_disk_from : a Parquet file with at least so many rows is never loaded: it is checked where it lies, and
        the analysis receives `Rows`, which `tieout.derive`'s functions for laboratory values take like a
        frame. None: every table is loaded.
    """

    name: str
    file: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    refers: tuple[ForeignKey, ...] = ()
    label: str = ""
    bad_rows: BadRows = "block"
    may_be_empty: bool = False
    extra_columns: Literal["refuse", "ignore"] = "refuse"
    format: Format = field(default_factory=Format)
    redcap: Redcap | None = None
    on_disk_from: int | None = None

    def __post_init__(self) -> None:
        names = [column.name for column in self.columns]
        _require(
            self.name.isidentifier() and self.name != QUARANTINE, f"table {self.name!r}: not a name to use"
        )
        _require(len(set(names)) == len(names), f"table {self.name}: a column is declared twice")
        _require(
            self.on_disk_from is None or self.on_disk_from > 0,
            f"table {self.name}: on_disk_from is a number of rows, at least 1",
        )
        for name in (*self.key, *(reference.column for reference in self.refers)):
            _require(name in names, f"table {self.name}: there is no column {name}")

    def __getitem__(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    def __contains__(self, name: object) -> bool:
        return any(column.name == name for column in self.columns)

    def format_of(self, column: Column) -> Format:
        """Return how the values of `column` are written."""
        return column.format or self.format


@dataclass(frozen=True, slots=True)
class Registry:
    """The tables, and the rules that hold across them. `patient` names the column that means one patient."""

    tables: tuple[Table, ...]
    rules: tuple[Rule, ...] = ()
    patient: str = "patient_id"

    def __post_init__(self) -> None:
        names = [table.name for table in self.tables]
        _require(len(set(names)) == len(names), "a table is declared twice")
        for table in self.tables:
            for reference in table.refers:
                _require(
                    reference.table in names and reference.target in self[reference.table],
                    f"table {table.name}: there is no {reference.table}.{reference.target} to refer to",
                )
        for rule in self.rules:
            for name, column in rule.columns():
                _require(name in names, f"{rule}: there is no table {name}")
                _require(column in self[name], f"{rule}: there is no column {name}.{column}")

    def __getitem__(self, name: str) -> Table:
        return next(table for table in self.tables if table.name == name)


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ValueError(message)
