from __future__ import annotations

import errno

import pytest
from guardian_agent.delivery import pending
from guardian_agent.delivery.records import place
from guardian_agent.errors import StateError
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Integrity, JobRun, Outcome, Reason

from tests.agent.delivery.central import config
from tests.agent.fakes import START

JOB = JobRun(backup_set=Name("files"), started_at=START, finished_at=START, exit_status=3)
CHECK = Integrity(
    backup_set=Name("files"),
    copy=Name("local"),
    outcome=Outcome.PASSED,
    reason=Reason.NONE,
    data_read=0.5,
    started_at=START,
    duration_seconds=2.5,
)


def test_nothing_waits_at_first(system):
    assert pending.waiting(config(), system) == []


def test_facts_wait_in_order_until_cleared(system):
    pending.add(config(), system, JOB)
    system.clock.advance(seconds=1)
    pending.add(config(), system, CHECK)
    found = pending.waiting(config(), system)
    assert [fact for _, fact in found] == [JOB, CHECK]
    pending.clear(system, [path for path, _ in found[:1]])
    assert [fact for _, fact in pending.waiting(config(), system)] == [CHECK]


def test_same_moment_loses_nothing(system):
    pending.add(config(), system, JOB)
    pending.add(config(), system, JOB)
    assert len(pending.waiting(config(), system)) == 2


@pytest.mark.parametrize(
    "damage", [b"", b"{", b'{"kind":"job_run"}', b'{"kind":"unheard_of"}', b"\xff", b"[]"]
)
def test_damaged_fact_is_set_aside(system, damage):
    pending.add(config(), system, JOB)
    path = place(config(), "pending", "0000000000000-00000000.json")
    system.files.put(path, damage)
    assert [fact for _, fact in pending.waiting(config(), system)] == [JOB]
    assert not system.files.exists(path)
    assert system.files.tree(place(config(), "damaged")) == {
        place(config(), "damaged", "0000000000000-00000000.json"): damage
    }


def test_unreadable_fact_that_cannot_be_moved_blocks_nothing(system):
    pending.add(config(), system, JOB)
    path = place(config(), "pending", "0000000000000-00000000.json")
    system.files.put(path, b"")
    system.files.fail("read", path)
    system.files.fail("rename", path)
    assert [fact for _, fact in pending.waiting(config(), system)] == [JOB]


def test_strangers_are_left_alone(system):
    for name in (".x.json.7.part", "README"):
        system.files.put(place(config(), "pending", name), b"")
    assert pending.waiting(config(), system) == []
    assert len(system.files.tree(place(config(), "pending"))) == 2


def test_a_pass_takes_so_many(system):
    for number in range(pending.MAX_FACTS + 1):
        name = f"{number:013d}-00000000.json"
        system.files.put(place(config(), "pending", name), b"{}")
    pending.add(config(), system, JOB)
    assert len(pending.waiting(config(), system)) == 1


def test_errors_are_state_errors(system):
    system.files.fail("scan", place(config(), "pending"))
    with pytest.raises(StateError, match="Permission denied"):
        pending.waiting(config(), system)
    system.files.fail("make_directory", place(config(), "pending"), OSError(errno.ENOSPC, "full"))
    with pytest.raises(StateError, match="full"):
        pending.add(config(), system, JOB)
    system.files.mend()
    pending.add(config(), system, JOB)
    ((path, _),) = pending.waiting(config(), system)
    system.files.fail("remove", path)
    with pytest.raises(StateError, match="Permission denied"):
        pending.clear(system, [path])
