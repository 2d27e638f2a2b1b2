"""A REDCap data dictionary says types, codes, ranges and identifiers already: here it becomes a registry."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tieout.sources.redcap.export import EVENT, INSTANCE
from tieout.sources.redcap.fields import RedcapField
from tieout.sources.registry import Column, ForeignKey, Redcap, Registry, Role, Table, Type

_STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
_UNIT = re.compile(r"[\[(]([^\])]{1,20})[\])]\s*:?$")


def propose_registry(
    fields: Sequence[RedcapField], export: str, dictionary: str, *, labelled: bool, used: Sequence[str]
) -> Registry:
    """Return the registry that a dictionary describes: a table a form, for the author to correct.

    Parameters
    ----------
    export, dictionary : the two files' names inside the data folder.
    used : the forms that repeat; those in a project with events are marked by ``"@events"`` among them.
    """
    key = fields[0].name
    forms = list(dict.fromkeys(field.form for field in fields))
    tables = []
    for form in forms:
        own = [field for field in fields if field.form == form and field.columns]
        columns = [Column(key, "text", role="identifier", label=fields[0].label)]
        unique = [key]
        if "@events" in used:
            columns.append(Column(EVENT, "text", role="category", label="Event"))
            unique.append(EVENT)
        if form in used:
            columns.append(Column(INSTANCE, "integer", minimum=1, label="Instance", nullable=True))
            unique.append(INSTANCE)
        columns += [column for field in own if field.name != key for column in _columns(field)]
        columns.append(Column(f"{form}_complete", "code", codes=_STATUS, nullable=True, label="Form status"))
        refers = () if form == forms[0] or "@events" in used else (ForeignKey(key, forms[0]),)
        redcap = Redcap(form, dictionary, labelled=labelled)
        title = form.replace("_", " ").capitalize()
        tables.append(Table(form, export, tuple(columns), tuple(unique), refers, title, redcap=redcap))
    return Registry(tuple(tables), patient=key)


def _columns(field: RedcapField) -> list[Column]:
    nullable = not field.is_required
    if field.kind == "checkbox":
        return [Column(name, "yes_no", nullable=True, label=label) for name, label in field.columns]
    type_ = _type_of(field)
    role: Role = "identifier" if field.is_identifier else ""
    unit = _UNIT.search(field.label) if type_ in {"number", "integer"} else None
    return [
        Column(
            field.name,
            type_,
            unit=unit[1].strip() if unit else "",
            codes=field.choices if type_ == "code" else (),
            role=role,
            nullable=nullable,
            label=field.label,
            minimum=_bound(field.minimum, type_),
            maximum=_bound(field.maximum, type_),
        )
    ]


def _type_of(field: RedcapField) -> Type:
    if field.kind in {"radio", "dropdown"}:
        return "code" if field.choices else "text"
    if field.kind in {"yesno", "truefalse"}:
        return "yes_no"
    if field.kind == "calc" or field.validation.startswith("number"):
        return "number"
    if field.kind == "slider" or field.validation == "integer":
        return "integer"
    return "date" if field.validation.startswith("date") else "text"


def _bound(text: str, type_: Type) -> float | str | None:
    if not text:
        return None
    if type_ == "date":
        return text[:10] if re.match(r"\d{4}-\d{2}-\d{2}", text) else None
    try:
        number = float(text)
    except ValueError:
        return None
    return int(number) if number.is_integer() else number
