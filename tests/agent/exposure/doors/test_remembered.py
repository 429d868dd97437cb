"""A derivation that costs half a second is done once, and again when anything changed."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.doors import Tried
from guardian_agent.exposure.doors.attempt import Attempt
from guardian_agent.exposure.doors.lock import Lock
from guardian_agent.exposure.doors.remembered import tried_once

from tests.agent.fakes import FakeSystem

MEMORY = "/state/memory/files@local@doors"
SECRET = b"the agent's own"


class Counting:
    """A lock that counts how often it was tried."""

    def __init__(self, password):
        self.password = password
        self.tries = 0

    def lock(self, material=b"wrapped"):
        return Lock(material=material, opens=self._opens)

    def _opens(self, secret):
        self.tries += 1
        return secret == self.password


@pytest.fixture
def system():
    made = FakeSystem()
    made.files.make_directory("/state/memory")
    return made


def test_the_same_locks_and_keys_are_tried_once(system):
    counting = Counting(b"found beside")
    for _ in range(3):
        attempt = Attempt(locks=(counting.lock(),), beside=(b"found beside",))
        tried = tried_once(attempt, system, SECRET, MEMORY)
        assert tried == Tried(doors=2, opened="key-beside-data")
    assert counting.tries == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"locks": (b"another key",), "beside": ()},
        {"locks": (b"wrapped", b"a second"), "beside": ()},
        {"locks": (b"wrapped",), "beside": (b"new",)},
    ],
)
def test_whatever_changes_is_tried_again(system, changed):
    counting = Counting(b"x")
    first = Attempt(locks=(counting.lock(),), beside=())
    tried_once(first, system, SECRET, MEMORY)
    locks = tuple(counting.lock(material) for material in changed["locks"])
    before = counting.tries
    tried_once(Attempt(locks=locks, beside=changed["beside"]), system, SECRET, MEMORY)
    assert counting.tries > before


@pytest.mark.parametrize("garbage", [b"", b"{}", b"\xff", b"x" * 5000])
def test_a_memory_that_makes_no_sense_is_none(system, garbage):
    system.files.put(MEMORY, garbage)
    attempt = Attempt(locks=(Counting(b"").lock(),), beside=())
    assert tried_once(attempt, system, SECRET, MEMORY).opened == "empty-password"


def test_without_a_memory_nothing_is_left_behind(system):
    tried_once(Attempt(locks=(Counting(b"").lock(),), beside=()), system, SECRET, "")
    assert system.files.tree("/state") == {}


def test_nothing_of_a_secret_is_kept(system):
    attempt = Attempt(locks=(Counting(b"hunter2").lock(),), beside=(b"hunter2",))
    tried_once(attempt, system, SECRET, MEMORY)
    kept = system.files.read(MEMORY, 4096)
    assert b"hunter2" not in kept
    other = attempt.identity(b"another agent's")
    assert other.encode() not in kept


def test_what_was_cut_short_is_not_remembered(system):
    counting = Counting(b"x")
    ticks = iter((0.0, 1.0, 31.0))
    system.clock.monotonic = lambda: next(ticks)
    tried = tried_once(Attempt(locks=(counting.lock(),), beside=(b"a",)), system, SECRET, MEMORY)
    assert not tried.complete
    assert system.files.tree("/state") == {}


def test_a_full_disk_costs_the_memory_alone(system):
    system.files.fail("write", MEMORY)
    attempt = Attempt(locks=(Counting(b"").lock(),), beside=())
    assert tried_once(attempt, system, SECRET, MEMORY).opened == "empty-password"


def test_without_locks_there_is_nothing_to_remember(system):
    assert tried_once(Attempt(locks=(), beside=()), system, SECRET, MEMORY).doors == 0
    assert system.files.tree("/state") == {}
