"""What a study decides for the audit, under `tieout: audit:` and `disclosure:` in `_quarto.yml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from tieout.audit.names import Names, read_names
from tieout.values.finding import Finding, FindingsError, Place
from tieout.values.project import CONFIG, Project

Severity = Literal["fail", "warn", "off"]
_SEVERITIES = ("fail", "warn", "off")
NAMES_FILE = "analysis/names.txt"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """How small a printed count may be.

    Attributes
    ----------
    threshold : the smallest count that may be printed or be found out; None does not look.
    zero_is_safe : whether a count of 0 may be printed below the threshold.
    rounding : counts must be multiples of this number; 1 asks for nothing.
    oldest_age : the highest age that may be printed of one person; None does not look.
    """

    threshold: int | None = None
    zero_is_safe: bool = True
    rounding: int = 1
    oldest_age: int | None = 89


# resdac.org, "CMS Cell Size Suppression Policy" (2024): no cell of 1 to 10, directly or derived; zero may be
# shown; excluded cases count. OpenSAFELY, "Updated disclosure control guidance": counts up to 7 are redacted,
# the others rounded to the nearest 5.
PRESETS = {
    "cms": Disclosure(threshold=11),
    "opensafely": Disclosure(threshold=8, zero_is_safe=False, rounding=5),
}


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """What the audit asks of a study.

    `elsewhere` is the weight of a loose number outside of title, abstract, Results, captions and tables;
    `wording` that of a data-dependent word without a claim; `denominators` that of a percentage without one.
    """

    names: Names = field(default_factory=Names)
    elsewhere: Severity = "fail"
    wording: Severity = "warn"
    denominators: Severity = "fail"
    disclosure: Disclosure = field(default_factory=Disclosure)


def read_settings(project: Project) -> AuditSettings:
    """Return the study's settings; FindingsError names each one that cannot be used."""
    given = project.settings.get("audit") or {}
    found: list[Finding] = []
    known = {"names", "elsewhere", "wording", "denominators"}
    found += [_unknown(f"audit: {name}", known) for name in given if name not in known]
    weights: dict[str, Any] = {}
    for name in ("elsewhere", "wording", "denominators"):
        if name not in given:
            continue
        value = "off" if given[name] is False else given[name]  # YAML reads a bare `off` as false
        if value in _SEVERITIES:
            weights[name] = value
        else:
            found.append(_wrong(f"audit: {name}", value, ", ".join(_SEVERITIES)))
    disclosure, more = _disclosure(project.settings.get("disclosure") or {})
    if found + more:
        raise FindingsError(found + more)
    file = names_file(project)
    return AuditSettings(read_names(file, project.relative(file)), disclosure=disclosure, **weights)


def names_file(project: Project) -> Path:
    """Return the file that lists the study's names, whether it is there or not."""
    given = project.settings.get("audit") or {}
    return project.root / str(given.get("names", NAMES_FILE))


def _disclosure(given: Mapping[str, Any]) -> tuple[Disclosure, list[Finding]]:
    found: list[Finding] = []
    known = {"preset", "threshold", "zero", "rounding", "oldest_age"}
    found += [_unknown(f"disclosure: {name}", known) for name in given if name not in known]
    made, changed = Disclosure(), dict[str, Any]()
    if (preset := given.get("preset")) is not None:
        if str(preset).lower() in PRESETS:
            made = PRESETS[str(preset).lower()]
        else:
            found.append(_wrong("disclosure: preset", preset, ", ".join(PRESETS)))
    for name, least in (("threshold", 2), ("rounding", 1), ("oldest_age", 1)):
        if name not in given:
            continue
        value = given[name]
        if value is False and name != "rounding":  # `off`
            changed[name] = None
        elif isinstance(value, int) and not isinstance(value, bool) and value >= least:
            changed[name] = value
        else:
            found.append(_wrong(f"disclosure: {name}", value, f"a whole number from {least} up, or off"))
    if "zero" in given:
        if given["zero"] in {"show", "hide"}:
            changed["zero_is_safe"] = given["zero"] == "show"
        else:
            found.append(_wrong("disclosure: zero", given["zero"], "show, hide"))
    return replace(made, **changed), found


def _unknown(name: str, known: set[str]) -> Finding:
    facts = {"need": ", ".join(sorted(known))}
    message = f"tieout does not know the setting {name}"
    return Finding("audit/unknown-setting", message, Place(CONFIG), facts, "correct the name under tieout:")


def _wrong(name: str, value: object, need: str) -> Finding:
    facts = {"have": str(value), "need": need}
    message = f"the setting {name} cannot be used"
    return Finding("audit/setting", message, Place(CONFIG), facts, "write one of these")
