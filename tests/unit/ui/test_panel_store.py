"""Panels are built once for all who ask, and together stay within a bound."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from csp_dash.domain.enums import Compare, Measure
from csp_dash.domain.filters import Filters
from csp_dash.domain.periods import Month
from csp_dash.ui.build_queue import BuildQueue
from csp_dash.ui.panel_store import Asker, Key, PanelStore
from csp_dash.ui.sizes import size_of

RELEASE = "a release"
LARGE = 1000
PATIENT = Asker("somebody", lambda seconds: None)
LONG = 60
"""Seconds after which a test has failed that waits for another thread."""


class Stopped(BaseException):
    """What ends a run of the app; like that, no Exception."""


@pytest.fixture
def store() -> PanelStore:
    made = PanelStore(BuildQueue(2))
    made.keep([RELEASE])
    return made


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as made:
        yield made


def key(name: str, release: object = RELEASE) -> Key:
    return Key(release, size_of, Filters(indicator=name))


def fill(store: PanelStore, *names: str, release: object = RELEASE) -> list[str]:
    """Ask for large panels; the names of those that were built."""
    built: list[str] = []

    def build(name: str) -> bytes:
        built.append(name)
        return name[0].encode() * LARGE

    for name in names:
        assert store.panel(key(name, release), partial(build, name), PATIENT) == name[0].encode() * LARGE
    return built


def never() -> object:
    raise AssertionError("built in vain")


def test_a_panel_is_of_its_release_its_builder_its_view_and_what_else_it_takes(store: PanelStore):
    view = Filters("burglary", ("E1",), Measure.RATE, Compare.LONDON, "custom", Month(2024, 1), Month(2024, 5))
    keys = [
        Key(RELEASE, size_of, view),
        Key(RELEASE, never, view),
        Key(RELEASE, size_of, view, (3,)),
        Key(RELEASE, size_of, view, (12,)),
        Key(RELEASE, size_of, Filters("burglary", ("E1",), Measure.RATE, Compare.LONDON)),
        Key("another", size_of, view),
    ]
    store.keep([RELEASE, "another"])
    for number, name in enumerate(keys):
        assert store.panel(name, lambda number=number: number, PATIENT) == number
    again = Filters("burglary", ("E1",), Measure.RATE, Compare.LONDON, "custom", Month(2024, 1), Month(2024, 5))
    assert store.panel(Key(RELEASE, size_of, again), never, PATIENT) == 0
    assert [store.panel(name, never, PATIENT) for name in keys] == list(range(len(keys)))


def test_nothing_is_a_panel_too(store: PanelStore):
    assert store.panel(key("a"), lambda: None, PATIENT) is None
    assert store.panel(key("a"), never, PATIENT) is None


# --- the bound ---------------------------------------------------------------------------------------


def test_those_that_were_not_asked_for_longest_go_first(store: PanelStore):
    each = size_of(b"x" * LARGE)
    store = PanelStore(BuildQueue(1), 3 * each)
    store.keep([RELEASE])
    assert fill(store, "a", "b", "c") == ["a", "b", "c"]
    assert (len(store), store.bytes) == (3, 3 * each)
    assert fill(store, "a", "d") == ["d"], "and b goes"
    assert (len(store), store.bytes) == (3, 3 * each)
    assert fill(store, "a", "c", "d", "b") == ["b"]
    store.panel(key("wide"), lambda: b"w" * (2 * each), PATIENT)
    assert store.bytes <= 3 * each and len(store) == 1, "bytes are bounded, not panels"


def test_one_above_the_bound_is_handed_out_and_drives_out_none():
    store = PanelStore(BuildQueue(1), 2 * LARGE)
    store.keep([RELEASE])
    fill(store, "a")
    for _ in range(2):
        assert store.panel(key("wide"), lambda: b"w" * 3 * LARGE, PATIENT) == b"w" * 3 * LARGE
    assert not fill(store, "a")


def test_panels_of_a_release_that_is_gone_go(store: PanelStore):
    store.keep([RELEASE, "new"])
    fill(store, "a", "b")
    fill(store, "a", release="new")
    store.keep(["new", "newer"])
    assert len(store) == 1 and store.bytes == size_of(b"x" * LARGE)
    assert not fill(store, "a", release="new")
    assert fill(store, "a", "a") == ["a", "a"], "a run that still has the release is served, and nothing kept"


def test_one_that_is_built_while_its_release_goes_is_not_kept(store: PanelStore):
    def build() -> str:
        store.keep(["new"])
        return "late"

    assert store.panel(key("a"), build, PATIENT) == "late"
    assert not len(store) and not store.bytes


# --- many at once ------------------------------------------------------------------------------------


class Crowd:
    """Askers for one panel. `all_wait` is set when all but the one who builds have waited for a while."""

    def __init__(self, size: int) -> None:
        self.all_wait = threading.Event()
        self._size = size
        self._waiting: set[int] = set()

    def asker(self, number: int) -> Asker:
        return Asker(f"session {number}", lambda seconds: self._look_up(number))

    def _look_up(self, number: int) -> None:
        self._waiting.add(number)
        if len(self._waiting) == self._size - 1:
            self.all_wait.set()


def ask(store: PanelStore, pool: ThreadPoolExecutor, build: Callable[[Crowd], object], size: int = 12) -> list[object]:
    """What each of a crowd gets, or the fault that it meets."""
    crowd = Crowd(size)
    asked = [pool.submit(store.panel, key("a"), lambda: build(crowd), crowd.asker(number)) for number in range(size)]
    return [one.exception(LONG) or one.result(LONG) for one in asked]


def test_many_who_ask_at_once_have_one_build(store: PanelStore, pool: ThreadPoolExecutor):
    built = []

    def build(crowd: Crowd) -> object:
        assert crowd.all_wait.wait(LONG)
        built.append(object())
        return built[-1]

    assert set(ask(store, pool, build)) == set(built)
    assert len(built) == 1


def test_a_fault_reaches_all_who_wait_and_is_not_kept(store: PanelStore, pool: ThreadPoolExecutor):
    built = []

    def build(crowd: Crowd) -> object:
        assert crowd.all_wait.wait(LONG)
        built.append(True)
        raise ValueError("of no use")

    faults = ask(store, pool, build)
    assert {str(fault) for fault in faults} == {"of no use"} and len(built) == 1
    assert store.panel(key("a"), lambda: "better", PATIENT) == "better"


def test_no_more_are_built_at_once_than_there_are_turns(store: PanelStore, pool: ThreadPoolExecutor):
    lock, together, most, now = threading.Lock(), threading.Barrier(2), 0, 0

    def build() -> None:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        together.wait(LONG)  # passes only where two are built at once
        with lock:
            now -= 1

    asked = [pool.submit(store.panel, key(str(number)), build, PATIENT) for number in range(8)]
    for one in asked:
        one.result(LONG)
    assert most == 2


def test_finished_panels_are_read_while_no_turn_is_free():
    queue = BuildQueue(1)
    store = PanelStore(queue)
    store.keep([RELEASE])
    fill(store, "a")
    queue.take("somebody who takes long")
    assert not fill(store, "a")


def test_one_who_keeps_a_turn_lends_it_to_whoever_builds_what_it_waits_for(pool: ThreadPoolExecutor):
    """Else both would wait for ever: one for the panel, the other for the turn."""
    queue = BuildQueue(1)
    store = PanelStore(queue)
    store.keep([RELEASE])
    waits = threading.Event()
    stays = Asker("stays", lambda seconds: None, stays=True)
    store.panel(key("a"), lambda: "first", stays)
    builds = pool.submit(store.panel, key("b"), lambda: "built", Asker("builds", lambda seconds: waits.set()))
    assert waits.wait(LONG), "the turn is kept"
    assert pool.submit(store.panel, key("b"), never, stays).result(LONG) == "built"
    assert builds.result(LONG) == "built"


# --- giving up ---------------------------------------------------------------------------------------


def give_up(seconds: float) -> None:
    raise Stopped


def test_one_who_gives_up_stops_waiting_for_a_turn():
    queue = BuildQueue(1)
    store = PanelStore(queue)
    store.keep([RELEASE])
    taken = queue.take("somebody who takes long")
    with pytest.raises(Stopped):
        store.panel(key("a"), never, Asker("gone", give_up))
    queue.give_back(taken)
    assert fill(store, "a") == ["a"], "its place in the queue went with it"


def test_one_who_gives_up_stops_waiting_for_what_another_builds(store: PanelStore, pool: ThreadPoolExecutor):
    began, go_on = threading.Event(), threading.Event()

    def build() -> str:
        began.set()
        assert go_on.wait(LONG)
        return "built"

    builds = pool.submit(store.panel, key("a"), build, PATIENT)
    assert began.wait(LONG)
    with pytest.raises(Stopped):
        store.panel(key("a"), never, Asker("gone", give_up))
    go_on.set()
    assert builds.result(LONG) == "built"


def test_where_the_one_who_was_to_build_gives_up_another_does(pool: ThreadPoolExecutor):
    queue = BuildQueue(1)
    store = PanelStore(queue)
    store.keep([RELEASE])
    taken = queue.take("somebody who takes long")
    first_waits, second_waits = threading.Event(), threading.Event()

    def look_up(seconds: float) -> None:
        first_waits.set()
        if second_waits.is_set():
            raise Stopped

    first = pool.submit(store.panel, key("a"), never, Asker("first", look_up))
    assert first_waits.wait(LONG)
    second = pool.submit(
        store.panel, key("a"), lambda: "of the second", Asker("second", lambda seconds: second_waits.set())
    )
    assert isinstance(first.exception(LONG), Stopped)
    queue.give_back(taken)
    assert second.result(LONG) == "of the second"
