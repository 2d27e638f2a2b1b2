import pytest

from tieout.document.pieces import INLINE, Cell, Prose, split_pieces
from tieout.values.finding import FindingsError


def test_an_included_line_keeps_the_place_where_it_was_written(project, document):
    (project.root / "_part.qmd").write_text("first\nsecond\n")
    source = document("before\n\n{{< include _part.qmd >}}\n\nafter\n")
    second = next(line for line in source.lines if line.text == "second")
    assert (second.place.file, second.place.line) == ("_part.qmd", 2)
    assert [path.name for path in source.files] == ["paper.qmd", "_part.qmd"]


@pytest.mark.parametrize(
    ("part", "message"),
    [("{{< include _absent.qmd >}}", "does not exist"), ("{{< include paper.qmd >}}", "itself")],
)
def test_an_include_that_cannot_be_followed_is_found_at_its_line(document, part, message):
    with pytest.raises(FindingsError, match=rf"paper\.qmd:11: .*{message}"):
        document(part + "\n")


def test_an_include_inside_a_code_block_is_text(document):
    source = document("```\n{{< include _absent.qmd >}}\n```\n")
    assert any("absent" in line.text for line in source.lines)


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("---\ntitle: [a\n---\n", "not valid YAML"),
        ("---\ntitle: a\n", "does not end"),
        ("---\n- a\n---\n", "names and values"),
    ],
)
def test_front_matter_that_cannot_be_read_is_a_finding(document, front, message):
    with pytest.raises(FindingsError, match=message):
        document("", head=front)


def test_cells_carry_their_options_and_the_line_of_their_code(document):
    source = document("```{python}\n#| label: tbl-a\n#| echo: false\n\n1 / 0\n```\n")
    cell = [piece for piece in split_pieces(source.lines) if isinstance(piece, Cell)][1]
    assert cell.options == {"label": "tbl-a", "echo": False}
    assert cell.code == "\n1 / 0"
    assert cell.first_code_line.line == 14


def test_a_cell_that_never_ends_is_found_where_it_opens(document):
    with pytest.raises(FindingsError, match=r"paper\.qmd:11: .*never ends"):
        list(split_pieces(document("```{python}\n1\n").lines))


def test_nothing_is_evaluated_in_a_code_block(document):
    source = document("```\n`{python} r.x`\n```\n\n`{python} r.y`\n")
    verbatim = {
        piece.line.text: piece.verbatim for piece in split_pieces(source.lines) if isinstance(piece, Prose)
    }
    assert verbatim["`{python} r.x`"] is True
    assert verbatim["`{python} r.y`"] is False


def test_an_inline_expression_in_doubled_backticks_is_text():
    assert not INLINE.search("`` `{python} r.x` ``".replace("`` `", "```"))
    assert INLINE.search("of `{python} r.x.n`, ")[1] == "r.x.n"
