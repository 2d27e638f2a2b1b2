"""What refresh and review write keeps to the schema of WordprocessingML (ECMA-376-1, part 17)."""

# ruff: noqa: E501  (the schema's groups stand on one line)

from __future__ import annotations

import posixpath
from collections import Counter

import pytest
from lxml import etree

from tieout.values.store import Store
from tieout.word.names import DOCUMENT, W
from tieout.word.package import Package, open_package, package_bytes, parse_part, part_bytes
from tieout.word.refresh import BrokenClaim, make_printer, refresh_values

DATE = "2024-01-02T03:04:05Z"
_MARKUP = {
    "bookmarkStart",
    "bookmarkEnd",
    "commentRangeStart",
    "commentRangeEnd",
    "proofErr",
    "permStart",
    "permEnd",
}
_TRACKED = {"ins", "del", "moveFrom", "moveTo", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart"}
_RUNS = (
    {"r", "hyperlink", "sdt", "smartTag", "fldSimple", "bdo", "dir", "oMath", "oMathPara"}
    | _MARKUP
    | _TRACKED
)
# Which children an element may have (EG_PContent, EG_RunInnerContent, CT_SdtRun, CT_RunTrackChange, CT_Comment).
CHILDREN = {
    "p": {"pPr", *_RUNS, "commentReference"},
    "hyperlink": _RUNS,
    "ins": _RUNS - {"ins"},
    "del": _RUNS - {"del"},
    "sdt": {"sdtPr", "sdtEndPr", "sdtContent"},
    "comment": {"p", "tbl"},
    "comments": {"comment"},
    "r": {
        "rPr", "t", "delText", "br", "tab", "cr", "drawing", "footnoteReference", "footnoteRef", "endnoteReference",
        "endnoteRef", "commentReference", "annotationRef", "fldChar", "instrText", "noBreakHyphen", "separator",
        "continuationSeparator", "lastRenderedPageBreak", "AlternateContent",
    },
}  # fmt: skip
FIRST = {"p": "pPr", "r": "rPr", "sdt": "sdtPr"}
REQUIRED = {"ins": ("id", "author"), "del": ("id", "author"), "comment": ("id", "author")}


def faults(package: Package) -> list[str]:
    """Everything in a Word file that the schema or the packaging rules forbid."""
    found = []
    for part in [
        *package.text_parts(),
        *(["word/comments.xml"] if "word/comments.xml" in package.parts else []),
    ]:
        for element in parse_part(package, part).iter(f"{W}*"):
            found += [f"{part}: {fault}" for fault in _element_faults(element)]
    return found + _id_faults(package) + _packaging_faults(package)


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


def _element_faults(element: etree._Element) -> list[str]:
    name, children = _local(element), [_local(child) for child in element]
    found = [
        f"{name} holds {child}" for child in children if name in CHILDREN and child not in CHILDREN[name]
    ]
    if (first := FIRST.get(name)) and first in children[1:]:
        found.append(f"{first} does not come first in {name}")
    if name == "sdt" and "sdtContent" not in children:
        found.append("sdt without content")
    found += [f"{name} without {a}" for a in REQUIRED.get(name, ()) if element.get(f"{W}{a}") is None]
    above = {_local(parent) for parent in element.iterancestors()}
    if name == "t" and "del" in above:
        found.append("t inside del")
    if name == "delText" and "del" not in above:
        found.append("delText outside del")
    text = element.text or ""
    space = element.get("{http://www.w3.org/XML/1998/namespace}space")
    if name in ("t", "delText") and text != text.strip() and space != "preserve":
        found.append(f"{name} whose blanks Word drops")
    return found


def _id_faults(package: Package) -> list[str]:
    seen: dict[str, Counter[str]] = {"bookmark": Counter(), "name": Counter(), "change": Counter()}
    body = parse_part(package, DOCUMENT)
    for part in package.text_parts():
        for element in parse_part(package, part).iter(f"{W}bookmarkStart", f"{W}ins", f"{W}del"):
            kind = "bookmark" if _local(element) == "bookmarkStart" else "change"
            seen[kind][element.get(f"{W}id", "")] += 1
            if kind == "bookmark":
                seen["name"][element.get(f"{W}name", "")] += 1
    found = [f"{kind} id {i} twice" for kind, counts in seen.items() for i, n in counts.items() if n > 1]
    found += [f"bookmark name {name} is too long" for name in seen["name"] if len(name) > 40]
    comments = set()
    if "word/comments.xml" in package.parts:
        ids = [c.get(f"{W}id") for c in parse_part(package, "word/comments.xml").iter(f"{W}comment")]
        comments = set(ids)
        found += ["two comments with one id"] if len(ids) != len(comments) else []
    for name in ("commentRangeStart", "commentRangeEnd", "commentReference"):
        used = [e.get(f"{W}id") for e in body.iter(f"{W}{name}")]
        found += [f"{name} {i} leads to no comment" for i in used if i not in comments]
        found += [f"{name} stands twice" for i, n in Counter(used).items() if n > 1]
    return found


def _packaging_faults(package: Package) -> list[str]:
    types = parse_part(package, "[Content_Types].xml")
    named = {e.get("PartName") for e in types}
    endings = {e.get("Extension") for e in types}
    found = [
        f"{name} has no content type"
        for name in package.parts
        if name != "[Content_Types].xml"
        and f"/{name}" not in named
        and name.rpartition(".")[2] not in endings
    ]
    found += [f"{name} is typed and absent" for name in named if name and name[1:] not in package.parts]
    relations = parse_part(package, "word/_rels/document.xml.rels")
    ids = [e.get("Id") for e in relations]
    found += ["a relationship's id twice"] if len(ids) != len(set(ids)) else []
    for relation in relations:
        if relation.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("word", relation.get("Target", "")))
            found += [] if target in package.parts else [f"{target} is related and absent"]
    return found


CLAIM = BrokenClaim("fewer than half", "57% < 0.5", ("flow.next_line",))


def test_the_file_of_the_renderer_keeps_to_the_schema(old_docx: bytes) -> None:
    assert faults(open_package(old_docx, "a.docx")) == []


@pytest.mark.parametrize("tracked", [False, True])
def test_a_refreshed_file_keeps_to_the_schema(old_docx: bytes, new_store: Store, tracked: bool) -> None:
    package = open_package(old_docx, "a.docx")
    done = refresh_values(
        package, make_printer(new_store), "a.docx", broken_claims=(CLAIM,), tracked=tracked, date=DATE
    )
    assert faults(done.package) == []


def test_a_file_that_libreoffice_saved_keeps_to_the_schema_when_it_is_refreshed(
    old_docx: bytes, new_store: Store, save_in_libreoffice
) -> None:
    package = open_package(save_in_libreoffice([old_docx])[0], "a.docx")
    done = refresh_values(
        package, make_printer(new_store), "a.docx", broken_claims=(CLAIM,), tracked=True, date=DATE
    )
    assert set(faults(done.package)) <= set(faults(package))


def test_tracked_refresh_twice_keeps_ids_apart(old_docx: bytes, old_store: Store, new_store: Store) -> None:
    once = refresh_values(
        open_package(old_docx, "a.docx"), make_printer(new_store), "a.docx", tracked=True, date=DATE
    )
    twice = refresh_values(once.package, make_printer(old_store), "a.docx", tracked=True, date=DATE)
    assert twice.changes
    assert faults(twice.package) == []


@pytest.mark.parametrize(
    "fault", ["t inside del", "delText outside del", "ins holds ins", "leads to no comment"]
)
def test_the_checker_sees_what_is_wrong(old_docx: bytes, fault: str) -> None:
    package = open_package(old_docx, "a.docx")
    root = parse_part(package, DOCUMENT)
    run = next(root.iter(f"{W}r"))
    text = next(run.iter(f"{W}t"))
    if fault == "delText outside del":
        text.tag = f"{W}delText"
    elif fault == "leads to no comment":
        etree.SubElement(run, f"{W}commentReference").set(f"{W}id", "77")
    else:
        names = ["del"] if fault == "t inside del" else ["ins", "ins"]
        for name in names:
            outer = etree.Element(f"{W}{name}")
            outer.set(f"{W}id", "1")
            outer.set(f"{W}author", "Bo")
            run.addprevious(outer)
            outer.append(run)
            run = outer
    broken = open_package(package_bytes(package.with_parts({DOCUMENT: part_bytes(root)})), "a.docx")
    assert any(fault in said for said in faults(broken))
