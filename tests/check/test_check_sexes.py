"""Men and women make everybody, however their shares are put; those of unknown sex are not guessed away."""

import pytest

from tieout.audit.check.reading import read
from tieout.audit.check.run import check_reading


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Of 128 patients, 84 (66%) were men and 46 (36%) were women.", "84 + 46 is 130, not 128"),
        ("We saw 128 patients. 84 were male and 46 were female.", "84 + 46 is 130, not 128"),
        ("There were 128 patients, 84 men (66%) and 46 women (36%).", "84 + 46 is 130, not 128"),
    ],
)
def test_men_and_women_with_shares_make_everybody(text, said):
    assert [f.message for f in check_reading(read(text), rounding=False) if f.rule == "parts"] == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Of 128 patients, 82 (64%) were men and 46 (36%) were women.",
        "Of 128 patients, 70 (57%) were men and 52 (43%) were women.",  # the sex of six is unknown
        "Of 150 patients, 109 (72.7%) were men, 36 (24%) were women and 5 (3.3%) gave no sex.",
        "Of 604 patients, 471 were women and 132 men.",  # one may have told neither
        "Of 128 patients, 84 (66%) were men and 20 (45%) of the women had pain.",
        "Of 128 patients, 84 (66%) were men and 70 were men with pain.",
    ],
)
def test_shares_that_hold_over_both_leave_room_for_the_unknown(text):
    assert [f.message for f in check_reading(read(text), rounding=False) if f.rule == "parts"] == []
