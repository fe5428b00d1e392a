"""Asking politely: the pace, the pauses, which faults pass and which do not, proxies and certificates."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

import pytest
import trustme
from support.replay.server import Replay, Reply

from csp_dash.ingest.fetch.client import Client, ClientSettings, ResponseError

QUICK = ClientSettings(per_second=200, tries=3, wait=0.05, longest=1.5, timeout=(1, 0.3))
GOOD = Reply(b'{"date": "2026-11-01"}')


@pytest.fixture
def replay(monkeypatch: pytest.MonkeyPatch) -> Iterator[Replay]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Replay() as server:
        yield server


def ask(url: str, manners: ClientSettings = QUICK) -> object:
    with Client(manners) as client:
        return client.json("GET", url)


def gaps(replay: Replay) -> list[float]:
    times = [asked.at for asked in replay.log]
    return [later - earlier for earlier, later in pairwise(times)]


def test_a_host_is_asked_at_most_so_often_and_told_by_whom(replay: Replay):
    replay.on("/a", GOOD)
    with Client(ClientSettings(per_second=20)) as client:
        for _ in range(8):
            client.json("GET", f"{replay.url}/a")
    assert len(replay.log) == 8
    assert sum(gaps(replay)) > 0.28, "seven gaps of 0.05 s; one that comes late on a busy machine shortens the next"
    assert replay.log[0].headers["user-agent"].startswith("csp-dash/")


def test_ten_a_second_is_the_pace_unless_told():
    assert ClientSettings().per_second == 10


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_publisher_is_asked_again_after_longer_and_longer_pauses(replay: Replay, status: int):
    replay.on("/a", Reply(b"", status), Reply(b"", status), GOOD)
    assert ask(f"{replay.url}/a") == {"date": "2026-11-01"}
    first, second = gaps(replay)
    assert first >= 0.05
    assert second >= 0.1


def test_the_pause_that_a_publisher_asks_for_is_kept(replay: Replay):
    replay.on("/a", Reply(b"", 429, {"Retry-After": "1"}), GOOD)
    ask(f"{replay.url}/a")
    assert 1 <= gaps(replay)[0] < 2


def test_the_pause_may_be_told_as_a_date(replay: Replay):
    when = datetime.now(UTC) + timedelta(seconds=2)
    replay.on("/a", Reply(b"", 503, {"Retry-After": format_datetime(when, usegmt=True)}), GOOD)
    ask(f"{replay.url}/a", ClientSettings(per_second=200, tries=2, wait=0.01, longest=5))
    assert 0.5 < gaps(replay)[0] < 3


def test_a_pause_that_is_too_long_ends_the_run_and_is_told(replay: Replay):
    replay.on("/a", Reply(b"", 429, {"Retry-After": "3600"}))
    with pytest.raises(ResponseError, match=r"429 \(Too Many Requests\), and asks to wait 3,600 seconds"):
        ask(f"{replay.url}/a")
    assert len(replay.log) == 1


def test_a_pause_that_makes_no_sense_counts_for_nothing(replay: Replay):
    replay.on("/a", Reply(b"", 429, {"Retry-After": "soon"}), GOOD)
    ask(f"{replay.url}/a")
    assert len(replay.log) == 2


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (Reply(b"", 500), r"500 \(Internal Server Error\)"),
        (Reply(fault="hang"), "did not answer in time|connection broke"),
        (Reply(b'{"a": 1234567890}', fault="reset"), "connection broke"),
        (Reply(b'{"a": 1234567890}', fault="short"), "connection broke"),
    ],
    ids=["error", "hang", "reset", "short"],
)
def test_tries_are_bounded_and_the_last_fault_is_told(replay: Replay, reply: Reply, why: str):
    replay.on("/a", reply)
    with pytest.raises(ResponseError, match=f"/a could not be fetched in 3 tries: .*({why})"):
        ask(f"{replay.url}/a")
    assert len(replay.log) == 3


@pytest.mark.parametrize("fault", ["hang", "reset", "short"])
def test_a_fault_of_the_network_may_pass(replay: Replay, fault: str):
    replay.on("/a", Reply(b'{"a": 1234567890}', fault=fault), GOOD)
    assert ask(f"{replay.url}/a") == {"date": "2026-11-01"}
    assert len(replay.log) == 2


def test_a_host_that_is_not_there_is_told():
    with Replay() as gone:
        url = gone.url
    with pytest.raises(ResponseError, match=r"in 3 tries: the connection broke \(.*refused"):
        ask(f"{url}/a")


@pytest.mark.parametrize(
    ("status", "hint"), [(404, "address in publishers.toml"), (400, "Try again"), (403, "Try again")]
)
def test_what_will_not_pass_is_asked_once(replay: Replay, status: int, hint: str):
    replay.on("/a", Reply(b"no", status))
    with pytest.raises(ResponseError, match=f"answered {status}.*{hint}") as caught:
        ask(f"{replay.url}/a")
    assert caught.value.status == status
    assert len(replay.log) == 1


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!DOCTYPE html><html><body>Down for maintenance</body></html>", "a web page or an error message, not JSON"),
        (b'[{"id": 1}, {"id": 2', "JSON that is cut short or damaged"),
        (b"", "JSON that is cut short or damaged"),
    ],
)
def test_an_answer_that_is_no_json_is_refused(replay: Replay, body: bytes, why: str):
    replay.on("/a", Reply(body))
    with pytest.raises(ResponseError, match=f"The answer of {replay.url}/a is {why}"):
        ask(f"{replay.url}/a")
    assert len(replay.log) == 1


def test_a_redirect_is_followed_at_the_same_pace(replay: Replay):
    replay.on("/a", Reply(b"", 307, {"Location": "/b"}))
    replay.on("/b", GOOD)
    assert ask(f"{replay.url}/a", ClientSettings(per_second=10)) == {"date": "2026-11-01"}
    assert replay.paths() == ["/a", "/b"]
    assert gaps(replay)[0] > 0.09


def test_redirects_without_end_are_told(replay: Replay):
    replay.on("/a", Reply(b"", 302, {"Location": "/a"}))
    with pytest.raises(ResponseError, match=r"cannot be asked \(Exceeded 30 redirects"):
        ask(f"{replay.url}/a")


# --- proxies and certificates --------------------------------------------------------------------


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def secure(authority: trustme.CA) -> Iterator[Replay]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Replay(context) as server:
        server.on("/a", GOOD)
        yield server


def test_a_proxy_of_the_environment_is_used(replay: Replay, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", replay.url)
    replay.on("/a", GOOD)
    assert ask("http://publisher.invalid/a") == {"date": "2026-11-01"}
    assert [asked.host for asked in replay.log] == ["publisher.invalid"]


def test_a_host_may_be_left_out_of_the_proxy(replay: Replay, monkeypatch: pytest.MonkeyPatch):
    with Replay() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        replay.on("/a", GOOD)
        ask(f"{replay.url}/a")
        assert (len(replay.log), len(proxy.log)) == (1, 0)


def test_a_proxy_that_is_not_there_is_told(replay: Replay, monkeypatch: pytest.MonkeyPatch):
    with Replay() as gone:
        monkeypatch.setenv("HTTP_PROXY", gone.url)
    with pytest.raises(ResponseError, match="the proxy could not be used"):
        ask("http://publisher.invalid/a")


def test_a_certificate_of_ones_own_is_trusted_when_it_is_named(
    replay: Replay, secure: Replay, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with pytest.raises(
        ResponseError, match=r"certificate of 127.0.0.1:\d+ is not trusted here .*set REQUESTS_CA_BUNDLE"
    ):
        ask(f"{secure.url}/a")
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    assert ask(f"{secure.url}/a") == {"date": "2026-11-01"}
    assert len(secure.log) == 1


def test_https_goes_through_the_proxy_with_the_certificate_checked(
    replay: Replay, secure: Replay, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("HTTPS_PROXY", replay.url)
    assert ask(f"{secure.url}/a") == {"date": "2026-11-01"}
    assert [(asked.method, asked.path) for asked in secure.log] == [("GET", "/a")]
    assert [asked.method for asked in replay.log] == ["CONNECT"]
