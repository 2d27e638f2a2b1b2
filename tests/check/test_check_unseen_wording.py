"""Wording met in texts that the rules were not written for, in sentences of our own."""

from __future__ import annotations

import pytest

from tieout.audit.check.run import check_text

# Each is true under a reading that a careful reader would take.
TRUE = {
    "a range typed with two hyphens": "The mean follow-up was 6.1 years (range 2--15 years).",
    "a spread behind its unit": "The mean age was 41.2 years ± 6.3 (range, 27-58).",
    "a spread typed as a plus": "The mean volume was 5.10 + 1.44 (range: 3.1-9.2).",
    "a standard deviation before the range": ("The mean (SD) age was 33.4 (12.6; range, 19-61) years."),
    "a laboratory's normal range": (
        "In the first child ferritin was 912 (range, 20-300) and calcium 6.1 (range, 8.5-10.5)."
    ),
    "people with a range of ages": (
        "We spoke with 17 women (range 41-72 years of age) and with boys (n = 9; age range 11-15)."
    ),
    "an interval told from its smaller bound": ("The mean change was -4.2% (95% CI, -1.9% to -6.5%)."),
    "a fall with a negative interval": (
        "There was a 12.5% (95% CI 3.0 to 22.0) rise in A and a 9.5% (-18.0 to -1.0) decrease in B."
    ),
    "percentages with intervals as shares": (
        "Sensitivity was 81.0% (95% CI 0.70-0.92), specificity 77.0% (0.66-0.88)."
    ),
    "the time of an estimate": ("Odds of a positive swab were 0.70 at 12 hours (95% CI 0.20-2.40; P = 0.6)."),
    "the interval of an efficacy": ("The vaccine's effectiveness was 48.0% (95% CI, 10.0%-68.0%) in women."),
    "the interval of a survival by its letters": "Six-month PFS was 62.0% (95% CI, 41.0-94.0%).",
    "an idiom": (
        "Of 812 nurses, about 1 in 6 (17.4%) smoked; approximately 1 out of 8 nurses (13.1%) had stopped."
    ),
    "more than": "In all, 21 ulcers were seen; more than 60% of ulcers (13/21) were large.",
    "a list of shares with a comma": ("It was easy for most (322/440 adults, 73.2%; 61/80 parents, 76%)."),
    "eyes of patients": (
        "We saw 130 eyes. Forty eyes (30.8%) of 31 patients thinned and 12 eyes (9.2%) of 9 patients bled."
    ),
    "each of two groups": "Of the 24 runners, there were 12 (50%) in each of the two groups.",
    "a thin blank between thousands": "By May, 771 (3.0%) of 25\u2008704 pupils had been seen.",
    "arms counted behind their number": (
        "There were 41 women in group 1 and 26 in group 2; 30 (73%) and 13 (50%) walked."
    ),
    "a margin and its share": (
        "We saw 149, of whom 75 (50%) came. "
        "Control was kept in R0, 88 of 94 (94%); R1, 45 of 52 (87%); and R2, 3 of 6 (50%)."
    ),
    "a genotype with a point": (
        "Of 90 samples, 60 (67%) were read: GI.1 (40.0%), GI.2 (23.3%), GII.4 (6.7%)."
    ),
    "a bracket that lists counts": (
        "Of 43 scans, 20 (47%) were old. "
        "Accuracy was 88.4% (31 true positives, 7 true negatives and 5 false negatives)."
    ),
    "a negative change": ("Of 160 sites, 40 (25%) closed. There were 140 vs 110 for ten risks (-21%)."),
    "a group that the words behind name": (
        "Of these 900 adults, 33 (3.7%) fell, including 21 (7.0%) in the frail group and 12 (2.0%) in "
        "the robust group. There were 300 frail and 600 robust adults."
    ),
    "ureters of children": "We saw 120 children. Reflux was seen in 52 ureters (21.7%) of 30 children (25%).",
    "a largest count without its group": "Ten of 40 (25%) wrote. In all, 612 answers (95.3%) came.",
    "a share of others": (
        "Of 180 letters, 90 (50%) came. Of 180 letters, 114 (62.6% of units in the land) replied."
    ),
    "some who did not answer": ("We enrolled 84 women. Ten (12%) wrote. Pain was felt by 31 (39%)."),
    "those who were not": (
        "Of 61 children, 19 (31.1%) were treated. Cough was seen in 10 (52.6%) of these and 9 (21.4%) others."
    ),
    "the other group of a contrast": (
        "It was measured in 55 cases. It was seen by A [31 (74%) versus 9 (18%)]."
    ),
    "events in people": (
        "Of 1900 adults, 38 (2%) left. There were 4 events in 940 adults (0.43%) and 95 (5%) moved."
    ),
    "a person of neither sex": ("We interviewed ten carers (4 men, 5 women and 1 non-binary person)."),
    "a bracket about a part": "Thirty-one of 36 patients (27 male, 4 female) came.",
    "what people said": (
        "We asked 14 dentists using gloves. In all, 97% of dentists said that they were using gloves."
    ),
    "fewer at a later visit": (
        "There were 29 who had bypass surgery. At study completion 68.2% of patients who had bypass "
        "surgery walked."
    ),
    "nothing lost in the flow": ("Of 120 women screened, 20 were excluded, leaving 100 for analysis."),
    "two groups and their whole": (
        "A total of 96 children were enrolled: 49 in the early group and 47 in the late group."
    ),
    "overlapping treatments": ("There were 940 patients: 921 (98%) had surgery and 28 (3%) had radiation."),
    "some lost, and a smaller whole": (
        "We saw 110 pupils, of whom 9 were excluded. Thirty-one (30.7%) rode, 44 (43.6%) ran and 13 (12.9%) "
        "sang."
    ),
    "a percentage of everybody, and a smaller whole": (
        "We included 110 women. Nine (8.2%) left early. Fever was seen in 31 (30.7%). There was cough in "
        "44 (43.6%). Pain was felt by 13 (12.9%)."
    ),
    "a smaller whole for missing values": (
        "We included 71 patients. Stage was I in 40 (59.7%) and II in 27 (40.3%)."
    ),
}

WRONG = [
    ("Of 120 women screened, 20 were excluded, leaving 104 for analysis.", "parts", "104"),
    (
        "A total of 96 children were enrolled: 58 in the early group and 47 in the late group.",
        "parts",
        "96 children were enrolled: 58 in the early group and 47",
    ),
    ("The median age was 61 years (range, 34 to 58 y).", "spread", "61 years (range, 34 to 58 y)"),
    (
        "We included 62 patients. Forty (62.5%) were women and 24 (37.5%) were men.",
        "whole-of-shares",
        "62",
    ),
    (
        "We included 110 patients. Fever was seen in 31 (26.1%). There was cough in 44 (37.0%). "
        "Pain was felt by 13 (10.9%).",
        "whole-of-shares",
        "110",
    ),
    (
        "We included 110 patients. Fever was seen in 31 (30.7%). There was cough in 44 (43.6%). "
        "Pain was felt by 13 (12.9%).",
        "whole-of-shares",
        "110",
    ),
    (
        "In 110 women, 612 nodes were removed. Fever was seen in 31 (30.7%). There was cough in 44 (43.6%). "
        "Pain was felt by 13 (12.9%).",
        "whole-of-shares",
        "110",
    ),
    (
        "Of 212 women, 140 (69.3%) had no pain, 50 (24.8%) mild pain and 12 (5.9%) severe pain.",
        "whole-of-shares",
        "212",
    ),
    (
        "We saw 40 adults. Ten (25%) wrote. Fourteen (31.1%) were men.",
        "paired-share",
        "Fourteen (31.1%)",
    ),
    (
        "Ten (morning 6, evening 4) of 40 clinics (35%) closed.",
        "stated-share",
        "Ten (morning 6, evening 4) of 40 clinics (35%)",
    ),
    (
        "Of 520 women, 310 (59.6%) had surgery. Of the women with surgery, 130 (47.1%) had it twice.",
        "paired-share",
        "130 (47.1%)",
    ),
]


@pytest.mark.parametrize("text", TRUE.values(), ids=TRUE.keys())
def test_wording_with_a_true_reading_is_left_alone(text: str) -> None:
    assert [finding.message for finding in check_text(text)] == []


@pytest.mark.parametrize(("text", "rule", "quote"), WRONG, ids=[rule + " " + q for _, rule, q in WRONG])
def test_numbers_that_no_missing_value_explains_are_found(text: str, rule: str, quote: str) -> None:
    assert [(f.rule, text[f.start : f.end]) for f in check_text(text)] == [(rule, quote)]
