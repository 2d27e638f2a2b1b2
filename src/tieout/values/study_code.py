"""Telling an error in the study's own code from one in the tool: where in the study did it come from?"""

from __future__ import annotations

import traceback
from pathlib import Path

from tieout.values.files import write_whole
from tieout.values.finding import Finding, Place

TRACEBACK = Path(".tieout", "traceback.txt")  # git ignores the folder
_TOOL = Path(__file__).resolve().parents[1]
# what these say speaks of code alone; the message of a ValueError or a KeyError may hold a cell of the data
_SPEAKS_OF_CODE = (SyntaxError, NameError, AttributeError, ImportError)


def study_line(error: BaseException, root: Path) -> tuple[Place, str] | None:
    """Return the innermost line of the study's code that `error` came through, and its function's name.

    None where it came through no file of the study: packages and the tool itself may lie inside its folder.
    """
    if isinstance(error, SyntaxError) and error.filename and _is_of_study(error.filename, root):
        return Place(_name(error.filename, root), error.lineno), ""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if _is_of_study(frame.filename, root):
            name = "" if frame.name.startswith("<") else frame.name
            return Place(_name(frame.filename, root), frame.lineno), name
    return None


def study_fault(error: BaseException, root: Path) -> Finding | None:
    """Return an error of the study's own code as a finding; None where the study's code took no part.

    The message of the error is shown only where it cannot hold data.
    """
    found = study_line(error, root)
    if found is None:
        return None
    place, function = found
    said = f": {error.msg if isinstance(error, SyntaxError) else error}"
    message = f"the study's code fails here with {type(error).__name__}"
    facts = {"in": f"{function}()"} if function else {}
    remedy = f"mend this line; {TRACEBACK.as_posix()} has the whole error, which may show data"
    shown = message + said if isinstance(error, _SPEAKS_OF_CODE) else message
    return Finding("study/failing-code", shown, place, facts, remedy)


def write_traceback(error: BaseException, root: Path) -> None:
    """Write the whole of `error` into the study's folder that git ignores."""
    write_whole(root / TRACEBACK, "".join(traceback.format_exception(error)).encode())


def _is_of_study(file: str, root: Path) -> bool:
    path = Path(file)
    if not path.is_file() or not path.resolve().is_relative_to(root.resolve()):
        return False
    return not path.resolve().is_relative_to(_TOOL) and "site-packages" not in path.parts


def _name(file: str, root: Path) -> str:
    return Path(file).resolve().relative_to(root.resolve()).as_posix()
