"""Writing a file whole, and saying what the machine refuses."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tieout.values.finding import Finding, Place

_MAY_NOT = "see who may write here, and whether another program holds the file open"
_NO_ROOM = "make room on the disk"
_IN_THE_WAY = "move what stands in the way: a file where a folder is needed, or a folder where a file is"
_REFUSED = {
    "EACCES": _MAY_NOT,
    "EPERM": _MAY_NOT,
    "EROFS": _MAY_NOT,
    "EBUSY": _MAY_NOT,
    "ETXTBSY": _MAY_NOT,
    "ENOSPC": _NO_ROOM,
    "EDQUOT": _NO_ROOM,
    "EFBIG": _NO_ROOM,
    "EEXIST": _IN_THE_WAY,
    "EISDIR": _IN_THE_WAY,
    "ENOTDIR": _IN_THE_WAY,
}


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file so that a reader sees the old one or the new one, making its folder where it is absent."""
    import tempfile  # noqa: PLC0415  (half of a bare interpreter's start, and most runs write nothing)

    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def refused_file(error: OSError, root: Path) -> Finding | None:
    """Return what the machine refuses to do with a file as a finding; None for any other error."""
    remedy = _REFUSED.get(errno.errorcode.get(error.errno or 0, ""))
    if remedy is None:
        return None
    named = error.filename2 or error.filename
    path = Path(os.fsdecode(named)) if isinstance(named, str | bytes) else None
    if path is not None and path.name.startswith("."):  # unfinished: the file has its name at the end
        path = path.parent
    if path is not None and path.is_absolute() and path.is_relative_to(root):
        path = path.relative_to(root)
    place = Place(path.as_posix()) if path is not None else None
    return Finding("machine/file", f"the machine refuses: {error.strerror}", place, {}, remedy)
