"""Two cuts of a small registry, from the command line: canaries, comparison, sign-off, freshness."""

import json
import os
import re
import subprocess
import sys

import pytest

CANARIES = ["CANARY-7731", "CANARY-7732", "CANARY-7733", "CANARY-7734", "CANARY-7735", "CANARY-7736"]
SECRETS = [f"Songbird{number}" for number in range(6)]
FILES = {
    "_quarto.yml": "project:\n  render: [paper.qmd]\nexecute:\n  echo: false\n",
    "analysis/protocol.toml": (
        'title = "A study"\nshort_title = "A"\nsynthetic = true\ncutoff = 2023-09-30\ntime_zero = "entry"\n'
    ),
    "analysis/registry.py": (
        "from tieout.sources import Column, Registry, Table\n"
        'REGISTRY = Registry(tables=(Table("patients", "patients.csv", columns=(\n'
        '    Column("patient_id", "text", role="identifier"),\n'
        '    Column("surname", "text", role="identifier"),\n'
        '    Column("seen_on", "date"),\n'
        '    Column("hospice", "yes_no")), key=("patient_id",)),))\n'
    ),
    "analysis/__init__.py": (
        "import pandas as pd\n\nfrom tieout.derive import count\n"
        "from tieout.values.result import Results\n\n\n"
        "def derive(tables, protocol):\n"
        '    """Count."""\n'
        '    seen = tables["patients"]\n'
        "    seen = seen[seen.seen_on <= pd.Timestamp(protocol.cutoff)]\n"
        '    seen_by = count(len(seen), None, label="Seen", population="registry")\n'
        '    hospice = count(seen.hospice, of=seen, label="Hospice", population="all")\n'
        "    return Results(seen=seen_by, hospice=hospice)\n"
    ),
    "paper.qmd": (
        "---\ntitle: A paper\nformat: html\n---\n\n```{python}\n#| include: false\n"
        "from tieout import claim, results\nr = results()\n```\n\n# Results\n\n"
        "Of `{python} r.seen.n` patients, `{python} r.hospice.n` entered hospice, "
        '`{python} claim("the majority", r.hospice.share)`.\n\nThis sentence stays.\n'
    ),
}
ROWS = [("2023-01-01", "yes"), ("2023-02-01", "yes"), ("2023-03-01", "no"), ("2023-05-01", "yes"),
        ("2023-08-01", "yes"), ("2023-09-01", "yes")]  # fmt: skip


def run(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "tieout", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1700000000"},
    )


def write_registry(folder, rows):
    lines = [f"{CANARIES[i]},{SECRETS[i]},{day},{hospice}" for i, (day, hospice) in enumerate(rows)]
    (folder / "data" / "patients.csv").write_text(
        "patient_id,surname,seen_on,hospice\n" + "\n".join(lines) + "\n"
    )


@pytest.fixture
def study(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "data").mkdir()
    write_registry(tmp_path, ROWS)
    return tmp_path


def store_of(study):
    return json.loads((study / "results" / "results.json").read_text())


def test_no_canary_stands_in_anything_written_or_said(study):
    said = [run(study, "derive", "--cutoff", "2023-06-30"), run(study, "derive"), run(study, "render")]
    said += [run(study, "audit"), run(study, "compare"), run(study, "explain", "hospice")]
    write_registry(study, [*ROWS[:-1], ("2023-13-45", "perhaps")])
    said.append(run(study, "derive"))
    assert [done.returncode for done in said] == [0, 0, 0, 0, 0, 0, 1]
    everything = "".join(done.stdout + done.stderr for done in said)
    for file in study.rglob("*"):
        if file.is_file() and file != study / "data" / "patients.csv" and "__pycache__" not in file.parts:
            everything += file.read_bytes().decode("utf-8", errors="replace")
    assert not [canary for canary in (*CANARIES, *SECRETS) if canary in everything]


@pytest.mark.parametrize("canary", ["CANARY-7731", "canary_7731", "Songbird3"])
def test_an_identifier_in_an_output_is_found_and_not_repeated(study, canary):
    run(study, "render")
    (study / "_output" / "figure.svg").write_text(f"<svg>\n<metadata>{canary}</metadata></svg>\n")
    done = run(study, "audit")
    assert done.returncode == 1
    assert "_output/figure.svg:2: an identifier of the registry stands in this file" in done.stderr
    assert canary.lower() not in done.stderr.lower()


def test_rows_are_shown_only_on_request(study):
    run(study, "derive")
    assert "CANARY" not in run(study, "explain", "hospice.n").stdout
    assert run(study, "explain", "hospice.n", "--show-rows").stdout.count("CANARY") == 5


def test_the_first_cut_is_compared_with_the_second(study):
    run(study, "derive", "--cutoff", "2023-06-30")
    done = run(study, "derive")
    assert "see _output/changes.html" in done.stdout
    text = run(study, "compare").stdout
    assert "patients: 2 entered, 0 left, 0 updated" in text
    assert "Of [-4-]{+6+} patients, [-3-]{+5+} entered hospice, the majority." in text
    assert "This sentence stays" not in text
    page = (study / "_output" / "changes.html").read_text()
    assert "<del>4</del><ins>6</ins>" in page
    assert "SYNTHETIC" in page
    assert "http" not in re.sub(r"xmlns\S+", "", page)
    mail = run(study, "compare", "--mail").stdout
    assert "2 entered" in mail
    assert "Of 6 patients, 5 entered hospice" in mail


def test_a_claim_that_flipped_is_named_with_its_line(study):
    run(study, "derive")
    write_registry(study, [(day, "no" if at > 1 else hospice) for at, (day, hospice) in enumerate(ROWS)])
    run(study, "derive")
    text = run(study, "compare").stdout
    assert "paper.qmd:14:74: “the majority” IS NO LONGER TRUE (r.hospice.share > 0.5)" in text
    assert "patients: 0 entered, 0 left, 3 updated" in text
    assert run(study, "render").returncode == 1


def test_a_revision_of_git_is_a_store(study):
    def git(*arguments):
        subprocess.run(
            ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
            cwd=study, check=True, capture_output=True,
        )  # fmt: skip

    git("init")
    run(study, "derive", "--cutoff", "2023-06-30")
    git("add", "results")
    git("commit", "-m", "first cut")
    run(study, "derive")
    assert "Of [-4-]{+6+} patients" in run(study, "compare", "HEAD").stdout
    assert run(study, "compare", "nowhere").returncode == 1


def test_a_store_derived_at_a_chosen_cutoff_stays_there_when_it_is_derived_again(study):
    run(study, "derive", "--cutoff", "2023-06-30")
    write_registry(study, [*ROWS[:3], ("2023-05-01", "no"), *ROWS[4:]])
    run(study, "render", "--to", "html")
    kept = store_of(study)
    assert kept["study"]["cutoff"] == "2023-06-30"
    assert kept["results"]["hospice"]["n"] == 2
    run(study, "derive")
    assert store_of(study)["study"]["cutoff"] == "2023-09-30"


def test_a_locked_cut_is_never_derived_again_and_can_be_verified(study):
    assert run(study, "lock", "first").returncode == 2  # nobody signed
    assert run(study, "lock", "first", "--by", "A. Reviewer").returncode == 0
    lock = json.loads((study / "locks" / "first" / "lock.json").read_text())
    assert (lock["by"], lock["on"], lock["store"]) == ("A. Reviewer", "2023-11-14", store_of(study)["digest"])
    assert set(lock["inputs"]) == {"protocol", "analysis", "registry", "tieout"}
    assert run(study, "verify", "first").returncode == 0
    before = (study / "results" / "results.json").read_bytes()
    write_registry(study, ROWS[:-1])
    for command in (["derive"], ["derive", "--cutoff", "2023-06-30"]):
        assert "lock/locked" in run(study, *command).stderr
    assert "holds the locked cut first" in run(study, "render").stderr
    assert (study / "results" / "results.json").read_bytes() == before
    done = run(study, "verify", "first")
    assert done.returncode == 1
    assert "the registry is not the one that was signed off" in done.stderr
    assert "hospice is derived otherwise than it was signed off" in done.stderr
    assert "differs: n 5, now 4; of 6, now 5" in done.stderr
    assert run(study, "lock", "first", "--by", "B").returncode == 1
    assert run(study, "derive", "--next-cut").returncode == 0
    assert "Of [-6-]{+5+} patients" in run(study, "compare", "first").stdout


def test_verify_says_that_the_data_changed_before_it_says_what_is_wrong_with_them(study):
    run(study, "lock", "first", "--by", "A")
    registry = study / "data" / "patients.csv"
    registry.write_text(registry.read_text().replace("2023-01-01", "soon"))
    said = run(study, "verify", "first").stderr
    assert (
        0 <= said.find("the registry is not the one that was signed off") < said.find("registry/not-a-date")
    )


def test_a_locked_store_that_somebody_edits_is_found(study):
    run(study, "lock", "first", "--by", "A")
    file = study / "locks" / "first" / "results" / "results.json"
    file.write_text(file.read_text().replace('"n": 5', '"n": 4'))
    assert "store/edited" in run(study, "verify", "first").stderr


def test_stale_results_without_the_registry_are_refused_or_say_so(study):
    run(study, "derive")
    (study / "data" / "patients.csv").unlink()
    code = study / "analysis" / "__init__.py"
    code.write_text(code.read_text().replace("<=", "<"))
    done = run(study, "render")
    assert done.returncode == 1
    assert "store/stale" in done.stderr
    assert run(study, "render", "--allow-stale").returncode == 0
    assert "Stale results: analysis changed" in (study / "_output" / "paper.html").read_text()
    code.write_text(code.read_text().replace("<", "<=").replace('"""Count."""', '"""Count them."""'))
    assert run(study, "render").returncode == 0
    assert "Stale results" not in (study / "_output" / "paper.html").read_text()


def test_another_version_of_the_tool_is_told_and_makes_nothing_stale(study):
    run(study, "derive")
    from dataclasses import replace

    from tieout.values.result import Results
    from tieout.values.store import make_store, read_store, write_store

    store = read_store(study / "results")
    other = make_store(Results(dict(store.results)), store.study, {**store.inputs, "tieout": "0.0.9"})
    write_store(replace(other), study / "results")
    done = run(study, "render")
    assert "derived by tieout 0.0.9" in done.stderr
    assert store_of(study)["inputs"]["tieout"] == "0.0.9"


def test_the_store_keeps_nothing_of_the_patients_hashes(study):
    run(study, "derive")
    folder = study / "data" / "derived" / "patients"
    known = json.loads((folder / "known.json").read_text())
    (cut,) = known["cuts"]
    pairs = (folder / cut).read_bytes()
    hashes = {pairs[at : at + 12].hex() for at in range(0, len(pairs), 12)}
    assert len(hashes) == 12  # of six patients, and of their rows
    assert not any(one in (study / "results" / "results.json").read_text() for one in (*hashes, known["key"]))


def test_an_identifier_that_a_document_prints_stops_the_render_and_leaves_the_last_good_output(study):
    assert run(study, "render").returncode == 0
    before = (study / "_output" / "paper.html").read_bytes()
    paper = study / "paper.qmd"
    paper.write_text(paper.read_text().replace("This sentence stays.", "Songbird stays, and songbird2 too."))
    names = study / "analysis" / "names.txt"
    names.write_text("songbird2\n")
    done = run(study, "render")
    assert done.returncode == 1
    assert "disclosure/identifier" in done.stderr
    assert "songbird2" not in done.stderr.lower()
    assert (study / "_output" / "paper.html").read_bytes() == before


def test_a_word_that_is_also_a_patients_name_may_stand_where_the_study_lists_it(study):
    registry, paper = study / "data" / "patients.csv", study / "paper.qmd"
    registry.write_text(registry.read_text().replace("Songbird1", "Brown"))
    paper.write_text(paper.read_text().replace("This sentence stays.", "Brown wrote so, and no other."))
    done = run(study, "render")
    assert (done.returncode, "brown" in done.stderr.lower()) == (1, False)
    assert "A plain word, or the name of an author, goes into analysis/names.txt. --show-ident" in done.stderr
    assert "    have: brown\n" in run(study, "render", "--show-identifiers").stderr
    names = study / "analysis" / "names.txt"
    names.write_text("Brown  # cited\nSongbird2\n")
    done = run(study, "render")
    assert done.returncode == 0, done.stderr
    paper.write_text(paper.read_text().replace("and no other", "and Songbird2 not"))
    done = run(study, "render", "--show-identifiers")  # a name that holds a digit is never let pass
    assert (done.returncode, "    have: songbird2\n" in done.stderr) == (1, True)


def test_small_cells_stop_the_render_when_the_study_sets_a_threshold(study):
    settings = study / "_quarto.yml"
    settings.write_text(settings.read_text() + "tieout:\n  disclosure:\n    preset: cms\n")
    done = run(study, "render")
    assert (done.returncode, done.stderr.count("disclosure/small-cell")) == (1, 2)


def test_what_an_old_store_could_not_print_is_said(study):
    run(study, "derive")
    code = study / "analysis" / "__init__.py"
    code.write_text(code.read_text().replace("Results(seen=seen_by,", "Results(seen=seen_by, all=seen_by,"))
    paper = study / "paper.qmd"
    paper.write_text(paper.read_text().replace("This sentence", "All `{python} r.all.n`. This sentence"))
    run(study, "derive")
    text = run(study, "compare").stdout
    assert "new result all: 6" in text
    assert "All [-—.-]{+6.+}" in text
    assert "could not be run against one of the stores" in (study / "_output" / "changes.html").read_text()


def test_a_name_taken_from_the_list_is_loose_at_the_next_render(study):
    paper = study / "paper.qmd"
    paper.write_text(paper.read_text().replace("This sentence", "By PSA-50. This sentence"))
    names = study / "analysis" / "names.txt"
    names.write_text("PSA-50\n")
    assert run(study, "render").returncode == 0
    names.write_text("")
    assert "the number 50 comes from nowhere" in run(study, "render").stderr


def test_of_several_documents_each_finding_is_said_in_their_order_and_nothing_is_put_in_place(study):
    config, paper = study / "_quarto.yml", (study / "paper.qmd").read_text()
    config.write_text(config.read_text().replace("[paper.qmd]", "[paper.qmd, letter.qmd, note.qmd]"))
    (study / "paper.qmd").write_text(paper.replace("This sentence stays.", "They were seen in 5 visits."))
    (study / "letter.qmd").write_text(paper)
    (study / "note.qmd").write_text(paper.replace("This sentence stays.", "Then songbird2 stays."))
    (study / "analysis" / "names.txt").write_text("songbird2\n")
    done = run(study, "render")
    assert done.returncode == 1
    said = [done.stderr.index(words) for words in ("paper.qmd:16", "note.html", "2 findings")]
    assert said == sorted(said)
    assert "letter" not in done.stderr
    assert not list((study / "_output").glob("*.html"))
