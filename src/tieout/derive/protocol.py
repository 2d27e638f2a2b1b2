"""The protocol: the definitions that a study fixes before it counts, read from one TOML file."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from tieout.values.finding import Finding, FindingsError, Place

DayCount = Literal["difference", "inclusive"]
ConfType = Literal["log", "log-log", "plain"]

DAYS_PER_MONTH = 30.4375  # 365.25 / 12, docs/decisions/month-length.md


@dataclass(frozen=True, slots=True)
class Protocol:
    """What a study declares: every derivation takes its definitions from here.

    Attributes
    ----------
    title, short_title : the study's name, in full and for running heads.
    synthetic : whether the registry holds invented patients; every output says so.
    cutoff : the last day of which anything is known; later events are unseen.
    time_zero : what the first day is, in words ("first dose of LuPSMA").
    day_count : "difference" (an event on the first day is at 0) or "inclusive" (ADaM, at 1).
    days_per_month : the length of a month.
    conf_type : the transformation of confidence intervals of survival.
    ctcae_version : "5.0" or "4.03".
    transfusion_clause : whether a red-cell transfusion makes anaemia grade 3, as CTCAE's words allow.
    rules : the study's own settings, as its analysis reads them.
    """

    title: str
    short_title: str
    synthetic: bool
    cutoff: date
    time_zero: str
    day_count: DayCount = "difference"
    days_per_month: float = DAYS_PER_MONTH
    conf_type: ConfType = "log"
    ctcae_version: str = "5.0"
    transfusion_clause: bool = False
    rules: Mapping[str, Any] = field(default_factory=dict)

    def with_cutoff(self, cutoff: date) -> Protocol:
        """Return the same protocol for another data cut."""
        return replace(self, cutoff=cutoff)


@dataclass(frozen=True, slots=True)
class _Setting:
    """One key of the file: its dotted name, its type, the attribute it fills, and what it may be."""

    key: str
    kind: type
    attribute: str
    allowed: tuple[str, ...] = ()
    required: bool = False


_SETTINGS = (
    _Setting("title", str, "title", required=True),
    _Setting("short_title", str, "short_title", required=True),
    _Setting("synthetic", bool, "synthetic", required=True),
    _Setting("cutoff", date, "cutoff", required=True),
    _Setting("time_zero", str, "time_zero", required=True),
    _Setting("time.day_count", str, "day_count", ("difference", "inclusive")),
    _Setting("time.days_per_month", float, "days_per_month"),
    _Setting("survival.conf_type", str, "conf_type", ("log", "log-log", "plain")),
    _Setting("ctcae.version", str, "ctcae_version", ("5.0", "4.03")),
    _Setting("ctcae.transfusion_clause", bool, "transfusion_clause"),
)
_KIND_WORDS = {
    str: "text",
    bool: "true or false",
    date: "a date, as 2023-09-30",
    float: "a number above zero",
}


def read_protocol(path: Path, shown: str = "") -> Protocol:
    """Read a protocol; findings name the file as `shown`, its path from the project's root.

    The file holds `title`, `short_title`, `synthetic`, `cutoff` and `time_zero`; optionally the tables
    `[time]` (`day_count`, `days_per_month`), `[survival]` (`conf_type`), `[ctcae]` (`version`,
    `transfusion_clause`) and `[rules]`, which is handed on as it stands.

    Raises
    ------
    FindingsError
        with everything that is absent, unknown, or of another kind than it should be.
    """
    shown = shown or path.name
    place = Place(shown)
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except FileNotFoundError:
        raise FindingsError(
            [Finding("protocol/absent", "the protocol file does not exist", place, {}, "create it")]
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        finding = Finding("protocol/unreadable", "the protocol is not valid TOML", place, {"got": str(error)})
        raise FindingsError([finding]) from None
    if found := check_protocol(document, shown, text):
        raise FindingsError(found)
    given = {setting.attribute: _at(document, setting.key) for setting in _SETTINGS}
    values: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if "days_per_month" in values:
        values["days_per_month"] = float(values["days_per_month"])
    return Protocol(**values, rules=document.get("rules", {}))


def check_protocol(document: Mapping[str, Any], file: str = "protocol.toml", text: str = "") -> list[Finding]:
    """Return a finding for everything in a protocol's document that is absent, unknown, of another kind, or
    still to come; `text` is the file's, to name lines.
    """
    found = []
    for setting in _SETTINGS:
        value, place = _at(document, setting.key), Place(file, _line_of(setting.key, text))
        if value is None:
            if setting.required:
                message = f"the protocol does not say `{setting.key}`"
                remedy = f"add a line {setting.key} = …, which is {_KIND_WORDS[setting.kind]}"
                found.append(Finding("protocol/absent-key", message, Place(file), {}, remedy))
        elif not _is_kind(value, setting.kind):
            need = {"need": _KIND_WORDS[setting.kind]}
            found.append(Finding("protocol/kind", f"`{setting.key}` is of the wrong kind", place, need))
        elif setting.allowed and value not in setting.allowed:
            facts = {"have": str(value), "need": " or ".join(setting.allowed)}
            found.append(
                Finding("protocol/choice", f"`{setting.key}` is not one of its values", place, facts)
            )
        elif setting.kind is date and value > date.today():  # type: ignore[operator]  # noqa: DTZ011  (a date, as `_is_kind` says; the author's own calendar)
            remedy = "give the last day of which anything is known"
            found.append(Finding("protocol/cutoff", f"{value} is still to come", place, {}, remedy))
    return found + _check_unknown(document, file, text)


def _line_of(key: str, text: str) -> int | None:
    """Return the line of a file on which a dotted key is given, where it is written in the usual way."""
    table, name = key.rpartition(".")[::2]
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        if header := re.match(r"\s*\[([^\[\]]+)\]", line):
            inside = header[1].strip()
        if inside == table and re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return None


def _check_unknown(document: Mapping[str, Any], file: str, text: str) -> list[Finding]:
    known = {setting.key for setting in _SETTINGS}
    tables = {key.partition(".")[0] for key in known if "." in key}
    names: list[str] = []
    for name, value in document.items():
        if name in tables and isinstance(value, Mapping):
            names += [f"{name}.{inner}" for inner in value]
        elif name != "rules":
            names.append(name)
    remedy = "put the study's own settings under [rules]"
    found = [
        Finding(
            "protocol/unknown-key",
            f"the protocol has an unknown key, `{name}`",
            Place(file, _line_of(name, text)),
            {},
            remedy,
        )
        for name in names
        if name not in known
    ]
    if not isinstance(document.get("rules", {}), Mapping):
        place = Place(file, _line_of("rules", text))
        found.append(Finding("protocol/kind", "`rules` is of the wrong kind", place, {"need": "a table"}))
    return found


def _at(document: Mapping[str, Any], key: str) -> object:
    head, _, rest = key.partition(".")
    value = document.get(head)
    if not rest:
        return value
    return value.get(rest) if isinstance(value, Mapping) else None


def _is_kind(value: object, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind) and (kind is not str or bool(value))
