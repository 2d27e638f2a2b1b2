"""`tieout preview`: show a document in the browser, and again at each save."""

from __future__ import annotations

import threading
import webbrowser
from pathlib import Path

import click

from tieout.cli._study import open_project
from tieout.cli._update import bring_up_to_date
from tieout.values.freshness import registry_files
from tieout.values.project import Project


@click.command()
@click.argument("file", required=False, metavar="[FILE]")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="The port; a free one by default.")
@click.option("--no-browser", is_flag=True, help="Print the address and open nothing.")
def command(file: str | None, port: int, *, no_browser: bool) -> None:
    """Show a document in the browser, and again at each save, with what stands behind its numbers.

    Beside the page stand the results behind its ties, the venue's budget and the findings; a new cut shows
    what it changed. Only this machine can see it. Ctrl-C ends it. Without FILE, the first document is shown.

    \b
    Example:
        tieout preview
        tieout preview manuscript.qmd --port 4200 --no-browser
    """
    from tieout.cli._report import previous_store  # noqa: PLC0415  (keeps --help quick)
    from tieout.document.preview.server import HOST, Site, open_server  # noqa: PLC0415
    from tieout.document.preview.session import Board, run_preview  # noqa: PLC0415

    project = open_project()
    name = _document_name(file, project)
    # without the registry nothing can be derived, and the page itself says that the results are stale
    bring_up_to_date(project, allow_stale=not registry_files(project))
    board = Board()
    server = open_server(Site(board, project.output, name), port)
    threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
    address = f"http://{HOST}:{server.server_port}/"
    click.echo(f"{name}: {address} (Ctrl-C ends it)")
    if not no_browser:
        webbrowser.open(address)
    try:
        run_preview(name, project, previous_store(project), board, click.echo)
    except KeyboardInterrupt:
        click.echo("\nended")
    finally:
        board.close()
        server.shutdown()
        server.server_close()


def _document_name(file: str | None, project: Project) -> str:
    if file is None:
        if not project.documents:
            raise click.UsageError("this study has no document: name one")
        return project.documents[0]
    path = Path(file).resolve()
    if not path.is_file() or path.suffix != ".qmd" or not path.is_relative_to(project.root):
        raise click.BadParameter(f"{file} is no .qmd file of this study", param_hint="FILE")
    return project.relative(path)
