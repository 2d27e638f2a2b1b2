import pytest

from tieout.document.plan import plan_documents
from tieout.document.render import render_jobs
from tieout.values.finding import FindingsError
from tieout.values.project import read_project


def render(project, names=(), only=()):
    """Render what is not current; return the names of the outputs written."""
    jobs = plan_documents(project, names, only)
    return [path.name for path in render_jobs(jobs, project, lambda _: None)]


@pytest.fixture
def paper(project, document):
    document(
        "Of `{python} r.flow.stopped.n` patients, `{python} r.flow.hospice.n_percent` entered hospice.\n"
    )
    return project


def text_of(project, name="paper.html"):
    return (project.output / name).read_text()


def test_a_document_is_rendered_with_its_numbers(paper):
    assert render(paper) == ["paper.html"]
    assert "17\N{NO-BREAK SPACE}(49%)" in text_of(paper)


def test_with_nothing_changed_nothing_is_rendered(paper):
    render(paper)
    assert render(paper) == []


def test_a_changed_line_renders_its_own_document_alone(paper):
    (paper.root / "_quarto.yml").write_text(
        "project:\n  render: [paper.qmd, other.qmd]\nexecute:\n  echo: false\n"
    )
    project = read_project(paper.root)
    (project.root / "other.qmd").write_text("---\ntitle: Other\n---\n\ntext\n")
    assert render(project) == ["paper.html", "other.html"]
    (project.root / "other.qmd").write_text("---\ntitle: Other\n---\n\nnew text\n")
    assert render(project) == ["other.html"]


def test_a_changed_include_renders_the_documents_that_include_it(project, document):
    (project.root / "_part.qmd").write_text("first\n")
    document("{{< include _part.qmd >}}\n")
    render(project)
    (project.root / "_part.qmd").write_text("second\n")
    assert render(project) == ["paper.html"]


def test_changed_results_render_everything_with_the_new_numbers(paper, write_results):
    render(paper)
    write_results(paper, hospice=16)
    assert render(paper) == ["paper.html"]
    assert "16\N{NO-BREAK SPACE}(46%)" in text_of(paper)


def test_an_output_that_was_deleted_or_edited_is_made_again(paper):
    render(paper)
    (paper.output / "paper.html").write_text("edited")
    assert render(paper) == ["paper.html"]
    (paper.output / "paper.html").unlink()
    assert render(paper) == ["paper.html"]


def test_a_failing_document_leaves_every_last_good_output_to_the_byte(paper):
    (paper.root / "_quarto.yml").write_text(
        "project:\n  render: [other.qmd, paper.qmd]\nexecute:\n  echo: false\n"
    )
    project = read_project(paper.root)
    (project.root / "other.qmd").write_text("---\ntitle: Other\n---\n\ntext\n")
    render(project)
    before = {path.name: path.read_bytes() for path in project.output.iterdir()}
    (project.root / "other.qmd").write_text("---\ntitle: Other\n---\n\nnew text\n")
    (project.root / "paper.qmd").write_text("---\ntitle: A\n---\n\n@fig-none\n")
    with pytest.raises(FindingsError, match="nothing here is called @fig-none"):
        render(project)
    assert {path.name: path.read_bytes() for path in project.output.iterdir()} == before


def test_findings_of_several_documents_come_together(project, document):
    (project.root / "_quarto.yml").write_text("project:\n  render: [one.qmd, two.qmd]\n")
    for name in ("one", "two"):
        (project.root / f"{name}.qmd").write_text("---\ntitle: T\n---\n\n`{python} 1 / 0`\n")
    with pytest.raises(FindingsError) as caught:
        render(read_project(project.root))
    assert [finding.place.file for finding in caught.value.findings] == ["one.qmd", "two.qmd"]


def test_an_unknown_document_and_an_unknown_format_are_findings(paper):
    with pytest.raises(FindingsError, match=r"no document absent\.qmd"):
        render(paper, ["absent.qmd"])
    (paper.root / "paper.qmd").write_text("---\ntitle: T\nformat: epub\n---\n")
    with pytest.raises(FindingsError, match="no format epub"):
        render(paper)


def test_only_the_wanted_formats_are_made(paper):
    (paper.root / "paper.qmd").write_text(
        "---\ntitle: T\nformat:\n  html: default\n  plain: default\n---\n\ntext\n"
    )
    assert render(paper, only=("txt",)) == ["paper.txt"]
    assert render(paper) == ["paper.html", "paper.txt"]


def test_special_characters_reach_the_page_unharmed(project, document):
    (project.root / "paper.qmd").write_text(
        "---\ntitle: T\n---\n\n```{python}\nmark = 'a<b *c* _d_ [e] \N{NO-BREAK SPACE}f'\n```\n\n"
        "- `{python} mark`\n\n| A |\n|---|\n| `{python} mark` |\n\nNote.[^1]\n\n[^1]: `{python} mark`\n"
    )
    render(project)
    assert text_of(project).count("a&lt;b *c* _d_ [e] \N{NO-BREAK SPACE}f") == 3
