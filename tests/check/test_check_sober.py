"""Paragraphs in many styles whose numbers are all true: silence. All are made up."""

from __future__ import annotations

import pytest

from tieout.audit.check.run import check_text

SOBER = [
    (
        "Background: Data are scarce. Methods: We reviewed 143 consecutive patients. Results: Median age "
        "was 68 years (range 41-89). Of 143 patients, 61 (42.7%) had liver metastases, 44 (30.8%) had "
        "bone metastases and 57 (39.9%) had lymph node disease. Median PFS was 5.4 months (95% CI "
        "4.1-6.9). Grade 3/4 toxicity occurred in 38 patients (26.6%)."
    ),
    (
        "A total of 52 patients were enrolled; 49 were evaluable for response. ORR was 38.8% (19/49; 95% "
        "CI 25.2-53.8%). CR was seen in 3 (6.1%) and PR in 16 (32.7%). Stable disease in 18 (36.7%). "
        "Twelve-month OS was 71% (95% CI 57-82)."
    ),
    ("In der Studie: 12,5 % (5/40) vs 27,5 % (11/40), p = 0,09; HR 0,78 (95 % CI 0,61–0,99)."),
    (
        "Of 230 pts, 120 were randomized to A and 110 to B. Response was 45% vs 31% (p=0.03). Any-grade "
        "AEs: 98% vs 95%. Deaths: 4 (3%) v 2 (2%)."
    ),
    (
        "Mean age was 54.3 ± 11.2 years (range 22–81). There were 34 men and 29 women. Mean follow-up was"
        " 3.2 years."
    ),
    (
        "Overall, 15 of 60 participants (25%) withdrew: 9 (15%) for toxicity and 6 (10%) by choice. The "
        "remaining 45 completed treatment. Of these, 30 (67%) responded and 15 (33%) did not."
    ),
    (
        "Adverse events included nausea (n = 22, 44%), fatigue (n = 17, 34%) and diarrhoea (n = 9, 18%) "
        "among the 50 treated patients."
    ),
    (
        "Five-year survival was 64% (SE 5%) in the 88 node-negative and 41% in the 37 node-positive "
        "patients. Local recurrence developed in 12 of 125 (9.6%)."
    ),
    ("The sensitivity was 89% (95% CI 82-94%) and specificity 76% (70-81%). PPV was 0.81 and NPV 0.86."),
    (
        "We treated 24 eyes of 19 patients. Best-corrected visual acuity improved from 20/200 to 20/40 in"
        " 14 eyes (58%), was unchanged in 7 (29%) and worsened in 3 (13%)."
    ),
    ("Of the 40 patients, 25 had hypertension, 20 had diabetes, and 10 had both."),
    (
        "HR for death was 0.74 (95% CI, 0.58 to 0.94; P = 0.014). The odds ratio was 2.31 (1.10–4.85). RR"
        " 1.02 (0.98–1.06)."
    ),
    (
        "Patients with high expression had worse OS (HR 1.9, 95% CI 1.2–3.0, log-rank P = .004), whereas "
        "RFS did not differ (HR, 1.1; 95% CI, .8-1.6; P = .52)."
    ),
    (
        "Among 1,204 registry patients (2010–2019), 602 (50.0%) received surgery; 30-day mortality was "
        "1.8% (n = 11). Readmission occurred in 54 (9.0%)."
    ),
    (
        "Participants (n = 80) were randomised to intervention (n = 41) or control (n = 39). At 6 months "
        "33 (80%) and 25 (64%) were abstinent."
    ),
    (
        "Forty-two women (mean age 31 years) took part; 29 (69%) completed all 8 sessions. Of the "
        "completers, 20 (69%) reported benefit."
    ),
    ("Tumor response: CR 2 (5%), PR 10 (25%), SD 16 (40%), PD 12 (30%). N = 40."),
    (
        "The median number of cycles was 4 (IQR, 2-6). Dose reductions were needed in 7/29 (24%) and 3/31"
        " (10%) patients in the two arms."
    ),
    (
        "t(38) = 2.31, p = .026; F(2, 57) = 4.10, p = .022; χ2(1) = 5.9, P = .015; z = 1.96, p = 0.05; "
        "r(48) = .31, p < .05."
    ),
    (
        "PSA decline ≥50% was observed in 38 (58%) of 66 patients; ≥30% in 45 (68%). Median PSA-PFS 7.1 "
        "mo (95%CI 5.9-8.4)."
    ),
    ("The trial enrolled 612 patients (306 per arm). 18% vs 12% had grade ≥3 events (55 vs 37 patients)."),
    ("Mortality decreased from 12.4% to 8.1%, an absolute difference of 4.3% (relative reduction 35%)."),
    (
        "Of 96 patients screened, 14 declined, 9 were ineligible and 73 were enrolled. All 73 received at"
        " least one dose. Response was assessable in 68, of whom 21 (31%) responded."
    ),
    ("Objective response rate was 34% with 4% CR and 30% PR. Disease control rate was 71%."),
    ("Seven patients died: four of sepsis, two of progression, and one of unknown cause."),
    (
        "Compliance was 94% at baseline, 88% at week 12, and 81% at week 24. QoL improved by 8.3 points "
        "(95% CI 3.1 to 13.5; P=.002)."
    ),
    (
        "Bleeding occurred in 3.4% of patients on drug A (n=1,021) and 5.1% on drug B (n=1,017) (RR 0.67,"
        " 95% CI 0.44-1.01, P=0.057)."
    ),
    (
        "In cohort 1 (n=12) 3 pts responded (25%); in cohort 2 (n=15) 6 pts responded (40%). Overall 9/27"
        " (33%)."
    ),
    (
        "Eleven patients (median age 9 years, range 2 to 17 years) were studied; 6 were boys. Follow-up "
        "was 4.5 years (0.5–11)."
    ),
    (
        "| Characteristic | All (N = 80) |\n"
        "| Male | 52 (65%) |\n"
        "| ECOG 0 | 30 (38%) |\n"
        "| ECOG 1 | 44 (55%) |\n"
        "| ECOG 2 | 6 (8%) |\n"
    ),
    ("There was a 31% reduction in the risk of progression (HR 0.69; 95% CI, 0.55 to 0.87; P<.001)."),
    ("The estimated 2-yr OS was 48% (12 of 25 alive). Local control at 2 years was 80%."),
    (
        "Between January 2015 and March 2018, 212 lesions in 148 patients were treated. Complete ablation"
        " was achieved in 198 lesions (93.4%). Complications occurred in 11 patients (7.4%) after 11 of "
        "187 sessions (5.9%)."
    ),
    (
        "Infection was present in 11 (22%) of the 50 cases, versus 4 (8%) of the 50 controls (OR 3.2; 95%"
        " CI 0.95 to 11.0; p = 0.05)."
    ),
    ("In the ITT population (n=320), pCR was 41% vs 29% (difference 12%; 95% CI 1.6 to 22.4)."),
    ("Prevalence was 8.1% (95% CI: 6.9, 9.4). Adjusted OR = 1.43 (95% CI: 1.02, 2.01)."),
    ("Thirty patients had 42 aneurysms; 38 (90%) aneurysms were occluded; 2 patients (7%) had a stroke."),
    ("Mean 25-OH-D rose from 42 ± 18 to 78 ± 22 nmol/L (P < 0.001). 12 of 31 (39%) remained deficient."),
    (
        "Median OS: 14.2 (95% CI 12.9–16.3) vs 11.8 months (95% CI 10.1–13.0); HR 0.77, 95% CI 0.64–0.93;"
        " one-sided P = 0.003."
    ),
    ("At baseline, 17% of the 84 were smokers, i.e. 14 patients."),
    (
        "A PSA50 response occurred in 9 of 21 pts (43%), incl. 2 of 4 (50%) with liver mets and 7/17 "
        "(41%) without."
    ),
    ("Sixty-one percent (37/61) were male. Eighteen (30%) had prior surgery."),
    (
        "Patients had ECOG PS 0 (38%), 1 (54%) or 2 (8%); 24 (30%) of 80 had liver disease. Grade 3 or 4 "
        "toxicity (12%) was rare."
    ),
    (
        "Of 80 patients, 61 (76%) received all 6 cycles (76%). Two or more lines (34%) were common. At "
        "least one AE (85%) was seen; one or more (56%) were serious."
    ),
    ("Gleason 6 (20%), 7 (50%) and 8 (30%) cancers in 120 men; 24 (20%) had surgery."),
    (
        "Days 1, 8, 15 and 22 (12% delayed) of a 28-day cycle. Grade 3/4 neutropenia (22%) and grade 3, 4"
        " anemia (10%). 11 of 50 (22%)."
    ),
    ("LDL fell by 38 (25%) and weight by 4 (5%). 11 of 50 (22%)."),
    (
        "Systolic pressure fell by 3.2 mm Hg (95% CI −5.1 to −1.3). Age over 65 years (95% CI 1.2–3.4) "
        "predicted death. BP 140/90 (12%)."
    ),
    ("Median follow-up was 1.2 years (range, 3 months – 10 years)."),
    ("Of 50 patients, 20 had A and 10 had B, 25 of whom were treated."),
    ("We gave 3 cycles of 4 drugs (45% response)."),
    ("In study 12, 40 rats were used; in group 1, 12 (30%) died."),
    ("They were younger (by 3 years; 95% CI 1.2 to 4.8 years)."),
    ("Myeloma: ORR 85% (sCR 10%, CR 20%, VGPR 30%, PR 25%); ORR was 60% (CR 10%, VGPR 20%, PR 30%)."),
    ("Risk was lower in women than in men (HR 1.8, 95% CI 1.2–2.7)."),
    ("Three months after therapy, 12 of 20 (60%) were well; 8 (40%) had relapsed by 6 months (median 4.1)."),
    ("Respondents chose option 1 (25%), 2 (40%), or 3 (35%). N=200."),
    ("In 2015, 45 (30%) of 150 and in 2016, 52 (31%) of 168 were vaccinated."),
    ("Survival at 1, 3 and 5 years was 90%, 75% and 60% (n = 45)."),
    ("Of 4,512 invitations, 2,031 (45%) were answered by 1,015 men (50%) and 1,016 women (50%)."),
    ("The mean score was 12.4 (SD 3.1) vs 10.2 (SD 2.9), difference 2.2 (95% CI 0.9–3.5)."),
    ("Cost was €1,200 (45%) lower. 12 pts (24%) of 50 paid."),
    ("An increase from 12 (10%) to 25 (20%) of 120 and 125 subjects."),
    ("Sens 0.91 (0.85–0.95), spec 0.78 (0.70–0.84), AUC 0.88 (95% CI 0.83-0.92)."),
    ("Patients were male (n=45; 62%), smokers (n=20; 27%) and diabetic (n=9; 12%) (N=73)."),
]


@pytest.mark.parametrize("text", SOBER, ids=[text[:40] for text in SOBER])
def test_a_sound_paragraph_gets_silence(text: str) -> None:
    assert [(finding.rule, finding.message) for finding in check_text(text)] == []
