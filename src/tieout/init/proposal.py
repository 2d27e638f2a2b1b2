"""From somebody's export to a study: a proposed registry, its dictionary, a first Table 1 and flow."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path, PurePosixPath

import pandas as pd

from tieout.init.guess import guess_column, is_patient, python_name
from tieout.init.lay import HERE, matching
from tieout.init.source_text import registry_source
from tieout.sources.cells import native_text
from tieout.sources.dates import DATE_SENTINELS
from tieout.sources.dictionary import dictionary_csv
from tieout.sources.fault import findings_of
from tieout.sources.files import WORKBOOKS, read_raw
from tieout.sources.raw import RawTable, ReadError
from tieout.sources.redcap.export import EVENT, INSTRUMENT
from tieout.sources.redcap.fields import RedcapField, parse_fields
from tieout.sources.redcap.propose import propose_registry
from tieout.sources.registry import Column, ForeignKey, Format, Registry, Table
from tieout.sources.textfile import decode, find_delimiter, split_records
from tieout.sources.typed import type_column
from tieout.values.finding import Finding, FindingsError, Place

FIRST = HERE / "first"
_PROBE = (Column("probe", "text"),)
_DICTIONARY = {"Variable / Field Name", "field_name"}


def propose_study(
    generic: Mapping[PurePosixPath, Path], exports: Sequence[Path]
) -> tuple[dict[PurePosixPath, Path], dict[str, str]]:
    """Return the files to copy and the texts to write for a study on these exports.

    Raises
    ------
    FindingsError
        when an export cannot be read, or it is REDCap's and its data dictionary is not among the files.
    """
    registry, last = propose(exports)
    kept = {name: path for name, path in generic.items() if _is_surrounding(name)}
    first = {PurePosixPath(path.relative_to(FIRST)): path for path in matching(FIRST, ["**/*"])}
    data = {PurePosixPath("data") / path.name: path for path in exports}
    texts = {
        "analysis/registry.py": registry_source(registry),
        "analysis/protocol.toml": _protocol(last),
        "data/dictionary.csv": dictionary_csv(registry),
    }
    return {**kept, **first, **data}, texts


def _is_surrounding(name: PurePosixPath) -> bool:
    """Whether a file of the generic study is of use to every study: filters, formats, the Makefile."""
    if name.parts[0] in {"_extensions", ".gitattributes", ".gitignore", "Makefile", "README.md"}:
        return True
    return name.as_posix() in {
        "data/README.md",
        "figures/__init__.py",
        "figures/flow.py",
        "tables/__init__.py",
        "tests/conftest.py",
    }


def propose(exports: Sequence[Path]) -> tuple[Registry, date]:
    """Return the proposed registry, and the last date in it (today where it has none): a first cutoff."""
    _require_names(exports)
    fields = {path: text for path in exports if (text := _dictionary_text(path))}
    data = [path for path in exports if path not in fields]
    if fields and data:
        (dictionary, text), *_ = fields.items()
        return _from_redcap(data[0], dictionary, text), _today()
    raws = {table: raw for path in data for table, raw in _tables_in(path)}
    if not raws:
        finding = Finding(
            "init/no-data", "a data dictionary alone holds no patients", None, {}, "add the export"
        )
        raise FindingsError([finding])
    for table, raw in raws.items():
        if {EVENT, INSTRUMENT} & set(raw.cells.columns):
            message = "this is a REDCap export, and its data dictionary is not among the files"
            remedy = "download it (Designer, Data Dictionary) and give it with a further --from"
            raise FindingsError([Finding("init/needs-dictionary", message, Place(table.file), {}, remedy)])
    tables = [_guess_table(table, raw) for table, raw in raws.items()]
    registry = _related(tables, [_texts(raw) for raw in raws.values()])
    return registry, _last_date(registry, [raws[table] for table in raws])


def _require_names(exports: Sequence[Path]) -> None:
    """All exports come to lie in one folder: FindingsError where two have one name."""
    names = [path.name for path in exports]
    found = [
        Finding("init/same-name", "two exports have this name", Place(name), {}, "rename one of them")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if found:
        raise FindingsError(found)


def _dictionary_text(path: Path) -> str:
    if path.suffix.lower() != ".csv":
        return ""
    text = path.read_bytes().decode("utf-8-sig", errors="replace")
    first = {name.strip().strip('"') for name in text.split("\n", 1)[0].split(",")}
    return text if first & _DICTIONARY else ""


def _from_redcap(export: Path, dictionary: Path, text: str) -> Registry:
    table = Table("export", export.name, _PROBE)
    try:
        fields = parse_fields(text)
        content = decode(export.read_bytes(), table)
        records = split_records(content, find_delimiter(content, table), table)
    except ValueError as error:
        raise FindingsError([Finding("init/dictionary", str(error), Place(dictionary.name))]) from None
    except ReadError as error:
        raise FindingsError(findings_of(error.faults)) from None
    header, *rows = records or [[]]
    names = [name.strip() for name in header]
    instrument = next(
        (names.index(name) for name in (INSTRUMENT, "Repeat Instrument") if name in names), None
    )
    used: set[str] = set()
    if instrument is not None:
        used = {
            _form_name(row[instrument]) for row in rows if len(row) > instrument and row[instrument].strip()
        }
    events = ["@events"] if {EVENT, "Event Name"} & set(names) else []
    labelled = _holds_labels(fields, names, rows)
    used_forms = [*sorted(_form_name(name) for name in used), *events]
    return propose_registry(fields, export.name, dictionary.name, labelled=labelled, used=used_forms)


def _holds_labels(fields: Sequence[RedcapField], names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Whether cells hold labels: headers may be raw or labelled independently of them."""
    if fields[0].name not in names:
        return True
    chosen = {field.name: field.choices for field in fields if field.choices and field.kind != "checkbox"}
    cells = [
        (chosen[name], row[at].strip())
        for at, name in enumerate(names)
        if name in chosen
        for row in rows
        if len(row) > at and row[at].strip()
    ]
    return bool(cells) and not any(text in choices for choices, text in cells)


def _form_name(text: str) -> str:
    return "_".join(text.lower().replace("-", " ").split())


def _tables_in(path: Path) -> Iterable[tuple[Table, RawTable]]:
    """Yield each table of a file, read without knowing anything of it: a sheet of a workbook is a table."""
    taken: set[str] = set()
    sheets: Sequence[str] = [""]
    if path.suffix.lower() in WORKBOOKS:
        sheets = _sheets(path)
    for sheet in sheets:
        name = python_name(sheet if len(sheets) > 1 else path.stem, taken)
        taken.add(name)
        form = Format(sheet=sheet if len(sheets) > 1 else "")
        table = Table(name if name != "quarantine" else "quarantine_", path.name, _PROBE, format=form)
        yield _read(table, path)


def _sheets(path: Path) -> list[str]:
    from python_calamine import CalamineWorkbook  # noqa: PLC0415  (only for workbooks)

    try:
        return list(CalamineWorkbook.from_path(path).sheet_names) or [""]
    except Exception:  # noqa: BLE001  (reading it in earnest says what is wrong with it)
        return [""]


def _read(table: Table, path: Path) -> tuple[Table, RawTable]:
    try:
        return table, read_raw(table, path.parent)
    except ReadError as error:
        codes = {fault.code for fault in error.faults}
        if codes == {"registry/encoding"} and not table.format.encoding:
            # An author sees at once whether the letters are right, and corrects the encoding where not.
            form = dataclasses.replace(table.format, encoding="cp1252")
            return _read(dataclasses.replace(table, format=form), path)
        raise FindingsError(
            [_without_description(finding) for finding in findings_of(error.faults)]
        ) from None


def _without_description(finding: Finding) -> Finding:
    """Return a finding on the header with a remedy for the file: there is no Format yet to declare it in."""
    if finding.code not in {"registry/no-header", "registry/unnamed-column"}:
        return finding
    remedy = "delete the rows above the names of the columns, and name every column in one row"
    return dataclasses.replace(finding, remedy=remedy)


def _texts(raw: RawTable) -> dict[str, list[str]]:
    return {str(name): [native_text(cell) for cell in raw.cells[name]] for name in raw.cells}


def _guess_table(table: Table, raw: RawTable) -> Table:
    taken: set[str] = set()
    columns = []
    texts = _texts(raw)
    full = [at for at, row in enumerate(zip(*texts.values(), strict=True)) if any(row)]
    for header, cells in texts.items():
        name = python_name(header, taken)
        taken.add(name)
        column = guess_column(header, name, [cells[at] for at in full])
        labels = raw.labels.get(header, {})
        if (
            labels
            and column.type in {"code", "integer", "yes_no"}
            and set(filter(None, cells)) <= set(labels)
        ):
            column = dataclasses.replace(column, type="code", codes=dict(labels), minimum=None, unit="")
        columns.append(column)
    return dataclasses.replace(table, columns=_shared_format(tuple(columns), table.format), label="")


def _shared_format(columns: tuple[Column, ...], form: Format) -> tuple[Column, ...]:
    """Give each column's own format the table's encoding and sheet, which a column does not change."""
    return tuple(
        dataclasses.replace(
            column, format=dataclasses.replace(column.format, encoding=form.encoding, sheet=form.sheet)
        )
        if column.format
        else column
        for column in columns
    )


def _related(tables: Sequence[Table], texts: Sequence[Mapping[str, Sequence[str]]]) -> Registry:
    """Find the column of the patient, the table with one row a patient, and the tables that refer to it."""
    candidates = [column.name for table in tables for column in table.columns if is_patient(column.name)]
    shared = [name for name in candidates if all(name in table for table in tables)]
    patient = (shared or candidates or [tables[0].columns[0].name])[0]
    home = ""
    for table, cells in zip(tables, texts, strict=True):
        if patient in table and not home:
            ids = [text for text in cells[table[patient].header] if text]
            home = table.name if len(set(ids)) == len(ids) else ""
    made = []
    for table in tables:
        columns = tuple(
            dataclasses.replace(
                c, type="text", role="identifier", codes=(), unit="", minimum=None, format=None
            )
            if c.name == patient
            else c
            for c in table.columns
        )
        key = (patient,) if table.name == home else ()
        refers = (ForeignKey(patient, home),) if home and table.name != home and patient in table else ()
        made.append(dataclasses.replace(table, columns=columns, key=key, refers=refers))
    made.sort(key=lambda table: table.name != home)
    return Registry(tuple(made), patient=patient)


def _last_date(registry: Registry, raws: Sequence[RawTable]) -> date:
    days = []
    by_columns = {frozenset(str(name) for name in raw.cells): raw for raw in raws}
    for table in registry.tables:
        raw = by_columns[frozenset(column.header for column in table.columns)]
        for column in table.columns:
            if column.type == "date":
                last = type_column(raw.cells[column.header], column, table).series.max()
                if not pd.isna(last) and last.date() not in DATE_SENTINELS:
                    days.append(last.date())
    return min(max(days, default=_today()), _today())


def _today() -> date:
    return date.today()  # noqa: DTZ011  (the day on the author's own calendar)


def _protocol(cutoff: date) -> str:
    return (
        "# The definitions that this study fixes before anything is counted.\n"
        'title = "A cohort study"\n'
        'short_title = "A cohort"\n'
        "synthetic = false\n"
        f"cutoff = {cutoff.isoformat()}         # proposed: the last date in the export\n"
        'time_zero = "first day of treatment"\n'
    )
