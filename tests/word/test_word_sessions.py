"""A hundred random editing sessions: afterwards refresh changes exactly the values, or says why not.

The sessions do to the file's XML what Word does to it; then LibreOffice opens and saves each of them once.
"""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable

import pytest
from lxml import etree

from tieout.text.docx import read_docx
from tieout.values.store import Store
from tieout.word.marks import find_marks, key_book
from tieout.word.names import DOCUMENT, W
from tieout.word.package import Package, open_package, package_bytes, parse_part, part_bytes
from tieout.word.refresh import Refreshed, make_printer, refresh_values

SESSIONS = 100
DATE = "2024-01-02T03:04:05Z"
Body = etree._Element


def _paragraphs(body: Body) -> list[Body]:
    """The paragraphs of the body itself, outside of tables."""
    return [p for p in body.iterchildren(f"{W}p") if p.find(f".//{W}t") is not None]


def _controls(body: Body) -> list[Body]:
    """The ties outside of tables."""
    return [s for p in _paragraphs(body) for s in p.iter(f"{W}sdt") if _tag(s) and ":" not in _tag(s)]


def _tag(sdt: Body) -> str:
    tag = sdt.find(f"{W}sdtPr/{W}tag")
    return "" if tag is None else tag.get(f"{W}val", "")


def _plain_runs(body: Body) -> list[Body]:
    """Runs of prose: direct children of a paragraph, with one text and nothing else."""
    runs = [r for p in _paragraphs(body) for r in p.iterchildren(f"{W}r")]
    return [r for r in runs if [c.tag for c in r if c.tag != f"{W}rPr"] == [f"{W}t"]]


def _fresh_id(body: Body) -> str:
    used = [int(e.get(f"{W}id")) for e in body.iter() if e.get(f"{W}id") is not None]
    return str(max(used) + 1)


def _text(run: Body) -> Body:
    found = run.find(f"{W}t")
    assert found is not None
    return found


def move(body: Body, rng: random.Random) -> None:
    one, other = rng.sample(_paragraphs(body), 2)
    other.addnext(one)


def rewrite(body: Body, rng: random.Random) -> None:
    node = _text(rng.choice(_plain_runs(body)))
    node.text = rng.choice([" as we saw, ", " and, in 28 days, ", " (n = 5) ", " "])
    node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def split_run(body: Body, rng: random.Random) -> None:
    """Word does so when half a number is made bold, or checked for spelling."""
    runs = [r for s in _controls(body) for r in s.iter(f"{W}r") if len(_shown(r)) > 1]
    if not runs:
        return
    run = rng.choice(runs)
    text = _shown(run)
    at = rng.randrange(1, len(text))
    behind = copy.deepcopy(run)
    _text(run).text, _text(behind).text = text[:at], text[at:]
    for node in (_text(run), _text(behind)):
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
    run.addnext(behind)


def _shown(run: Body) -> str:
    node = run.find(f"{W}t")
    return "" if node is None else node.text or ""


def split_paragraph(body: Body, rng: random.Random) -> None:
    paragraph = rng.choice(_paragraphs(body))
    children = [c for c in paragraph if c.tag in (f"{W}r", f"{W}sdt")]
    if len(children) < 3:
        return
    at = list(paragraph).index(rng.choice(children[1:]))
    if not _balanced(list(paragraph)[at:]):
        return
    behind = etree.Element(f"{W}p")
    paragraph.addnext(behind)
    behind.extend(list(paragraph)[at:])


def _balanced(children: list[Body]) -> bool:
    starts = [c.get(f"{W}id") for c in children if c.tag == f"{W}bookmarkStart"]
    ends = [c.get(f"{W}id") for c in children if c.tag == f"{W}bookmarkEnd"]
    return sorted(starts) == sorted(ends)


def merge(body: Body, rng: random.Random) -> None:
    paragraphs = _paragraphs(body)
    at = rng.randrange(len(paragraphs) - 1)
    one, other = paragraphs[at : at + 2]
    one.extend([c for c in other if c.tag != f"{W}pPr"])
    body.remove(other)


def delete(body: Body, rng: random.Random) -> None:
    if controls := _controls(body):
        chosen = rng.choice(controls)
        chosen.getparent().remove(chosen)


def _wrap(element: Body, name: str, body: Body) -> None:
    outer = etree.Element(f"{W}{name}")
    outer.set(f"{W}id", _fresh_id(body))
    outer.set(f"{W}author", "Bo")
    outer.set(f"{W}date", DATE)
    element.addprevious(outer)
    outer.append(element)


def insert_tracked(body: Body, rng: random.Random) -> None:
    _wrap(rng.choice(_plain_runs(body)), "ins", body)


def delete_tracked(body: Body, rng: random.Random) -> None:
    """Strike a run of prose, or a tie's number."""
    runs = _plain_runs(body) + [r for s in _controls(body) for r in s.findall(f"{W}sdtContent/{W}r")]
    run = rng.choice([r for r in runs if r.find(f"{W}t") is not None])
    for node in run.findall(f"{W}t"):
        node.tag = f"{W}delText"
    _wrap(run, "del", body)


def retype_tracked(body: Body, rng: random.Random) -> None:
    """Strike a tie's number and type another beside it, with tracking on."""
    runs = [r for s in _controls(body) for r in s.findall(f"{W}sdtContent/{W}r") if _shown(r).strip()]
    if not runs:
        return
    run = rng.choice(runs)
    typed = copy.deepcopy(run)
    _text(typed).text = re.sub(r"\d", "8", _shown(run), count=1)
    for node in run.findall(f"{W}t"):
        node.tag = f"{W}delText"
    run.addnext(typed)
    _wrap(typed, "ins", body)
    _wrap(run, "del", body)


def accept(body: Body, rng: random.Random) -> None:
    _settle(body, keep="ins", drop="del")


def reject(body: Body, rng: random.Random) -> None:
    _settle(body, keep="del", drop="ins")


def _settle(body: Body, keep: str, drop: str) -> None:
    for element in list(body.iter(f"{W}{drop}")):
        element.getparent().remove(element)
    for element in list(body.iter(f"{W}{keep}")):
        for node in element.iter(f"{W}delText"):
            node.tag = f"{W}t"
        for child in list(element):
            element.addprevious(child)
        element.getparent().remove(element)


def copy_tie(body: Body, rng: random.Random) -> None:
    """Word gives a pasted control an id of its own and leaves the bookmark where it was."""
    if not (controls := _controls(body)):
        return
    pasted = copy.deepcopy(rng.choice(controls))
    for mark in list(pasted.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        mark.getparent().remove(mark)
    identifier = pasted.find(f"{W}sdtPr/{W}id")
    assert identifier is not None
    identifier.set(f"{W}val", str(rng.randrange(10**6, 10**8)))
    rng.choice(_plain_runs(body)).addnext(pasted)


def paste_table(body: Body, rng: random.Random) -> None:
    table = body.find(f".//{W}tbl")
    if table is None:
        return
    pasted = copy.deepcopy(table)
    for mark in list(pasted.iter(f"{W}bookmarkStart", f"{W}bookmarkEnd")):
        mark.getparent().remove(mark)
    for identifier in pasted.iter(f"{W}id"):
        identifier.set(f"{W}val", str(rng.randrange(10**6, 10**8)))
    rng.choice(_paragraphs(body)).addnext(pasted)
    pasted.addnext(etree.Element(f"{W}p"))


def type_inside(body: Body, rng: random.Random) -> None:
    """Words typed at the edge of a control go into it."""
    runs = [r for s in _controls(body) for r in s.findall(f"{W}sdtContent/{W}r") if _shown(r)]
    if runs:
        node = _text(rng.choice(runs))
        node.text = rng.choice([f"{node.text} men", f"about {node.text}"])
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def write_words(body: Body, rng: random.Random) -> None:
    """Replace a number by words."""
    runs = [r for s in _controls(body) for r in s.findall(f"{W}sdtContent/{W}r") if _shown(r)]
    if runs:
        _text(rng.choice(runs)).text = "a good many"


OPERATIONS: list[Callable[[Body, random.Random], None]] = [
    move, rewrite, split_run, split_paragraph, merge, delete, insert_tracked, delete_tracked, retype_tracked,
    accept, reject, copy_tie, paste_table, type_inside, write_words,
]  # fmt: skip


def session(raw: bytes, seed: int) -> bytes:
    rng = random.Random(seed)
    package = open_package(raw, "a.docx")
    root = parse_part(package, DOCUMENT)
    body = root.find(f"{W}body")
    assert body is not None
    for operation in rng.choices(OPERATIONS, k=rng.randint(2, 8)):
        operation(body, rng)
    return package_bytes(package.with_parts({DOCUMENT: part_bytes(root)}))


@pytest.fixture(scope="module")
def sessions(old_docx: bytes) -> list[bytes]:
    return [session(old_docx, seed) for seed in range(SESSIONS)]


@pytest.fixture(scope="module")
def saved_sessions(sessions: list[bytes], save_in_libreoffice) -> list[bytes]:
    return save_in_libreoffice(sessions)


def blanked(package: Package, store: Store) -> list[bytes]:
    made = []
    for name in package.text_parts():
        root = parse_part(package, name)
        for mark in find_marks(root, key_book(store)):
            if mark.kind == "tie":
                for node in mark.nodes:
                    node.text = ""
                    node.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
        made.append(etree.tostring(root, method="c14n"))
    return made


def ties(package: Package, store: Store) -> list[tuple[str, str]]:
    return [
        (mark.key, " ".join(mark.text.split()))
        for name in package.text_parts()
        for mark in find_marks(parse_part(package, name), key_book(store))
        if mark.kind == "tie"
    ]


def check(raw: bytes, new_store: Store, old: dict[str, str], new: dict[str, str]) -> Refreshed:
    """Hold one session to the law; every value that stands in a tie must be today's, or have its finding."""
    before = open_package(raw, "a.docx")
    done = refresh_values(before, make_printer(new_store), "a.docx", date=DATE)
    assert blanked(before, new_store) == blanked(done.package, new_store)
    untouched = [name for name in before.parts if name not in before.text_parts()]
    assert all(before.parts[name] == done.package.parts[name] for name in untouched)
    excused = [finding.facts["left as"] for finding in done.findings]
    was, now = ties(before, new_store), ties(done.package, new_store)
    assert [key for key, _ in was] == [key for key, _ in now]
    for (key, earlier), (_, later) in zip(was, now, strict=True):
        if " ".join(earlier.split()) in [" ".join(text.split()) for text in excused]:
            assert later == earlier
            continue
        assert new[key] in later
        # what a co-author typed around the number is still around it
        around = earlier.replace(old[key], "", 1) if old[key] in earlier else None
        assert around is None or later.replace(new[key], "", 1) == around
    return done


def test_after_each_session_refresh_changes_exactly_the_values(
    sessions: list[bytes], new_store: Store, old_texts: dict[str, str], new_texts: dict[str, str]
) -> None:
    changed = [len(check(raw, new_store, old_texts, new_texts).changes) for raw in sessions]
    assert sum(changed) > 10 * SESSIONS
    assert min(changed) >= 3


def test_the_same_after_libreoffice_saved_each_session(
    saved_sessions: list[bytes], new_store: Store, old_texts: dict[str, str], new_texts: dict[str, str]
) -> None:
    changed = [len(check(raw, new_store, old_texts, new_texts).changes) for raw in saved_sessions]
    assert sum(changed) > 8 * SESSIONS


def test_tracked_refresh_reads_the_same_as_refresh_in_place(sessions: list[bytes], new_store: Store) -> None:
    printer = make_printer(new_store)
    for raw in sessions:
        package = open_package(raw, "a.docx")
        plain = refresh_values(package, printer, "a.docx", date=DATE)
        tracked = refresh_values(package, printer, "a.docx", date=DATE, tracked=True)
        assert read_docx(package_bytes(plain.package))[0] == read_docx(package_bytes(tracked.package))[0]


def test_libreoffice_opens_what_refresh_wrote_and_shows_the_same_words(
    sessions: list[bytes], new_store: Store, save_in_libreoffice
) -> None:
    printer = make_printer(new_store)
    made = [
        package_bytes(
            refresh_values(
                open_package(raw, "a.docx"), printer, "a.docx", date=DATE, tracked=number % 2 == 0
            ).package
        )
        for number, raw in enumerate(sessions[:40])
    ]
    for raw, saved in zip(made, save_in_libreoffice(made), strict=True):
        assert sorted(read_docx(saved)[0].split()) == sorted(read_docx(raw)[0].split())


def test_every_operation_of_the_sessions_was_drawn() -> None:
    drawn = {op for seed in range(SESSIONS) for op in _drawn(seed)}
    assert drawn == set(OPERATIONS)


def _drawn(seed: int) -> list[Callable[[Body, random.Random], None]]:
    rng = random.Random(seed)
    return rng.choices(OPERATIONS, k=rng.randint(2, 8))
