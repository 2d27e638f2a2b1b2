import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pypandoc
import pytest
import yaml
from lxml import etree

EXTENSIONS = Path(__file__).resolve().parents[2] / "_extensions"
TIEOUT = EXTENSIONS / "tieout"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMATS = ["manuscript", "abstract"]


def described(name):
    return yaml.safe_load((EXTENSIONS / name / "_extension.yml").read_text(encoding="utf-8"))


def files_named(value):
    """Return every file that an extension's description names."""
    if isinstance(value, dict):
        return [file for item in value.values() for file in files_named(item)]
    if isinstance(value, list):
        return [file for item in value for file in files_named(item)]
    return [value] if re.search(r"\.(lua|css|html|typ|docx|openxml|csl|template)$", str(value)) else []


@pytest.mark.parametrize("name", ["tieout", *FORMATS])
def test_every_file_that_an_extension_names_is_there(name):
    files = files_named(described(name))
    assert len(files) > 1
    for file in files:
        assert (EXTENSIONS / name / file).is_file(), file


@pytest.mark.parametrize("name", FORMATS)
def test_both_formats_ask_for_the_shared_filters_and_an_accessible_archival_pdf(name):
    formats = described(name)["contributes"]["formats"]
    assert formats["common"]["filters"] == [
        "../tieout/tie.lua",
        {"path": "../tieout/unwrap.lua", "at": "post-render"},
        {"path": "../tieout/alt.lua", "at": "post-render"},
    ]
    assert formats["common"]["tieout-style"] == name
    assert formats["typst"]["pdf-standard"] == ["a-3a", "ua-1"]
    assert set(formats) == {"common", "html", "typst", "docx"} | ({"plain"} if name == "abstract" else set())


def test_plain_text_prints_no_title_beside_the_one_that_the_filter_prints():
    # pandoc's own template for plain text, which Quarto asks for, begins with title and authors
    template = described("abstract")["contributes"]["formats"]["plain"]["template"]
    assert (EXTENSIONS / "abstract" / template).read_text(encoding="utf-8").strip() == "$body$"


@pytest.mark.parametrize("name", FORMATS)
def test_the_committed_word_styles_are_what_the_script_writes(tmp_path, name):
    subprocess.run([sys.executable, str(TIEOUT / "reference" / "make.py"), str(tmp_path)], check=True)
    with (
        zipfile.ZipFile(tmp_path / name / "reference.docx") as made,
        zipfile.ZipFile(EXTENSIONS / name / "reference.docx") as kept,
    ):
        assert {n: made.read(n) for n in made.namelist()} == {n: kept.read(n) for n in kept.namelist()}


def part(path, name):
    with zipfile.ZipFile(path) as package:
        return etree.fromstring(package.read(name))


@pytest.fixture
def written(tmp_path):
    def run(name, markdown="Text.\n\n- item\n\n# Head\n\nMore.[^a]\n\n[^a]: Note.\n"):
        path = tmp_path / f"{name}.docx"
        command = [pypandoc.get_pandoc_path(), "-f", "markdown", "-o", str(path)]
        command += ["--reference-doc", str(EXTENSIONS / name / "reference.docx")]
        subprocess.run(command, input=markdown, text=True, check=True, capture_output=True)
        return path

    return run


def test_a_manuscript_in_word_is_double_spaced_with_numbered_lines_and_pages(written):
    path = written("manuscript")
    section = part(path, "word/document.xml").find(f".//{W}sectPr")
    lines = section.find(f"{W}lnNumType")
    assert (lines.get(f"{W}countBy"), lines.get(f"{W}restart")) == ("1", "continuous")
    assert section.find(f"{W}pgSz").get(f"{W}w") == "12240"
    styles = {s.get(f"{W}styleId"): s for s in part(path, "word/styles.xml").iter(f"{W}style")}
    assert styles["BodyText"].find(f"{W}pPr/{W}spacing").get(f"{W}line") == "480"
    with zipfile.ZipFile(path) as package:
        names = [n for n in package.namelist() if re.match(r"word/(header|footer)\d", n)]
        fields = " ".join(package.read(n).decode() for n in names)
    assert " PAGE " in fields
    assert 'STYLEREF "Running Head"' in fields


def test_an_abstract_in_word_is_single_spaced_without_line_numbers(written):
    path = written("abstract")
    section = part(path, "word/document.xml").find(f".//{W}sectPr")
    assert section.find(f"{W}lnNumType") is None
    styles = {s.get(f"{W}styleId"): s for s in part(path, "word/styles.xml").iter(f"{W}style")}
    assert int(styles["BodyText"].find(f"{W}pPr/{W}spacing").get(f"{W}line")) < 280


@pytest.mark.parametrize("name", FORMATS)
def test_every_style_that_is_used_is_defined_once(written, name):
    path = written(name)
    identifiers = [s.get(f"{W}styleId") for s in part(path, "word/styles.xml").iter(f"{W}style")]
    assert len(identifiers) == len(set(identifiers))
    document = part(path, "word/document.xml")
    used = {s.get(f"{W}val") for tag in ("pStyle", "rStyle", "tblStyle") for s in document.iter(f"{W}{tag}")}
    assert used <= set(identifiers)
    based = {s.get(f"{W}val") for s in part(path, "word/styles.xml").iter(f"{W}basedOn", f"{W}next")}
    assert based <= set(identifiers)


def test_styles_fetch_nothing():
    for sheet in EXTENSIONS.rglob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "url(" not in text
        assert "@import" not in text
    for template in [*EXTENSIONS.rglob("*.template"), *EXTENSIONS.rglob("*.html")]:
        assert not re.search(r'(src|href)="https?:', template.read_text(encoding="utf-8"))


def test_only_fonts_that_the_typst_binding_brings_are_set():
    template = (TIEOUT / "typst-template.typ").read_text(encoding="utf-8")
    fonts = set(re.findall(r'font: \(?"([^"]+)"', template))
    assert fonts <= {"Libertinus Serif", "New Computer Modern", "DejaVu Sans Mono"}


QUARTO = """\
quarto = {{
  project = {{ directory = {project} }},
  utils = {{ resolve_path = function(name) return pandoc.path.join({{ {here}, name }}) end }},
  doc = {{ include_text = function(place, text) io.stderr:write(place .. ": " .. text .. "\\n") end }},
}}
return dofile(pandoc.path.join({{ {here}, "tie.lua" }}))
"""


def lua(path):
    return '"' + str(path).replace("\\", "\\\\") + '"'


@pytest.mark.parametrize("to", ["html", "typst", "docx"])
def test_the_filter_finds_its_files_and_the_store_by_what_quarto_says(project, tmp_path, to):
    wrapper = tmp_path / "quarto.lua"
    wrapper.write_text(QUARTO.format(project=lua(project), here=lua(TIEOUT)), encoding="utf-8")
    command = [
        pypandoc.get_pandoc_path(),
        "-f",
        "markdown",
        "-t",
        to,
        "-L",
        str(wrapper),
        "-o",
        str(tmp_path / "o"),
    ]
    markdown = '[17]{.tie key="flow.hospice.n"}\n'
    done = subprocess.run(command, input=markdown, text=True, capture_output=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
    if to == "html":
        assert "in-header: <meta name=" in done.stderr
        assert "Synthetic data" in (tmp_path / "o").read_text(encoding="utf-8")
