"""Pages that hold no words are no clean text."""

import io

import docx
import pytest
import typst

from tieout.text.read import text_of
from tieout.values.finding import FindingsError


def drawn(content: str) -> bytes:
    return typst.compile(content.encode())


def empty_word_file() -> bytes:
    made = io.BytesIO()
    docx.Document().save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "raw"), [("scan.pdf", drawn("#rect(fill: blue)")), ("empty.docx", empty_word_file())]
)
def test_a_file_of_pictures_alone_is_refused(name, raw):
    with pytest.raises(FindingsError, match="this file holds no words"):
        text_of(raw, name)


def test_one_word_is_a_text():
    assert text_of(drawn("#rect(fill: blue) Seen"), "page.pdf").content.strip() == "Seen"


def test_nothing_typed_is_nothing_wrong():
    assert text_of(b"", "-").content == ""
