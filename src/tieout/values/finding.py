"""One thing wrong, said so that its reader can mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Place:
    """Where a finding stands: a file, and inside it a line and column, or a table's row and column name."""

    file: str
    line: int | None = None
    column: int | str | None = None

    def __str__(self) -> str:
        parts = [self.file, self.line, self.column]
        return ":".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A code, one sentence, a place, the facts and one thing to try.

    `facts` and `message` never hold a patient's identifier or a cell's content.
    A finding that does not `block` is reported and the run goes on.
    """

    code: str
    message: str
    place: Place | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    remedy: str = ""
    blocks: bool = True

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        lines = [f"{where}{self.message} [{self.code}]"]
        lines += [f"    {name}: {value}" for name, value in self.facts.items()]
        if self.remedy:
            lines.append(f"    try: {self.remedy}")
        return "\n".join(lines)


class FindingsError(Exception):
    """Raised by `require_` functions with all findings at once; the command line prints them and exits 1."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def refusal(code: str, message: str, remedy: str = "", **facts: object) -> FindingsError:
    """Return the error to raise for one thing that cannot be done; facts are numbers and names only."""
    texts = {name: str(value) for name, value in facts.items()}
    return FindingsError([Finding(code, message, facts=texts, remedy=remedy)])
