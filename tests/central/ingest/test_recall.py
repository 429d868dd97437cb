"""What evidence forgot of its checkpoints is looked up in the log, and nothing else is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import Hash, Name, Slug
from guardian_agent.wire.observations import CanaryReturn, JobRun, Outcome, Reason, RestoreTest
from guardian_agent.wire.receipt import read_receipt

from guardian.domain.evidence import ServerEvidence
from guardian.ingest.recall import MAX_RECALLED, recalled
from guardian.stores.memory import MemoryStore
from guardian.stores.sqlite import SqliteStore
from tests.central.ingest.speaker import CENTRAL_KEY, HOUR, NOON, Central

UNKNOWN = Hash("ee" * 32)


@pytest.fixture(params=["memory", "sqlite"])
def central(request, tmp_path):
    store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path)
    yield Central(store)
    store.close()


def canary(size, root=UNKNOWN, **fields):
    """Return a restore test that gave back a canary."""
    given = {"canary": CanaryReturn(tree_size=size, root=root), **fields}
    return RestoreTest(
        backup_set=Name("files"),
        copy=Name("local"),
        test=Slug("sample"),
        outcome=Outcome.PASSED,
        reason=Reason.NONE,
        started_at=NOON,
        duration_seconds=1.0,
        **given,
    )


def receipt(central, agent, **changes):
    """Let an hour pass, and return the receipt of the agent's next statement."""
    central.clock.time += HOUR
    return read_receipt(central.ingest.accept(agent.say(**changes)), CENTRAL_KEY.public)


def forget(central):
    with central.store.unit() as unit:
        known = unit.evidence("acme", "web1")
        unit.put_evidence(replace(known, agent=replace(known.agent, checkpoints=())))


def newest(central):
    """Return the newest restore test in the evidence of web1."""
    with central.store.unit() as unit:
        return unit.evidence("acme", "web1").copies[0].restore


def test_a_canary_that_evidence_forgot_is_still_known(central):
    agent = central.enrol()
    first = receipt(central, agent)
    receipt(central, agent)
    forget(central)
    receipt(central, agent, observations=(canary(first.tree_size, first.root),))
    assert newest(central).proven_not_older_than == first.received_at == NOON + HOUR
    assert newest(central).canary_returned


def test_so_is_the_checkpoint_that_a_long_test_was_made_under(central):
    agent = central.enrol()
    first = receipt(central, agent)
    forget(central)
    made = {"checkpoint_size": first.tree_size, "checkpoint_root": first.root}
    receipt(central, agent, observations=(canary(0, **made),))
    assert newest(central).believed_until == first.received_at + 24 * HOUR


def test_a_forged_one_is_not(central):
    agent = central.enrol()
    first = receipt(central, agent)
    forget(central)
    receipt(central, agent, observations=(canary(first.tree_size),))
    assert newest(central).proven_not_older_than is None
    assert newest(central).canary_returned


def test_that_of_another_server_is_not(central):
    agent, other = central.enrol(), central.enrol(server="web2")
    theirs = receipt(central, other)
    receipt(central, agent)
    receipt(central, agent, observations=(canary(theirs.tree_size, theirs.root),))
    assert newest(central).proven_not_older_than is None


def test_one_of_an_earlier_key_is(central):
    first = receipt(central, central.enrol())
    agent = central.enrol()
    receipt(central, agent)
    forget(central)
    receipt(central, agent, observations=(canary(first.tree_size, first.root),))
    assert newest(central).proven_not_older_than == first.received_at


@pytest.mark.parametrize("size", [0, 1, 99, 2**63 - 1])
def test_what_the_log_lacks_or_gave_to_nobody_is_not(central, size):
    agent = central.enrol()
    receipt(central, agent)
    receipt(central, agent, observations=(canary(size),))
    assert newest(central).proven_not_older_than is None


def look_up(central, agent, statement, signer=CENTRAL_KEY, through=lambda unit: unit):
    with central.store.unit() as unit:
        record = unit.key(agent.key_id)
        nothing = ServerEvidence(client=record.client, server=record.server)
        return recalled(through(unit), record, statement, nothing, signer.public)


def test_only_restore_tests_name_checkpoints(central):
    agent = central.enrol()
    job = JobRun(backup_set=Name("files"), started_at=NOON, finished_at=NOON, exit_status=0)
    statement = agent.statement(observations=(job, canary(0, canary=None)))
    assert look_up(central, agent, statement) == []


def test_what_evidence_knows_is_not_looked_up(central):
    agent = central.enrol()
    first = receipt(central, agent)
    statement = agent.statement(observations=(canary(first.tree_size, first.root),))
    assert [each.root for each in look_up(central, agent, statement)] == [first.root]
    with central.store.unit() as unit:
        record, known = unit.key(agent.key_id), unit.evidence("acme", "web1")
        assert recalled(unit, record, statement, known, CENTRAL_KEY.public) == []


def test_what_is_kept_no_more_or_signed_by_another_key_is_not_known(central):
    class Forgetful:
        def __init__(self, unit):
            self.leaf = unit.leaf

        def statement(self, *_):
            return None

    agent = central.enrol()
    first = receipt(central, agent)
    statement = agent.statement(observations=(canary(first.tree_size, first.root),))
    assert look_up(central, agent, statement, through=Forgetful) == []
    stranger = SigningKey.from_seed(b"x" * 32)
    assert look_up(central, agent, statement, signer=stranger) == []


def test_a_statement_has_so_many_look_ups(central):
    agent = central.enrol()
    sizes = [receipt(central, agent).tree_size for _ in range(MAX_RECALLED + 5)]
    statement = agent.statement(observations=tuple(canary(size) for size in sizes))
    found = look_up(central, agent, statement)
    assert [each.tree_size for each in found] == sizes[-MAX_RECALLED:]
