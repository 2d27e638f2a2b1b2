"""Whatever block a word stands in, whoever walks pandoc's tree meets it once."""

from __future__ import annotations

import json

import pytest

from tieout.audit.passages import passages
from tieout.text.pandoc import meta_blocks, prepared_blocks
from tieout.venue.parts import manuscript_parts

WORD = [{"t": "Str", "c": "found"}]
PARA = {"t": "Para", "c": WORD}
INSIDE = {
    "a quotation": {"t": "BlockQuote", "c": [PARA]},
    "a list": {"t": "BulletList", "c": [[PARA]]},
    "a numbered list": {"t": "OrderedList", "c": [[1, {"t": "Decimal"}, {"t": "Period"}], [[PARA]]]},
    "a term": {"t": "DefinitionList", "c": [[WORD, []]]},
    "a definition": {"t": "DefinitionList", "c": [[[], [[PARA]]]]},
    "a line of verse": {"t": "LineBlock", "c": [WORD]},
    "a div": {"t": "Div", "c": [["", [], []], [PARA]]},
}


@pytest.mark.parametrize("block", INSIDE.values(), ids=INSIDE.keys())
def test_a_word_is_met_by_the_audit_and_by_the_counting(block):
    document = {"meta": {}, "blocks": [block]}
    assert [passage.text for passage in passages(document)] == ["found"]
    assert manuscript_parts(document).sections == (("", "found"),)


@pytest.mark.parametrize(
    "value",
    [{"t": "MetaInlines", "c": WORD}, {"t": "MetaString", "c": "found"}, {"t": "MetaBlocks", "c": [PARA]}],
)
def test_a_title_is_met_whichever_way_it_is_written(value):
    document = {"meta": {"title": value}, "blocks": []}
    assert [passage.text for passage in passages(document)] == ["found"]
    assert manuscript_parts(document).title == "found"


def test_metadata_that_are_no_text_hold_no_blocks():
    assert [list(meta_blocks(value)) for value in (None, {"t": "MetaList", "c": []})] == [[], []]


@pytest.mark.parametrize("held", [json.dumps({"blocks": [PARA]}), {"blocks": [PARA]}])
def test_a_prepared_table_holds_its_document_as_text_or_as_it_is(held):
    block = {"t": "CodeBlock", "c": [["", ["tieout-table"], []], json.dumps({"ast": held})]}
    assert prepared_blocks(block) == [PARA]
