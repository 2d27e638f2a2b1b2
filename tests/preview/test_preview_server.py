"""Who may see a preview, and what of the study."""

from __future__ import annotations

import http.client
import socket

import pytest

from tieout.document.preview.server import Site, open_server, output_file, refusal
from tieout.document.preview.session import Board
from tieout.values.finding import FindingsError


@pytest.fixture
def output(project):
    project.output.mkdir()
    (project.output / "paper.txt").write_text("the paper")
    (project.output / "report.html").write_text("<script>1</script>")
    (project.output / ".hidden").write_text("no")
    return project.output


def test_it_listens_on_the_loopback_alone(previewed):
    assert previewed.server.server_address[0] == "127.0.0.1"
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", previewed.port), timeout=5)


def test_a_taken_port_is_a_finding(previewed):
    with pytest.raises(FindingsError, match="preview/port"):
        open_server(Site(Board(), previewed.project.output, "x"), previewed.port)


def test_files_of_the_output_folder_are_served(previewed, output):
    answer, content = previewed.get("/output/paper.txt")
    assert (answer.status, content) == (200, b"the paper")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "/output/../_quarto.yml",
        "/output/%2e%2e/_quarto.yml",
        "/output/..%2f_quarto.yml",
        "/output//etc/passwd",
        "/output/%2fetc%2fpasswd",
        "/output/..\\_quarto.yml",
        "/output/x%00.txt",
        "/output/.hidden",
        "/output/",
        "/output/out/protocol.toml",
        "/_quarto.yml",
        "/paper.qmd",
        "/results/results.json",
        "/image/../_quarto.yml",
        "/image/paper.qmd",
        "//etc/passwd",
        "/..",
    ],
)
def test_nothing_outside_of_the_output_folder_is_served(previewed, output, path):
    (output / "out").symlink_to(previewed.project.root / "analysis")
    answer, content = previewed.get(path)
    assert answer.status == 404
    assert content == b"there is nothing here\n"


def test_a_name_that_leads_out_of_the_folder_names_no_file(output):
    assert output_file(output, "paper.txt") == output / "paper.txt"
    for name in ("../_quarto.yml", "./paper.txt", "/etc/passwd", "a\\b", "..", ""):
        assert output_file(output, name) is None


@pytest.mark.parametrize("path", ["/", "/document", "/events", "/output/paper.txt"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "study.example"},
        {"Host": "study.example:{port}"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
        {"Host": "[::1]:{port}"},
        {"Origin": "null"},
        {"Origin": "https://study.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_other_names_and_other_origins_learn_nothing(previewed, output, path, headers):
    given = {name: value.format(port=previewed.port) for name, value in headers.items()}
    answer, content = previewed.get(path, **given)
    assert answer.status == 403
    assert content.startswith(b"this server answers")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_its_own_names_and_its_own_pages_are_answered():
    for name in ("127.0.0.1", "localhost", "LOCALHOST"):
        assert refusal({"host": f"{name}:80"}, 80) == ""
    own = {"host": "localhost:80", "origin": "http://localhost:80", "sec-fetch-site": "same-origin"}
    assert refusal(own, 80) == ""
    assert refusal({}, 80) != ""


def test_a_request_with_two_hosts_is_refused(previewed):
    with socket.create_connection(("127.0.0.1", previewed.port), timeout=30) as link:
        host = f"Host: 127.0.0.1:{previewed.port}\r\n"
        link.sendall(f"GET / HTTP/1.1\r\n{host}Host: study.example\r\n\r\n".encode())
        assert link.recv(64).startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "HEAD"])
def test_nothing_can_be_sent(previewed, method):
    connection = http.client.HTTPConnection("127.0.0.1", previewed.port, timeout=30)
    connection.request(method, "/")
    answer = connection.getresponse()
    assert answer.status == 501
    assert "Access-Control-Allow-Origin" not in answer.headers
    connection.close()


def test_scripts_run_only_where_they_are_ours(previewed, output):
    previewed.until("page")
    shell, own = previewed.get("/")
    nonce = shell.headers["Content-Security-Policy"].partition("script-src 'nonce-")[2].partition("'")[0]
    assert nonce
    assert f'<script nonce="{nonce}">'.encode() in own
    assert "script-src" not in previewed.get("/document")[0].headers["Content-Security-Policy"]
    report = previewed.get("/output/report.html")[0].headers["Content-Security-Policy"]
    assert report.startswith("sandbox allow-scripts; default-src 'none'")
