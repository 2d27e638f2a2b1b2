"""An inline expression that is none is printed as it stands: that is a finding, and showing one is not."""

from dataclasses import dataclass, field

import pytest

from tieout.audit.marks import check_typed
from tieout.values.finding import Place


@dataclass(frozen=True)
class Line:
    text: str
    place: Place = field(default_factory=lambda: Place("paper.qmd", 7))


@pytest.mark.parametrize(
    "text",
    [
        "Of `{python} r.a.n",
        "Of {python} r.a.n`.",
        "Of `{Python} r.a.n`.",
        "`{python} r.a.n` and `{python}r.a.n`",
    ],
)
def test_what_would_be_printed_as_code_is_found(text):
    (finding,) = check_typed([Line(text)])
    assert (finding.code, str(finding.place)) == ("audit/open-expression", "paper.qmd:7")


def test_expressions_cells_and_what_shows_them_are_left_alone():
    lines = [
        "`{python} r.a.n` of `{python} r.a.of`",
        "```{python}",
        "x",
        "```",
        "Write `` `{python} r.a.n` ``.",
    ]
    assert check_typed([Line(text) for text in lines]) == []
