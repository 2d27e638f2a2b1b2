"""Serving a preview on this machine alone: the page, its pictures, its messages and the output folder."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import resources
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import unquote, urlsplit

from tieout.document.preview.session import Board
from tieout.values.finding import Finding, FindingsError

HOST = "127.0.0.1"
_NAMES = (HOST, "localhost")
_HEARTBEAT_S = 15.0
_OWN = "default-src 'none'; base-uri 'none'; form-action 'none'"
# The author's page has styles and no script; a report of the output folder has both and is kept apart.
_PAGE_POLICY = (
    f"{_OWN}; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; frame-ancestors 'self'"
)
_REPORT_POLICY = (
    f"sandbox allow-scripts; {_OWN}; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "img-src data:; font-src data:; frame-ancestors 'none'"
)
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_WAITING = "<!doctype html><title>Preview</title><body></body>"


@dataclass(frozen=True, slots=True)
class Site:
    """What is served: the board of a preview, and the output folder."""

    board: Board
    output: Path
    title: str


class _Server(ThreadingHTTPServer):
    """A server whose threads end with the program, and which knows its site."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, port: int, site: Site) -> None:
        self.site = site
        super().__init__((HOST, port), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that went away."""


def open_server(site: Site, port: int = 0) -> ThreadingHTTPServer:
    """Return a server on 127.0.0.1, at a free port unless one is chosen; it listens, and serves when run.

    Raises
    ------
    FindingsError
        when the port is taken.
    """
    try:
        return _Server(port, site)
    except OSError as error:
        facts = {"port": str(port), "reason": error.strerror or str(error)}
        remedy = "choose another with --port, or leave it out"
        finding = Finding("preview/port", "this port cannot be listened on", None, facts, remedy)
        raise FindingsError([finding]) from None


def refusal(headers: Mapping[str, str], port: int) -> str:
    """Return why a request is refused, from its headers in lower case; an empty string when it is not.

    Another host's name means that somebody's site resolves to this machine; another origin, that somebody's
    page asks in the reader's name. Neither learns anything.
    """
    hosts = {f"{name}:{port}" for name in _NAMES}
    if headers.get("host", "").lower() not in hosts:
        return "this server answers to its own name only"
    origin = headers.get("origin")
    if origin is not None and origin.lower() not in {f"http://{host}" for host in hosts}:
        return "this server answers its own pages only"
    if headers.get("sec-fetch-site", "none") not in {"same-origin", "none"}:
        return "this server answers its own pages only"
    return ""


def output_file(folder: Path, name: str) -> Path | None:
    """Return the file of the output folder that a decoded path names; None for all else, hidden ones too."""
    if "\\" in name or "\0" in name:
        return None
    parts = name.split("/")
    if any(part in {"", ".", ".."} or part.startswith(".") for part in parts):
        return None
    inside = folder.resolve()
    path = inside.joinpath(*parts).resolve()  # a link out of the folder leads out of it
    return path if path.is_relative_to(inside) and path.is_file() else None


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    server_version = "tieout"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        """Answer one of the few addresses that there are."""
        headers = {name.lower(): value for name, value in self.headers.items()}
        hosts = self.headers.get_all("Host") or []
        reason = refusal(headers, self.server.server_port)
        if reason or len(hosts) != 1:
            self._refuse(HTTPStatus.FORBIDDEN, reason or "one host, please")
            return
        path = urlsplit(self.path).path
        board = self.server.site.board
        if path == "/":
            self._shell()
        elif path == "/document":
            html = board.html() or _WAITING
            self._answer(html.encode(), "text/html; charset=utf-8", _PAGE_POLICY)
        elif path == "/events":
            self._events(board)
        elif path.startswith("/image/") and (image := board.image(path.removeprefix("/image/"))):
            self._answer(
                image.content, image.kind, f"{_OWN}; style-src 'unsafe-inline'", "max-age=31536000, immutable"
            )
        elif path.startswith("/output/"):
            self._output(unquote(path.removeprefix("/output/")))
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")

    def _shell(self) -> None:
        nonce = secrets.token_urlsafe(16)
        template = resources.files("tieout.document.preview") / "templates" / "preview.html"
        page = Template(template.read_text(encoding="utf-8")).substitute(
            title=escape(self.server.site.title), nonce=nonce
        )
        policy = (
            f"{_OWN}; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; connect-src 'self'; "
            "frame-src 'self'; frame-ancestors 'none'"
        )
        self._answer(page.encode(), "text/html; charset=utf-8", policy)

    def _output(self, name: str) -> None:
        path = output_file(self.server.site.output, name)
        if path is None:
            self._refuse(HTTPStatus.NOT_FOUND, "there is nothing here")
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        is_page = kind in {"text/html", "image/svg+xml"}
        text = "; charset=utf-8" if kind.startswith("text/") else ""
        self._answer(path.read_bytes(), kind + text, _REPORT_POLICY if is_page else _OWN)

    def _events(self, board: Board) -> None:
        self.close_connection = True
        self._head(HTTPStatus.OK, "text/event-stream; charset=utf-8", {"Cache-Control": "no-store"})
        last = 0
        while not board.is_closed:
            newer = board.after(last, _HEARTBEAT_S)
            text = "".join(f"event: {kind}\ndata: {data}\n\n" for _, kind, data in newer)
            self.wfile.write((text or ": still here\n\n").encode())
            self.wfile.flush()
            last = newer[-1][0] if newer else last

    def _answer(self, content: bytes, kind: str, policy: str, cache: str = "no-store") -> None:
        more = {
            "Content-Length": str(len(content)),
            "Content-Security-Policy": policy,
            "Cache-Control": cache,
        }
        self._head(HTTPStatus.OK, kind, more)
        self.wfile.write(content)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        self.close_connection = True
        content = f"{reason}\n".encode()
        self._head(status, "text/plain; charset=utf-8", {"Content-Length": str(len(content))})
        self.wfile.write(content)

    def _head(self, status: HTTPStatus, kind: str, more: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, **_HEADERS, **more}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the name is the library's)
        """Keep the terminal for what concerns the author."""
