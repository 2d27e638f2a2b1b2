"""Refreshing a Word file changes its numbers and nothing else."""

# ruff: noqa: E501  (XML and Markdown stand on one line, as the files write them)
from __future__ import annotations

import io
import re
import zipfile

import docx
import pytest
from lxml import etree

from tieout.text.docx import read_docx
from tieout.values.store import Store
from tieout.word.marks import find_marks, key_book, key_hash, limited_tag
from tieout.word.names import DOCUMENT, W
from tieout.word.package import Package, open_package, package_bytes, parse_part, part_bytes
from tieout.word.refresh import BrokenClaim, Refreshed, make_printer, refresh_values
from tieout.word.shape import find_printed

DATE = "2024-01-02T03:04:05Z"


def refresh(
    raw: bytes, store: Store, *, tracked: bool = False, claims: tuple[BrokenClaim, ...] = ()
) -> Refreshed:
    package = open_package(raw, "a.docx")
    return refresh_values(
        package, make_printer(store), "a.docx", broken_claims=claims, tracked=tracked, date=DATE
    )


def plain(text: str) -> str:
    return " ".join(text.split())


def text_of(package: Package) -> str:
    return plain(read_docx(package_bytes(package))[0])


def edited(raw: bytes, old: str, new: str, part: str = DOCUMENT) -> bytes:
    """The file after somebody replaced a piece of its XML."""
    package = open_package(raw, "a.docx")
    text = package.parts[part].decode()
    assert text.count(old) == 1
    return package_bytes(package.with_parts({part: text.replace(old, new).encode()}))


def blanked(package: Package, store: Store) -> list[bytes]:
    """The canonical XML of every text part with the ties' text taken away."""
    made = []
    for name in package.text_parts():
        root = parse_part(package, name)
        for mark in find_marks(root, key_book(store)):
            for node in mark.nodes:
                node.text = ""
        made.append(etree.tostring(root, method="c14n"))
    return made


def test_every_number_is_brought_up_to_date(
    old_docx: bytes, new_docx: bytes, new_store: Store, old_texts: dict[str, str], new_texts: dict[str, str]
) -> None:
    done = refresh(old_docx, new_store)
    assert not done.findings
    assert {(c.key, plain(c.old)) for c in done.changes} == set(old_texts.items())
    assert {(c.key, plain(c.new)) for c in done.changes} == set(new_texts.items())
    assert text_of(done.package) == plain(read_docx(new_docx)[0])


def test_nothing_but_the_numbers_changes(old_docx: bytes, new_store: Store) -> None:
    before, done = open_package(old_docx, "a.docx"), refresh(old_docx, new_store)
    assert blanked(before, new_store) == blanked(done.package, new_store)
    assert list(before.parts) == list(done.package.parts)
    others = [name for name in before.parts if name not in before.text_parts()]
    assert [before.parts[name] for name in others] == [done.package.parts[name] for name in others]


def test_a_file_that_is_up_to_date_stays_as_it_is_to_the_byte(old_docx: bytes, old_store: Store) -> None:
    done = refresh(old_docx, old_store)
    assert (done.changes, done.findings) == ((), ())
    assert done.package.parts == open_package(old_docx, "a.docx").parts


def test_refreshing_twice_is_refreshing_once(old_docx: bytes, new_store: Store) -> None:
    once = refresh(old_docx, new_store).package
    assert refresh(package_bytes(once), new_store).package.parts == once.parts


def test_libreoffice_drops_the_tags_and_the_numbers_are_still_found(
    old_docx: bytes, new_docx: bytes, new_store: Store, save_in_libreoffice
) -> None:
    (saved,) = save_in_libreoffice([old_docx])
    assert b"<w:tag" not in open_package(saved, "a.docx").parts[DOCUMENT]
    done = refresh(saved, new_store)
    assert not done.findings
    assert len(done.changes) == 13
    assert sorted(text_of(done.package).split()) == sorted(plain(read_docx(new_docx)[0]).split())


def test_a_refreshed_file_opens_in_libreoffice_and_python_docx_as_it_is(
    old_docx: bytes, new_store: Store, save_in_libreoffice
) -> None:
    for tracked in (False, True):
        done = package_bytes(refresh(old_docx, new_store, tracked=tracked).package)
        (saved,) = save_in_libreoffice([done])
        assert sorted(read_docx(saved)[0].split()) == sorted(read_docx(done)[0].split())
        assert len(docx.Document(io.BytesIO(done)).tables) == 1


# What co-authors do inside a control


def test_words_typed_into_the_control_stay(old_docx: bytes, new_store: Store) -> None:
    raw = edited(old_docx, ">17\N{NO-BREAK SPACE}(49%)</w:t></w:r></w:sdtContent></w:sdt><w:bookmarkEnd w:id=\"700004\"/>",
                 ">as many as 17 (49 %) men</w:t></w:r></w:sdtContent></w:sdt><w:bookmarkEnd w:id=\"700004\"/>")  # fmt: skip
    done = refresh(raw, new_store)
    assert not done.findings
    assert "as many as 21 (53%) men entered hospice" in text_of(done.package)


def test_words_in_the_place_of_a_number_are_left_and_reported(old_docx: bytes, new_store: Store) -> None:
    raw = edited(old_docx, ">4 of 15\N{NO-BREAK SPACE}(27%)<", ">about a quarter<")
    done = refresh(raw, new_store)
    (finding,) = done.findings
    assert (finding.code, finding.facts["left as"]) == ("word/overwritten", "about a quarter")
    assert plain(finding.facts["would print"]) == "5 of 15 (33%)"
    assert "about a quarter" in text_of(done.package)


def test_a_number_typed_over_becomes_the_stores_number(old_docx: bytes, new_store: Store) -> None:
    raw = edited(old_docx, ">4 of 15\N{NO-BREAK SPACE}(27%)<", ">3 of 15 (20%)<")
    assert "5 of 15 (33%)" in text_of(refresh(raw, new_store).package)


def test_each_number_keeps_the_formatting_of_its_run(old_docx: bytes, new_store: Store) -> None:
    """Word splits runs when somebody makes a part bold."""
    raw = edited(
        old_docx,
        '<w:r><w:t xml:space="preserve">4 of 15\N{NO-BREAK SPACE}(27%)</w:t></w:r>',
        '<w:r><w:rPr><w:i/></w:rPr><w:t>4</w:t></w:r><w:proofErr w:type="spellStart"/><w:r><w:t xml:space="preserve"> of 1</w:t></w:r>'
        '<w:r><w:t xml:space="preserve">5\N{NO-BREAK SPACE}(2</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>7%)</w:t></w:r>',
    )
    xml = refresh(raw, new_store).package.parts[DOCUMENT].decode()
    assert '<w:r><w:rPr><w:i/></w:rPr><w:t>5</w:t></w:r><w:proofErr w:type="spellStart"/>' in xml
    assert "5\N{NO-BREAK SPACE}(33</w:t></w:r><w:r><w:rPr><w:b/></w:rPr><w:t>%)</w:t></w:r>" in xml


def test_a_footnote_mark_inside_the_control_survives(old_docx: bytes, new_store: Store) -> None:
    raw = edited(
        old_docx,
        ">4 of 15\N{NO-BREAK SPACE}(27%)</w:t></w:r>",
        '>4 of 15\N{NO-BREAK SPACE}(27%)</w:t><w:footnoteReference w:id="9"/></w:r>',
    )
    for tracked in (False, True):
        done = refresh(raw, new_store, tracked=tracked)
        assert done.package.parts[DOCUMENT].count(b"footnoteReference w:id") == 2


def test_a_number_that_somebody_struck_is_left_alone(old_docx: bytes, new_store: Store) -> None:
    raw = edited(
        old_docx,
        '<w:r><w:t xml:space="preserve">4 of 15\N{NO-BREAK SPACE}(27%)</w:t></w:r>',
        '<w:del w:id="900001" w:author="Bo"><w:r><w:delText xml:space="preserve">4 of 15 (27%)</w:delText></w:r></w:del>',
    )
    done = refresh(raw, new_store)
    assert b"4 of 15 (27%)" in done.package.parts[DOCUMENT]
    assert not done.findings


def test_a_number_that_somebody_inserted_with_tracking_is_refreshed_inside_the_insertion(
    old_docx: bytes, new_store: Store
) -> None:
    raw = edited(
        old_docx,
        '<w:r><w:t xml:space="preserve">4 of 15\N{NO-BREAK SPACE}(27%)</w:t></w:r>',
        '<w:del w:id="900001" w:author="Bo"><w:r><w:delText>4 of 15 (27%)</w:delText></w:r></w:del>'
        '<w:ins w:id="900002" w:author="Bo"><w:r><w:t>3 of 15 (20%)</w:t></w:r></w:ins>',
    )
    xml = refresh(raw, new_store).package.parts[DOCUMENT].decode()
    assert (
        '<w:ins w:id="900002" w:author="Bo"><w:r><w:t>5 of 15\N{NO-BREAK SPACE}(33%)</w:t></w:r></w:ins>'
        in xml
    )
    assert "<w:delText>4 of 15 (27%)</w:delText>" in xml


def test_a_copied_bookmark_of_libreoffice_is_read(old_docx: bytes, new_store: Store) -> None:
    package = open_package(old_docx, "a.docx")
    xml = re.sub(r'<w:tag w:val="[^"]*"/>', "", package.parts[DOCUMENT].decode())
    name = f"t{key_hash('response.psa50.n_of_percent')}_1"
    raw = package_bytes(package.with_parts({DOCUMENT: xml.replace(name, f"{name}_Copy_1").encode()}))
    assert "5 of 15 (33%)" in text_of(refresh(raw, new_store).package)


def test_a_result_that_is_gone_is_reported_and_left(old_docx: bytes, new_store: Store) -> None:
    fewer = Store(
        {key: value for key, value in new_store.results.items() if key != "response.psa50"}, {}, {}, ""
    )
    done = refresh(old_docx, fewer)
    (finding,) = done.findings
    assert finding.code == "word/unknown-result"
    assert "4 of 15 (27%)" in text_of(done.package)


def test_a_control_of_somebody_else_is_no_tie(old_docx: bytes, new_store: Store) -> None:
    raw = edited(
        old_docx,
        '<w:t xml:space="preserve">another line.</w:t>',
        '<w:t>x</w:t></w:r><w:sdt><w:sdtPr><w:tag w:val="theirs"/></w:sdtPr><w:sdtContent><w:r><w:t>5</w:t></w:r>'
        "</w:sdtContent></w:sdt><w:r><w:t>y</w:t>",
    )
    assert not refresh(raw, new_store).findings


# Tracked changes


def test_tracked_changes_strike_the_old_and_insert_the_new(
    old_docx: bytes, new_docx: bytes, new_store: Store
) -> None:
    done = refresh(old_docx, new_store, tracked=True)
    root = parse_part(done.package, DOCUMENT)
    deleted = ["".join(node.text or "" for node in e.iter(f"{W}delText")) for e in root.iter(f"{W}del")]
    assert plain(" | ".join(deleted)).startswith("September 30, 2023 | Ninety-six | 35")
    assert {e.get(f"{W}author") for e in root.iter(f"{W}del", f"{W}ins")} == {"Tieout"}
    assert {e.get(f"{W}date") for e in root.iter(f"{W}del", f"{W}ins")} == {DATE}
    assert text_of(done.package) == plain(read_docx(new_docx)[0])


def rejected(package: Package) -> str:
    """The text after every tracked change was rejected."""
    root = parse_part(package, DOCUMENT)
    for inserted in list(root.iter(f"{W}ins")):
        inserted.getparent().remove(inserted)
    for deleted in list(root.iter(f"{W}del")):
        for node in deleted.iter(f"{W}delText"):
            node.tag = f"{W}t"
        deleted.tag = f"{W}smartTag"
    return text_of(package.with_parts({DOCUMENT: part_bytes(root)}))


def test_rejecting_the_tracked_changes_gives_the_old_text_back(old_docx: bytes, new_store: Store) -> None:
    done = refresh(old_docx, new_store, tracked=True)
    old = text_of(open_package(old_docx, "a.docx"))
    assert rejected(done.package).split("The hazard")[0] == old.split("The hazard")[0]


def test_ids_stay_unique_when_changes_are_tracked(old_docx: bytes, new_store: Store) -> None:
    done = refresh(old_docx, new_store, tracked=True)
    ids = [
        e.get(f"{W}id")
        for name in done.package.text_parts()
        for e in parse_part(done.package, name).iter(f"{W}ins", f"{W}del", f"{W}bookmarkStart")
    ]
    assert len(ids) == len(set(ids))
    assert len(ids) > 26


def test_a_tracked_change_inside_somebodys_insertion_splits_it(old_docx: bytes, new_store: Store) -> None:
    raw = edited(
        old_docx,
        '<w:r><w:t xml:space="preserve">4 of 15\N{NO-BREAK SPACE}(27%)</w:t></w:r>',
        '<w:ins w:id="900002" w:author="Bo"><w:r><w:t>at most 3 of 15 (20%) men</w:t></w:r></w:ins>',
    )
    done = refresh(raw, new_store, tracked=True)
    root = parse_part(done.package, DOCUMENT)
    assert not root.findall(f".//{W}ins//{W}ins")
    assert "at most 5 of 15 (33%) men" in text_of(done.package)


# Claims


def test_a_claim_that_no_longer_holds_becomes_a_comment_at_its_place(
    old_docx: bytes, old_store: Store
) -> None:
    claim = BrokenClaim("fewer than half", "r.flow.next_line.share < 0.5 is 57% < 0.5", ("flow.next_line",))
    done = refresh(old_docx, old_store, claims=(claim,))
    assert [f.code for f in done.findings] == ["word/false-claim"]
    comments = parse_part(done.package, "word/comments.xml")
    (comment,) = comments.iter(f"{W}comment")
    assert comment.get(f"{W}author") == "Tieout"
    words = "".join(node.text or "" for node in comment.iter(f"{W}t"))
    assert words == "the data no longer bear out “fewer than half”: r.flow.next_line.share < 0.5 is 57% < 0.5"
    xml = done.package.parts[DOCUMENT].decode()
    inside = re.search(r"<w:commentRangeStart[^>]*/>(.*?)<w:commentRangeEnd", xml, re.DOTALL)
    assert inside
    assert re.sub("<[^>]+>", "", inside[1]) == "fewer than half"
    assert text_of(done.package) == text_of(open_package(old_docx, "a.docx"))


def test_the_same_comment_is_not_written_twice(old_docx: bytes, old_store: Store) -> None:
    claim = BrokenClaim("fewer than half", "57%", ("flow.next_line",))
    once = refresh(old_docx, old_store, claims=(claim,)).package
    twice = refresh(package_bytes(once), old_store, claims=(claim,)).package
    assert len(list(parse_part(twice, "word/comments.xml").iter(f"{W}comment"))) == 1


def test_a_claim_is_found_after_libreoffice_and_survives_it(
    old_docx: bytes, old_store: Store, save_in_libreoffice
) -> None:
    claim = BrokenClaim("fewer than half", "57%", ("flow.next_line",))
    (saved,) = save_in_libreoffice([old_docx])
    done = refresh(saved, old_store, claims=(claim,))
    (again,) = save_in_libreoffice([package_bytes(done.package)])
    comments = parse_part(open_package(again, "a.docx"), "word/comments.xml")
    assert ["".join(n.text or "" for n in c.iter(f"{W}t")) for c in comments.iter(f"{W}comment")] == [
        "the data no longer bear out “fewer than half”: 57%"
    ]


def test_a_claim_whose_words_were_changed_is_found_by_its_keys(old_docx: bytes, old_store: Store) -> None:
    raw = edited(old_docx, ">fewer than half<", ">less than half<")
    claim = BrokenClaim("fewer than half", "57%", ("flow.next_line",))
    done = refresh(raw, old_store, claims=(claim,))
    assert b"commentRangeStart" in done.package.parts[DOCUMENT]


def test_a_file_without_comments_gets_the_part_its_type_and_its_relationship(
    old_docx: bytes, old_store: Store, save_in_libreoffice
) -> None:
    package = open_package(old_docx, "a.docx")
    parts = {k: v for k, v in package.parts.items() if k != "word/comments.xml"}
    for name in ("[Content_Types].xml", "word/_rels/document.xml.rels"):
        text = parts[name].decode()
        parts[name] = re.sub(r"<(?:Override|Relationship)[^>]*comments[^>]*/>", "", text).encode()
    raw = package_bytes(Package(parts, package.infos))
    done = refresh(raw, old_store, claims=(BrokenClaim("fewer than half", "57%"),))
    (saved,) = save_in_libreoffice([package_bytes(done.package)])
    with zipfile.ZipFile(io.BytesIO(saved)) as file:
        assert b"no longer bear out" in file.read("word/comments.xml")


# Reading the marks


def test_keys_are_hashed_as_the_filter_hashes_them(old_docx: bytes) -> None:
    xml = open_package(old_docx, "a.docx").parts[DOCUMENT].decode()
    assert f'w:name="t{key_hash("flow.stopped.n")}_1"' in xml


def test_long_keys_are_cut_as_the_filter_cuts_them() -> None:
    key = "a" * 70 + ".n"
    assert limited_tag(key) == "a" * 55 + "~" + key_hash(key)
    assert limited_tag("flow.n") == "flow.n"


@pytest.mark.parametrize(("text", "printed", "unit", "found"), [
    ("17 (49%)", "18 (51%)", "", "17 (49%)"), ("about 17 (49 %) men", "18 (51%)", "", "17 (49 %)"),
    ("not reached", "13.1 months", "months", "not reached"), ("13.1 months", "not reached", "months", "13.1 months"),
    ("P <.001", "P = .03", "", "P <.001"), ("<.001", ".03", "", "<.001"), ("seventeen men", "eighteen", "", "seventeen"),
    ("9.8 to not reached", "9.8–15.0", "", "9.8 to not reached"), ("1,234", "967", "", "1,234"),
    ("177Lu", "17", "", None), ("a few", "17", "", None), ("16 or 17", "18", "", None),
])  # fmt: skip
def test_a_value_is_found_by_its_shape(text: str, printed: str, unit: str, found: str | None) -> None:
    span = find_printed(text, printed, unit)
    assert (None if span is None else text[slice(*span)]) == found
