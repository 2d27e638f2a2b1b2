"""`tieout venues`: which venues are known, and what each asks for."""

from __future__ import annotations

from pathlib import Path

import click

from tieout.values.finding import FindingsError


@click.command(epilog="Example: tieout venues asco-gu")
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """List the meetings and journals whose rules are known, or show one venue's rules.

    A document chooses its venue in its front matter, `venue: asco-gu`. Further venues are files in the
    study's folder venues/.
    """
    from tieout.venue.profile import list_profiles, read_profile  # noqa: PLC0415  (keeps --help light)
    from tieout.venue.rules import rules_text, summary  # noqa: PLC0415  (the same)

    root = _root()
    if name:
        click.echo(rules_text(read_profile(name, root)))
        return
    for known in list_profiles(root):
        profile = read_profile(known, root)
        click.echo(f"{known:20} {profile.name}: {summary(profile)}")


def _root() -> Path | None:
    """Return the study's folder; outside of a study the tool's own venues are shown."""
    from tieout.values.project import project_root  # noqa: PLC0415  (keeps --help light)

    try:
        return project_root(Path.cwd())
    except FindingsError:
        return None
