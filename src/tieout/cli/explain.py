"""`tieout explain`: say what stands behind a number, and where it is printed."""

from __future__ import annotations

import click

from tieout.cli._findings import find_key, unknown_result
from tieout.cli._study import open_project
from tieout.values.finding import Finding, FindingsError
from tieout.values.freshness import registry_files
from tieout.values.project import Project
from tieout.values.store import Store, read_store


@click.command()
@click.argument("key")
@click.option(
    "--show-rows", is_flag=True, help="List the rows behind it, with their ids; needs the registry."
)
def command(key: str, *, show_rows: bool) -> None:
    """Say what stands behind a number: definition, population, method, the cut before, all its places.

    KEY is a result's, with or without a facet.

    \b
    Example:
        tieout explain flow.hospice
        tieout explain flow.hospice.n_percent --show-rows
    """
    from tieout.cli._report import previous_store  # noqa: PLC0415  (keeps --help quick)
    from tieout.document.bound import read_drawn  # noqa: PLC0415
    from tieout.document.execute import run_document  # noqa: PLC0415
    from tieout.document.explained import explain, places_of_ties  # noqa: PLC0415
    from tieout.document.source import read_source  # noqa: PLC0415

    project = open_project()
    store = read_store(project.results)
    name = find_key(key, store)
    if name is None:
        raise unknown_result(key, store)
    defaults = project.quarto.get("execute") or {}
    sources = (read_source(project.root / each, project.root) for each in project.documents)
    # a claim that is false now is a reason to ask, and no reason to say nothing
    executed = [run_document(source, defaults, lenient=True) for source in sources]
    places = places_of_ties(executed, read_drawn(project))
    known = explain(name, store, project.root, previous_store(project), places.get(name, []))
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
        click.echo(f"    printed at {place.where}: {place.text}")
    if show_rows:
        _show_rows(name, project, store)


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
