"""Releases: whole or not there, live by one small file, whatever is cut off on the way."""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support import ROOT
from support import releases as new_release

from csp_dash import queries
from csp_dash.catalogue import Catalogue
from csp_dash.domain.settings import Settings
from csp_dash.panels.dataset import open_data
from csp_dash.warehouse import (
    Busy,
    NothingNew,
    ReleaseError,
    ReleaseInfo,
    Releases,
    Snapshot,
    SnapshotError,
    Warehouse,
    database,
    releases,
)


def small(folder: Path, figure: str, told: str = "") -> str:
    """A snapshot of one figure, with what is told of its making; its name."""
    (folder / "data" / "facts").mkdir(parents=True, exist_ok=True)
    (folder / "data" / "tables").mkdir(exist_ok=True)
    (folder / "data" / "facts" / "one.parquet").write_text(figure)
    (folder / "data" / "tables" / "intake.parquet").write_text(told)
    files = {
        f"data/{name}": hashlib.sha256((folder / "data" / name).read_bytes()).hexdigest()
        for name in ("facts/one.parquet", "tables/intake.parquet")
    }
    name = f"2026-03-{hashlib.sha256(json.dumps(files).encode()).hexdigest()[:8]}"
    (folder / "data" / "manifest.json").write_text(json.dumps({"release": name, "files": files}))
    return name


@pytest.fixture
def kept(tmp_path: Path) -> Releases:
    """Releases beside a bundled snapshot of one figure."""
    small(tmp_path / "bundled", "bundled")
    return Releases(tmp_path / "cache", tmp_path / "bundled")


def again(kept: Releases) -> Releases:
    """The same as another process sees it."""
    return Releases(kept.cache, kept.root)


def publish(kept: Releases, figure: str, about: ReleaseInfo | None = None) -> str:
    with kept.making() as folder:
        small(folder, figure)
        return kept.publish(folder, about or ReleaseInfo(took_in=(f"{figure}.csv",))).release


def bundled(kept: Releases) -> str:
    return Snapshot.open(kept.root).release


def left(kept: Releases) -> list[str]:
    """What killed makers leave."""
    return [path.name for path in (*kept.folder.glob(".making-*"), *kept.cache.glob(".current-*"))]


# --- what is live --------------------------------------------------------------------------------


def test_without_a_release_the_bundled_snapshot_is_live_and_nothing_is_written(kept: Releases):
    assert kept.live().root == kept.root
    assert [(item.name, item.live, item.bundled) for item in kept.all()] == [(bundled(kept), True, True)]
    assert kept.notices() == []
    assert not kept.cache.exists()


def test_a_published_release_is_live_with_its_story(kept: Releases):
    told = ReleaseInfo(
        took_in=("a.csv", "b.zip!c.csv"),
        accepted={"orphan_area": "A new ward."},
        preferred={"a.csv": "It is right."},
        report="# Report\n",
    )
    name = publish(kept, "first", told)
    live = again(kept).live()
    assert live.release == name and live.root == kept.folder / name
    live.check()
    about = live.about
    assert (about.parent, about.grew_from) == (bundled(kept), bundled(kept))
    assert (about.took_in, dict(about.accepted)) == (told.took_in, dict(told.accepted))
    assert dict(about.preferred) == {"a.csv": "It is right."}
    assert about.made.endswith("+00:00")
    assert (live.root / "report.md").read_text() == "# Report\n"
    assert left(kept) == []
    first, last = kept.all()
    assert (first.name, first.live, last.live, last.bundled) == (name, True, False, True)
    assert first.size > 0 and first.about == about


def test_a_second_release_grows_from_the_first(kept: Releases):
    one, two = publish(kept, "one"), publish(kept, "two")
    assert kept.live_name() == two
    assert (kept.live().about.parent, kept.live().about.grew_from) == (one, bundled(kept))
    assert {item.name for item in kept.all()} == {one, two, bundled(kept)}


@pytest.mark.parametrize("live_first", [False, True])
def test_the_same_figures_are_nothing_new(kept: Releases, live_first: bool):
    figure = "bundled"
    if live_first:
        figure = "one"
        publish(kept, figure)
    before = kept.live_name()
    with kept.making() as folder, pytest.raises(NothingNew, match=f"Nothing new.*{before}"):
        small(folder, figure, "another file told the same")
        assert not kept.is_news(Snapshot.open(folder))
        kept.publish(folder, ReleaseInfo())
    assert kept.live_name() == before
    assert left(kept) == []


def test_a_release_that_is_not_whole_is_refused(kept: Releases):
    with kept.making() as folder, pytest.raises(SnapshotError, match=r"one.parquet is not as released"):
        small(folder, "one")
        (folder / "data" / "facts" / "one.parquet").write_text("cut")
        kept.publish(folder, ReleaseInfo())
    assert kept.live_name() == bundled(kept) and left(kept) == []


def test_a_name_that_is_no_name_is_refused(kept: Releases):
    with kept.making() as folder, pytest.raises(ReleaseError, match="cannot be the name"):
        small(folder, "one")
        manifest = folder / "data" / "manifest.json"
        manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "release": "../../elsewhere"}))
        kept.publish(folder, ReleaseInfo())
    assert kept.live_name() == bundled(kept)


def test_what_was_rolled_back_can_be_taken_in_again(kept: Releases, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(releases, "database", lambda *_: None)
    monkeypatch.setattr(releases, "declared", lambda *_: None)
    one = publish(kept, "one")
    kept.rollback()
    assert publish(kept, "one") == one and kept.live_name() == one
    shutil.rmtree(kept.folder / one / "data" / "facts")
    kept.pointer.write_text("bundled\n")
    assert publish(kept, "one") == one, "a damaged one of that name gives way"
    kept.live().check()


@pytest.mark.parametrize(
    "content",
    [b"../bundled", b"no-such-release", b"\xff\xfe\x00", b".making-1", b"a\nb", b"x" * 5000, b"/etc", b"releases/one"],
)
def test_an_unusable_pointer_shows_the_bundled_snapshot_and_says_so(
    kept: Releases, content: bytes, caplog: pytest.LogCaptureFixture
):
    publish(kept, "one")
    kept.pointer.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        assert again(kept).live().root == kept.root
    if content[:1] == b"\xff":
        return  # as good as no pointer
    assert "cannot be used" in caplog.text and bundled(kept) in caplog.text
    (notice,) = kept.notices()
    assert "cannot be used" in notice and "rollback" in notice


@pytest.mark.parametrize("name", ["data/manifest.json", "release.json"])
@pytest.mark.parametrize("content", [None, b"{", b"[]", b'{"accepted": []}', b'{"preferred": []}'])
def test_a_live_release_that_is_damaged_is_said_to_be(kept: Releases, name: str, content: bytes | None):
    release = publish(kept, "one")
    path = kept.folder / release / name
    if content is None:
        path.unlink()
        if name == "release.json":
            return  # it is whole without a story
    else:
        path.write_bytes(content)
    assert kept.live().root == kept.root
    assert "rollback" in kept.notices()[0]
    assert [item.trouble != "" for item in kept.all()] == [True, False]


def test_a_folder_in_the_place_of_the_pointer_is_no_crash(kept: Releases):
    kept.pointer.mkdir(parents=True)
    assert kept.live().root == kept.root
    with pytest.raises(ReleaseError, match="cannot be written"):
        publish(kept, "one")
    assert kept.live().root == kept.root


def test_a_newer_checkout_is_told_and_changes_nothing(kept: Releases):
    grew_from, name = bundled(kept), publish(kept, "one")
    newer = small(kept.root, "of the next checkout")
    assert kept.live_name() == name
    (notice,) = kept.notices()
    assert name in notice and grew_from in notice and newer in notice
    with pytest.raises(ReleaseError, match="not kept any more"):
        kept.rollback()
    assert kept.live_name() == name


# --- going back ----------------------------------------------------------------------------------


def test_rollback_goes_to_the_parent_to_any_and_to_the_bundled(kept: Releases, monkeypatch: pytest.MonkeyPatch):
    made = []
    monkeypatch.setattr(releases, "declared", lambda snapshot, catalogue: catalogue)
    monkeypatch.setattr(releases, "database", lambda snapshot, *_: made.append((snapshot.release, kept.live_name())))
    one, two, three = (publish(kept, figure) for figure in ("one", "two", "three"))
    assert kept.rollback().release == two == kept.live_name()
    assert made == [(two, three)], "the database is made before the swap"
    assert kept.rollback(three).release == three == kept.live_name()
    assert kept.rollback("bundled").root == kept.root == kept.live().root
    with pytest.raises(ReleaseError, match="nothing came before"):
        kept.rollback()
    assert kept.rollback(one).release == one == kept.live_name()
    with pytest.raises(ReleaseError, match="live already"):
        kept.rollback(one)
    with pytest.raises(ReleaseError, match=f"no release 'four'.*{two}"):
        kept.rollback("four")
    assert kept.live_name() == one
    assert kept.rollback().root == kept.root, "the parent of the first is the bundled one"
    assert {item.name for item in kept.all()} == {one, two, three, bundled(kept)}


def test_rollback_to_one_that_cannot_be_used_changes_nothing(kept: Releases):
    one, two = publish(kept, "one"), publish(kept, "two")
    with pytest.raises(SnapshotError):
        kept.rollback(one)  # its one file is no Parquet file
    assert kept.live_name() == two


def test_a_real_release_is_shown_and_taken_back(catalogue: Catalogue, tmp_path: Path):
    kept, settings = Releases(tmp_path), Settings(cache=str(tmp_path))
    with kept.making() as folder:
        name = new_release.write(folder)
        kept.publish(folder, ReleaseInfo(took_in=("one.csv",)))
    data = open_data(catalogue, settings)
    assert data.release == name
    assert newest_figure(data.warehouse) == newest_figure(bundled_warehouse(catalogue, tmp_path)) + 1000
    assert kept.rollback(catalogue=catalogue).release == Snapshot.open().release
    assert open_data(catalogue, settings).release == Snapshot.open().release
    assert open_data(catalogue, settings, Snapshot.open(kept.folder / name)).release == name


def bundled_warehouse(catalogue: Catalogue, cache: Path) -> Warehouse:
    return Warehouse(database(Snapshot.open(), catalogue, cache))


def newest_figure(warehouse: Warehouse) -> float:
    frame = queries.series(warehouse, indicator="total_offences", areas=[new_release.AREA])
    return float(frame[frame["start"] == new_release.MONTH]["numerator"].iloc[0])


# --- pruning -------------------------------------------------------------------------------------


def test_pruning_keeps_the_newest_the_live_one_and_its_parent(kept: Releases):
    names = [
        publish(kept, str(number), ReleaseInfo(made=f"2026-01-0{number}T00:00:00+00:00")) for number in range(1, 8)
    ]
    for name in names:
        (kept.cache / f"csp-{name}-12345678.duckdb").write_text("")
    (kept.cache / "csp-2026-03-other000-12345678.duckdb").write_text("")
    kept.pointer.write_text(f"{names[2]}\n")
    assert set(kept.prune(keep=2)) == {names[0], names[3], names[4]}
    assert {item.name for item in kept.all() if not item.bundled} == {names[1], names[2], names[5], names[6]}
    assert kept.live_name() == names[2]
    there = {path.name[4:-16] for path in kept.cache.glob("csp-*")}
    assert there == {names[1], names[2], names[5], names[6], "2026-03-other000"}
    assert kept.prune(keep=2) == [] and left(kept) == []
    assert set(kept.prune(keep=0)) == {names[5], names[6]}
    assert kept.live_name() == names[2]


# --- taking turns --------------------------------------------------------------------------------

HOLDER = """
import sys, time
from csp_dash.warehouse import Releases
with Releases(sys.argv[1]).making() as folder:
    (folder / "half").write_text("made")
    print(folder.name, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def held(kept: Releases) -> Callable[[], subprocess.Popen[str]]:
    """Starts another process that makes a release, and waits until it does."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(kept.cache)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        assert process.stdout and process.stdout.readline().startswith(".making-")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_a_second_maker_refuses_with_who_and_since_when_and_the_dead_are_cleared(
    kept: Releases, held: Callable[[], subprocess.Popen[str]]
):
    other = held()
    for refused in (kept.making(), kept.lock()):
        with pytest.raises(Busy, match=rf"number {other.pid}, since \d\d:\d\d on "), refused:
            pass
    for act in (kept.prune, kept.rollback):
        with pytest.raises(Busy):
            act()
    began = time.monotonic()
    with pytest.raises(Busy), kept.lock(wait=0.3):
        pass
    assert 0.3 <= time.monotonic() - began < 10
    assert len(left(kept)) == 1, "what the other makes is left alone"
    assert kept.live().root == kept.root, "readers need no turn"
    other.kill()
    other.wait()
    assert len(left(kept)) == 1
    with kept.lock(wait=5):
        assert left(kept) == []


def test_a_maker_that_waits_has_its_turn_when_the_first_ends(kept: Releases):
    order = []

    def second() -> None:
        with again(kept).lock(wait=20):
            order.append("second")

    with kept.lock():
        waiting = threading.Thread(target=second)
        waiting.start()
        time.sleep(0.2)
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]


def test_threads_of_one_object_take_turns_too(kept: Releases):
    inside, most = [], []

    def turn(number: int) -> None:
        with kept.lock(wait=30), kept.lock():
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.01)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turn, range(16)))
    assert most == [1] * 16


def test_readers_see_one_whole_release_while_many_are_published(kept: Releases):
    stop, seen, faults = threading.Event(), set(), []

    def read() -> None:
        mine = again(kept)
        while not stop.is_set():
            try:
                live = mine.live()
                live.check()
                seen.add(live.release)
            except Exception as fault:
                faults.append(fault)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    names = {publish(kept, str(number)) for number in range(30)}
    stop.set()
    for reader in readers:
        reader.join(20)
    assert faults == []
    assert seen <= names | {bundled(kept)} and len(seen) > 1


# --- cut off -------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for the end of the process; nothing catches it."""


@pytest.mark.parametrize("end", [Killed(), OSError(errno.ENOSPC, "No space left on device")])
def test_cut_off_at_any_step_the_old_release_is_live_or_the_new(
    kept: Releases, monkeypatch: pytest.MonkeyPatch, end: BaseException
):
    old, steps, outcomes = publish(kept, "old"), 0, set()
    while True:
        countdown = iter(range(steps, -1, -1))
        reached = []

        def step(real: Callable[..., object], *given: object, ends=reached, left=countdown) -> object:
            if next(left, 1) == 0:
                ends.append(True)
                raise end
            return real(*given)

        with monkeypatch.context() as patch:
            for name in ("replace", "fsync"):
                real = getattr(os, name)
                patch.setattr(os, name, lambda *given, real=real: step(real, *given))
            try:
                new = publish(kept, f"new {steps}")
            except Killed:
                new = ""
            except ReleaseError as fault:
                assert "No space left on device" in str(fault) and "untouched" in str(fault)
                new = ""
        live = again(kept).live()
        live.check()
        outcomes.add(live.release == old)
        if not reached:
            break
        assert not new or live.release == new
        kept.pointer.write_text(f"{old}\n")
        steps += 1
    assert steps >= 10, "files, folders, the release, the pointer"
    assert live.release == new
    assert left(kept) == []
    assert outcomes == {True, False}


def test_a_full_disk_while_writing_the_story_is_a_sentence(kept: Releases, monkeypatch: pytest.MonkeyPatch):
    real = Path.write_text

    def full(path: Path, *given: object, **named: object) -> int:
        if path.name == "release.json":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ReleaseError, match=r"No space left on device.*untouched"):
        publish(kept, "one")
    assert kept.live_name() == bundled(kept) and left(kept) == []


def test_a_cache_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, kept: Releases):
    (tmp_path / "file").write_text("in the way")
    blocked = Releases(tmp_path / "file" / "cache", kept.root)
    assert blocked.live().root == kept.root and blocked.notices() == []
    for act in (blocked.prune, blocked.rollback, lambda: publish(blocked, "one")):
        with pytest.raises(ReleaseError, match=r"cannot be written.*CSP_DASH_CACHE"):
            act()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_read_only_cache_folder_still_shows_what_is_live(kept: Releases):
    name = publish(kept, "one")
    kept.cache.chmod(0o500)
    kept.folder.chmod(0o500)
    try:
        assert again(kept).live_name() == name
        with pytest.raises(ReleaseError, match="cannot be written"):
            publish(again(kept), "two")
    finally:
        kept.cache.chmod(0o700)
        kept.folder.chmod(0o700)


KILLS = r"""
import os, random, signal, sys, time
from pathlib import Path
sys.path[:0] = ["tests", "tests/unit/warehouse"]
from csp_dash.warehouse import ReleaseInfo, Releases
from test_releases import small

cache, bundled, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
chance = random.Random(seed)

def make(number):
    kept = Releases(cache, bundled)
    for step in range(1000):
        with kept.making() as folder:
            name = small(folder, f"{number}/{step}")
            os.write(1, f"{name}\n".encode())  # in one piece, whatever happens next
            kept.publish(folder, ReleaseInfo(took_in=("x",)))

def cost():
    # seconds that a release takes on this machine as it is now
    kept, begun = Releases(cache, bundled), time.perf_counter()
    with kept.making() as folder:
        name = small(folder, "first")
        os.write(1, f"{name}\n".encode())
        kept.publish(folder, ReleaseInfo(took_in=("x",)))
    return time.perf_counter() - begun

longest = 4 * max(cost(), 0.015)
for number in range(50):
    child = os.fork()
    if child == 0:
        make(number)
        os._exit(0)
    time.sleep(chance.uniform(0, longest))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    live = Releases(cache, bundled).live()
    live.check()
    assert live.about is not None
    os.write(1, f"live {live.release}\n".encode())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_fifty_random_moments_a_whole_release_is_live_and_the_next_one_completes(kept: Releases):
    done = subprocess.run(
        [sys.executable, "-c", KILLS, str(kept.cache), str(kept.root), "2026"],
        cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    begun, lives = {bundled(kept)}, []
    for line in done.stdout.splitlines():
        if line.startswith("live "):
            lives.append(line.removeprefix("live "))
            assert lives[-1] in begun, "live is what was begun, or before"
        else:
            begun.add(line)
    assert len(lives) == 50 and len(set(lives)) > 5, "some were killed before, some after the swap"
    name = publish(kept, "after all")
    assert again(kept).live_name() == name
    assert left(kept) == []
    for item in kept.all():
        assert not item.trouble
