"""The outputs of one document must say the same words and print the same ties, in the same order.

A template that loses a row, a filter that swallows a caption, a number that one format prints otherwise:
each shows here as the first word that differs, before anything is put in place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from tieout.text.read import Text, words
from tieout.values.finding import Finding, Place

_AROUND = 6  # words shown on each side of a difference


def check_outputs_agree(read: Mapping[str, Text], html: bytes, document: str) -> list[Finding]:
    """Return a finding for each pair of outputs that differ; HTML is the one that others are held against.

    `read` are the outputs' texts by suffix, `html` the page itself, whose footnotes are marked.

    The portal text is not compared: it is prepared for pasting, with its own rules. Footnotes stand at the
    foot of their page in a PDF and at the end elsewhere, so they are compared apart from the body.
    """
    read = {suffix: text for suffix, text in read.items() if suffix != "txt"}
    if len(read) < 2:
        return []
    first = "html" if "html" in read else next(iter(read))
    notes = _notes(html)
    findings = []
    for suffix, text in read.items():
        if suffix == first:
            continue
        one, other = (list(_without_notes(words(each.content), notes)) for each in (read[first], text))
        findings += _compare_words(one, other, (first, suffix), document)
        if suffix == "docx" and first == "html":
            findings += _compare_ties(read[first], text, document)
    return findings


def _compare_words(one: list[str], other: list[str], names: tuple[str, str], document: str) -> list[Finding]:
    at = at_other = 0
    while at < len(one) or at_other < len(other):
        left = one[at] if at < len(one) else ""
        right = other[at_other] if at_other < len(other) else ""
        if names[1] == "pdf":  # a long address is broken over lines, without a hyphen
            while right and left != right and left.startswith(right) and at_other + 1 < len(other):
                at_other += 1
                right += other[at_other]
        if left != right:
            facts = {
                names[0]: " ".join(one[max(0, at - _AROUND) : at + _AROUND]),
                names[1]: " ".join(other[max(0, at_other - _AROUND) : at_other + _AROUND]),
            }
            message = f"the words of {names[0]} and {names[1]} differ"
            remedy = "report this with the document"
            return [Finding("document/outputs-differ", message, Place(document), facts, remedy)]
        at, at_other = at + 1, at_other + 1
    return []


def _compare_ties(html: Text, docx: Text, document: str) -> list[Finding]:
    one, other = (
        [(tie.key, *words(tie.text)) for tie in text.ties if not tie.key.startswith(("given:", "claim:"))]
        for text in (html, docx)
    )
    for left, right in itertools.zip_longest(one, other):
        if left != right:
            facts = {"html": " ".join(left or ("nothing",)), "docx": " ".join(right or ("nothing",))}
            return [
                Finding("document/ties-differ", "the ties of html and docx differ", Place(document), facts)
            ]
    return []


def _notes(html: bytes) -> list[tuple[str, ...]]:
    """Return the words of each footnote of an HTML page, without the link back."""
    if b'role="doc-endnotes"' not in html:
        return []
    from lxml import html as parser  # noqa: PLC0415  (a page without notes does not need it)

    for section in parser.fromstring(html).iter("section", "aside", "div"):
        if section.get("role") == "doc-endnotes":
            texts = ("".join(str(part) for part in item.itertext()) for item in section.iter("li"))
            return [
                words(text.rstrip("\n\N{LEFTWARDS ARROW WITH HOOK}\N{VARIATION SELECTOR-15}"))
                for text in texts
            ]
    return []


def _without_notes(all_words: Sequence[str], notes: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield the words of the body: each note once taken out, with the number that a PDF prints before it."""
    at, left = 0, list(notes)
    while at < len(all_words):
        note = next((note for note in left if _begins(all_words[at : at + len(note)], note)), None)
        if note is None:
            yield all_words[at]
            at += 1
        else:
            left.remove(note)
            at += len(note)


def _begins(found: Sequence[str], note: tuple[str, ...]) -> bool:
    if not note or not found or tuple(found[1:]) != note[1:]:
        return False
    number = found[0].removesuffix(note[0])
    return found[0] == note[0] or (number != found[0] and number.isdecimal())
