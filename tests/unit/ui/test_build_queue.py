"""Whose turn it is to build."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from csp_dash.ui.build_queue import HALF, BuildQueue, Ticket, cores


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queue(clock: Clock) -> BuildQueue:
    """One turn at a time."""
    return BuildQueue(1, clock)


def use(queue: BuildQueue, clock: Clock, session: str, seconds: float) -> None:
    """Let a session build alone for some time."""
    ticket = queue.take(session)
    assert ticket.admitted.is_set()
    clock.now += seconds
    queue.give_back(ticket)


def order(queue: BuildQueue, running: Ticket, waiting: dict[str, Ticket]) -> list[str]:
    """The names of those who wait, as their turns come."""
    came = []
    while waiting:
        queue.give_back(running)
        (name,) = [name for name, ticket in waiting.items() if ticket.admitted.is_set()]
        running = waiting.pop(name)
        came.append(name)
    queue.give_back(running)
    return came


def test_there_are_as_many_turns_as_told_and_at_least_one():
    for turns in (3, 1, 0):
        queue = BuildQueue(turns)
        tickets = [queue.take(str(number)) for number in range(5)]
        assert [ticket.admitted.is_set() for ticket in tickets] == [number < max(turns, 1) for number in range(5)]
        queue.give_back(tickets[0])
        assert tickets[max(turns, 1)].admitted.is_set(), "the next has the turn that was given back"
    assert cores() >= 1


def test_whoever_used_least_goes_first(queue: BuildQueue, clock: Clock):
    use(queue, clock, "much", 30)
    use(queue, clock, "little", 2)
    running = queue.take("somebody")
    waiting = {name: queue.take(name) for name in ("much", "little", "nothing")}
    assert order(queue, running, waiting) == ["nothing", "little", "much"]


def test_those_who_used_the_same_go_as_they_came(queue: BuildQueue):
    running = queue.take("somebody")
    assert order(queue, running, {name: queue.take(name) for name in "cab"}) == ["c", "a", "b"]


def test_what_was_used_long_ago_counts_no_more(queue: BuildQueue, clock: Clock):
    use(queue, clock, "once much", 64)
    clock.now += 4 * HALF  # 4 seconds are left
    use(queue, clock, "more than that", 5)
    use(queue, clock, "less than that", 3)
    running = queue.take("somebody")
    names = ("more than that", "once much", "less than that")
    assert order(queue, running, {name: queue.take(name) for name in names}) == [
        "less than that",
        "once much",
        "more than that",
    ]
    clock.now += 20 * HALF
    running = queue.take("somebody")
    assert order(queue, running, {name: queue.take(name) for name in ("once much", "new")}) == ["once much", "new"]
    assert "more than that" not in queue._used, "sessions of long ago take no memory"


def test_one_who_asks_for_ever_more_holds_up_others_for_one_build(queue: BuildQueue, clock: Clock):
    use(queue, clock, "greedy", 5)
    for name in ("first", "second", "third"):
        running, next_of_greedy = queue.take("greedy"), queue.take("greedy")
        other = queue.take(name)
        clock.now += 5
        queue.give_back(running)
        assert other.admitted.is_set() and not next_of_greedy.admitted.is_set()
        clock.now += 1
        queue.give_back(other)
        assert next_of_greedy.admitted.is_set(), "a turn that nobody else wants is not kept from it"
        queue.give_back(next_of_greedy)


def test_work_that_several_wait_for_has_the_place_of_the_one_who_used_least(queue: BuildQueue, clock: Clock):
    use(queue, clock, "much", 30)
    use(queue, clock, "little", 2)
    running = queue.take("somebody")
    waiting = {name: queue.take(name) for name in ("much", "little")}
    queue.share(waiting["much"], "nothing")
    assert order(queue, running, waiting) == ["much", "little"]


def test_leaving_the_queue_costs_nothing_and_frees_no_turn(queue: BuildQueue, clock: Clock):
    running, leaving, staying = (queue.take(name) for name in ("somebody", "leaving", "staying"))
    clock.now += 100
    queue.give_back(leaving)
    assert not staying.admitted.is_set()
    queue.give_back(running)
    assert staying.admitted.is_set() and not leaving.admitted.is_set()
    queue.give_back(staying)
    running = queue.take("other")
    waiting = {name: queue.take(name) for name in ("leaving", "somebody")}
    assert order(queue, running, waiting) == ["leaving", "somebody"]


def test_a_session_that_stays_keeps_its_turn_for_what_it_builds_next(queue: BuildQueue, clock: Clock):
    use(queue, clock, "much", 30)
    running = queue.take("little")
    other = queue.take("much")
    clock.now += 1
    queue.give_back(running, stays="little")
    assert not other.admitted.is_set()
    running = queue.take("little")
    assert running.admitted.is_set()
    queue.give_back(running, stays="little")
    queue.leave("little")
    assert other.admitted.is_set()
    queue.leave("little")
    assert not queue.take("new").admitted.is_set(), "a turn is given up once"


def test_a_turn_that_was_kept_goes_to_one_who_used_less(queue: BuildQueue, clock: Clock):
    running = queue.take("much")
    waits = queue.take("before the end")
    clock.now += 30
    queue.give_back(running, stays="much")
    assert waits.admitted.is_set()
    more = queue.take("much")
    queue.give_back(waits)
    assert more.admitted.is_set()
    queue.give_back(more, stays="much")
    assert queue.take("after the end").admitted.is_set()
    assert not queue.take("much").admitted.is_set(), "what was kept is gone"
