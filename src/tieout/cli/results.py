"""`tieout results`: list the results, or every way to print one."""

from __future__ import annotations

import difflib

import click

from tieout.cli._study import open_project
from tieout.values.facets import FACETS, show
from tieout.values.finding import Finding, FindingsError
from tieout.values.result import Count, Estimate, Fact, HypothesisTest, Result, Summary, TimeToEvent
from tieout.values.store import Store, read_store
from tieout.values.style import AMA

# the facet that shows most of a result on one line
_SHORT: dict[type, str] = {
    Count: "n_percent",
    Summary: "median_range",
    Estimate: "value_ci",
    TimeToEvent: "median_ci",
    HypothesisTest: "p",
    Fact: "text",
}


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
    if key in store.results:
        _show_one(str(key), store[str(key)])
        return
    listed = [
        (name, result) for name, result in store.results.items() if not key or name.startswith(f"{key}.")
    ]
    if not listed:
        near = difflib.get_close_matches(str(key), list(store.results), 3, 0.4)
        raise FindingsError(
            [
                Finding(
                    "results/unknown",
                    f"there is no result {key}",
                    None,
                    {"nearest": ", ".join(near) or "none"},
                )
            ]
        )
    _list(store, listed)


def _list(store: Store, listed: list[tuple[str, Result]]) -> None:
    width = max(len(name) for name, _ in listed)
    for name, result in listed:
        click.echo(f"{name:<{width}}  {_short(result):<34}  {result.meaning.label}")
    synthetic = " from SYNTHETIC data" if store.study.get("synthetic") else ""
    click.echo(
        f"{len(listed)} results{synthetic}, cutoff {store.study.get('cutoff')}, store {store.digest[:12]}"
    )


def _short(result: Result) -> str:
    facet = _SHORT.get(type(result))
    return show(result, facet, AMA) if facet else "(points of a figure)"


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
        click.echo(f"    r.{key}.{name:<18} {facet.show(result, AMA)}")
