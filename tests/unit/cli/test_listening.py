"""The port that is served and the files that may be open, and how many processes are asked for."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest
from support import ROOT

from csp_dash.cli.listening import ENOUGH_FILES, PortBusy, listen, look_port
from csp_dash.cli.main import main
from csp_dash.cli.serve import processors

LIMITED = """
import resource, sys
soft, hard = map(int, sys.argv[1:])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
from csp_dash.cli.listening import allow_files
said = allow_files()
print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])
import subprocess
print(subprocess.run([sys.executable, "-c", "import resource; print(resource.getrlimit(resource.RLIMIT_NOFILE)[0])"],
    capture_output=True, text=True).stdout.strip())
print(said)
"""


@pytest.mark.parametrize("host", ["127.0.0.1", ""])
def test_a_busy_port_is_a_sentence_that_names_another(host: str):
    with socket.socket() as other:
        other.bind((host, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortBusy) as caught:
            look_port(port)
        with pytest.raises(PortBusy) as again:
            listen("", port)
    assert str(again.value) == str(caught.value)
    assert str(port) in str(caught.value)
    suggested = int(str(caught.value).split("PORT=")[1].rstrip("."))
    assert suggested != port and 1024 <= suggested <= 65_535


def test_a_free_port_is_left_free():
    with socket.socket() as other:
        other.bind(("", 0))
        port = other.getsockname()[1]
    look_port(port)
    look_port(port)
    with listen("127.0.0.1", port), pytest.raises(PortBusy):
        look_port(port)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_all_of_this_machine_is_served_unless_an_address_is_given(host: str):
    if ":" in host and not socket.has_dualstack_ipv6():
        pytest.skip("this machine speaks one version of the protocol")
    with listen("", 0) as door:
        socket.create_connection((host, door.getsockname()[1]), timeout=5).close()


def limited(soft: int, hard: int) -> tuple[int, int, str]:
    """Files that a process with these limits may open after `allow_files`, those of a child of it, and what was said."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(soft), str(hard)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    own, child, *said = done.stdout.splitlines()
    return int(own), int(child), " ".join(said)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_as_many_files_as_the_machine_allows_and_a_sentence_where_those_are_few():
    assert limited(256, ENOUGH_FILES) == (ENOUGH_FILES, ENOUGH_FILES, "")
    own, child, said = limited(128, 256)
    assert (own, child) == (256, 256)
    assert "256 files" in said and "about 64 viewers" in said and "ulimit" in said and "LimitNOFILE" in said


def test_several_processes_are_asked_for_by_number_or_by_what_the_machine_has(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    asked: list[int] = []
    monkeypatch.setattr("csp_dash.cli.serve.run", lambda port: asked.append(1))
    monkeypatch.setattr("csp_dash.cli.serve.run_several", lambda port, workers: asked.append(workers))
    monkeypatch.setattr("csp_dash.cli.serve.processors", lambda: 7)
    monkeypatch.setattr("csp_dash.cli.serve.allow_files", lambda: "Few files.")
    for words in ([], ["--workers", "1"], ["--workers", "3"], ["--workers", "auto"]):
        assert main(["serve", "--port", "0", *words]) == 0
    assert asked == [1, 1, 3, 7]
    assert capsys.readouterr().err == "Few files.\n" * 4
    for wrong in ("0", "-1", "two", "1.5"):
        assert main(["serve", "--workers", wrong]) == 2
        assert f"'{wrong}' is not a number of processes. Give 1 or more, or auto." in capsys.readouterr().err
    assert processors() >= 1


def test_several_processes_speak_no_tls_and_say_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(
        "streamlit.config.get_option", lambda name: "cert.pem" if name == "server.sslCertFile" else None
    )
    assert main(["serve", "--port", "0", "--workers", "2"]) == 2
    assert "Put a proxy that does in front of them, or use --workers 1." in capsys.readouterr().err
