"""A REDCap project's data dictionary: its fields, as downloaded from the project or from the API."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

_NAMES = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": (
        "Text Validation Type OR Show Slider Number",
        "text_validation_type_or_show_slider_number",
    ),
    "minimum": ("Text Validation Min", "text_validation_min"),
    "maximum": ("Text Validation Max", "text_validation_max"),
    "identifier": ("Identifier?", "identifier"),
    "branching": ("Branching Logic (Show field only if...)", "branching_logic"),
    "required": ("Required Field?", "required_field"),
}
CHOSEN = frozenset({"radio", "dropdown"})
NOT_EXPORTED = frozenset({"descriptive"})


@dataclass(frozen=True, slots=True)
class RedcapField:
    """One field of the dictionary. `choices` holds each code with its label."""

    name: str
    form: str
    kind: str
    label: str
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    minimum: str = ""
    maximum: str = ""
    is_identifier: bool = False
    branching: str = ""
    is_required: bool = False

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """The columns of an export that hold this field, each with its label; a checkbox has one a choice."""
        if self.kind in NOT_EXPORTED:
            return ()
        if self.kind == "checkbox":
            return tuple(
                (f"{self.name}___{_in_name(code)}", f"{self.label} (choice={label})")
                for code, label in self.choices.items()
            )
        return ((self.name, self.label),)


def _in_name(code: str) -> str:
    """Write a code the way REDCap puts it into a column's name: lower case, other marks as underscores."""
    return re.sub(r"[^a-z0-9_]", "_", code.lower())


def parse_fields(text: str) -> tuple[RedcapField, ...]:
    """Read a data dictionary from its CSV text.

    Raises
    ------
    ValueError
        when it is not a REDCap data dictionary.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(text, newline="")))
    except csv.Error:
        raise ValueError("this is not CSV") from None
    return fields_of(rows)


def fields_of(rows: Iterable[Mapping[str, str | None]]) -> tuple[RedcapField, ...]:
    """Take the dictionary's rows, under the names of the download or of the API."""
    found = tuple(_field(row) for row in rows)
    if not found or not all(one.name and one.form for one in found):
        raise ValueError("every row of a data dictionary has a field name and a form name")
    return found


def _field(row: Mapping[str, str | None]) -> RedcapField:
    def get(what: str) -> str:
        return next((str(row[name] or "").strip() for name in _NAMES[what] if name in row), "")

    kind = get("kind")
    return RedcapField(
        name=get("name"),
        form=get("form"),
        kind=kind,
        label=plain_label(get("label")),
        choices=parse_choices(get("choices")) if kind in CHOSEN | {"checkbox"} else {},
        validation=get("validation"),
        minimum=get("minimum"),
        maximum=get("maximum"),
        is_identifier=get("identifier").lower() == "y",
        branching=get("branching"),
        is_required=get("required").lower() == "y",
    )


def parse_choices(text: str) -> dict[str, str]:
    """Read ``1, Yes | 0, No, never`` to a mapping of codes to labels.

    >>> parse_choices("1, Yes | 0, No, never")
    {'1': 'Yes', '0': 'No, never'}
    """
    pairs = (part.partition(",") for part in re.split(r"\s*\|\s*|\n", text) if part.strip())
    return {code.strip(): plain_label(label) or code.strip() for code, _, label in pairs}


def plain_label(text: str) -> str:
    """Return a label without HTML tags and with single spaces, as REDCap exports it."""
    return " ".join(re.sub(r"</?[a-zA-Z][^>]*>", "", text).split())
