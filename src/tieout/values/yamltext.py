"""YAML with findings in place of exceptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from tieout.values.finding import Finding, FindingsError, Place

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the safe loader, in C where it was built


def parse_yaml(text: str, place_of_line: Callable[[int], Place], what: str) -> dict[str, Any]:
    """Return a YAML mapping; an empty text is an empty mapping.

    `place_of_line` turns a line number (from 1) into the place that a finding names; `what` names the text.
    """
    try:
        read = yaml.load(text, Loader=_LOADER)  # noqa: S506  (a safe loader, see above)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = place_of_line(mark.line + 1 if mark else 1)
        facts = {"reason": str(getattr(error, "problem", None) or "cannot be read")}
        finding = Finding(
            "yaml/syntax", f"{what} is not valid YAML", place, facts, "look at the line and the one above"
        )
        raise FindingsError([finding]) from None
    if read is None:
        return {}
    if not isinstance(read, dict):
        finding = Finding(
            "yaml/mapping",
            f"{what} is not a list of names and values",
            place_of_line(1),
            {},
            "write name: value",
        )
        raise FindingsError([finding])
    return read
