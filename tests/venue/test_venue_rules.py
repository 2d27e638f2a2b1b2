"""Every profile has a text that fits, and for each of its rules a text that breaks it and is caught."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tieout.values.finding import Finding, FindingsError
from tieout.venue.budget import abstract_budget, text_budget
from tieout.venue.check import check_manuscript, check_tree, check_venue
from tieout.venue.count import COUNTERS
from tieout.venue.parts import AbstractParts, TableText
from tieout.venue.portal import portal_signs, portal_text
from tieout.venue.profile import Portal, Profile, csl_path, list_profiles, read_profile

# As the calls state them: unit, limit, what counts, headings, tables, figures, authors, verified.
STATED = {
    "asco-2018": ("characters without spaces", 2000, {"title", "headings", "body", "table"},
                  "Background/Methods/Results/Conclusions", 1, 0, None, True),
    "astro-2021": ("characters without spaces", 2600, {"title", "headings", "body"},
                   "Purpose and Objectives/Materials and Methods/Results/Conclusions", 1, 0, 20, True),
    "sitc-2016": ("words", 400, {"body", "references"},
                  "Background/Materials and methods/Results/Conclusions", None, None, None, True),
    "cua-2022": ("characters", 2000, {"body"},
                 "Introduction/Methods/Results/Conclusions", None, None, None, True),
    "esso43": ("characters", 2900, {"headings", "body", "table"},
               "Background/Material and methods/Results/Conclusions", 1, 0, 20, True),
    "ash-2024": ("characters without spaces", 3800, {"body"}, "", 0, 0, None, True),
    "asco-gu": ("characters without spaces", 2600, {"title", "headings", "body", "table"},
                "Background/Methods/Results/Conclusions", 1, 0, None, False),
    "esmo": ("characters without spaces", 2000, {"title", "body", "table"},
             "Background/Methods/Results/Conclusions", 1, 0, None, False),
    "aua": ("characters", 2300, {"body", "table"},
            "Introduction and Objective/Methods/Results/Conclusions", None, None, None, False),
    "eau": ("characters", 3000, {"title", "headings", "body", "table"},
            "Introduction & Objectives/Materials & Methods/Results/Conclusions", None, None, None, False),
}  # fmt: skip
JOURNALS = ("jco", "european-urology")
TABLE = TableText("", (("Group", "n"), ("All", "35")))


def fitting(profile: Profile) -> AbstractParts:
    """A short text that keeps every rule."""
    assert profile.abstract
    headings = [heading.partition(" | ")[0] for heading in profile.abstract.headings or ("",)]
    return AbstractParts(
        title="Outcomes of patients after lutetium therapy",
        sections=tuple((heading, "We report what happened to the patients.") for heading in headings),
        tables=(TABLE,) if profile.tables_maximum else (),
        authors=("Ann One", "Bo Two"),
    )


def codes(found: list[Finding], *, blocks: bool = True) -> set[str]:
    return {finding.code for finding in found if finding.blocks == blocks}


@pytest.mark.parametrize("name", STATED)
def test_a_profile_says_what_its_source_says(name: str) -> None:
    unit, limit, counts, headings, tables, figures, authors, verified = STATED[name]
    profile = read_profile(name)
    assert profile.abstract
    got = (profile.abstract.unit, profile.abstract.limit, set(profile.abstract.counts))
    assert got == (unit, limit, counts)
    assert "/".join(heading.replace("/", " and ") for heading in profile.abstract.headings) == headings
    assert (profile.tables_maximum, profile.figures_maximum, profile.authors_maximum) == (
        tables,
        figures,
        authors,
    )
    assert profile.verified is verified
    assert profile.source
    assert profile.read.year >= 2026


def test_every_shipped_profile_is_covered_here() -> None:
    assert set(list_profiles()) == {*STATED, *JOURNALS}


@pytest.mark.parametrize("name", [*STATED, *JOURNALS])
def test_a_text_that_fits_has_no_finding_but_that_nobody_verified_the_rules(name: str) -> None:
    profile = read_profile(name)
    found = check_venue(fitting(profile), profile)
    assert codes(found) == set()
    assert codes(found, blocks=False) == (set() if profile.verified else {"venue/unverified"})


def _over(parts: AbstractParts, profile: Profile) -> AbstractParts:
    """Exactly one unit more than the limit."""
    budget = abstract_budget(parts, profile)
    assert budget
    filler = (" more" if budget.unit == "words" else "x") * (budget.left + 1)
    (heading, text), *rest = parts.sections
    return replace(parts, sections=((heading, text + filler), *rest))


BREAKS: dict[str, tuple[Callable[[AbstractParts, Profile], AbstractParts], Callable[[Profile], bool]]] = {
    "venue/over-limit": (_over, lambda p: p.abstract is not None),
    "venue/title-absent": (lambda a, p: replace(a, title=""), lambda p: True),
    "venue/title-long": (lambda a, p: replace(a, title="x" * 201), lambda p: p.title.limit == 200),
    "venue/title-result": (
        lambda a, p: replace(a, title="Lutetium therapy improves survival"),
        lambda p: "results" in p.title.forbids,
    ),
    "venue/title-brand": (
        lambda a, p: replace(a, title="Outcomes after Pluvicto"),
        lambda p: bool({"brand names", "brand names alone"} & set(p.title.forbids)),
    ),
    "venue/title-abbreviation": (
        lambda a, p: replace(a, title="Outcomes after PSMA therapy"),
        lambda p: "abbreviations" in p.title.forbids,
    ),
    "venue/title-symbol": (
        lambda a, p: replace(a, title="Outcomes of β therapy & care"),
        lambda p: "symbols" in p.title.forbids,
    ),
    "venue/title-period": (
        lambda a, p: replace(a, title=f"{a.title}."),
        lambda p: "final period" in p.title.forbids,
    ),
    "venue/body-brand": (
        lambda a, p: replace(a, sections=(*a.sections[:-1], (a.sections[-1][0], "They took Jevtana."))),
        lambda p: bool(p.body_forbids),
    ),
    "venue/heading-missing": (
        lambda a, p: replace(a, sections=a.sections[1:]),
        lambda p: bool(p.abstract and p.abstract.headings),
    ),
    "venue/heading-unknown": (
        lambda a, p: replace(a, sections=(*a.sections, ("Funding", "None."))),
        lambda p: bool(p.abstract and p.abstract.headings),
    ),
    "venue/heading-order": (
        lambda a, p: replace(a, sections=a.sections[::-1]),
        lambda p: bool(p.abstract and p.abstract.headings),
    ),
    "venue/heading-doubled": (
        lambda a, p: replace(a, sections=(a.sections[0], *a.sections)),
        lambda p: bool(p.abstract and p.abstract.headings),
    ),
    "venue/too-many-tables": (
        lambda a, p: replace(a, tables=(TABLE,) * ((p.tables_maximum or 0) + 1)),
        lambda p: p.tables_maximum is not None,
    ),
    "venue/too-many-figures": (
        lambda a, p: replace(a, figures=("A curve.",) * ((p.figures_maximum or 0) + 1)),
        lambda p: p.figures_maximum is not None,
    ),
    "venue/too-many-displays": (
        lambda a, p: replace(a, figures=("A curve.",) * ((p.display_maximum or 0) + 1)),
        lambda p: p.display_maximum is not None,
    ),
    "venue/too-many-authors": (
        lambda a, p: replace(a, authors=("Ann One",) * ((p.authors_maximum or 0) + 1)),
        lambda p: p.authors_maximum is not None,
    ),
    "venue/too-many-references": (
        lambda a, p: replace(a, references=("Sartor O.",) * ((p.references_maximum or 0) + 1)),
        lambda p: p.references_maximum is not None,
    ),
}


@pytest.mark.parametrize(
    ("name", "code"),
    [(n, c) for n in (*STATED, *JOURNALS) for c, (_, applies) in BREAKS.items() if applies(read_profile(n))],
)
def test_each_broken_rule_is_found_and_no_other(name: str, code: str) -> None:
    profile = read_profile(name)
    assert codes(check_venue(BREAKS[code][0](fitting(profile), profile), profile)) == {code}


@pytest.mark.parametrize("name", [*STATED, *JOURNALS])
def test_a_text_that_fills_the_limit_exactly_fits(name: str) -> None:
    profile = read_profile(name)
    over = _over(fitting(profile), profile)
    (heading, text), *rest = over.sections
    exact = replace(
        over, sections=((heading, text.removesuffix(" more") if " more" in text else text[:-1]), *rest)
    )
    assert codes(check_venue(exact, profile)) == set()


def test_the_finding_names_the_budget_a_section_the_longest_sentences_and_the_longest_ties() -> None:
    profile = read_profile("asco-2018")
    parts = replace(
        fitting(profile),
        sections=(
            ("Background", "Short. " + "Long" * 600 + "."),
            ("Methods", ""),
            ("Results", ""),
            ("Conclusions", ""),
        ),
        ties=(("survival.os.median_ci", "13.1 months (95% CI, 9.8 to not reached)"),),
    )
    (found,) = [f for f in check_venue(parts, profile) if f.code == "venue/over-limit"]
    # title 38, "Background:" 11, "Short." 6, the long sentence 2,401, "Methods:" 8, "Results:" 8,
    # "Conclusions:" 12, table "Group n" + "All 35" 6 + 5; all without spaces
    assert found.facts["have"] == "2,495 characters without spaces"
    assert found.facts["over by"] == "495"
    assert found.facts["Background"] == "2,418"
    assert found.facts["longest sentence 1"].startswith("2,401: Long")
    assert found.facts["longest tie 1"].startswith("33: survival.os.median_ci")


@pytest.mark.parametrize("title", [
    "Overall survival of 13 months after lutetium", "Response in 27% of patients", "Toxicity (P = .03)",
    "Lutetium is associated with longer survival", "Hazard ratio of 0.62 after lutetium",
])  # fmt: skip
def test_a_title_that_states_a_result_is_found(title: str) -> None:
    profile = read_profile("asco-2018")
    assert "venue/title-result" in codes(check_venue(replace(fitting(profile), title=title), profile))


def test_a_tie_in_the_title_is_a_result_there() -> None:
    profile = read_profile("asco-2018")
    parts = replace(fitting(profile), title_ties=(("cohort.treated.n", "96"),))
    assert "venue/title-result" in codes(check_venue(parts, profile))


@pytest.mark.parametrize("title", [
    "Outcomes of patients with mCRPC after 177Lu-PSMA-617", "A phase 2 trial of 6 cycles",
    "Predictors of response",
])  # fmt: skip
def test_numbers_that_name_a_drug_or_a_phase_are_no_results(title: str) -> None:
    profile = read_profile("asco-2018")
    assert codes(check_venue(replace(fitting(profile), title=title), profile)) == set()


def test_a_brand_beside_its_generic_name_may_stand_where_brands_alone_may_not() -> None:
    asco, astro = read_profile("asco-2018"), read_profile("astro-2021")
    title = "Outcomes after cabazitaxel (Jevtana)"
    assert codes(check_venue(replace(fitting(asco), title=title), asco)) == set()
    assert codes(check_venue(replace(fitting(astro), title=title), astro)) == {"venue/title-brand"}


def test_an_abbreviation_that_is_never_written_out_is_noted() -> None:
    profile = read_profile("cua-2022")
    text = "Prostate-specific antigen (PSA) fell. PSA and LDH fell. CI was wide."
    parts = replace(fitting(profile), sections=(("Introduction", text), *fitting(profile).sections[1:]))
    found = check_venue(parts, profile)
    assert [f.message for f in found] == ["the abbreviation LDH is not written out"]
    assert not found[0].blocks


# The portal text


@pytest.mark.parametrize(
    "name", [n for n in STATED if STATED[n][2] >= {"title", "headings", "body", "table"}]
)
def test_what_is_counted_is_what_is_pasted(name: str) -> None:
    profile = read_profile(name)
    parts = fitting(profile)
    budget = abstract_budget(parts, profile)
    assert budget
    pasted = portal_text(parts, profile)
    if profile.portal.table == "apart":
        pasted += "Group n\nAll 35\n"
    assert budget.used == COUNTERS[budget.unit](pasted)


def test_a_portal_gets_one_line_a_paragraph_with_its_heading_and_no_hard_blanks() -> None:
    parts = AbstractParts(
        "A\N{NO-BREAK SPACE}title", (("Results", "One.\nTwo\N{SOFT HYPHEN}fold."), ("Conclusions", "End."))
    )
    assert (
        portal_text(parts, read_profile("asco-2018"))
        == "A title\nResults: One.\nTwofold.\nConclusions: End.\n"
    )


def test_a_table_stands_in_the_text_where_the_portal_has_no_form_for_it() -> None:
    parts = AbstractParts(
        "T", (("Results", "One."),), tables=(TableText("Patients.", (("Group", "n"), ("All", "35"))),)
    )
    assert portal_text(parts, read_profile("esso43")) == "T\nResults: One.\nPatients.\nGroup; n\nAll; 35\n"
    assert portal_text(parts, read_profile("asco-2018")) == "T\nResults: One.\n"


@pytest.mark.parametrize(("written", "spelled"), [
    ("≥ 2 ± 1 µg", ">= 2 +/- 1 microg"), ("9.8–13.1", "9.8-13.1"), ("−3", "-3"), ("β", "beta"),
    ("¹⁷⁷Lu", "177Lu"),
    ("Müller", "Muller"), ("“x”", '"x"'), ("5\N{NARROW NO-BREAK SPACE}%", "5 %"), ("P <.001", "P <.001"),
    ("n <b", "n < b"),
])  # fmt: skip
def test_signs_are_spelled_where_the_portal_takes_ascii(written: str, spelled: str) -> None:
    assert portal_signs(written, Portal(unicode="spell")) == spelled


def test_signs_are_kept_where_the_portal_takes_unicode() -> None:
    assert portal_signs("≥ 9.8–13.1 β", Portal(unicode="keep")) == "≥ 9.8–13.1 β"


def test_a_sign_without_a_spelling_is_found(tmp_path: Path) -> None:
    write(tmp_path, "own", PROFILE + '[portal]\nunicode = "spell"\n')
    parts = AbstractParts("Title", (("Aims", "中 ≥ 2"),))
    (found,) = check_venue(parts, read_profile("own", tmp_path))
    assert (found.code, found.facts["found"]) == ("venue/sign", "中")


# A study's own profile

PROFILE = """name = "Our meeting"
kind = "meeting"
source = "its call"
read = 2026-01-02
verified = true

[abstract]
unit = "words"
limit = 3
counts = ["body"]
headings = ["Aims"]

"""


def write(folder: Path, name: str, text: str) -> None:
    (folder / "venues").mkdir(exist_ok=True)
    (folder / "venues" / f"{name}.toml").write_text(text, encoding="utf-8")


def test_one_file_in_the_study_is_a_venue(tmp_path: Path) -> None:
    write(tmp_path, "own", PROFILE)
    profile = read_profile("own", tmp_path)
    assert "own" in list_profiles(tmp_path)
    assert codes(check_venue(AbstractParts("T", (("Aims", "one two three"),)), profile)) == set()
    assert codes(check_venue(AbstractParts("T", (("Aims", "one two three four"),)), profile)) == {
        "venue/over-limit"
    }


def test_a_studys_file_wins_over_a_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, "esmo", PROFILE)
    assert read_profile("esmo", tmp_path).name == "Our meeting"


def test_an_unknown_venue_names_the_nearest() -> None:
    with pytest.raises(FindingsError) as caught:
        read_profile("asco-guu")
    assert caught.value.findings[0].facts["nearest"].startswith("asco-gu")
    for name in ("zzz", "ASCO", ""):
        with pytest.raises(FindingsError) as caught:
            read_profile(name)
        assert len(caught.value.findings[0].facts["nearest"].split(", ")) == 3
    with pytest.raises(FindingsError) as caught:
        read_profile("ESMO")
    assert caught.value.findings[0].facts["nearest"].startswith("esmo")


@pytest.mark.parametrize(("old", "new", "said"), [
    ('kind = "meeting"', 'kind = "club"', "kind cannot be 'club'"),
    ('unit = "words"', 'unit = "pages"', "abstract.unit cannot be 'pages'"),
    ('counts = ["body"]', 'counts = ["bodies"]', "counts cannot be 'bodies'"),
    ("limit = 3", "limits = 3", "a profile has no abstract.limits"),
    ("verified = true\n", "", "the profile has no verified"),
    ("[abstract]", "[abstrakt]", "a profile has no abstrakt"),
    ('name = "Our meeting"', "name = Our meeting", "this is not TOML"),
])  # fmt: skip
def test_a_profile_that_cannot_be_used_says_why(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in PROFILE
    write(tmp_path, "own", PROFILE.replace(old, new))
    with pytest.raises(FindingsError) as caught:
        read_profile("own", tmp_path)
    assert any(said in finding.message for finding in caught.value.findings)


# Journals


def manuscript(profile: Profile) -> AbstractParts:
    assert profile.text
    return AbstractParts(
        "Outcomes of patients after lutetium therapy",
        (
            *(
                (heading.partition(" | ")[2] or heading, "Some words here.")
                for heading in profile.text.headings
            ),
            ("Funding", "none " * 4000),
        ),
    )


@pytest.mark.parametrize(
    ("name", "limit", "abstract_limit"), [("jco", 3000, 250), ("european-urology", 2500, 300)]
)
def test_a_journal_counts_its_sections_and_not_the_declarations(
    name: str, limit: int, abstract_limit: int
) -> None:
    profile = read_profile(name)
    assert profile.text
    assert profile.abstract
    assert (profile.text.limit, profile.abstract.limit) == (limit, abstract_limit)
    body = manuscript(profile)
    budget = text_budget(body, profile)
    assert budget
    assert budget.used == 3 * len(profile.text.headings)
    assert codes(check_manuscript(fitting(profile), body, profile)) == set()


@pytest.mark.parametrize("name", JOURNALS)
def test_a_manuscript_over_the_limit_or_without_a_section_is_found(name: str) -> None:
    profile = read_profile(name)
    body = manuscript(profile)
    (first, _), *rest = body.sections
    assert profile.text
    long = replace(body, sections=((first, "word " * profile.text.limit), *rest))
    assert codes(check_manuscript(fitting(profile), long, profile)) == {"venue/over-limit"}
    short = replace(body, sections=tuple(rest))
    assert codes(check_manuscript(fitting(profile), short, profile)) == {"venue/heading-missing"}
    turned = replace(body, sections=body.sections[::-1])
    assert codes(check_manuscript(fitting(profile), turned, profile)) == {"venue/heading-order"}


def test_a_section_may_stand_under_either_of_its_names() -> None:
    profile = read_profile("jco")
    parts = AbstractParts(
        "T", tuple((h, "x") for h in ("Purpose", "Patients and Methods", "Results", "Conclusions"))
    )
    assert codes(check_venue(parts, profile)) == set()
    doubled = replace(parts, sections=(*parts.sections[:2], ("Methods", "x"), *parts.sections[2:]))
    assert codes(check_venue(doubled, profile)) == {"venue/heading-doubled"}


def test_a_documents_tree_is_held_against_the_venue_that_it_names(tmp_path: Path) -> None:
    write(tmp_path, "own", PROFILE)
    write(
        tmp_path,
        "paper",
        PROFILE.replace("meeting", "journal") + '[text]\nunit = "words"\nlimit = 1\ncounts = ["body"]\n',
    )
    words = [{"t": "Para", "c": [{"t": "Str", "c": word}]} for word in ("one", "two")]
    heading = {"t": "Header", "c": [1, ["", [], []], [{"t": "Str", "c": "Aims"}]]}
    meta = {"title": {"t": "MetaInlines", "c": [{"t": "Str", "c": "T"}]}}
    tree = {"meta": meta, "blocks": [heading, *words]}
    assert codes(check_tree(tree, "own", tmp_path)) == set()
    assert codes(check_tree(tree, "paper", tmp_path)) == {"venue/over-limit"}


def test_journals_differ_in_how_p_is_printed() -> None:
    assert read_profile("jco").numbers.p_value(0.03) == ".03"
    assert read_profile("european-urology").numbers.p_value(0.03) == "0.03"


def test_journals_name_reference_style_figure_files_and_title_page() -> None:
    for name, style in (
        ("jco", "journal-of-clinical-oncology.csl"),
        ("european-urology", "elsevier-vancouver.csl"),
    ):
        profile = read_profile(name)
        path = csl_path(profile)
        assert path is not None
        assert path.name == style
        assert "ShareAlike" in path.read_text(encoding="utf-8")
        assert profile.figure_files
        assert profile.figure_files.dpi >= 600
        assert "tiff" in profile.figure_files.formats
        assert "corresponding author" in profile.title_page


def test_a_studys_own_style_wins_and_an_unknown_one_is_a_finding(tmp_path: Path) -> None:
    write(tmp_path, "own", PROFILE.replace("meeting", "journal") + '[references]\ncsl = "ours"\n')
    with pytest.raises(FindingsError, match=r"there is no reference style ours"):
        csl_path(read_profile("own", tmp_path), tmp_path)
    (tmp_path / "venues" / "ours.csl").write_text("<style/>", encoding="utf-8")
    assert csl_path(read_profile("own", tmp_path), tmp_path) == tmp_path / "venues" / "ours.csl"
