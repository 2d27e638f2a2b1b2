"""The study's own documents, mutated: typed numbers, false claims, edited stores, changed outputs.

What is asked: on the clean documents there is no finding; every mutation of these kinds is caught; what no
identity covers is listed here by name, so that a new uncovered count is seen.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

from tieout.audit.counting import counted
from tieout.audit.days import declared_days
from tieout.audit.identities import check_store, check_ties_of_output, uncovered
from tieout.audit.loose import Words, key_digits, loose
from tieout.audit.passages import passages
from tieout.audit.settings import AuditSettings, read_settings
from tieout.document.agree import check_outputs_agree
from tieout.document.bound import check_document, printed_ties, read_drawn
from tieout.document.execute import Executed, run_document
from tieout.document.formats import read_targets
from tieout.document.parse import Tree, parse_document
from tieout.document.pieces import INLINE
from tieout.document.readback import check_together, figure_numbers, read_back
from tieout.document.source import Line, read_source
from tieout.document.write import write_outputs
from tieout.text.read import Text
from tieout.values.claim import Claim
from tieout.values.finding import FindingsError
from tieout.values.project import Project, read_project
from tieout.values.result import Count
from tieout.values.store import RESULTS_FILE, Store, read_store

ROOT = Path(__file__).parents[2]
PARTS = ("_quarto.yml", "_extensions", "analysis", "tables", "figures", "results", "references.bib")
# Counts that stand in no sum: single characteristics, overlapping groups, responses. For them the store's
# digest, the ties and the tests of the analysis stand.
UNCOVERED = re.compile(
    r"baseline\.(sites|prior)\.|treatment\.|survival\.censored_early|response\."
    r"|therapy\.(unrecorded|both|cisplatin_substituted|cabazitaxel_platinum|drugs)|toxicity\.(support|kinds|gcsf)"
)


class Study(NamedTuple):
    project: Project
    store: Store
    settings: AuditSettings
    documents: dict[str, tuple[Executed, Tree]]


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    for name in (*PARTS, *(path.name for path in ROOT.glob("*.qmd"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)
    project = read_project(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.syspath_prepend(str(ROOT))
        documents = {}
        for name in project.documents:
            executed = run_document(read_source(folder / name, folder), {"echo": False})
            documents[name] = (executed, parse_document(executed, project))
        yield Study(project, read_store(project.results), read_settings(project), documents)
    for name in [name for name in sys.modules if name.split(".")[0] in {"tables", "figures", "analysis"}]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def outputs(study):
    """The texts and bytes of each document's HTML and Word file."""
    made = {}
    for name, (executed, tree) in study.documents.items():
        targets = read_targets(executed.source, study.project, ("html", "docx"))
        written = write_outputs(tree, targets, study.project)
        texts = {suffix: replace(output.text, source=f"x.{suffix}") for suffix, output in written.items()}
        made[name] = (texts, written["html"].content)
    return made


def test_the_clean_documents_have_no_finding(study, outputs):
    found = check_store(study.store)
    numbers = figure_numbers(read_drawn(study.project), study.store)
    for name, (executed, tree) in study.documents.items():
        found += check_document(executed, tree, study.project, study.store, study.settings)
        back = read_back(outputs[name][0], study.store, printed_ties(executed))
        found += back.findings
        numbers += back.numbers
        found += check_outputs_agree(*outputs[name], name)
    found += check_together(numbers, study.store, study.settings.disclosure)
    assert [str(finding) for finding in found] == []


def test_every_tie_typed_as_a_number_is_loose(study):
    labels = {r.meaning.label for r in study.store.results.values()}
    words = Words(labels, days=declared_days(study.store))
    tried = 0
    for _, tree in study.documents.values():
        read = passages(tree)
        digits = key_digits(read)
        for passage in read:
            for mark in passage.of_kind("tie"):
                if not counted(passage.text[mark.start : mark.end]):
                    continue  # "not reached", "standard of care": words
                typed = replace(passage, marks=tuple(other for other in passage.marks if other is not mark))
                found = loose(typed, study.settings.names, words, digits)
                assert any(mark.start <= one.start < mark.end for one in found), (mark, passage.text)
                tried += 1
    assert tried > 200


def test_an_inline_expression_typed_in_the_source_fails_the_build_at_its_line(study):
    executed, _ = study.documents["abstract.qmd"]
    ties = [each for each in executed.evaluated if each.expression.startswith("r.flow.")]
    for each in ties[::4]:
        lines = []
        for line in executed.source.lines:
            text = line.text
            if line.place.line == each.place.line and line.place.file == each.place.file:
                match = INLINE.search(text, each.place.column - 1)
                text = f"{text[: match.start()]}{each.value.text}{text[match.end() :]}"
            lines.append(Line(text, line.place))
        typed = run_document(replace(executed.source, lines=tuple(lines)), {"echo": False})
        found = check_document(typed, parse_document(typed, study.project), study.project, study.store)
        loose_ones = [finding for finding in found if finding.code == "audit/loose-number"]
        assert {(f.place.file, f.place.line) for f in loose_ones} == {(each.place.file, each.place.line)}
        assert all(finding.blocks for finding in loose_ones)


def test_every_claim_turned_round_fails_the_build(study):
    for name, (executed, _) in study.documents.items():
        turned, expected = [], 0
        for line in executed.source.lines:
            text, count = re.subn(r"claim\((\"[^\"]*\"), (.+?)\)`", r"claim(\1, ~(\2))`", line.text)
            expected += count
            turned.append(replace(line, text=text))
        claims = sum(isinstance(each.value, Claim) for each in executed.evaluated)
        with pytest.raises(FindingsError) as caught:
            run_document(replace(executed.source, lines=tuple(turned)), {"echo": False})
        false = [finding for finding in caught.value.findings if finding.code == "document/false-claim"]
        assert expected == claims == len(false), name


def test_every_count_changed_by_hand_in_the_store_is_found(study, tmp_path):
    shutil.copytree(study.project.results, tmp_path / "results")
    file = tmp_path / "results" / RESULTS_FILE
    document = json.loads(file.read_text(encoding="utf-8"))
    counts = [key for key, result in study.store.results.items() if isinstance(result, Count)]
    for key in counts:
        document["results"][key]["n"] += 1
        file.write_text(json.dumps(document), encoding="utf-8")
        with pytest.raises(FindingsError, match=r"differs from its own digest|something else than a result"):
            read_store(tmp_path / "results")
        document["results"][key]["n"] -= 1


def test_every_count_that_an_identity_covers_is_caught_when_it_is_off_by_one(study):
    counts = {key: r for key, r in study.store.results.items() if isinstance(r, Count)}
    free = set(uncovered(study.store, counts))
    for key, result in counts.items():
        for by in (1, -1):
            if result.n + by < 0 or (result.of is not None and result.n + by > result.of):
                continue
            changed = replace(
                study.store, results={**study.store.results, key: replace(result, n=result.n + by)}
            )
            caught = bool(check_store(changed))
            assert caught or key in free, key


def test_what_no_identity_covers_is_known(study):
    counts = [key for key, r in study.store.results.items() if isinstance(r, Count)]
    free = uncovered(study.store, counts)
    assert [key for key in free if not UNCOVERED.match(key)] == []
    assert len(free) < len(counts) / 2


def test_every_tied_number_changed_in_an_output_is_found(study, outputs):
    tried = 0
    for name, (executed, _) in study.documents.items():
        expected = printed_ties(executed)
        for suffix, text in outputs[name][0].items():
            for tie in text.ties:
                if ":" in tie.key or not (digit := re.search(r"\d", tie.text)):
                    continue
                other = "7" if digit.group() != "7" else "3"
                changed = tie.text[: digit.start()] + other + tie.text[digit.end() :]
                found = check_ties_of_output([(tie.key, changed)], study.store, suffix, expected)
                assert [finding.code for finding in found] == ["audit/printed"], tie
                tried += 1
    assert tried > 400


def test_every_other_printed_number_changed_in_one_output_is_found_by_the_other(outputs):
    tried = 0
    for name, (texts, page) in outputs.items():
        for suffix in ("html", "docx"):
            text = texts[suffix]
            tied = [(tie.start, tie.end) for tie in text.ties]
            for match in list(re.finditer(r"\d+", text.content))[::7]:
                if any(a <= match.start() < b for a, b in tied):
                    continue
                other = "7" if match.group()[0] != "7" else "3"
                content = text.content[: match.start()] + other + text.content[match.start() + 1 :]
                changed = {**texts, suffix: Text(content, text.source, text.ties)}
                assert check_outputs_agree(changed, page, name), text.content[
                    match.start() - 30 : match.end()
                ]
                tried += 1
    assert tried > 10
