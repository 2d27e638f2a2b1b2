"""Write docs/check.md: how the rules of `tieout check` work, and what they find and miss on a corpus.

    python tests/check/measure_check.py CORPUS UNSEEN > docs/check.md

CORPUS holds `annotated.jsonl` (texts with mismatches read by hand) and `injected.jsonl` (texts in which one
number was changed as a stale number would be). UNSEEN holds texts that no rule was written on: `all.jsonl`,
`verdicts.jsonl` (what a reader holds of each finding in them, by `id` and `start`) and `changed.jsonl`, made
from them by a program. Such texts belong to their publishers and never come here.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tieout.audit.check.catalogue import RULES
from tieout.audit.check.explain import CERTAINTIES
from tieout.audit.check.run import check_text

# A changed total or conclusion shows up at its parts: any finding in the text counts.
ANYWHERE = {"stale_total", "parts_vs_total", "flow_arithmetic", "conclusion_stale"}


def main(corpus: Path, unseen: Path) -> None:
    print(rules_section())
    print(measured_section(corpus))
    print(unseen_section(unseen))


def rules_section() -> str:
    """What the command does and how each rule works; the same words as `tieout check --explain`."""
    lines = [
        "# What `tieout check` finds",
        "",
        "`tieout check FILE…` reads any text (TXT, Markdown, DOCX, HTML, PDF, or `-` for standard input) and "
        "reports the numbers that cannot all be true, from the text alone.",
        "It quotes the pieces, shows the arithmetic, and says how sure it is:",
        "",
        *(f"- **{name}**: {meaning}." for name, meaning in CERTAINTIES),
        "",
        "What it cannot read with confidence it leaves alone; `--verbose` lists what it read.",
        "In JSON, `start` and `end` count characters from 0 in the text as read: the file itself for TXT "
        "and Markdown, the extracted text for DOCX, HTML and PDF.",
        "",
        "## Rules",
        "",
    ]
    for rule in RULES:
        lines += [f"### {rule.name}", "", f"*{rule.asks}*", "", rule.works, "", f"Source: {rule.source}", ""]
    return "\n".join(lines)


def measured_section(folder: Path) -> str:
    annotated, injected = _texts(folder / "annotated.jsonl"), _texts(folder / "injected.jsonl")
    started = time.perf_counter()
    hits, false = _annotated(annotated)
    altered, outside, originals = _injected(injected)
    each = 1000 * (time.perf_counter() - started) / (len(annotated) + 2 * len(injected))
    found = sum(hit for hit, _ in hits.values())
    lines = [
        "## What it finds and misses",
        "",
        f"Measured on {len(annotated)} real abstracts and results paragraphs with mismatches read by hand, "
        f"and on {len(injected)} others in which one number was changed as a stale number would be.",
        "The texts are not distributed; the rules were developed on them: unseen texts will fare worse.",
        f"One text took about {each:.0f} ms.",
        "",
        f"- Annotated: {found} of {sum(all_ for _, all_ in hits.values())} mismatches found, "
        f"{false} false findings.",
        f"- Changed: {sum(hit for hit, _ in altered.values())} of {len(injected)} found, "
        f"{outside} findings away from the change.",
        f"- The same texts before the change: {originals} findings.",
        "",
        *_table("Annotated mismatches by kind", hits),
        *_table("Changed numbers by kind", altered),
        "Missed are numbers that need more than the arithmetic beside them: totals whose parts stand "
        "sentences apart under other names, flows that take several steps, and conclusions that repeat a "
        "result in other words.",
        "Not asked at all: tables by column, percentages that should add to 100, doses and dates, and a "
        "count that is repeated elsewhere with another value but without a percentage.",
    ]
    return "\n".join(lines)


def unseen_section(folder: Path) -> str:
    """Findings in texts as they were published, judged by a reader, and numbers changed in them."""
    texts, changed = _texts(folder / "all.jsonl"), _texts(folder / "changed.jsonl")
    verdicts = {(v["id"], v["start"]): v["verdict"] for v in _texts(folder / "verdicts.jsonl")}
    judged: dict[str, Counter[str]] = defaultdict(Counter)
    for item in texts:
        for finding in check_text(item["text"]):
            judged[finding.rule][verdicts.get((item["id"], finding.start), "not judged")] += 1
    total = sum(judged.values(), Counter())
    altered, outside, _ = _injected(changed)
    found = sum(hit for hit, _ in altered.values())
    lines = [
        "",
        "## On texts that it was not written for",
        "",
        f"{len(texts)} abstracts from two files of PubMed (from the 1970s and from 2021), every one that "
        "speaks of patients or other people at least twice, whatever its subject, as published. A reader "
        "judged each finding: true (the numbers cannot all be so, and no usual reading saves them), "
        "debatable (a group or missing values that the "
        "text does not tell could explain it), or false. The rules were then mended for whole kinds of "
        "wording that they had misread, so that this is no longer a blind measure; mismatches that nobody "
        "reported were not looked for, so that it measures no recall.",
        "",
        f"- {sum(total.values())} findings: {total['true']} true, {total['debatable']} debatable, "
        f"{total['false']} false" + (f", {total['not judged']} not judged." if total["not judged"] else "."),
        "",
        "| Findings by rule | true | debatable | false |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {rule} | {count['true']} | {count['debatable']} | {count['false']} |"
            for rule, count in sorted(judged.items())
        ),
        "",
        f"In {len(changed)} of these texts a program changed one number that had agreed with others: "
        f"{found} were found; findings away from the change: {outside}. The program asks only whether "
        "numbers stand in a pattern, so that not every change can be proved from the text: a smaller count "
        "beside its percentage may be over fewer people, a smaller total over missing values, and a number "
        "of the conclusion may be another one.",
        "",
        *_table("Numbers changed by program, by kind", altered),
    ]
    return "\n".join(lines).rstrip()


def _table(title: str, rows: dict[str, tuple[int, int]]) -> Iterator[str]:
    yield f"| {title} | found | missed |"
    yield "| --- | ---: | ---: |"
    yield from (
        f"| {kind.replace('_', ' ')} | {hit} | {all_ - hit} |" for kind, (hit, all_) in sorted(rows.items())
    )
    yield ""


def _annotated(texts: list[dict[str, Any]]) -> tuple[dict[str, tuple[int, int]], int]:
    """Count the sure mismatches found, by kind, and the findings on nothing that the reader marked."""
    rows: dict[str, list[bool]] = defaultdict(list)
    false = 0
    for item in texts:
        found = _spans(item["text"])
        sure = [i for i in item["issues"] if i["severity"] != "rounding" and i["confidence"] != "low"]
        marked = [(mark["start"], mark["end"]) for mark in [*item["issues"], *item["ambiguous"]]]
        for issue in sure:
            rows[issue["kind"]].append(any(_overlap(span, (issue["start"], issue["end"])) for span in found))
        false += sum(not any(_overlap(span, mark) for mark in marked) for span in found)
    return {kind: (sum(hits), len(hits)) for kind, hits in rows.items()}, false


def _injected(texts: list[dict[str, Any]]) -> tuple[dict[str, tuple[int, int]], int, int]:
    rows: dict[str, list[bool]] = defaultdict(list)
    outside = originals = 0
    for item in texts:
        found, sentence = _spans(item["mutated"]), _sentence(item["mutated"], item["start"], item["end"])
        inside = [span for span in found if _overlap(span, sentence)]
        anywhere = item["kind"] in ANYWHERE
        rows[item["kind"]].append(bool(found) if anywhere else bool(inside))
        outside += 0 if anywhere else len(found) - len(inside)
        originals += len(_spans(item["original"]))
    return {kind: (sum(hits), len(hits)) for kind, hits in rows.items()}, outside, originals


def _spans(text: str) -> list[tuple[int, int]]:
    return [(finding.start, finding.end) for finding in check_text(text)]


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    stops = [match.end() for match in re.finditer(r"[.;]\s+(?=[A-Z])", text)]
    return max([0, *(s for s in stops if s <= start)]), min([len(text), *(s for s in stops if s > end)])


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _texts(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(textwrap.dedent(__doc__ or "").strip())
    main(Path(sys.argv[1]), Path(sys.argv[2]))
