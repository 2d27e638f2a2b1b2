"""Fetching a project from REDCap's API into files, so that every number rests on files that can be kept.

The address and the token come from the environment alone: REDCAP_URL and REDCAP_TOKEN.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tieout.values.finding import Finding, FindingsError

ADDRESS, TOKEN = "REDCAP_URL", "REDCAP_TOKEN"
EXPORT, DICTIONARY = "redcap.csv", "redcap_dictionary.csv"


def run_fetch(folder: Path, environment: Mapping[str, str] | None = None) -> tuple[Path, Path]:
    """Write the project's records (raw) and data dictionary into `folder`; return the two files.

    Both are written whole or not at all; the token is written nowhere.

    Raises
    ------
    FindingsError
        when a variable is unset, PyCap is absent, the address is not https, or REDCap does not answer.
    """
    known = os.environ if environment is None else environment
    address, token = known.get(ADDRESS, ""), known.get(TOKEN, "")
    _require_access(address, token)
    try:
        import redcap  # noqa: PLC0415  (only for the API; an extra)
    except ImportError:
        remedy = "pip install 'tieout[redcap]'"
        raise FindingsError([Finding("redcap/needs-package", "this needs PyCap", remedy=remedy)]) from None
    try:
        project = redcap.project.Project(address, token)
        records = project.export_records(
            format_type="csv", raw_or_label="raw", raw_or_label_headers="raw", export_checkbox_labels=False
        )
        dictionary = project.export_metadata(format_type="csv")
    except Exception:  # noqa: BLE001  (requests and PyCap raise many kinds, whose texts may hold the token)
        remedy = f"check {ADDRESS}, the right to export by API, and the network"
        message = "REDCap refused, or did not answer"
        raise FindingsError([Finding("redcap/refused", message, remedy=remedy)]) from None
    return _write(folder / EXPORT, str(records)), _write(folder / DICTIONARY, str(dictionary))


def _require_access(address: str, token: str) -> None:
    findings = []
    for name, value in ((ADDRESS, address), (TOKEN, token)):
        if not value:
            message = f"the environment variable {name} is not set"
            findings.append(Finding("redcap/no-access", message, remedy=f"export {name}=… in this terminal"))
    local = address.startswith(("http://127.0.0.1", "http://localhost"))
    if address and not (address.startswith("https://") or local):
        message = "the address does not begin with https://: the token would travel in the open"
        findings.append(Finding("redcap/no-access", message, remedy="ask for the API's https address"))
    if findings:
        raise FindingsError(findings)


def _write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".part")
    draft.write_text(text, encoding="utf-8", newline="")
    draft.replace(path)
    return path
