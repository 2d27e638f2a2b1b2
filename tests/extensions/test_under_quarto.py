"""What Quarto 1.9 hands to the filters and makes of floats, drawn after its own filters' sources."""

import json
import subprocess
import zipfile
from pathlib import Path

import pypandoc
import pytest
from lxml import etree

EXTENSIONS = Path(__file__).resolve().parents[2] / "_extensions"
TIEOUT = EXTENSIONS / "tieout"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010800000000"
    "3a7e9b550000000a49444154789c636000000002000173750118"
    "0000000049454e44ae426082"
)
TIE = '[17]{.tie key="flow.hospice.n"}'
CELL = (
    "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/></w:tblGrid>"
    "<w:tr><w:tc><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
)

# filters/customnodes/floatreftarget.lua and filters/layout/docx.lua: the cell's div holds content and caption
WRAPPED = """\
local names = { tbl = "Table", fig = "Figure" }
function Div(div)
  local kind = div.identifier:match("^(%a+)%-")
  if not names[kind] then return nil end
  local caption = div.content:remove(#div.content)
  local inlines = pandoc.Inlines({
    pandoc.RawInline("openxml", '<w:pPr>\\n<w:pStyle w:val="ImageCaption" />\\n</w:pPr>'),
    pandoc.Str(names[kind]), pandoc.Str("\\u{a0}"), pandoc.Str("1"), pandoc.Str(":"), pandoc.Space(),
  })
  inlines:extend(caption.content)
  local cell = pandoc.Div(div.content, pandoc.Attr(div.identifier))
  cell.content:insert(kind == "tbl" and 1 or #cell.content + 1, pandoc.Para(inlines))
  local rows = { pandoc.List({ cell }) }
  return pandoc.utils.from_simple_table(
    pandoc.SimpleTable(pandoc.List(), { "AlignLeft" }, { 1 }, pandoc.List(), rows))
end
"""
FLOATS = (
    "# First\n\nSee [Table 1](#tbl-a) and [Figure 1](#fig-a).\n\n"
    "::: {#tbl-a}\n::: {.cell}\n::: {.cell-output-display}\n```{=openxml}\n"
    + CELL.format("inner")
    + "\n```\n:::\n:::\n\nA caption.\n:::\n\n"
    '::: {#fig-a}\n![](picture.png){alt="Words."}\n\nA picture.\n:::\n\n'
)
LAYOUT = "| a |\n|---|\n| 1 |\n"


@pytest.fixture
def word(render, project):
    (project / "picture.png").write_bytes(PIXEL)
    (project / "wrapped.lua").write_text(WRAPPED, encoding="utf-8")

    def run(markdown):
        filters = ["tie.lua", str(project / "wrapped.lua"), "unwrap.lua", "alt.lua"]
        done = render(markdown, "docx", "manuscript", filters)
        assert done.code == 0, done.messages
        with zipfile.ZipFile(done.path) as package:
            return etree.fromstring(package.read("word/document.xml"))

    return run


def style_of(paragraph):
    found = paragraph.findall(f"{W}pPr/{W}pStyle")
    return [style.get(f"{W}val") for style in found]


def test_word_has_no_table_around_a_float(word):
    body = word(FLOATS)
    assert len(list(body.iter(f"{W}tbl"))) == 1
    texts = {"".join(p.itertext(f"{W}t")): style_of(p) for p in body.iter(f"{W}p")}
    assert texts["Table\N{NO-BREAK SPACE}1: A caption."] == ["TableCaption"]
    assert texts["Figure\N{NO-BREAK SPACE}1: A picture."] == ["ImageCaption"]
    names = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    assert names.count("tbl-a") == names.count("fig-a") == 1
    assert [one.get("descr") for one in body.iter("{*}docPr")] == ["Words."]


def test_word_keeps_a_caption_above_its_table_and_below_its_picture(word):
    text = "".join(word(FLOATS).itertext(f"{W}t"))
    assert text.index("A caption.") < text.index("inner")
    styles = [style for p in word(FLOATS).iter(f"{W}p") for style in style_of(p)]
    assert styles.index("CaptionedFigure") < styles.index("ImageCaption")


def test_word_keeps_a_table_of_one_cell_that_is_no_float(word):
    body = word("+-----+\n| one |\n|     |\n| two |\n+-----+\n\n" + LAYOUT)
    assert len(list(body.iter(f"{W}tbl"))) == 2


# filters/normalize, jupyter.ts: a custom node is a div of slots; a cell's output stands in two more
JUPYTER = """\
::: {{.custom}}

::: {{.scaffold}}

::: {{.cell execution_count="2"}}

::: {{.cell-output .cell-output-display .cell-output-markdown execution_count="2"}}

{output}

:::

:::

:::

::: {{.scaffold}}

A caption of {tie} that no one counts.

:::

:::
"""
NODES = """\
function Div(div)
  if div.classes:includes("custom") then
    div.classes = {}
    div.attributes["__quarto_custom"], div.attributes["__quarto_custom_type"] = "true", "FloatRefTarget"
  elseif div.classes:includes("scaffold") then
    div.classes, div.attributes["__quarto_custom_scaffold"] = {}, "true"
  end
  return div
end
"""


@pytest.fixture
def nodes(project):
    path = project / "nodes.lua"
    path.write_text(NODES, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_a_table_is_found_in_the_divs_of_a_cell_inside_a_float(render, nodes, to):
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    tree = subprocess.run(
        command, input=f"| tree |\n|---|\n| {TIE} |\n", text=True, capture_output=True, check=True
    ).stdout
    model = json.dumps(
        {"ast": tree, "html": "<table><tr><td>ready</td></tr></table>", "openxml": CELL.format("ready")}
    )
    done = render(
        "# Head\n\nTwo words.\n\n" + JUPYTER.format(output=f"``` {{.tieout-table}}\n{model}\n```", tie=TIE),
        to,
        "manuscript",
        [nodes, "tie.lua", "unwrap.lua", "alt.lua"],
    )
    assert done.code == 0, done.messages
    text = done.path.read_bytes().decode("utf-8", "replace")
    if to == "docx":
        with zipfile.ZipFile(done.path) as package:
            text = package.read("word/document.xml").decode()
    assert "pandoc-api-version" not in text
    assert ("ready" in text) == (to in ("html", "docx"))
    assert ("tree" in text) == (to in ("typst", "plain"))


def test_a_float_of_quarto_s_is_not_counted_as_text(render, nodes):
    markdown = "# Head\n\nTwo words.\n\n" + JUPYTER.format(output="Cell.", tie=TIE)
    text = render(markdown, "plain", "manuscript", [nodes, "tie.lua"]).text
    assert "main text, 3" in text


QUARTO = """\
quarto = {{
  project = {{ directory = {project} }},
  utils = {{ resolve_path = function(name) return pandoc.path.join({{ {here}, name }}) end }},
  doc = {{ include_text = function() end }},
}}
{body}
"""


def under_quarto(project, body, arguments, markdown, cwd=None):
    wrapper = project / "wrapper.lua"
    text = QUARTO.format(project=json.dumps(str(project)), here=json.dumps(str(TIEOUT)), body=body)
    wrapper.write_text(text, encoding="utf-8")
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", *arguments, "-L", str(wrapper)]
    done = subprocess.run(
        command,
        input=markdown,
        text=True,
        encoding="utf-8",
        capture_output=True,
        cwd=cwd or project,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_picture_s_description_survives_quarto_s_taking_fig_alt_away(project):
    body = (
        'local filter = dofile(pandoc.path.join({ quarto.utils.resolve_path("tie.lua") }))\n'
        "filter[#filter + 1] = { Image = function(image)\n"
        '  image.attributes["fig-alt"], image.caption = nil, {}\n'
        "  return image\n"
        "end }\n"
        "return filter\n"
    )
    html = under_quarto(project, body, ["-t", "html"], '![](a.svg){fig-alt="Words of it."}\n')
    assert 'alt="Words of it."' in html


def test_authors_are_read_from_the_plain_tables_that_quarto_s_filters_leave(project):
    body = """\
local authors = dofile(quarto.utils.resolve_path("lua/authors.lua"))
local s = pandoc.Str
function Pandoc()
  local place = { id = { s"a" }, name = { s"First", pandoc.Space(), s"Hospital" }, number = { s"1" } }
  local people, places = authors.read({ ["by-author"] = {
    { name = { literal = { s"Ada", pandoc.Space(), s"One" } }, degrees = { { s"MD" } }, email = { s"a@b.c" },
      attributes = { corresponding = s"true" }, affiliations = { place } },
    { name = { literal = { s"Ben" } }, affiliations = { place } },
  } })
  local said = {}
  for _, one in ipairs(people) do
    local degrees, numbers = table.concat(one.degrees), table.concat(one.numbers)
    local parts = { one.name, degrees, numbers, tostring(one.corresponding) }
    said[#said + 1] = table.concat(parts, "|")
  end
  said[#said + 1] = table.concat(places, "|")
  return pandoc.Pandoc({ pandoc.CodeBlock(table.concat(said, "\\n")) })
end
"""
    said = under_quarto(project, body, ["-t", "plain"], "x\n").split("\n")
    assert [line.strip() for line in said if line.strip()] == [
        "Ada One|MD|1|true",
        "Ben||1|false",
        "First Hospital",
    ]


def test_the_store_is_found_from_a_document_in_a_subfolder(project):
    # Quarto writes results of _quarto.yml as ../results in the metadata of a document one folder below
    folder = project / "papers"
    folder.mkdir()
    body = 'return dofile(quarto.utils.resolve_path("tie.lua"))'
    markdown = f"---\ntieout:\n  results: ../results\n---\n\n{TIE}\n"
    html = under_quarto(project, body, ["-t", "html"], markdown, folder)
    assert 'data-key="flow.hospice.n"' in html
