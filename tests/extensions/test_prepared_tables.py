import json
import re
import subprocess
import zipfile

import pypandoc
import pytest


def tree(markdown):
    """Return Markdown as a pandoc JSON document."""
    command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-t", "json"]
    return subprocess.run(command, input=markdown, text=True, capture_output=True, check=True).stdout


def prepared(**parts):
    """Return the code block that a table prints."""
    return f"``` {{.tieout-table}}\n{json.dumps(parts)}\n```\n"


CELL = '[17]{.tie key="flow.hospice.n"}'
OPENXML = (
    '<w:p><w:sdt><w:sdtPr><w:tag w:val="flow.hospice.n"/><w:id w:val="{{id:0}}"/></w:sdtPr><w:sdtContent>'
    '<w:bookmarkStart w:id="{{id:0}}" w:name="{{bookmark:flow.hospice.n}}"/><w:r><w:t>17</w:t></w:r>'
    '<w:bookmarkEnd w:id="{{id:0}}"/></w:sdtContent></w:sdt></w:p>'
)


@pytest.fixture
def table():
    return prepared(
        ast=tree(f"| plain |\n|---|\n| {CELL} |\n"),
        typst=tree(f"| typst |\n|---|\n| {CELL} |\n"),
        html='<table><tr><td>html <span class="tie" data-key="flow.hospice.n">17</span></td></tr></table>',
        openxml=OPENXML,
    )


@pytest.mark.parametrize("to", ["html", "typst", "plain"])
def test_each_format_takes_its_own_part(render, table, to):
    text = render(table, to).text
    assert to in re.sub(r"(?s)<head>.*</head>", "", text)
    assert "17" in text
    assert "openxml" not in text
    assert ("flow.hospice.n" in text) == (to == "html")


def test_a_number_in_a_ready_html_table_explains_itself(render, table):
    html = render(table, "html").text
    assert 'data-key="flow.hospice.n" data-tip="Entered hospice · patients who stopped' in html


def test_a_table_without_ready_html_is_made_from_the_tree(render):
    html = render(prepared(ast=tree(f"| plain |\n|---|\n| {CELL} |\n")), "html").text
    assert html.count('data-key="flow.hospice.n"') == html.count("data-tip=") == 1


def test_places_in_a_ready_word_table_are_filled_uniquely(render, table):
    done = render(f"{CELL}\n\n{table}\n\n{CELL}\n\n{table}\n", "docx")
    with zipfile.ZipFile(done.path) as package:
        xml = package.read("word/document.xml").decode()
    assert "{{" not in xml
    names = re.findall(r'w:name="t[a-z2-7]{8}_(\d)"', xml)
    assert sorted(names) == ["1", "2", "3", "4"]
    controls = re.findall(r'<w:id w:val="(\d+)"', xml)
    assert len(set(controls)) == len(controls) == 4
    starts = re.findall(r'<w:bookmarkStart w:id="(\d+)"', xml)
    assert len(set(starts)) == len(starts)
    assert sorted(starts) == sorted(re.findall(r'<w:bookmarkEnd w:id="(\d+)"', xml))


@pytest.mark.parametrize("to", ["html", "typst", "docx", "plain"])
def test_no_prepared_table_is_printed_as_its_source(render, table, to):
    floated = f"::: {{.tieout-float float=tbl-a}}\n{table}\n:::\n"
    done = render(floated, to, "manuscript")
    content = done.path.read_bytes()
    if to == "docx":
        with zipfile.ZipFile(done.path) as package:
            content = package.read("word/document.xml")
    assert b"pandoc-api-version" not in content


def test_a_table_without_a_model_stops_the_run(render):
    done = render("``` {.tieout-table}\nnot JSON\n```\n", "html")
    assert done.code == 1
    assert "prepared table" in done.messages
