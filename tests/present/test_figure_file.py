"""Figures as files: what makes them drawn again, what they hand to documents and to the audit."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from itertools import pairwise

import matplotlib as mpl
import pypandoc
import pypdfium2
import pytest
from PIL import Image

from tieout import figure
from tieout.present.style import ONE_COLUMN_MM, FigureStyle, drawing, settings
from tieout.values.finding import FindingsError
from tieout.values.navigate import results
from tieout.values.result import Count, Meaning, Results
from tieout.values.store import make_store, write_store

MODULE = """
from tieout.present.style import new_figure
from figures import shared

def draw(r, style):
    made = new_figure(style.width_mm, 40)
    axes = made.add_axes((0.6, 0.2, 0.3, 0.6))
    axes.fill_between([0, 1], [0, 1], hatch="//")
    axes.set(xticks=[], yticks=[])
    made.text(0.1, 0.5, f"{shared.WORDS} {r.flow.hospice.n_percent.text}")
    assert r.flow.few.n.text == "5"  # read, and not printed
    return made

def describe(r):
    return f'Of {r.flow.stopped.n.text}: "{r.flow.hospice.n.text}" <b> *x* \\\\ {{=html}} & 5% [a](b)'
"""


@pytest.fixture
def project(folder, monkeypatch):
    (folder / "figures").mkdir()
    (folder / "figures" / "__init__.py").write_text("")
    (folder / "figures" / "shared.py").write_text("WORDS = 'Hospice'\n")
    (folder / "figures" / "km.py").write_text(MODULE)
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.chdir(folder)
    yield folder
    for name in [name for name in sys.modules if name.partition(".")[0] == "figures"]:
        del sys.modules[name]


def store_with(folder, hospice=17, died=10):
    label = Meaning("x")
    flow = Results(
        few=Count(5, 96, label),
        stopped=Count(35, 96, label),
        hospice=Count(hospice, 35, label),
        died=Count(died, 96, label),
    )
    write_store(make_store(Results(flow=flow), {}, {}), folder / "results")
    return results(folder / "results")


def drawn(folder):
    return (folder / "figures" / "km.svg").stat().st_mtime_ns


def test_only_what_the_figure_shows_draws_it_again(project):
    figure("km", store_with(project))
    first = drawn(project)
    figure("km", store_with(project, died=11))
    assert drawn(project) == first
    figure("km", store_with(project, hospice=16))
    assert drawn(project) != first
    assert (project / ".tieout/cache/figures/km.json").read_text(encoding="utf-8").count("16") >= 2


@pytest.mark.parametrize("changed", ["figures/km.py", "figures/shared.py"])
def test_a_changed_module_or_one_that_it_imports_draws_it_again(project, changed):
    r = store_with(project)
    figure("km", r)
    first = drawn(project)
    path = project / changed
    path.write_text(path.read_text() + "# changed\n")
    figure("km", r)
    assert drawn(project) != first


def test_another_style_or_an_absent_file_draws_it_again(project):
    r = store_with(project)
    figure("km", r)
    first = drawn(project)
    figure("km", r, FigureStyle(width_mm=ONE_COLUMN_MM))
    second = drawn(project)
    assert second != first
    (project / "figures" / "km.png").unlink()
    figure("km", r, FigureStyle(width_mm=ONE_COLUMN_MM))
    assert drawn(project) != second


def test_a_result_that_comes_or_goes_below_a_prefix_counts_as_read(project):
    (project / "figures" / "km.py").write_text(
        "from tieout.present.style import new_figure\n"
        "from tieout.values.navigate import store_of\n"
        "def draw(r, style):\n"
        "    made = new_figure(50, 40)\n"
        "    made.text(0, 0, ' '.join(rest for rest, _ in store_of(r).under('flow')))\n"
        "    return made\n"
        "def describe(r):\n"
        "    return 'x'\n"
    )
    label = Meaning("x")
    for flow in (
        Results(stopped=Count(35, 96, label)),
        Results(stopped=Count(35, 96, label), died=Count(10, 96, label)),
        Results(died=Count(10, 96, label)),
    ):
        write_store(make_store(Results(flow=flow), {}, {}), project / "results")
        figure("km", results(project / "results"))
        kept = json.loads((project / ".tieout/cache/figures/km.json").read_text(encoding="utf-8"))
        assert kept["texts"] == [" ".join(flow.members)]


def test_the_alternative_text_survives_pandoc_to_the_letter(project):
    made = figure("km", store_with(project))
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    read = json.loads(
        subprocess.run(command, input=made._repr_markdown_().encode(), capture_output=True, check=True).stdout
    )
    (image,) = read["blocks"][0]["c"]
    assert image["t"] == "Image"
    assert image["c"][2][0] == "figures/km"
    assert dict(image["c"][0][2]) == {"fig-alt": 'Of 35: "17" <b> *x* \\ {=html} & 5% [a](b)'}
    assert made.alternative == 'Of 35: "17" <b> *x* \\ {=html} & 5% [a](b)'


def test_the_audit_finds_the_ties_that_the_figure_and_its_description_print(project):
    figure("km", store_with(project))
    kept = json.loads((project / ".tieout/cache/figures/km.json").read_text(encoding="utf-8"))
    assert {tie["key"]: tie["text"] for tie in kept["ties"]} == {
        "flow.hospice.n_percent": "17\xa0(49%)",
        "flow.stopped.n": "35",
        "flow.hospice.n": "17",
    }
    assert kept["texts"] == ["Hospice 17\xa0(49%)"]


def test_an_unchanged_figure_imports_no_matplotlib(project):
    r = store_with(project)
    expected = figure("km", r).markdown
    code = (
        "import sys\nfrom tieout import figure, results\n"
        "print(figure('km', results()).markdown, end='')\n"
        "assert not {'matplotlib', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    made = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert made.stdout == expected


def test_equal_figures_are_equal_to_the_byte_and_formats_keep_their_size_and_fonts(project):
    formats = ("svg", "pdf", "png", "tiff")
    first = {}
    for _ in range(2):
        figure("km", store_with(project), formats=formats)
        read = {kind: (project / "figures" / f"km.{kind}").read_bytes() for kind in formats}
        assert first in ({}, read)
        first = read
        (project / "figures" / "km.svg").unlink()
    for kind, dpi in (("png", 300), ("tiff", 600)):
        image = Image.open(io.BytesIO(first[kind]))
        assert [round(float(value)) for value in image.info["dpi"]] == [dpi, dpi]
        assert image.width == pytest.approx(170 / 25.4 * dpi, abs=1)
    page = pypdfium2.PdfDocument(first["pdf"])[0]
    assert page.get_width() * 25.4 / 72 == pytest.approx(170, abs=0.1)
    assert "Hospice 17\xa0(49%)" in page.get_textpage().get_text_range().replace(" (", "\xa0(")
    assert b"/FontFile2" in first["pdf"]
    assert b"<text" not in first["svg"]


def test_a_users_own_settings_neither_change_the_figure_nor_are_changed(project):
    figure("km", store_with(project))
    expected = (project / "figures" / "km.svg").read_bytes()
    (project / "figures" / "km.svg").unlink()
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red", "axes.grid": True, "lines.marker": "o"}):
        before = dict(mpl.rcParams)
        figure("km", store_with(project))
        assert dict(mpl.rcParams) == before
    assert (project / "figures" / "km.svg").read_bytes() == expected


def test_an_unknown_figure_names_the_nearest(project):
    with pytest.raises(FindingsError, match="there is no figure kn") as caught:
        figure("kn", store_with(project))
    assert "km" in caught.value.findings[0].remedy


def test_a_module_without_a_description_is_refused(project):
    (project / "figures" / "km.py").write_text("def draw(r, style): ...\n")
    with pytest.raises(FindingsError, match="no function describe"):
        figure("km", store_with(project))


def test_what_draw_raises_reaches_the_document_and_leaves_the_last_files(project):
    figure("km", store_with(project))
    before = (project / "figures" / "km.svg").read_bytes()
    (project / "figures" / "km.py").write_text(
        "def draw(r, style):\n    return r.flow.nobody\ndef describe(r): ...\n"
    )
    with pytest.raises(AttributeError, match=r"there is no result r\.flow\.nobody"):
        figure("km", store_with(project))
    assert (project / "figures" / "km.svg").read_bytes() == before


def test_colours_differ_in_grey_between_grades_and_are_six_for_lines():
    def grey(color):
        red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    style = FigureStyle()
    steps = [grey(color) for color in style.grades]
    assert all(light - dark > 0.1 for light, dark in pairwise(steps))
    assert len(set(style.colors)) == 6
    with drawing(style):
        assert mpl.rcParams["svg.hashsalt"] == settings(style)["svg.hashsalt"]
