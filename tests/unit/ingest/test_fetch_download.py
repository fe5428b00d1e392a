"""Files: unchanged ones are not sent again, broken ones are resumed, wrong ones are refused, none is half there."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from support.replay.publishers import document, workbook, zipped
from support.replay.server import Replay, Reply, served

from csp_dash.ingest.fetch import download as fetch_download
from csp_dash.ingest.fetch import download_cards, publishers
from csp_dash.ingest.fetch.client import Client, ClientSettings, ResponseError
from csp_dash.ingest.fetch.download import attempt, download
from csp_dash.ingest.fetch.publishers import Publisher

QUICK = ClientSettings(per_second=200, tries=3, wait=0.01, longest=1, timeout=(5, 20))
CSV = b"MajorText,MinorText,202404\n" + b"".join(b"BURGLARY,HOME,%d\n" % number for number in range(20_000))
OTHER = CSV.replace(b"HOME", b"SHOP")
DATE = "Sun, 01 Nov 2026 09:00:00 GMT"


@pytest.fixture
def replay() -> Iterator[Replay]:
    with Replay() as server:
        yield server


@pytest.fixture
def bring(replay: Replay, tmp_path: Path) -> Any:
    """Brings /x of the replay server to x.csv (or another name) in a folder, and says what that changed."""
    publisher = Publisher("london_datastore", replay.url, "A publisher", "A licence", {})

    def work(name: str = "x.csv", kind: Any = "csv", path: str = "/x", **options: Any) -> str:
        with Client(QUICK) as client:
            return download(client, publisher, f"{replay.url}{path}", tmp_path / name, kind, **options)

    return work


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def broken_after(body: bytes, marks: dict[str, str]) -> Reply:
    return Reply(body, headers=marks, fault="reset")


def test_a_file_lies_there_whole_with_its_card(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", served(CSV, etag='"one"', date=DATE))
    assert bring() == "new"
    assert (tmp_path / "x.csv").read_bytes() == CSV
    assert files(tmp_path) == ["x.csv", "x.csv.card.json"]
    card = json.loads((tmp_path / "x.csv.card.json").read_text(encoding="utf-8"))
    assert abs((datetime.now(UTC) - datetime.fromisoformat(card.pop("fetched"))).total_seconds()) < 60
    assert card == {
        "source": "london_datastore",
        "url": f"{replay.url}/x",
        "publisher": "A publisher",
        "licence": "A licence",
        "bytes": len(CSV),
        "sha256": hashlib.sha256(CSV).hexdigest(),
        "etag": '"one"',
        "last_modified": DATE,
        "edition": "",
    }


@pytest.mark.parametrize("marks", [{"etag": '"one"'}, {"date": DATE}, {"etag": 'W/"weak"'}])
def test_what_has_not_changed_is_not_sent_again(replay: Replay, bring: Any, marks: dict[str, str]):
    replay.on("/x", served(CSV, **marks))
    assert [bring(), bring()] == ["new", "unchanged"]
    sent = replay.log[1].headers
    assert sent.get("if-none-match", sent.get("if-modified-since")) == next(iter(marks.values()))


def test_the_same_bytes_under_another_mark_are_unchanged(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", served(CSV, etag='"one"'), served(CSV, etag='"two"'))
    bring()
    before = (tmp_path / "x.csv").stat()
    assert bring() == "unchanged"
    assert (tmp_path / "x.csv").stat().st_ino == before.st_ino
    assert download_cards.read(tmp_path / "x.csv").etag == '"two"'


def test_a_changed_file_takes_the_place_of_the_old_one(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", served(CSV, etag='"one"'), served(OTHER, etag='"two"'))
    assert [bring(), bring()] == ["new", "changed"]
    assert (tmp_path / "x.csv").read_bytes() == OTHER


def test_an_edition_that_is_held_is_not_even_asked_for(replay: Replay, bring: Any):
    replay.on("/x", served(CSV))
    assert [bring(edition="a"), bring(edition="a"), bring(edition="b")] == ["new", "unchanged", "unchanged"]
    assert len(replay.log) == 2


@pytest.mark.parametrize("harm", ["altered", "gone", "card"])
def test_a_file_that_does_not_fit_its_card_is_fetched_anew(replay: Replay, bring: Any, tmp_path: Path, harm: str):
    replay.on("/x", served(CSV, etag='"one"'))
    bring()
    if harm == "altered":
        (tmp_path / "x.csv").write_bytes(CSV[:-2] + b"8\n")
    elif harm == "gone":
        (tmp_path / "x.csv").unlink()
    else:
        (tmp_path / "x.csv.card.json").write_text('{"source": 1}', encoding="utf-8")
    bring()
    assert "if-none-match" not in replay.log[1].headers
    assert (tmp_path / "x.csv").read_bytes() == CSV


# --- broken off --------------------------------------------------------------------------------------


@pytest.mark.parametrize("marks", [{"ETag": '"one"'}, {"Last-Modified": DATE}])
def test_the_rest_of_a_broken_file_is_asked_for(replay: Replay, bring: Any, tmp_path: Path, marks: dict[str, str]):
    good = served(CSV, etag=marks.get("ETag", ""), date=marks.get("Last-Modified", ""))
    replay.on("/x", broken_after(CSV, marks), good)
    assert bring() == "new"
    assert (tmp_path / "x.csv").read_bytes() == CSV
    sent = replay.log[1].headers
    start = int(sent["range"].removeprefix("bytes=").removesuffix("-"))
    assert 0 < start <= len(CSV) // 2
    assert sent["if-range"] == next(iter(marks.values()))
    assert files(tmp_path) == ["x.csv", "x.csv.card.json"]


def test_the_next_run_resumes_too(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), Reply(b"", 503), Reply(b"", 503), served(CSV, etag='"one"'))
    with pytest.raises(ResponseError, match="in 3 tries: it answered 503"):
        bring()
    assert files(tmp_path) == [".x.csv.part", ".x.csv.part.json"]
    assert bring() == "new"
    assert "range" in replay.log[3].headers
    assert (tmp_path / "x.csv").read_bytes() == CSV


def test_a_server_without_ranges_sends_it_all_anew(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), served(CSV, etag='"one"', ranges=False))
    assert bring() == "new"
    assert "range" in replay.log[1].headers
    assert (tmp_path / "x.csv").read_bytes() == CSV


def test_a_file_that_changed_meanwhile_is_not_joined_to_the_old_part(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), served(OTHER, etag='"two"'))
    assert bring() == "new"
    assert (tmp_path / "x.csv").read_bytes() == OTHER


def test_a_server_that_joins_two_versions_is_not_believed(replay: Replay, bring: Any, tmp_path: Path):
    def wrong(asked: Any) -> Reply:
        start = int(asked.headers["range"].removeprefix("bytes=").removesuffix("-"))
        told = {"Content-Range": f"bytes {start}-{len(OTHER) - 1}/{len(OTHER)}", "ETag": '"two"'}
        return Reply(OTHER[start:], 206, told)

    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), wrong, served(OTHER, etag='"two"'))
    bring()
    assert "range" not in replay.log[2].headers
    assert (tmp_path / "x.csv").read_bytes() == OTHER


def test_a_piece_from_elsewhere_in_the_file_is_not_joined(replay: Replay, bring: Any, tmp_path: Path):
    wrong = Reply(CSV[5:], 206, {"Content-Range": f"bytes 5-{len(CSV) - 1}/{len(CSV)}", "ETag": '"one"'})
    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), wrong, served(CSV, etag='"one"'))
    bring()
    assert (tmp_path / "x.csv").read_bytes() == CSV


def test_a_part_that_is_all_of_the_file_is_fetched_anew(replay: Replay, bring: Any, tmp_path: Path):
    (tmp_path / ".x.csv.part").write_bytes(CSV)
    note = {"url": f"{replay.url}/x", "mark": '"one"'}
    (tmp_path / ".x.csv.part.json").write_text(json.dumps(note), encoding="utf-8")
    replay.on("/x", served(CSV, etag='"one"'))
    assert bring() == "new"
    assert [("range" in asked.headers) for asked in replay.log] == [True, False]


def test_without_a_mark_of_the_version_a_part_is_not_resumed(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", broken_after(CSV, {"ETag": 'W/"weak"'}), served(CSV))
    assert bring() == "new"
    assert "range" not in replay.log[1].headers
    assert (tmp_path / "x.csv").read_bytes() == CSV


def test_a_part_of_another_address_is_not_resumed(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", broken_after(CSV, {"ETag": '"one"'}), Reply(b"", 404))
    with pytest.raises(ResponseError):
        bring()
    replay.on("/y", served(OTHER, etag='"one"'))
    assert bring(path="/y") == "new"
    assert "range" not in replay.log[-1].headers
    assert (tmp_path / "x.csv").read_bytes() == OTHER


def test_a_body_that_is_shorter_than_it_says_is_no_file(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", Reply(CSV, fault="short"))
    with pytest.raises(ResponseError, match="in 3 tries: the connection broke"):
        bring()
    assert "x.csv" not in files(tmp_path)


def test_a_packed_answer_is_unpacked(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", Reply(gzip.compress(CSV), headers={"Content-Encoding": "gzip", "ETag": '"one"'}))
    assert bring() == "new"
    assert replay.log[0].headers["accept-encoding"] == "identity"
    assert (tmp_path / "x.csv").read_bytes() == CSV


def test_a_redirected_file_keeps_the_address_that_was_asked_for(replay: Replay, bring: Any, tmp_path: Path):
    replay.on("/x", Reply(b"", 302, {"Location": "/far/x?token=1"}))
    replay.on("/far/x", served(CSV, etag='"one"'))
    assert [bring(), bring()] == ["new", "unchanged"]
    assert replay.log[-1].headers["if-none-match"] == '"one"'
    assert download_cards.read(tmp_path / "x.csv").url == f"{replay.url}/x"


# --- not what was asked for --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "body", "why"),
    [
        ("csv", b"\xef\xbb\xbf  <!DOCTYPE html><html>Sorry</html>", "is a web page or an error message, not CSV"),
        ("csv", b'<?xml version="1.0"?><Error/>', "is a web page or an error message, not CSV"),
        ("csv", b'{"error": "no such table"}', "is JSON, perhaps an error message, not CSV"),
        ("csv", b"Internal error", "has no columns in its first line, so it is not CSV"),
        ("csv", b"MajorText,MinorText\n", "has a header and no rows"),
        ("csv", b"PK\x03\x04...", "is packed or binary, not CSV"),
        ("csv", b"", "is empty"),
        ("zip", b"<html>Sorry</html>", "is a web page or an error message, not ZIP"),
        ("zip", zipped("a.csv", "a,b\n1,2\n")[:-30], "does not open as ZIP"),
        ("zip", zipped("a.csv", "a,b\n1,2\n").replace(b"1,2", b"1,3", 1), "is damaged at 'a.csv'"),
        ("xlsx", zipped("a.csv", "a,b\n1,2\n"), "is a zip but no workbook"),
        ("xlsx", CSV, "does not open as XLSX"),
        ("ods", workbook("a,b\n1,2"), "is a zip but no workbook"),
    ],
)
@pytest.mark.parametrize("held", [False, True], ids=["nothing before", "a file before"])
def test_a_wrong_file_is_refused_and_the_one_of_before_stays(
    replay: Replay, bring: Any, tmp_path: Path, kind: str, body: bytes, why: str, held: bool
):
    good = {
        "csv": CSV,
        "zip": zipped("a.csv", "a,b\n1,2\n"),
        "xlsx": workbook("a,b\n1,2"),
        "ods": document("a,b\n1,2"),
    }[kind]
    name = f"x.{kind}"
    if held:
        replay.on("/x", Reply(good))
        bring(name, kind)
    replay.on("/x", Reply(body))
    with pytest.raises(ResponseError, match=why) as caught:
        bring(name, kind)
    assert str(caught.value).startswith(f"{name} from {replay.url}/x ")
    assert str(caught.value).endswith("The file of before is kept." if held else "Try again later.")
    assert files(tmp_path) == ([name, f"{name}.card.json"] if held else [])
    assert not held or download_cards.read(tmp_path / name).sha256 == hashlib.sha256(good).hexdigest()


def test_a_good_zip_and_a_good_workbook_are_taken(replay: Replay, bring: Any):
    replay.on("/x", Reply(zipped("a.csv", "a,b\n1,2\n")), Reply(workbook("a,b\n1,2")))
    assert [bring("x.zip", "zip"), bring("y.xlsx", "xlsx")] == ["new", "new"]


def test_a_full_disk_is_an_outcome(replay: Replay, bring: Any, monkeypatch: pytest.MonkeyPatch):
    class Full:
        def __init__(self, **_: Any) -> None:
            """As a bar is made."""

        def __enter__(self) -> Full:
            return self

        def __exit__(self, *_: object) -> None:
            """As a bar ends."""

        def update(self, _: int) -> None:
            raise OSError(28, "No space left on device")

    replay.on("/x", served(CSV))
    monkeypatch.setattr(fetch_download, "tqdm", Full)
    told = attempt("london_datastore", "x.csv", bring)
    assert (told.state, told.why) == ("failed", "It could not be written (No space left on device).")


def test_no_bar_is_drawn_where_there_is_no_terminal(replay: Replay, bring: Any, capsys: pytest.CaptureFixture[str]):
    replay.on("/x", served(CSV))
    bring()
    assert capsys.readouterr() == ("", "")


def test_a_bar_is_drawn_on_a_terminal(replay: Replay, bring: Any, monkeypatch: pytest.MonkeyPatch):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    replay.on("/x", served(CSV))
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    bring()
    assert "x.csv:   0%" in screen.getvalue()


def test_a_run_that_is_killed_leaves_no_half_file_and_the_next_one_completes(
    replay: Replay, bring: Any, tmp_path: Path
):
    """Killed at five moments of a slow transfer, each run resuming the one before."""
    code = (
        "import sys; from pathlib import Path\n"
        "from csp_dash.ingest.fetch.download import download\n"
        "from csp_dash.ingest.fetch.publishers import Publisher\n"
        "from csp_dash.ingest.fetch.client import Client, ClientSettings\n"
        "base, target = sys.argv[1:]\n"
        "with Client(ClientSettings()) as client:\n"
        "    download(client, Publisher('s', base, 'p', 'l', {}), base + '/x', Path(target), 'csv')\n"
    )
    good = served(CSV, etag='"one"')

    def slow(asked: Any) -> Reply:
        reply = good(asked)
        return Reply(reply.body, reply.status, reply.headers, fault="slow")

    replay.on("/x", slow)
    moments = random.Random(5)
    target = tmp_path / "x.csv"
    for _ in range(5):
        asked = len(replay.log)
        command = [sys.executable, "-c", code, replay.url, str(target)]
        run = subprocess.Popen(command, cwd=Path(publishers.__file__).parents[3], start_new_session=True)
        while len(replay.log) == asked and run.poll() is None:
            time.sleep(0.01)
        time.sleep(moments.uniform(0.02, 0.25))
        os.kill(run.pid, signal.SIGKILL)
        run.wait()
        if target.exists():
            assert target.read_bytes() == CSV
    replay.on("/x", good)
    assert bring() in ("new", "unchanged")
    assert target.read_bytes() == CSV
    assert files(tmp_path) == ["x.csv", "x.csv.card.json"]
    assert any("range" in one.headers for one in replay.log)
