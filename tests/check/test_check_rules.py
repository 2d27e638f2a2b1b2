"""Each rule finds what it is for, quotes it, and leaves its look-alikes alone. All sentences are made up."""

from __future__ import annotations

import pytest

from tieout.audit.check.catalogue import RULES
from tieout.audit.check.run import check_text


def found(text: str, *, rounding: bool = False) -> list[tuple[str, str, str]]:
    return [
        (finding.rule, finding.certainty.value, text[finding.start : finding.end])
        for finding in check_text(text, rounding=rounding)
    ]


STOPPED = (
    "Of 35 who stopped trabectedin, 17 moved. Later, 47% of patients stopping trabectedin moved "
    "while 44% stayed."
)

WRONG = [
    # a count, its group and its percentage in one breath
    ("Relapse occurred in 9/40 (32%) patients.", "stated-share", "impossible", "9/40 (32%)"),
    ("Relapse occurred in 32% (9/40).", "stated-share", "impossible", "32% (9/40)"),
    ("Relapse occurred in 9 of 40 men (32%).", "stated-share", "impossible", "9 of 40 men (32%)"),
    ("Relapse occurred in nine (32%) of 40.", "stated-share", "impossible", "nine (32%) of 40"),
    ("Relapse: 9 (32% of 40).", "stated-share", "impossible", "9 (32% of 40)"),
    ("Relapse was rarer (9/40; 32% vs 4/40; 10%).", "stated-share", "impossible", "9/40; 32%"),
    ("Remission: 41·2 % [14/40].", "stated-share", "impossible", "41·2 % [14/40]"),
    ("Remission: 41,2% (14/40).", "stated-share", "impossible", "41,2% (14/40)"),
    ("Twenty percent (15 of 50) dropped out.", "stated-share", "impossible", "Twenty percent (15 of 50)"),
    ("It was seen in 12% (48/40).", "stated-share", "impossible", "12% (48/40)"),
    # a count and its percentage, the group before
    (
        "Of the 40 patients, 10 (25%) relapsed, 8 (20%) moved and 13 (43%) died. There were 30 nurses.",
        "paired-share",
        "impossible",
        "13 (43%)",
    ),
    (
        "We followed 80 women. 20 women (25%) fell and 31 women (44%) did not.",
        "paired-share",
        "inconsistent",
        "31 women (44%)",
    ),
    (
        "We followed 80 women. In all, 20 (25%) fell. Pain was reported by 3 (9.8%).",
        "paired-share",
        "impossible",
        "3 (9.8%)",
    ),
    (
        "Of 90 clinics, 850 beds. Nine percent (17 clinics) of all clinics closed.",
        "paired-share",
        "inconsistent",
        "Nine percent (17 clinics)",
    ),
    # shares of one arm
    (
        "We had 9 sites: 30 (70%) in arm B, 22 (51%) in arm B, 3 (7.0%) in arm B and 22 (62%) in arm B.",
        "agreeing-shares",
        "inconsistent",
        "22 (62%)",
    ),
    # a percentage of a named group
    ("A response was seen in 47% of the 35 patients.", "named-share", "impossible", "47% of the 35"),
    (
        STOPPED,
        "named-share",
        "inconsistent",
        "47% of patients stopping trabectedin moved while 44%",
    ),
    # parts of a whole
    ("Of 60 women, 24 had pain, 31 of whom took opioids.", "larger-part", "impossible", "31"),
    ("In all, 44 of 40 patients recovered.", "larger-part", "impossible", "44"),
    ("Of the 20 patients, 12 received A, 5 received B, and 4 received C.", "parts", "unlikely", None),
    ("In all, 90 patients died (40 in group A vs 52 in group B).", "parts", "unlikely", None),
    ("We saw 64 pupils. There were 30 boys and 35 girls.", "parts", "inconsistent", "30 boys and 35"),
    (
        "A stent was used in 9 of 14 patients, while the remaining 6 patients had none.",
        "parts",
        "inconsistent",
        "6",
    ),
    ("Ninety patients were randomised to A (n = 44) or B (n = 45).", "parts", "unlikely", None),
    (
        "Of the 57 patients, 12 (30%) had fever, 26 (65%) had cough and 7 (17.5%) had a rash.",
        "whole-of-shares",
        "inconsistent",
        "57",
    ),
    (
        "The overall response rate was 52% (CR 12%, PR 35%).",
        "components",
        "inconsistent",
        "52% (CR 12%, PR 35%)",
    ),
    # estimates, intervals, tests
    (
        "It was 31% (95% CI 25%–38%) at first and 44% (31%–40%) later.",
        "interval",
        "impossible",
        "44% (31%–40%)",
    ),
    (
        "The difference was 4.1 days (95% CI 4.5 to 9.0).",
        "interval",
        "impossible",
        "4.1 days (95% CI 4.5 to 9.0)",
    ),
    ("Sensitivity was 81% (95% CI, 90%–72%).", "interval", "impossible", "81% (95% CI, 90%–72%)"),
    ("Survival was longer (HR 0·71, 95% CI 0·75–0·98).", "interval", "impossible", "0·71, 95% CI 0·75–0·98"),
    (
        "The odds ratio was 1.9 (95% CI 1.1 to 2.0).",
        "ratio-interval",
        "inconsistent",
        "1.9 (95% CI 1.1 to 2.0)",
    ),
    ("HR 0.97; 95% CI 0.80–1.18; P = .01.", "ratio-interval", "inconsistent", "P = .01"),
    ("HR 0.60 (0.45–0.80), p=0.4.", "ratio-interval", "inconsistent", "p=0.4"),
    ("The response rate was 30% (95% CI, 12%–36%).", "share-interval", "unlikely", "30% (95% CI, 12%–36%)"),
    (
        "Smokers had a higher risk of relapse (HR 0.60; 95% CI 0.45–0.80).",
        "direction",
        "unlikely",
        "0.60; 95% CI 0.45–0.80",
    ),
    # words and the numbers behind them
    (
        "Stay was longer in ward A than in ward B (9.1 vs 12.3 days).",
        "comparison",
        "unlikely",
        "9.1 vs 12.3",
    ),
    (
        "The fall rate was lower in winter compared with summer (41% versus 23%; P = .02).",
        "comparison",
        "unlikely",
        "41% versus 23%",
    ),
    (
        "Smokers were older than those without a habit (mean 51.2 ± 8.0 vs. 58.9 ± 9.1 years).",
        "comparison",
        "unlikely",
        "51.2 ± 8.0 vs. 58.9 ± 9.1",
    ),
    ("Stay was significantly longer in ward A (P = 0.23).", "significance", "unlikely", "P = 0.23"),
    ("There was no significant difference in stay (P = .003).", "significance", "unlikely", "P = .003"),
    (
        "Smokers had a significantly higher risk of falls (OR 1.20; 95% CI 0.90–1.60).",
        "significance",
        "unlikely",
        "1.20; 95% CI 0.90–1.60",
    ),
    ("It differed, t(38) = 2.31, p = .26.", "test-statistic", "inconsistent", "t(38) = 2.31, p = .26"),
    ("It differed, F(2, 57) = 1.10, p < .05.", "test-statistic", "inconsistent", "F(2, 57) = 1.10, p < .05"),
    ("It differed, χ2(1) = 5.9, P = .15.", "test-statistic", "inconsistent", "χ2(1) = 5.9, P = .15"),
    ("It differed, z = 2.58, P = 0.10.", "test-statistic", "inconsistent", "z = 2.58, P = 0.10"),
    # centres and spreads
    ("Median stay was 14 days (range, 2–11 days).", "spread", "impossible", "14 days (range, 2–11 days)"),
    ("Median stay was 14 days (IQR 16–21).", "spread", "impossible", "14 days (IQR 16–21)"),
    ("Mean age was 50 ± 40 years (range 30–70).", "spread", "impossible", None),
    ("The mean number of falls was 2.37 in 20 patients.", "mean-of-counts", "impossible", "2.37"),
    # differences and changes
    ("It was 61.2% with A and 48.9% with B, a difference of 14.3%.", "change", "inconsistent", "14.3%"),
    ("Use increased by 9.1% (from 20.4% to 31.5%).", "change", "inconsistent", "9.1%"),
    ("A reduced the risk of death by 38% (HR 0.71; 95% CI 0.55–0.92).", "change", "inconsistent", "38%"),
    ("Success was 61% vs 49% (difference, 15%).", "change", "inconsistent", "15%"),
    # one quantity, two values
    (
        "Results: The recurrence rate was 12%. Conclusions: We saw a 21% recurrence rate.",
        "repeated-value",
        "inconsistent",
        "21%",
    ),
    (
        "The 5-year control rate was 80%. We were glad. In conclusion, the 5-year control rate was 88%.",
        "repeated-value",
        "inconsistent",
        "88%",
    ),
    (
        "Results: Median overall survival was 13 months. Conclusions: Median overall survival was 15 months.",
        "repeated-value",
        "inconsistent",
        "15",
    ),
    (
        "Results: The prevalence of falls in adults with gout was 44.3% (78/176). Conclusions: The "
        "prevalence of falls in adults with gout was 54.3%.",
        "repeated-value",
        "inconsistent",
        "54.3%",
    ),
    (
        "Abstract: Median OS was 13.2 months. Introduction: It is rare. Results: Median OS was 12.3 months.",
        "repeated-value",
        "inconsistent",
        "13.2",
    ),
]


@pytest.mark.parametrize(("text", "rule", "certainty", "quote"), WRONG, ids=[text[:40] for text, *_ in WRONG])
def test_what_cannot_be_true_is_found_once(text: str, rule: str, certainty: str, quote: str | None) -> None:
    have = found(text)
    assert [(name, sure) for name, sure, _ in have] == [(rule, certainty)]
    if quote is not None:
        assert have[0][2] == quote


RIGHT = [
    # the same sentences with their numbers mended
    "Relapse occurred in 9/40 (23%) patients, 22% (9/40), or 22.5% (9/40).",
    "Of the 40 patients, 10 (25%) relapsed, 8 (20%) moved and 13 (33%) died.",
    STOPPED.replace("47%", "49%").replace("44%", "43%"),
    "Of 60 women, 24 had pain, 21 of whom took opioids.",
    "Of the 20 patients, 12 received A, 5 received B, and 3 received C.",
    "In all, 92 patients died (40 in group A vs 52 in group B).",
    "We saw 65 pupils. There were 30 boys and 35 girls.",
    "A stent was used in 9 of 14 patients, while the remaining 5 patients had none.",
    "The overall response rate was 47% (CR 12%, PR 35%).",
    "HR 0.71, 95% CI 0.55–0.92; P = .009.",
    "It differed, t(38) = 2.31, p = .026; F(2, 57) = 4.10, p = .022; χ2(1) = 5.9, P = .015.",
    "The mean number of falls was 2.35 in 20 patients.",
    "Results: Median overall survival was 13 months. Conclusions: Median overall survival was 13 months.",
    "Results: The recurrence rate was 12%. Conclusions: We saw a 12% recurrence rate and a 40% cure rate.",
    "Results: The 2-year control rate was 90%. Conclusions: The 5-year control rate was 80%.",
    "Stay was longer in ward A than in ward B (12.3 vs 9.1 days), significantly so (P = .003).",
    "Smokers had a significantly higher risk of falls (OR 1.40; 95% CI 1.10–1.80).",
    "Results: The prevalence of falls in adults with gout was 44.3% (78/176), and of men it was 54%. "
    "Conclusions: The prevalence of falls in adults with gout was 54%.",
    "Results: The prevalence of falls in adults with gout was 44.3%. Conclusions: The prevalence of falls in "
    "adults with gout was 54.3% in the arm with exercise.",
    # look-alikes
    "Stay was not longer in ward A than in ward B (9.1 vs 12.3 days).",
    "Smokers had a higher risk of death than others (median 10.1 vs 14.2 months).",
    "Stay was longer in ward A than in ward B (9.1 days vs 40%).",
    "Stay was longer, and did not reach significance, in ward A (P = 0.23).",
    "No significant difference in stay was seen, but falls were rarer (P = .003).",
    "Stay tended to be significantly longer in ward A with trend (P = 0.23).",
    "After Bonferroni's correction there was no significant difference in stay (P = .03).",
    "P < .1 was significant. Stay was significantly longer in ward A (P = 0.08).",
    "A significantly longer stay was seen in ward A, with more falls in ward B (P = 0.23).",
    "Age was not significantly associated with falls (OR 1.20; 95% CI 0.90–1.60).",
    "The actuarial rate of relapse was 32% (9/40).",  # censored: not 9 / 40
    "Rain fell on 5 [11%], sun on 23 [49%] and snow on 31 [66%] of the days.",  # a group that is not named
    "Of the 40 patients, 25 had pain, 20 had fever, and 10 had both.",  # overlap, said
    "Of the 40 patients, 25 had pain and 19 had fever.",  # overlap, possible
    "Later 912 (5.30%) men moved, 228 (25.00%) of them abroad.",  # the total was left out
    "Of 200 pupils, 80 (40%) were coached, 20 (25%) of them weekly.",  # a part of a part
    "Survival was 3.1 and 4.2 years (95% CI 0.1–3.0).",  # whose interval?
    "Follow-up was 2 years (range, 3–60 months).",  # two units
    "Mean cost was 90 (IQR, 10–60).",  # a mean may lie outside
    "We treated 24 eyes of 19 patients and 31 lesions in 20 patients.",
    "Risk was not lower with A (HR 1.8, 95% CI 1.2–2.7).",
    "A showed non-inferiority (HR 0.97; 95% CI 0.80–1.18; P = .01).",
    "Scores rose to 20/40 in 14 (58%) of 24 eyes.",
    "It rose by 50% (from 20% to 30%).",  # relative
    "Mortality fell from 12% to 9% (P = .04) in 2004–2010; 95% of data were complete.",
    "We gave 60 mg on day 1 of each 21-day cycle for 6 cycles (grade 3 nausea, 5%).",
    "χ2 = 3.9, P = .4.",  # without degrees of freedom
]


@pytest.mark.parametrize("text", RIGHT, ids=[text[:40] for text in RIGHT])
def test_what_can_be_true_is_left_alone(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Relapse occurred in 8/43 (18%).",
        "Of the 57 patients, 12 (22%) relapsed.",
        "Median stay was 7.0 days (range, 7.1–11.0 days).",
    ],
)
def test_a_unit_of_the_last_digit_is_rounding_and_shown_on_request(text: str) -> None:
    assert found(text) == []
    assert [certainty for _, certainty, _ in found(text, rounding=True)] == ["rounding"]


def test_a_finding_shows_its_arithmetic_and_what_would_fit() -> None:
    text = "In all 15 were treated. Of the 12 who stayed, 4 (33%) fell, 2 (17%) moved and 7 (47%) died."
    (finding,) = check_text(text)
    assert finding.message.startswith(
        "7/12 is 58%, not 47%; 15, which the text gives elsewhere, would give 47%"
    )
    quotes = [text[piece.start : piece.end] for piece in finding.pieces]
    assert quotes == ["7 (47%)", "12", "4 (33%)", "2 (17%)"]


def test_groups_that_would_allow_a_percentage_are_listed() -> None:
    (finding,) = check_text(STOPPED)
    assert "groups of 32, 34, 36, 38, 43 would allow 47% and 44%" in finding.message
    assert "16/35 is 45.7%, 17/35 is 48.6%" in finding.message


def test_every_rule_is_tested_here_and_explains_itself() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    assert set(names) == {rule for _, rule, _, _ in WRONG}
    assert all(rule.asks.endswith("?") and len(rule.works) > 60 and rule.source for rule in RULES)
