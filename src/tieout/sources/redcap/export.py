"""A REDCap export is one flat sheet; here it becomes the table of one form.

Rows of a repeating instrument become rows of its table, events of a longitudinal project become rows with
their event, and of every field with branching logic it is known whether the form showed it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from tieout.sources.fault import Fault
from tieout.sources.raw import RawTable, ReadError, file_fault, from_records
from tieout.sources.redcap.fields import RedcapField, parse_fields
from tieout.sources.redcap.logic import LogicError, Lookup, parse_logic
from tieout.sources.registry import Redcap, Table
from tieout.sources.textfile import decode, find_delimiter, split_records

EVENT, INSTRUMENT, INSTANCE = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
_OWN_LABELS = {
    "Event Name": EVENT,
    "Repeat Instrument": INSTRUMENT,
    "Repeat Instance": INSTANCE,
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
_STATUS = {"Incomplete": "0", "Unverified": "1", "Complete": "2"}


def read_redcap(path: Path, table: Table, redcap: Redcap) -> RawTable:
    """Read one form out of an export (CSV, raw or labelled).

    Its columns are the record's id, the event and the instance where there are some, the form's fields, and
    ``FORM_complete``. Cells are codes, also of a labelled export. A form that does not repeat has a row where
    it holds anything; the first form has one for every record (and event) that the export has.

    Raises
    ------
    ReadError
        when the dictionary is absent, or export and dictionary do not belong together.
    """
    fields = _read_dictionary(path.parent / redcap.dictionary, table, redcap)
    text = decode(path.read_bytes(), table)
    records = split_records(text, table.format.delimiter or find_delimiter(text, table), table)
    if not records:
        raise ReadError(file_fault(table, "no-header", "the export is empty", "export it again"))
    records[0] = _raw_names(records[0], fields, table)
    whole = from_records(records, table)
    cells = whole.cells.map(lambda cell: str(cell).strip())
    if redcap.labelled:
        cells = _codes_for_labels(cells, fields)
    own = [name for field in fields if field.form == redcap.form for name, _ in field.columns]
    status = f"{redcap.form}_complete"
    rows, misplaced = _rows_of_form(cells, fields, redcap.form, table)
    part = cells.loc[rows]
    key = fields[0].name
    names = [key, *(name for name in (EVENT, INSTANCE) if _is_used(part, name))]
    names += [name for name in (*own, status) if name in cells and name not in names]
    asked, unclear = _asked(cells, part, fields, redcap.form, table)
    hidden = _hidden_values(part, asked, table)
    return RawTable(part[names], (*whole.faults, *misplaced, *unclear, *hidden), whole.lost, asked=asked)


def _is_used(cells: pd.DataFrame, name: str) -> bool:
    return name in cells and bool((cells[name] != "").any())


def _read_dictionary(path: Path, table: Table, redcap: Redcap) -> tuple[RedcapField, ...]:
    if not path.is_file():
        message = f"REDCap's data dictionary {redcap.dictionary} is absent"
        remedy = "download it from the project (Designer, Data Dictionary) and put it beside the export"
        raise ReadError(file_fault(table, "no-file", message, remedy))
    try:
        fields = parse_fields(decode(path.read_bytes(), table))
    except ValueError as error:
        message = f"{redcap.dictionary} is not a REDCap data dictionary: {error}"
        raise ReadError(file_fault(table, "dictionary", message, "download it again")) from None
    forms = list(dict.fromkeys(field.form for field in fields))
    if redcap.form not in forms:
        message = f"the dictionary has no form {redcap.form}"
        remedy = f"correct form=; there are {', '.join(forms[:12])}"
        raise ReadError(file_fault(table, "dictionary", message, remedy))
    return fields


def _raw_names(header: Sequence[str], fields: Sequence[RedcapField], table: Table) -> list[str]:
    """Return the columns' raw names; labelled headers are found by label, in the project's order."""
    names = [name.strip() for name in header]
    if fields[0].name in names:
        return names
    expected = _expected(fields)
    found, at = [], 0
    for label in (" ".join(name.split()) for name in names):
        if label in _OWN_LABELS:
            found.append(_OWN_LABELS[label])
            continue
        later = next((n for n in range(at, len(expected)) if expected[n][1] == label), None)
        if later is None:
            message = "a column of the export is in neither names nor labels of the dictionary"
            remedy = "download export and dictionary again, on the same day"
            where = str(len(found) + 1)
            raise ReadError(file_fault(table, "dictionary", message, remedy, column=where))
        found.append(expected[later][0])
        at = later + 1
    return found


def _expected(fields: Sequence[RedcapField]) -> list[tuple[str, str]]:
    """Return name and label of every column that an export may have, in its order."""
    columns: list[tuple[str, str]] = []
    for form in dict.fromkeys(field.form for field in fields):
        own = [pair for field in fields if field.form == form for pair in field.columns]
        head = [(f"{form}_timestamp", "Survey Timestamp")]
        is_first = form == fields[0].form
        columns += [*own[:1], *head, *own[1:]] if is_first else [*head, *own]
        columns.append((f"{form}_complete", "Complete?"))
    return columns


def _codes_for_labels(cells: pd.DataFrame, fields: Sequence[RedcapField]) -> pd.DataFrame:
    codes: dict[str, Mapping[str, str]] = {}
    for field in fields:
        for name, _ in field.columns:
            if field.kind == "checkbox":
                codes[name] = {"Checked": "1", "Unchecked": "0"}
            elif field.kind == "yesno":
                codes[name] = {"Yes": "1", "No": "0"}
            elif field.kind == "truefalse":
                codes[name] = {"True": "1", "False": "0"}
            elif field.choices:
                labels = list(field.choices.values())
                # A label that two codes share says neither: it stays, and is found as an unknown code.
                codes[name] = {v: k for k, v in field.choices.items() if labels.count(v) == 1}
    for form in {field.form for field in fields}:
        codes[f"{form}_complete"] = _STATUS
    changed = {
        name: cells[name].map({text: known.get(" ".join(text.split()), text) for text in set(cells[name])})
        for name, known in codes.items()
        if name in cells
    }
    return cells.assign(**changed)


def _same_form(text: str, form: str) -> bool:
    """Compare an instrument's name or label with a form's name: its label is the name in title case."""
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") == form


def _content(cells: pd.DataFrame, fields: Sequence[RedcapField], form: str) -> pd.Series[bool]:
    """Whether a row holds anything of the form; an unticked checkbox holds nothing."""
    holds = pd.Series(data=False, index=cells.index)
    key = fields[0].name
    for field in fields:
        if field.form == form and field.name != key:
            for name, _ in field.columns:
                if name in cells:
                    holds |= ~cells[name].isin(["", "0"] if field.kind == "checkbox" else [""])
    if (status := f"{form}_complete") in cells:
        holds |= cells[status] != ""
    return holds


def _rows_of_form(
    cells: pd.DataFrame, fields: Sequence[RedcapField], form: str, table: Table
) -> tuple[pd.Index[int], tuple[Fault, ...]]:
    holds = _content(cells, fields, form)
    if INSTRUMENT not in cells:
        repeats = pd.Series(data=False, index=cells.index)
        elsewhere = repeats
    else:
        repeats = cells[INSTRUMENT].map(lambda name: _same_form(name, form))
        elsewhere = (cells[INSTRUMENT] != "") & ~repeats
    base = ~repeats & ~elsewhere
    # The first form stands for the record; in a longitudinal project only in events where it is filled.
    first = fields[0].form == form
    every = base if first and not _is_used(cells, EVENT) else base & holds
    misplaced = cells.index[elsewhere & holds]
    rows = cells.index[repeats | every]
    if not len(misplaced):
        return rows, ()
    message = f"this row belongs to another instrument and yet holds values of {form}"
    remedy = "export the project again without editing the sheet"
    where = tuple(int(row) for row in misplaced)
    return rows, (Fault("registry/misplaced", message, table.name, table.file, "", where, remedy),)


def _asked(
    cells: pd.DataFrame, part: pd.DataFrame, fields: Sequence[RedcapField], form: str, table: Table
) -> tuple[dict[str, pd.Series[bool]], tuple[Fault, ...]]:
    asked: dict[str, pd.Series[bool]] = {}
    unclear = []
    look = _Records(cells, fields)
    for field in fields:
        if field.form != form or not field.branching or not field.columns:
            continue
        try:
            logic = parse_logic(field.branching)
        except LogicError as error:
            message = (
                f"the branching logic of this field is not understood ({error}): a blank counts as missing"
            )
            remedy = "declare the column nullable, and tell blanks from missing values in the analysis"
            column = field.columns[0][0]
            unclear.append(
                Fault(
                    "registry/branching",
                    message,
                    table.name,
                    table.file,
                    column,
                    remedy=remedy,
                    effect="report",
                )
            )
            continue
        shown = pd.Series([logic.holds(look.of(row)) for row in part.index], index=part.index, dtype=bool)
        asked.update({name: shown for name, _ in field.columns if name in cells})
    return asked, tuple(unclear)


def _hidden_values(
    part: pd.DataFrame, asked: Mapping[str, pd.Series[bool]], table: Table
) -> tuple[Fault, ...]:
    faults = []
    for name, shown in asked.items():
        given = ~part[name].isin(["", "0"] if "___" in name else [""])
        if (rows := part.index[given & ~shown]).size:
            message = "this field is filled in although its branching logic hides it"
            remedy = "look whether the field or the one that it hangs on is wrong"
            where = tuple(int(row) for row in rows)
            fault = Fault(
                "registry/hidden-value", message, table.name, table.file, name, where, remedy, effect="report"
            )
            faults.append(fault)
    return tuple(faults)


class _Records:
    """Where logic finds the fields that it names: in the form's own row, else in the record's base row."""

    def __init__(self, cells: pd.DataFrame, fields: Sequence[RedcapField]) -> None:
        self.rows = dict(zip(cells.index, cells.to_dict("records"), strict=True))
        self.kinds = {field.name: field for field in fields}
        self.key = fields[0].name
        self.base = {
            (str(row.get(self.key)), str(row.get(EVENT, ""))): row
            for row in self.rows.values()
            if not row.get(INSTRUMENT)
        }

    def of(self, at: int) -> Lookup:
        own = self.rows[at]

        def look(event: str, name: str, code: str) -> str:
            column = f"{name}___{re.sub('[^a-z0-9_]', '_', code.lower())}" if code else name
            record = str(own.get(self.key))
            if event:
                return str(self.base.get((record, event), {}).get(column, ""))
            if value := str(own.get(column, "")):
                return value
            here = self.base.get((record, str(own.get(EVENT, ""))), {})
            return str(here.get(column, ""))

        return look
