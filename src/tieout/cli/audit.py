"""`tieout audit`: hold every number and claim of the documents against the store."""

from __future__ import annotations

import click

from tieout.cli._documents import named_documents
from tieout.cli._study import open_project, say
from tieout.values.finding import FindingsError


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.option("--coverage", is_flag=True, help="List the printed counts that no identity covers.")
@click.option("--show-identifiers", is_flag=True, help="Say which of the registry's identifiers was found.")
def command(files: tuple[str, ...], *, coverage: bool, show_identifiers: bool) -> None:
    """Hold every number and every data-dependent word of the documents against the store.

    Runs the documents, looks for loose numbers, false or absent claims and percentages without a denominator,
    and reads the outputs in _output/ back. Where the registry is present, looks for its identifiers in all
    that was written. Writes _output/tie-out.html.

    \b
    Example:
        tieout audit
        tieout audit abstract.qmd
    """
    from tieout.cli._identifiers import check_identifiers  # noqa: PLC0415  (keeps --help quick)
    from tieout.cli._report import write_report  # noqa: PLC0415
    from tieout.document.audited import audit_documents  # noqa: PLC0415

    project = open_project()
    names = named_documents(files, project)
    say("auditing")
    audit = audit_documents(project, names)
    report = write_report(project, audit.documents)
    found = [*audit.findings, *check_identifiers(project, show=show_identifiers)]
    if coverage:
        for key in audit.uncovered:
            click.echo(f"no identity covers {key}")
    if any(finding.blocks for finding in found):
        raise FindingsError(found)
    for finding in found:
        click.echo(str(finding), err=True)
    outputs = ", ".join(audit.read) or "no output"
    click.echo(f"{audit.ties} ties, claims and tables hold; read back: {outputs}; see {report}")
