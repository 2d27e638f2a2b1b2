"""`tieout preview` from the terminal."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys

import pytest


def run(project, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tieout", "preview", *arguments]
    return subprocess.run(command, cwd=project.root, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C cannot be sent to one process on Windows")
def test_it_says_where_it_is_and_ends_cleanly_on_ctrl_c(project):
    # a shell that starts the tests in the background lets them ignore Ctrl-C, and they their children
    listens = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{listens}; from tieout.cli import main; main(['preview', '--no-browser'])"
    started = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=project.root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    line = started.stdout.readline()
    address = re.fullmatch(r"paper\.qmd: http://127\.0\.0\.1:(\d+)/ \(Ctrl-C ends it\)\n", line)
    assert address
    assert re.fullmatch(r"paper\.qmd \d+ ms\n", started.stdout.readline())
    connection = http.client.HTTPConnection("127.0.0.1", int(address[1]), timeout=30)
    connection.request("GET", "/document")
    assert b"A paper" in connection.getresponse().read()
    connection.close()
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=30)
    assert (started.returncode, out.strip(), err) == (0, "ended", "")


def test_a_file_that_is_no_document_of_the_study_is_a_usage_error(project, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "other.qmd"
    elsewhere.write_text("text")
    for file in (str(elsewhere), "_quarto.yml", "absent.qmd"):
        done = run(project, file, "--no-browser")
        assert done.returncode == 2
        assert "is no .qmd file of this study" in done.stderr
