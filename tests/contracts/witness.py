"""What every witness must do; a witness's test subclasses this and brings one fixture."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any, Protocol

import pytest
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import ShortHash

from guardian.domain.storage import Layout, NoLook, Question, StorageLook
from guardian.domain.witnessed import seen
from guardian.ports import Clock, Looking, Witness

RESTIC = ("config", "keys/k1", "data/00/00aa", "data/01/01bb", "index/i1", "snapshots/s1")
SECRET = "acme-orders-2026"
SLACK = timedelta(minutes=5)


class Storage(Protocol):
    """A place that a test fills and a witness looks at."""

    clock: Clock

    def put(self, name: str, data: bytes = b"data") -> None:
        """Store something."""

    def remove(self, name: str) -> None:
        """Delete it."""

    def witness(self, **settings: Any) -> Witness:
        """Make a witness of the place; settings beside where it is."""

    def witness_of_nothing(self) -> Witness:
        """Make one of a place that is not there."""


def hashed(name: str) -> ShortHash:
    return ShortHash(hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:32])


def ask(
    storage: Storage,
    witness: Witness | None = None,
    *,
    seconds: float = 60,
    since: datetime | None = None,
) -> StorageLook | NoLook:
    clock = storage.clock
    looking = Looking(clock=clock, deadline=clock.monotonic() + seconds, hashed=hashed, since=since)
    return (witness or storage.witness()).look(looking)


def looked(storage: Storage, **more: Any) -> StorageLook:
    found = ask(storage, **more)
    assert isinstance(found, StorageLook), found
    return found


class WitnessContract:
    @pytest.fixture
    def storage(self) -> Storage:
        raise NotImplementedError

    @pytest.fixture
    def restic(self, storage: Storage) -> Storage:
        for name in RESTIC:
            storage.put(name)
        return storage

    def test_each_snapshot_is_a_restore_point(self, restic):
        restic.put("snapshots/s2", b"more")
        found = looked(restic)

        assert (found.layout, found.total) == (Layout.RESTIC, 2)
        assert {point.id for point in found.points} == {
            hashed("snapshots/s1"),
            hashed("snapshots/s2"),
        }
        assert {point.bytes for point in found.points} == {4}

    def test_the_times_are_the_storages_own(self, restic):
        found = looked(restic)
        for point in found.points:
            assert abs(point.stored_at - restic.clock.now()) < SLACK
        assert found.newest_at is not None
        assert found.looked_at <= restic.clock.now()

    def test_the_rest_is_counted(self, restic):
        found = looked(restic)
        assert found.data is not None
        assert (found.data.objects, found.data.bytes) == (2, 8)
        assert (found.missing, found.data_before) == ((), None)
        again = looked(restic, since=found.newest_at)
        assert again.data_before == found.data

    def test_files_are_restore_points_where_nothing_else_is_recognised(self, storage):
        storage.put("2026/orders.sql", b"12345")
        found = looked(storage)
        assert (found.layout, found.total, found.points[0].bytes) == (Layout.FILES, 1, 5)

    def test_an_empty_place_has_no_points(self, storage):
        found = looked(storage)
        assert (found.total, found.points, found.newest_at) == (0, (), None)

    def test_a_place_that_is_not_there_shows_nothing(self, storage):
        found = ask(storage, storage.witness_of_nothing())
        assert isinstance(found, NoLook)
        assert found.reason

    def test_without_time_nothing_is_complete(self, restic):
        found = ask(restic, seconds=-1)
        if isinstance(found, StorageLook):
            assert found.lack(Question.POINTS) is not None
            assert found.data is None

    def test_no_name_leaves_it(self, storage):
        storage.put(f"{SECRET}.sql")
        assert SECRET not in repr(looked(storage))

    def test_a_look_comes_back_out_of_the_store_as_it_was(self, restic):
        found = looked(restic)
        assert build(StorageLook, read_json(to_json(found))) == found

    def test_two_looks_at_the_same_show_no_event(self, restic):
        first = looked(restic)
        known = seen(seen(None, first), looked(restic, since=first.newest_at))
        assert (known.gone, known.events) == ((), ())

    def test_what_was_removed_shows_at_the_next_look(self, restic):
        restic.put("snapshots/s2")
        known = seen(None, looked(restic))
        restic.remove("snapshots/s1")
        after = looked(restic)
        known = seen(known, after)
        lost = {point.id for point in (*known.gone, *after.deleted)}
        assert lost == {hashed("snapshots/s1")}

    def test_a_key_that_is_missing_is_missed(self, restic):
        restic.remove("keys/k1")
        assert looked(restic).missing == ("keys",)

    @pytest.mark.parametrize("name", ["ü и 漢.sql", "x" * 200, "a b+c%20d&e.sql"])
    def test_odd_names_are_only_names(self, storage, name):
        storage.put(name)
        assert looked(storage).points[0].id == hashed(name)

    def test_settings_say_what_names_do_not(self, storage):
        storage.put("p0a1")
        found = looked(storage, witness=storage.witness(layout=Layout.KOPIA, shared=True))
        assert (found.layout, found.total, found.exclusive) == (Layout.KOPIA, None, False)
