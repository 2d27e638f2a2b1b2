"""Reading files that know their own types: Parquet, and those of SAS, Stata and SPSS with their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tieout.sources.cells import native_text
from tieout.sources.fault import Fault
from tieout.sources.raw import RawTable, ReadError, file_fault, from_frame
from tieout.sources.registry import Table

if TYPE_CHECKING:
    import pandas as pd

XPT_RECORD_BYTES = 80
STATISTICS = {
    ".sav": "read_sav",
    ".zsav": "read_sav",
    ".por": "read_por",
    ".dta": "read_dta",
    ".xpt": "read_xport",
    ".sas7bdat": "read_sas7bdat",
}


def read_parquet(path: Path, table: Table) -> RawTable:
    """Read a Parquet file; the first record counts as row 2, as under a header.

    Raises
    ------
    ReadError
        when it cannot be opened.
    """
    import pyarrow  # noqa: PLC0415  (only for Parquet)
    import pyarrow.parquet  # noqa: PLC0415

    try:
        # Without its schema's pandas notes, which name an index that would swallow a column.
        arrow = pyarrow.parquet.ParquetFile(path).read().replace_schema_metadata(None)
        names = arrow.column_names
        frame = _in_pandas(arrow.rename_columns([str(number) for number in range(len(names))]))
        frame.columns = names
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, OverflowError):
        raise ReadError(broken_file(table)) from None
    return _framed(frame, {}, table)


def _in_pandas(arrow: Any) -> pd.DataFrame:
    """Return a frame in which each different text is held once; whole numbers and yes/no may be missing."""
    import pandas as pd  # noqa: PLC0415  (only for Parquet)
    import pyarrow as pa  # noqa: PLC0415

    for at, column in enumerate(arrow.columns):
        if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
            arrow = arrow.set_column(at, arrow.field(at).name, column.dictionary_encode())
    kept = {pa.bool_(): pd.BooleanDtype(), pa.int64(): pd.Int64Dtype(), pa.int32(): pd.Int64Dtype()}
    made: pd.DataFrame = arrow.to_pandas(types_mapper=kept.get)
    return made


def read_parquet_rows(path: Path, rows: Sequence[int], table: Table) -> RawTable:
    """Read a few rows of a Parquet file of any size; the first record is row 2.

    Raises
    ------
    ReadError
        when it cannot be opened.
    """
    import pandas as pd  # noqa: PLC0415  (only where rows are shown)
    import pyarrow  # noqa: PLC0415  (only for Parquet)
    import pyarrow.parquet  # noqa: PLC0415

    parts, first = [], 2
    try:
        file = pyarrow.parquet.ParquetFile(path)
        for group in range(file.num_row_groups):
            size = file.metadata.row_group(group).num_rows
            here = [row - first for row in rows if first <= row < first + size]
            if here:
                frame = file.read_row_group(group).take(here).replace_schema_metadata(None).to_pandas()
                parts.append(frame.set_axis([first + at for at in here], axis=0))
            first += size
    except (pyarrow.ArrowException, OSError):
        raise ReadError(broken_file(table)) from None
    return RawTable(pd.concat(parts) if parts else pd.DataFrame())


def read_statistics(path: Path, table: Table) -> RawTable:
    """Read a file of SAS (XPT, sas7bdat), Stata or SPSS.

    The codes stay as they are and the file's value labels are kept beside them. Values that the file itself
    declares as missing are missing.

    Raises
    ------
    ReadError
        when it cannot be opened, or the package for it is absent.
    """
    try:
        import pyreadstat  # noqa: PLC0415  (only for these files; an extra)
    except ImportError:
        raise ReadError(needs_extra(table, "pyreadstat", "readers")) from None
    if path.suffix.lower() == ".xpt" and path.stat().st_size % XPT_RECORD_BYTES:
        raise ReadError(broken_file(table))  # pyreadstat leaves out the cut record without a word
    read = getattr(pyreadstat, STATISTICS[path.suffix.lower()])
    options = {"encoding": table.format.encoding} if table.format.encoding else {}
    try:
        frame, meta = read(str(path), **options)
    except Exception:  # noqa: BLE001  (pyreadstat raises its own error, UnicodeDecodeError, ValueError, OverflowError)
        raise ReadError(broken_file(table)) from None
    stated = meta.variable_value_labels or {}
    labels = {
        str(name): {native_text(code): str(label) for code, label in values.items()}
        for name, values in stated.items()
    }
    return _framed(frame, labels, table)


def _framed(frame: pd.DataFrame, labels: Mapping[str, Mapping[str, str]], table: Table) -> RawTable:
    if not len(frame.columns):
        message, remedy = "the file has no columns", "export the table again"
        raise ReadError(file_fault(table, "no-header", message, remedy))
    names: list[Any] = [str(name) for name in frame.columns]
    if len(set(names)) != len(names):
        message = "two columns have the same name"
        raise ReadError(file_fault(table, "column-twice", message, "give each column a name of its own"))
    return from_frame(frame, labels)


def broken_file(table: Table) -> Fault:
    """Return the fault of a file that cannot be read."""
    message = "the file cannot be read: it is broken, cut short, or not what its ending says"
    return file_fault(table, "broken-file", message, "export or copy it again")


def needs_extra(table: Table, package: str, extra: str) -> Any:
    """Return the fault of a package that is not installed."""
    message = f"reading this file needs the package {package}"
    return file_fault(table, "needs-package", message, f"pip install 'tieout[{extra}]'")
