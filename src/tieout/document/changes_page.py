"""The changes as a page, as lines for a terminal, and as words for a mail to the co-authors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from importlib import resources
from itertools import groupby, pairwise
from string import Template

from tieout.document.changes import Changes, ClaimChange, Piece, SentenceChange
from tieout.values.compare import ResultChange, headline, what_changed
from tieout.values.result import Curve
from tieout.values.store import Store

_MAIL_SENTENCES = 12
_WIDTH, _HEIGHT, _LEFT, _FOOT = 560, 220, 44, 26


def changes_page(changes: Changes) -> str:
    """Return the changes as one self-contained HTML page."""
    parts = [*_banner(changes), *_patients(changes), *_claims(changes), *_sentences(changes)]
    parts += [*_cells(changes), *_curves(changes), *_results(changes), *_mail(changes)]
    template = resources.files("tieout.document") / "templates" / "changes.html"
    facts = f"{_cut(changes.old)} → {_cut(changes.new)} · {summary_line(changes)}"
    return Template(template.read_text(encoding="utf-8")).substitute(
        title="What the new data cut changes", facts=escape(facts), body="\n".join(parts)
    )


def summary_line(changes: Changes) -> str:
    """Return how much changed, in one line."""
    flipped = sum(claim.is_flipped for claim in changes.claims)
    close = sum(bool(claim.turned_by) for claim in changes.claims)
    drawn = sum(_is_step_curve(change) for change in changes.results.curves)
    other = len(changes.results.curves) - drawn
    parts = [
        _many(len(changes.sentences), "sentence"),
        _many(len(changes.cells), "table cell"),
        _many(drawn, "curve"),
        *([f"{other} other series"] if other else []),
        _many(len(_listed(changes)), "result"),
        f"{_many(flipped, 'claim')} flipped",
        f"{close} that one patient would turn",
    ]
    return ", ".join(parts)


def terminal_lines(changes: Changes, *, colour: bool) -> Iterator[str]:
    """Yield the changes for a terminal: old words struck through, new ones bold; else in brackets."""
    yield f"{_cut(changes.old)} -> {_cut(changes.new)}"
    if (patients := changes.patients) is not None:
        yield f"patients: {patients.entered} entered, {patients.left} left, {patients.updated} updated"
    for claim in changes.claims:
        if claim.is_flipped or claim.turned_by:
            yield f"{claim.place}: “{claim.words}” {_verdict(claim)} ({claim.condition})"
    for sentence in changes.sentences:
        yield f"{sentence.document}{f', {sentence.section}' if sentence.section else ''}:"
        yield "    " + "".join(_coloured(piece) if colour else _bracketed(piece) for piece in sentence.pieces)
    for cell in changes.cells:
        where = ", ".join(part for part in (cell.document, cell.table, cell.row, cell.column) if part)
        yield f"{where}: {cell.old or '—'} -> {cell.new or '—'}"
    for change in changes.results.appeared:
        yield f"new result {change.key}: {headline(change.new)}"
    for change in changes.results.went:
        yield f"no longer there: {change.key}"
    yield summary_line(changes)


def mail_text(changes: Changes) -> str:
    """Return a summary to paste into a mail."""
    lines = [f"The data were updated: {_cut(changes.old)} is now {_cut(changes.new)}."]
    if changes.new.study.get("synthetic"):
        lines.append("(SYNTHETIC data: no row describes a real patient.)")
    if (patients := changes.patients) is not None:
        lines.append(
            f"Patients in the registry: {patients.entered} entered, {patients.left} left, "
            f"{patients.updated} updated."
        )
    flipped = [claim for claim in changes.claims if claim.is_flipped]
    lines += [f"No longer true: “{claim.words}” ({claim.place})." for claim in flipped if not claim.after]
    lines += [f"True again: “{claim.words}” ({claim.place})." for claim in flipped if claim.after]
    lines += ["", "What reads otherwise:"] if changes.sentences else ["", "No sentence reads otherwise."]
    lines += [
        f"- {sentence.new}" + (f"\n  (was: {sentence.old})" if sentence.old else "")
        for sentence in _first(changes)
    ]
    if (more := len(changes.sentences) - _MAIL_SENTENCES) > 0:
        lines.append(f"… and {_many(more, 'more sentence')}, {_many(len(changes.cells), 'table cell')}.")
    return "\n".join(lines)


def _first(changes: Changes) -> Sequence[SentenceChange]:
    return changes.sentences[:_MAIL_SENTENCES]


def _cut(store: Store) -> str:
    return f"cut of {store.study.get('cutoff', 'unknown date')} ({store.digest[:12]})"


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _verdict(claim: ClaimChange) -> str:
    if claim.is_flipped:
        return "is true now and was not" if claim.after else "IS NO LONGER TRUE"
    return f"would turn with one patient more or less in {', '.join(claim.turned_by)}"


def _coloured(piece: Piece) -> str:
    return {
        "same": piece.text,
        "old": f"\x1b[31;9m{piece.text}\x1b[0m",
        "new": f"\x1b[32;1m{piece.text}\x1b[0m",
    }[piece.kind]


def _bracketed(piece: Piece) -> str:
    return {"same": piece.text, "old": f"[-{piece.text}-]", "new": f"{{+{piece.text}+}}"}[piece.kind]


def _banner(changes: Changes) -> Iterator[str]:
    if changes.new.study.get("synthetic"):
        yield '<p class="synthetic">SYNTHETIC data: no row describes a real patient.</p>'


def _patients(changes: Changes) -> Iterator[str]:
    yield "<h2>Patients</h2>"
    if (patients := changes.patients) is None:
        yield "<p>How many patients entered or left is not known: one of the cuts was derived elsewhere.</p>"
        return
    yield (
        "<p>In the registry, as seen at each cutoff: "
        f"<b>{patients.entered}</b> entered, <b>{patients.left}</b> left, "
        f"<b>{patients.updated}</b> with other rows, {patients.unchanged} unchanged.</p>"
    )


def _claims(changes: Changes) -> Iterator[str]:
    yield "<h2>Claims</h2>"
    told = [claim for claim in changes.claims if claim.is_flipped or claim.turned_by or claim.after is False]
    if not told:
        count = _many(len(changes.claims), "claim")
        yield f"<p>{count}: each holds as before, and no single patient would turn one.</p>"
        return
    yield "<table><thead><tr><th>Words</th><th>Condition</th><th>Where</th><th></th></tr></thead><tbody>"
    for claim in sorted(told, key=lambda claim: not claim.is_flipped):
        kind = "flipped" if claim.is_flipped or claim.after is False else "close"
        verdict = "is not true" if claim.after is False and not claim.is_flipped else _verdict(claim)
        yield (
            f"<tr><td>“{escape(claim.words)}”</td><td><code>{escape(claim.condition)}</code></td>"
            f'<td>{escape(str(claim.place))}</td><td class="{kind}">{escape(verdict)}</td></tr>'
        )
    yield "</tbody></table>"


def _sentences(changes: Changes) -> Iterator[str]:
    yield "<h2>Sentences</h2>"
    if not changes.sentences:
        yield "<p>No sentence reads otherwise.</p>"
    for (document, section), some in groupby(changes.sentences, lambda each: (each.document, each.section)):
        yield f"<h3>{escape(document)}{f' · {escape(section)}' if section else ''}</h3>"
        yield from (f'<p class="sentence">{_marked(sentence.pieces)}</p>' for sentence in some)
    if changes.unrun:
        what = _many(len(changes.unrun), "expression or cell")
        yield f"<p>{what} could not be run against one of the stores, and read there as a dash:</p>"
        yield "<ul>" + "".join(f"<li>{escape(finding.message)}</li>" for finding in changes.unrun) + "</ul>"


def _marked(pieces: Sequence[Piece]) -> str:
    tag = {"same": "{}", "old": "<del>{}</del>", "new": "<ins>{}</ins>"}
    return "".join(tag[piece.kind].format(escape(piece.text)) for piece in pieces)


def _cells(changes: Changes) -> Iterator[str]:
    if not changes.cells:
        return
    yield "<h2>Tables</h2>"
    for (document, table), some in groupby(changes.cells, lambda each: (each.document, each.table)):
        yield f"<h3>{escape(document)} · {escape(table)}</h3>"
        yield "<table><thead><tr><th>Row</th><th>Column</th><th>Was</th><th>Is</th></tr></thead><tbody>"
        for cell in some:
            yield (
                f"<tr><td>{escape(cell.row)}</td><td>{escape(cell.column)}</td>"
                f'<td class="number">{f"<del>{escape(cell.old)}</del>" if cell.old else ""}</td>'
                f'<td class="number">{f"<ins>{escape(cell.new)}</ins>" if cell.new else ""}</td></tr>'
            )
        yield "</tbody></table>"


def _curves(changes: Changes) -> Iterator[str]:
    if not changes.results.curves:
        return
    yield "<h2>Curves and figures</h2>"
    for change in changes.results.curves:
        yield f"<h3>{escape(change.key)} · {escape(change.label)}</h3>"
        if _is_step_curve(change):
            yield _overlay(change)
        elif change.old is not None and change.new is not None:
            yield f"<p>{escape('; '.join(what_changed(change.old, change.new)))}.</p>"


def _overlay(change: ResultChange) -> str:
    """Draw two step curves over each other: the old dashed, the new solid."""
    steps = [_steps(curve) for curve in (change.old, change.new)]
    longest = max(x for some in steps for x, _ in some) or 1.0
    paths = []
    for name, some in zip(("was", "is"), steps, strict=True):
        points = [
            (_LEFT + x / longest * (_WIDTH - _LEFT - 8), 8 + (1 - y) * (_HEIGHT - _FOOT - 8)) for x, y in some
        ]
        drawn = f"M{points[0][0]:.1f},{points[0][1]:.1f}"
        drawn += "".join(f"H{b[0]:.1f}V{b[1]:.1f}" for _, b in pairwise(points))
        paths.append(f'<path class="{name}" d="{drawn}"/>')
    floor = _HEIGHT - _FOOT
    axes = "".join(
        f'<line x1="{_LEFT}" y1="{y}" x2="{x}" y2="{floor}"/>' for x, y in ((_LEFT, 8), (_WIDTH, floor))
    )
    labels = ((_LEFT - 6, 14, "100%"), (_LEFT - 6, floor, "0%"), (_WIDTH - 2, _HEIGHT - 8, f"{longest:.1f}"))
    texts = "".join(f'<text x="{x}" y="{y}" text-anchor="end">{text}</text>' for x, y, text in labels)
    label = escape(f"{change.label}: the old curve dashed, the new one solid")
    opened = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">'
    return f"{opened}{axes}{texts}{''.join(paths)}</svg>"


def _is_step_curve(change: ResultChange) -> bool:
    """Whether both states can be drawn over each other; the tree of a flow, say, is told in words."""
    return all(_steps(curve) for curve in (change.old, change.new))


def _steps(curve: object) -> list[tuple[float, float]]:
    if not isinstance(curve, Curve) or not {"time", "survival"} <= curve.columns.keys():
        return []
    pairs = zip(curve.columns["time"], curve.columns["survival"], strict=True)
    return [
        (float(x), float(y)) for x, y in pairs if isinstance(x, int | float) and isinstance(y, int | float)
    ]


def _listed(changes: Changes) -> list[ResultChange]:
    """Return the results that the page lists: those that are no curve in both cuts."""
    found = changes.results
    return [each for each in (*found.appeared, *found.went, *found.changed) if each not in found.curves]


def _results(changes: Changes) -> Iterator[str]:
    listed = _listed(changes)
    if not listed:
        return
    yield "<h2>Results</h2>"
    yield "<table><thead><tr><th>Key</th><th></th><th>Was</th><th>Is</th></tr></thead><tbody>"
    for change in listed:
        old = f"<del>{escape(headline(change.old))}</del>" if change.old else "new"
        new = f"<ins>{escape(headline(change.new))}</ins>" if change.new else "gone"
        named = f"<td><code>{escape(change.key)}</code></td><td>{escape(change.label)}</td>"
        yield f"<tr>{named}<td>{old}</td><td>{new}</td></tr>"
    yield "</tbody></table>"


def _mail(changes: Changes) -> Iterator[str]:
    yield "<h2>For a mail to the co-authors</h2>"
    yield f"<pre>{escape(mail_text(changes))}</pre>"
