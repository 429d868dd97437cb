from __future__ import annotations

import threading
from datetime import timedelta

from guardian_agent.wire.names import Slug

from guardian.app.witnessing import AT_ONCE, Place, Witnessing, saw
from guardian.domain.asset import Asset
from guardian.domain.storage import NoLook, StorageLook
from guardian.stores.memory import MemoryStore
from tests.central.domain.looking import look, stored
from tests.central.domain.making import CLIENT, COPY, COPY_ASSET, SET
from tests.central.ingest.speaker import CENTRAL_KEY, NOON, FakeClock

POINT = stored(1, NOON)


class Fake:
    """A witness that sees what it is told to, and remembers what it was given."""

    def __init__(self, found: StorageLook | NoLook | Exception | None = None) -> None:
        self.found = found or look(POINT, at=NOON)
        self.given = []

    def look(self, looking):
        self.given.append(looking)
        if isinstance(self.found, Exception):
            raise self.found
        return self.found


class Hanging:
    """A share that never answers, until the test ends."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.calls = 0

    def look(self, looking):
        self.calls += 1
        self.ended.wait(60)
        return look(POINT, at=NOON)


def witnessing(store: MemoryStore, *witnesses: object, names: tuple[str, ...] = ("acme",)):
    places = [
        Place(
            asset=Asset(client=name, server="web1", backup_set="files", copy="local"), witness=each
        )
        for name, each in zip(names, witnesses, strict=True)
    ]
    return Witnessing(store, places, CENTRAL_KEY, FakeClock())


def test_what_is_seen_becomes_evidence_with_a_leaf_of_its_own():
    store = MemoryStore()
    ((asset, found),) = witnessing(store, Fake()).run()

    assert asset == COPY_ASSET
    (evidence,) = store.all_evidence()
    assert evidence.copy(SET, COPY).witness.look == found
    (leaf,) = store.log(CLIENT)
    assert (leaf.kind, leaf.actor, leaf.at) == ("witness", "central", NOON)
    assert leaf.detail == '{"backup_set":"files","copy":"local","saw":"restic","server":"web1"}'


def test_so_does_a_look_that_saw_nothing():
    store = MemoryStore()
    failure = NoLook(looked_at=NOON, reason=Slug("no-answer"))
    list(witnessing(store, Fake(failure)).run())
    (evidence,) = store.all_evidence()
    assert evidence.copy(SET, COPY).witness.failure == failure
    assert '"saw":"no-answer"' in store.log(CLIENT)[0].detail


def test_a_look_is_told_how_far_the_one_before_saw():
    store, witness = MemoryStore(), Fake()
    looking = witnessing(store, witness)
    list(looking.run())
    list(looking.run())
    assert [each.since for each in witness.given] == [None, POINT.stored_at]


def test_names_are_hashed_with_a_key_of_each_copy():
    store, one, other = MemoryStore(), Fake(), Fake()
    list(witnessing(store, one, other, names=("acme", "globex")).run())
    first, second = (each.given[0].hashed for each in (one, other))
    assert first("snapshots/1") == first("snapshots/1")
    assert first("snapshots/1") != second("snapshots/1")
    assert first("snapshots/1") != first("snapshots/2")
    assert first("\udcff")


def test_one_client_alone():
    store, one, other = MemoryStore(), Fake(), Fake()
    list(witnessing(store, one, other, names=("acme", "globex")).run("globex"))
    assert (len(one.given), len(other.given)) == (0, 1)


def test_what_is_being_stopped_keeps_nothing_more():
    store, witness = MemoryStore(), Fake()
    assert list(witnessing(store, witness).run(stopping=lambda: True)) == []
    assert witness.given == []
    stopping = iter([False, True])
    assert list(witnessing(store, witness).run(stopping=lambda: next(stopping))) == []
    assert len(witness.given) == 1
    assert store.all_evidence() == []


def test_a_look_that_hangs_is_given_up_and_not_begun_again(monkeypatch):
    monkeypatch.setattr("guardian.app.witnessing.LOOK_SECONDS", 0)
    monkeypatch.setattr("guardian.app.witnessing.GRACE_SECONDS", 0.01)
    store, witness = MemoryStore(), Hanging()
    looking = witnessing(store, witness)
    try:
        ((_, first),) = looking.run()
        ((_, second),) = looking.run()
    finally:
        witness.ended.set()
    assert (first.reason, second.reason) == ("time-spent", "still-looking")
    assert witness.calls == 1


def test_a_witness_that_breaks_is_no_answer(monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda _told: None)
    store = MemoryStore()
    ((_, found),) = witnessing(store, Fake(ZeroDivisionError())).run()
    assert (found.reason, found.looked_at) == ("broken", NOON)


def test_each_look_has_an_end():
    witness = Fake()
    list(witnessing(MemoryStore(), witness).run())
    (looking,) = witness.given
    assert timedelta(seconds=looking.deadline - looking.clock.monotonic()) == timedelta(minutes=4)
    assert looking.clock.now() == NOON


def test_one_that_hangs_holds_up_no_other(monkeypatch):
    monkeypatch.setattr("guardian.app.witnessing.LOOK_SECONDS", 0)
    monkeypatch.setattr("guardian.app.witnessing.GRACE_SECONDS", 0.2)
    store, hanging = MemoryStore(), Hanging()
    looking = witnessing(store, hanging, Fake(), names=("acme", "globex"))
    try:
        found = [(asset.client, saw(seen)) for asset, seen in looking.run()]
    finally:
        hanging.ended.set()
    assert found == [("globex", "restic"), ("acme", "time-spent")]


def test_more_storages_than_are_looked_at_at_once():
    store = MemoryStore()
    names = tuple(f"client{number}" for number in range(2 * AT_ONCE + 1))
    found = list(witnessing(store, *(Fake() for _ in names), names=names).run())
    assert {asset.client for asset, _ in found} == set(names)
    assert len(store.all_evidence()) == len(names)
