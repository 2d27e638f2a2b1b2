"""What a column of an unknown export probably is: proposals, which the author corrects."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tieout.sources.cells import read_cell
from tieout.sources.dates import read_date
from tieout.sources.registry import Column, Format, Role, Type

DATE_FORMATS = (
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%Y/%m/%d",
)
MISSING_WORDS = (
    "NA",
    "N/A",
    "n/a",
    ".",
    "-",
    "?",
    "NULL",
    "null",
    "None",
    "nan",
    "NaN",
    "unknown",
    "Unknown",
    "unk",
    "UNK",
    "Unk",
    "missing",
    "Missing",
)
_YES_NO = ({"yes", "no"}, {"y", "n"}, {"true", "false"}, {"0", "1"})
_UNIT = re.compile(r"[\[(]\s*([^\])]{1,20}?)\s*[\])]\s*$")
_ENDINGS = {
    "kg": "kg", "cm": "cm", "mm": "mm", "ng_ml": "ng/mL", "g_dl": "g/dL", "g_l": "g/L", "mg_dl": "mg/dL",
    "mg_l": "mg/L", "u_l": "U/L", "iu_l": "IU/L", "days": "days", "weeks": "weeks", "months": "months",
    "years": "years", "gbq": "GBq", "percent": "%",
}  # fmt: skip
_SPELLED = {
    "y": "years", "yr": "years", "yrs": "years", "mo": "months", "mos": "months",
    "wk": "weeks", "wks": "weeks",
}  # fmt: skip
_POWER = re.compile(r"(?:(?<=10)[\^*]|(?<=m)(?=[23]\b))(\d+)")  # 10^9/L, m2
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_PATIENT = re.compile(
    r"(^|_)(patient|subject|record|person|case|usubjid|study)(_?(id|no|nr|number))?$|^id$|^pid$"
)
_PERSONAL = re.compile(
    r"^names?($|_)|(^|_)(first|last|family|given|full|middle|maiden|birth|patients?|pat|subject|kin)_?name"
    r"|surname|forename|address|phone|mail|ssn|mrn|birth_?(date|day)|date_of_birth|(^|_)d_?o_?b($|_)"
    r"|insurance|postcode|(^|_)(zip|initials|fax|tel|nhs_?(no|nr|number)|hospital_?(no|nr|number|id))($|_)"
)
# What people write freely may name somebody: it never becomes a list of codes, which is committed.
_REMARK = re.compile(r"comment|remark|(^|_)notes?($|_)|free_?text|specify|details|narrative|description")
_CONTACT = re.compile(r"\d(?:[ ./-]?\d){5}|@")
_YEAR = re.compile(r"(^|_)(year|yr)($|_of_)")
_YEARS = range(1850, 2101)
_NUMBER_OF = re.compile(r"(^|_)(no|nr|n|num|number|count)_of_|_(count|number)$|^(num|count)_")
MOST_CODES = 12


def python_name(header: str, taken: set[str]) -> str:
    """Return a name for a column: lower case, without its unit, unlike those already taken.

    >>> python_name("PSA (ng/mL)", set()), python_name("2nd line?", set())
    ('psa', 'column_2nd_line')
    >>> python_name("# of cycles", set())
    'number_of_cycles'
    """
    bare = _UNIT.sub("", header).replace("#", " number ").replace("%", " percent ")
    name = re.sub(r"\W+", "_", bare, flags=re.ASCII).strip("_").lower() or "column"
    name = name if not name[0].isdigit() else f"column_{name}"
    name = (
        f"{name}_"
        if name in {"class", "def", "from", "import", "is", "in", "or", "and", "not", "if"}
        else name
    )
    different, at = name, 2
    while different in taken:
        different, at = f"{name}_{at}", at + 1
    return different


def is_patient(name: str) -> bool:
    """Whether a column's name says that it names the patient."""
    return bool(_PATIENT.search(name))


def guess_column(header: str, name: str, texts: Sequence[str]) -> Column:
    """Propose a column's declaration from its name and cells.

    Values are looked at and none is kept, but for the codes of a category with few different ones.
    """
    counts = Counter(text for text in texts if text)
    missing = tuple(word for word in MISSING_WORDS if word in counts)
    known = {text: n for text, n in counts.items() if text not in missing}
    nullable = bool(missing) or sum(counts.values()) < len(texts)
    type_, form = _type_of(known)
    role: Role = ""
    if is_patient(name) or _PERSONAL.search(name):
        role = "identifier"
        type_ = "date" if type_ == "date" else "text"
    elif type_ in {"text", "integer"} and _is_category(known, type_) and not _is_open(name, known, type_):
        type_ = "code"
    elif type_ == "integer" and _YEAR.search(name) and all(t.isdigit() and int(t) in _YEARS for t in known):
        role = "date"  # a calendar year is no measure: it has no median, and is not printed as 1,950
    if type_ in {"text", "code"}:
        missing = () if type_ == "text" else missing
    return Column(
        name,
        type_,
        unit=_unit(header, name) if type_ in {"integer", "number"} else "",
        codes=tuple(sorted(known)) if type_ == "code" else (),
        role=role,
        nullable=nullable,
        label=_UNIT.sub("", header).strip() if header != name else "",
        minimum=0 if type_ in {"integer", "number"} and not any(t.startswith("-") for t in known) else None,
        missing=missing,
        format=form,
        source=header if header != name else "",
    )


def _type_of(known: Mapping[str, int]) -> tuple[Type, Format | None]:
    if not known:
        return "text", None
    if {text.casefold() for text in known} in _YES_NO:
        return "yes_no", None
    dates = _date_format(list(known))
    if dates is not None:
        return "date", Format(dates=dates) if dates not in {"", "iso"} else None
    for type_ in ("integer", "number"):
        for form in (None, Format(decimal=","), Format(decimal=",", thousands="."), Format(thousands=",")):
            probe = Column("probe", type_, minimum=-1e300, maximum=1e300)
            limits = Format(
                decimal=form.decimal if form else ".",
                thousands=form.thousands if form else "",
                below_limit="limit",
            )
            if all(not read_cell(text, probe, limits).problem for text in known):
                signed = any(text[0] in "<>≤≥" for text in known)
                return type_, limits if signed else form
    return "text", None


def _date_format(texts: Sequence[str]) -> str | None:
    """Return the one format that reads every text; "" where two do: it must be declared; None: no dates."""
    if all(read_date(text, Format())[0] for text in texts):
        return "iso"
    found = [form for form in DATE_FORMATS if all(read_date(text, Format(dates=form))[0] for text in texts)]
    if not found:
        return None
    return found[0] if len(found) == 1 else ""


def _is_category(known: Mapping[str, int], type_: Type) -> bool:
    most = 6 if type_ == "integer" else MOST_CODES
    are_few = 0 < len(known) <= most and sum(known.values()) >= 3 * len(known)
    return are_few and max(map(len, known)) <= 60


def _is_open(name: str, known: Mapping[str, int], type_: Type) -> bool:
    """Whether other values may come: a remark, or a number of things, though few are seen so far."""
    if type_ == "integer":
        return bool(_NUMBER_OF.search(name))
    return bool(_REMARK.search(name)) or any(_CONTACT.search(text) for text in known)


def _unit(header: str, name: str) -> str:
    if match := _UNIT.search(header):
        return _SPELLED.get(match[1].lower(), _POWER.sub(lambda power: power[1].translate(_RAISED), match[1]))
    return next((unit for ending, unit in _ENDINGS.items() if name.endswith(f"_{ending}")), "")
