"""What evidence forgot of its checkpoints is looked up in the log, and nothing else is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import Hash, Name, Slug
from guardian_agent.wire.observations import (
    CanaryReturn,
    JobRun,
    Outcome,
    Reason,
    RestorePoint,
    RestorePoints,
    RestoreTest,
)
from guardian_agent.wire.receipt import read_receipt
from guardian_agent.wire.sampling import draw, seed

from guardian.domain.evidence import ServerEvidence
from guardian.domain.recalled import NOTHING
from guardian.domain.sets import MAX_MANIFESTS
from guardian.ingest.recall import MAX_RECALLED, STATEMENTS_BACK, recall
from guardian.stores.memory import MemoryStore
from guardian.stores.sqlite import SqliteStore
from tests.central.domain.making import COPY, LIVE, SET, digest, point_id
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
        return recall(through(unit), record, statement, nothing, signer.public).checkpoints


def test_only_restore_tests_name_checkpoints(central):
    agent = central.enrol()
    job = JobRun(backup_set=Name("files"), started_at=NOON, finished_at=NOON, exit_status=0)
    statement = agent.statement(observations=(job, canary(0, canary=None)))
    assert look_up(central, agent, statement) == ()


def test_what_evidence_knows_is_not_looked_up(central):
    agent = central.enrol()
    first = receipt(central, agent)
    statement = agent.statement(observations=(canary(first.tree_size, first.root),))
    assert [each.root for each in look_up(central, agent, statement)] == [first.root]
    with central.store.unit() as unit:
        record, known = unit.key(agent.key_id), unit.evidence("acme", "web1")
        assert recall(unit, record, statement, known, CENTRAL_KEY.public) == NOTHING


def test_what_is_kept_no_more_or_signed_by_another_key_is_not_known(central):
    class Forgetful:
        def __init__(self, unit):
            self.leaf = unit.leaf

        def statement(self, *_):
            return None

    agent = central.enrol()
    first = receipt(central, agent)
    statement = agent.statement(observations=(canary(first.tree_size, first.root),))
    assert look_up(central, agent, statement, through=Forgetful) == ()
    stranger = SigningKey.from_seed(b"x" * 32)
    assert look_up(central, agent, statement, signer=stranger) == ()


def test_a_statement_has_so_many_look_ups(central):
    agent = central.enrol()
    sizes = [receipt(central, agent).tree_size for _ in range(MAX_RECALLED + 5)]
    statement = agent.statement(observations=tuple(canary(size) for size in sizes))
    found = look_up(central, agent, statement)
    assert [each.tree_size for each in found] == sizes[-MAX_RECALLED:]


class TestManifests:
    """A test that took longer than evidence remembers manifests proves itself all the same."""

    POINT = RestorePoint(id=point_id(1), started_at=NOON)
    LISTED = RestorePoints(backup_set=SET, copy=COPY, tool=Slug("restic"), total=1, points=(POINT,))

    def made_under(self, given, **fields):
        """Return a sound test of LIVE under a checkpoint of this log."""
        chosen_by = seed(given.root, given.tree_size, SET, COPY, point_id(1))
        draws = tuple(LIVE.drawn(index) for index in draw(chosen_by, 60))
        checkpoint = {"checkpoint_size": given.tree_size, "checkpoint_root": given.root}
        return LIVE.test(draws=draws, started_at=NOON, **{**checkpoint, **fields})

    def pass_by(self, central, agent, count):
        """Let so many manifests come that evidence forgets the ones before."""
        for number in range(count):
            other = replace(LIVE.manifest(), root=digest(number))
            receipt(central, agent, observations=(other,))

    def verdict(self, central, agent, test):
        receipt(central, agent, observations=(self.LISTED, test))
        return newest(central).unverified_because

    def test_it_is_found_in_the_statement_that_brought_the_checkpoint(self, central):
        agent = central.enrol()
        given = receipt(central, agent, observations=(LIVE.manifest(),))
        self.pass_by(central, agent, MAX_MANIFESTS + 1)
        assert self.verdict(central, agent, self.made_under(given)) == ""
        (known,) = central.store.all_evidence()
        assert all(each.root != LIVE.root for each in known.sets[0].manifests)

    def test_or_shortly_before_it(self, central):
        agent = central.enrol()
        receipt(central, agent, observations=(LIVE.manifest(),))
        for _ in range(STATEMENTS_BACK - 1):
            given = receipt(central, agent)
        self.pass_by(central, agent, MAX_MANIFESTS + 1)
        assert self.verdict(central, agent, self.made_under(given)) == ""

    @pytest.mark.parametrize("fields", [{"manifest_files": 61}, {"manifest_root": UNKNOWN}])
    def test_another_one_is_not(self, central, fields):
        agent = central.enrol()
        given = receipt(central, agent, observations=(LIVE.manifest(),))
        self.pass_by(central, agent, MAX_MANIFESTS + 1)
        assert "no earlier statement signed" in self.verdict(
            central, agent, self.made_under(given, **fields)
        )

    def test_not_one_of_long_before_or_under_a_checkpoint_of_nobody(self, central):
        agent = central.enrol()
        receipt(central, agent, observations=(LIVE.manifest(),))
        self.pass_by(central, agent, MAX_MANIFESTS + 1)
        given = receipt(central, agent)
        assert "no earlier statement" in self.verdict(central, agent, self.made_under(given))
        nobody = replace(given, tree_size=1)
        assert "never given" in self.verdict(central, agent, self.made_under(nobody))

    def test_not_over_what_is_missing(self, central):
        agent = central.enrol()
        receipt(central, agent, observations=(LIVE.manifest(),))
        self.pass_by(central, agent, MAX_MANIFESTS + 1)
        agent.number += 3
        given = receipt(central, agent)
        assert "no earlier statement" in self.verdict(central, agent, self.made_under(given))
