"""CDISC ADaM time-to-event data (BDS-TTE, ADTTE), with CNSR turned at the door."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.sources.registry import Column, Format, Table


def time_to_event_table(file: str, parameters: Mapping[str, str], *, name: str = "adtte") -> Table:
    """Return the description of an ADTTE dataset (XPT, sas7bdat, CSV or Parquet).

    CNSR is 0 for an event and positive for a censored time; the table has `is_event` instead, true for an
    event. Only the analysis variables are described; others in the file are ignored.

    Parameters
    ----------
    parameters : PARAMCD with PARAM, for instance ``{"OS": "Overall survival (months)"}``.

    Examples
    --------
    >>> table = time_to_event_table("adtte.xpt", {"OS": "Overall survival (days)"})
    >>> table["is_event"].source
    'CNSR'
    """
    turned = Format(yes=("0",), no=tuple(str(number) for number in range(1, 100)))
    return Table(
        name,
        file,
        columns=(
            Column("patient_id", "text", role="identifier", source="USUBJID", label="Unique subject"),
            Column("endpoint", "code", codes=parameters, source="PARAMCD", label="Endpoint"),
            Column("start", "date", source="STARTDT", nullable=True, label="Time zero"),
            Column("end", "date", source="ADT", nullable=True, label="Date of event or censoring"),
            Column("time", "number", source="AVAL", minimum=0, maximum=1e6, label="Time to event"),
            Column("is_event", "yes_no", source="CNSR", label="Event (CNSR is 0)", format=turned),
        ),
        key=("patient_id", "endpoint"),
        label="Time to event (ADaM)",
        extra_columns="ignore",
    )
