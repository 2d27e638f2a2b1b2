"""`tieout results`: list the results, or every way to print one."""

from __future__ import annotations

import click

from tieout.cli._findings import find_key, unknown_result
from tieout.cli._study import open_project
from tieout.values.compare import headline
from tieout.values.facets import FACETS, lacking
from tieout.values.result import Result
from tieout.values.store import Store, read_store
from tieout.values.style import AMA


@click.command()
@click.argument("key", required=False)
def command(key: str | None) -> None:
    """List the derived results, or show one with its definition and every way to print it.

    \b
    Example:
        tieout results
        tieout results survival.os
    """
    store = read_store(open_project().results)
    if key and (name := find_key(key, store)) is not None:
        _show_one(name, store[name])
        return
    branch = f"{key.removeprefix('r.')}." if key else ""
    listed = [(name, result) for name, result in store.results.items() if name.startswith(branch)]
    if key and not listed:
        raise unknown_result(key, store)
    _list(store, listed)


def _list(store: Store, listed: list[tuple[str, Result]]) -> None:
    width = max((len(name) for name, _ in listed), default=0)
    for name, result in listed:
        click.echo(f"{name:<{width}}  {headline(result):<34}  {result.meaning.label}")
    synthetic = " from SYNTHETIC data" if store.study.get("synthetic") else ""
    click.echo(
        f"{len(listed)} results{synthetic}, cutoff {store.study.get('cutoff')}, store {store.digest[:12]}"
    )


def _show_one(key: str, result: Result) -> None:
    meaning = result.meaning
    click.echo(f"{key}: {meaning.label}")
    for name, text in (
        ("population", meaning.population),
        ("method", meaning.method),
        ("computed in", meaning.where),
    ):
        if text:
            click.echo(f"    {name}: {text}")
    for name, facet in FACETS[type(result)].items():
        if not lacking(result, name):
            click.echo(f"    r.{key}.{name:<18} {facet.show(result, AMA)}")
