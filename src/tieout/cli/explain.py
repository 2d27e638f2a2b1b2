"""`tieout explain`: say what stands behind a number, and where it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from tieout.cli._findings import find_key, unknown_result
from tieout.cli._study import open_project
from tieout.values.claim import Claim
from tieout.values.finding import Finding, FindingsError
from tieout.values.freshness import registry_files
from tieout.values.lookup import as_typed, facets_that_print, is_part
from tieout.values.project import Project
from tieout.values.store import Store, read_store

if TYPE_CHECKING:
    from tieout.document.execute import Executed
    from tieout.document.explained import Explanation, PlaceOfTie

_GIVEN = re.compile(r"\[(?P<text>[^\[\]]+)\]\{[^{}]*\.given[^{}]*\bsource=\"(?P<source>[^\"]*)\"")
_LOOKS_LIKE_A_KEY = re.compile(r"(?:r\.)?[A-Za-z]\w*(?:\.[A-Za-z]\w*)+")


@click.command()
@click.argument("what", metavar="KEY|TEXT")
@click.option(
    "--show-rows", is_flag=True, help="List the rows behind it, with their ids; needs the registry."
)
def command(what: str, *, show_rows: bool) -> None:
    """Say what stands behind a number: definition, population, method, the cut before, all its places.

    KEY is a result's, with or without a facet. TEXT is what a document prints: every result that prints so,
    alone or as a part, is explained with those of its places; what would print so too is listed, and so are
    a given number with its source and a claim with its condition.

    \b
    Example:
        tieout explain flow.hospice
        tieout explain flow.hospice.n_percent --show-rows
        tieout explain "17 (49%)"
    """
    from tieout.cli._report import previous_store  # noqa: PLC0415  (keeps --help quick)
    from tieout.document.bound import read_drawn  # noqa: PLC0415
    from tieout.document.execute import run_document  # noqa: PLC0415
    from tieout.document.explained import explain, places_of_ties  # noqa: PLC0415
    from tieout.document.source import read_source  # noqa: PLC0415

    project = open_project()
    store = read_store(project.results)
    name = find_key(what, store)
    if name is None and _LOOKS_LIKE_A_KEY.fullmatch(what):
        raise unknown_result(what, store)
    defaults = project.quarto.get("execute") or {}
    sources = (read_source(project.root / each, project.root) for each in project.documents)
    # a claim that is false now is a reason to ask, and no reason to say nothing
    executed = [run_document(source, defaults, lenient=True) for source in sources]
    places = places_of_ties(executed, read_drawn(project))
    shown, unprinted = ({name: places.get(name, [])}, []) if name else _printing(what, store, places)
    others = {} if name else dict.fromkeys([*_givens(what, executed), *_claims(what, executed)])
    if not shown and not unprinted and not others:
        raise _unprinted(what, store)
    before = previous_store(project)
    for key, where in shown.items():
        _say(explain(key, store, project.root, before, where))
    for line in others:
        click.echo(line)
    if unprinted:
        click.echo("printed nowhere, but would print so:")
        for key, facet in unprinted:
            click.echo(f"    r.{key}.{facet}: {store[key].meaning.label}")
    if show_rows:
        keys = list(shown) or list(dict.fromkeys(key for key, _ in unprinted))
        _show_rows(_one_of(keys, what), project, store)


def _printing(
    text: str, store: Store, places: Mapping[str, Sequence[PlaceOfTie]]
) -> tuple[dict[str, list[PlaceOfTie]], list[tuple[str, str]]]:
    """Return the places that print a text, whole ones first, by key; and the other facets that would."""
    wanted = as_typed(text)
    held = {
        key: sorted(
            (place for place in every if is_part(text, place.text)),
            key=lambda place: as_typed(place.text) != wanted,
        )
        for key, every in places.items()
    }
    shown = {key: mine for key, mine in held.items() if mine and key in store}
    first = {key: as_typed(mine[0].text) != wanted for key, mine in shown.items()}
    printed = {(key, place.facet) for key, mine in shown.items() for place in mine}
    unprinted = [each for each in facets_that_print(text, store) if each not in printed]
    return dict(sorted(shown.items(), key=lambda item: first[item[0]])), unprinted


def _givens(text: str, executed: Iterable[Executed]) -> Iterator[str]:
    for line in (line for done in executed for line in done.lines):
        for match in _GIVEN.finditer(line.text):
            if is_part(text, match["text"]):
                yield f"given at {line.place} from {match['source']}: {match['text']}"


def _claims(text: str, executed: Iterable[Executed]) -> Iterator[str]:
    for each in (each for done in executed for each in done.evaluated):
        if isinstance(each.value, Claim) and as_typed(each.value.words) == as_typed(text):
            yield f"claimed at {each.place}: {each.value.words}, as {each.value.condition.numbers}"


def _say(known: Explanation) -> None:
    click.echo(f"{known.key}: {known.label}")
    facts = [
        ("value", known.value),
        *known.numbers,
        ("population", known.population),
        ("method", known.method),
    ]
    facts += [("computed in", known.where), ("in the cut before", known.before)]
    for what, text in facts:
        if text:
            click.echo(f"    {what}: {text}")
    for place in known.places:
        click.echo(f"    printed at {place.where} by .{place.facet}: {place.text}")


def _unprinted(text: str, store: Store) -> FindingsError:
    if text.isidentifier():
        return unknown_result(text, store)
    message = f"no result prints “{text}”, in a document or elsewhere"
    remedy = "give the number as it is printed, or a key: tieout results lists them"
    return FindingsError([Finding("explain/unprinted", message, None, {}, remedy)])


def _one_of(keys: Sequence[str], text: str) -> str:
    if not keys:
        message = f"no result prints “{text}”, so that there are no rows behind it"
        raise FindingsError([Finding("explain/no-rows", message, None, {}, "explain a result")])
    if len(keys) == 1:
        return keys[0]
    message = f"{len(keys)} results print “{text}”: rows are shown of one"
    remedy = f"tieout explain {keys[0]} --show-rows"
    raise FindingsError([Finding("explain/several", message, None, {"results": ", ".join(keys)}, remedy)])


def _show_rows(name: str, project: Project, store: Store) -> None:
    if not registry_files(project):
        remedy = "ask for them where the data are"
        raise FindingsError([Finding("explain/no-registry", "the registry is not here", None, {}, remedy)])
    from tieout.cli._rows import rows_behind  # noqa: PLC0415  (the data branch loads pandas)

    rows = rows_behind(name, project, store)
    if rows is None:
        message = f"the rows behind {name} cannot be told: it is made from other results, not from a mask"
        raise FindingsError([Finding("explain/no-rows", message, None, {}, "explain one of its parts")])
    click.echo(f"{len(rows)} rows:")
    click.echo(rows.to_string())
