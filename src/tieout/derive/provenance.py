"""Where a result was computed: the function of the study that asked for it, filled in when the result is
made.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from types import FrameType

from tieout.values.finding import FindingsError, refusal
from tieout.values.result import Meaning

_PACKAGE = str(Path(__file__).resolve().parents[1]) + os.sep
_LIBRARY = sysconfig.get_paths()["stdlib"] + os.sep
_ROOT_MARK = "_quarto.yml"


def where() -> str:
    """Return `analysis/therapy.py:after_lupsma`, the innermost function of the study on the call stack.

    Frames of this package, of installed libraries and of comprehensions are passed over. The file is relative
    to the project's root, the nearest folder above it that holds `_quarto.yml`; without one, it is the file's
    name. Code that has no file (an interactive session) gives the empty string.
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        file, name = frame.f_code.co_filename, frame.f_code.co_name
        if _is_study(file) and (name == "<module>" or not name.startswith("<")):
            return _relative(file) if name == "<module>" else f"{_relative(file)}:{name}"
        frame = frame.f_back
    return ""


def meaning(label: str, population: str, *method: str) -> Meaning:
    """Return a `Meaning` that knows where it was made; the parts of the method are joined by semicolons."""
    return Meaning(label, population, "; ".join(part for part in method if part), where())


def refuse(code: str, message: str, remedy: str = "", **facts: object) -> FindingsError:
    """Return the error to raise for one thing that a derivation cannot do; facts are numbers and names
    only.
    """
    return refusal(f"derive/{code}", message, remedy, **facts)


@lru_cache(maxsize=1024)
def _is_study(file: str) -> bool:
    if file.startswith("<") or "site-packages" in Path(file).parts:
        return False
    return not file.startswith((_PACKAGE, _LIBRARY))


@lru_cache(maxsize=1024)
def _relative(file: str) -> str:
    path = Path(file).resolve()
    for folder in path.parents:
        if (folder / _ROOT_MARK).is_file():
            return path.relative_to(folder).as_posix()
    return path.name
