"""Running pandoc and the Typst compiler, both from wheels."""

from __future__ import annotations

import functools
import importlib.util
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tieout.values.finding import Finding, FindingsError


@functools.cache
def pandoc_path() -> str:
    """Return pandoc's path inside its wheel, without importing the wheel's Python."""
    spec = importlib.util.find_spec("pypandoc")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    for name in ("pandoc", "pandoc.exe"):
        if (program := folder / "files" / name).is_file():
            return str(program)
    raise FindingsError(
        [Finding("machine/pandoc", "pandoc is not installed", None, {}, "pip install pypandoc_binary")]
    )


def environment() -> dict[str, str]:
    """Return the environment in which pandoc reads and writes every path, wherever it is started.

    In the locale "C" (a container, a scheduled job) it cannot read a folder that is named Ümläute.
    """
    # a document that runs in another thread may take its name out of the environment meanwhile
    given = {name: value for name in list(os.environ) if (value := os.environ.get(name)) is not None}
    locale = given.get("LC_ALL") or given.get("LC_CTYPE") or given.get("LANG") or ""
    if os.name == "posix" and "utf" not in locale.lower():
        given["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
    return given


def run_pandoc(
    arguments: Sequence[str], text: str, folder: Path, also: Mapping[str, str] | None = None
) -> tuple[bytes, list[str]]:
    """Run pandoc on `text` in `folder`; return what it wrote and the lines of its messages.

    `also` is put beside the environment's variables.

    Raises
    ------
    FindingsError
        with pandoc's own message when it fails.
    """
    from tempfile import TemporaryFile  # noqa: PLC0415  (a run in which nothing changed runs no pandoc)

    # through files: a pipe holds little, and who feeds it waits for Python's lock thousands of times
    with TemporaryFile() as given, TemporaryFile() as made:
        given.write(text.encode())
        given.seek(0)
        done = subprocess.run(
            [pandoc_path(), *arguments],
            stdin=given,
            stdout=made,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={**environment(), **(also or {})},
            check=False,
        )
        made.seek(0)
        written = made.read()
    messages = done.stderr.decode(errors="replace").splitlines()
    if done.returncode:
        facts = {"pandoc": " ".join(messages[-3:]) or f"exit {done.returncode}"}
        raise FindingsError(
            [Finding("document/pandoc", "pandoc could not convert the document", None, facts)]
        )
    return written, messages


def compile_typst(text: bytes, root: Path, pdf_standards: Sequence[str], timestamp: int) -> bytes:
    """Compile Typst to PDF with the fonts of the wheel alone, so that pages are equal on all machines.

    `timestamp` is the document's date in seconds since 1970.
    """
    import typst  # noqa: PLC0415  (22 ms that a run without PDF does not need)

    try:
        made: bytes = typst.compile(  # type: ignore[call-overload]  # the compiler itself checks the standards' names
            text,
            root=str(root),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=list(pdf_standards),
            timestamp=timestamp,
        )
    except (RuntimeError, typst.TypstError) as error:
        facts = {"typst": str(error).strip().splitlines()[0]}
        raise FindingsError(
            [Finding("document/typst", "Typst could not make the PDF", None, facts)]
        ) from None
    return made
