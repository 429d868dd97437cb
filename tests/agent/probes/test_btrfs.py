from __future__ import annotations

from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.btrfs import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, recorded, refused, subject

RESTORER = PROBE.restorer
assert RESTORER is not None
SHOWN = recorded("btrfs-6.2", "snapshot.txt")
NAMED = {"name_format": "shop.%Y%m%dT%H%M", "utc_offset": "UTC"}


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"path": "/snapshots", "root": "/srv/files", **settings})


def server(**shown: bytes) -> FakeSystem:
    """Return a machine with subvolumes of these names."""
    system = machine()
    system.clock.wall = datetime(2026, 11, 27, tzinfo=UTC)
    system.processes.answer("btrfs", "--version", stdout=b"btrfs-progs v6.2\n")
    system.files.make_directory("/snapshots")
    for name, answer in (shown or {"one": SHOWN}).items():
        system.files.put(f"/snapshots/{name}/a", b"plain text\n" * 40)
        system.processes.answer("btrfs", f"/snapshots/{name}", stdout=answer)
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


class TestListing:
    def test_a_snapshot_is_dated_by_its_making(self):
        stated = fact(look(server()), RestorePoints)
        assert (stated.total, stated.tool_version) == (1, "6.2")
        assert stated.points[0].started_at == datetime(2026, 11, 26, 15, 46, 3, tzinfo=UTC)

    @pytest.mark.parametrize("name", ["writable", "broken-off"])
    def test_what_may_still_change_is_none(self, name):
        system = server(one=SHOWN, other=recorded("btrfs-6.2", f"{name}.txt"))
        assert fact(look(system), RestorePoints).total == 1

    def test_a_received_one_is_not_as_young_as_its_coming(self):
        received = recorded("btrfs-6.2", "received.txt")
        with refused(Reason.UNSUPPORTED):
            look(server(one=received))
        system = machine()
        system = server(**{"shop.20261101T0300": received})
        (point,) = fact(look(system, copy(**NAMED)), RestorePoints).points
        assert point.started_at == datetime(2026, 11, 1, 3, 0, tzinfo=UTC)

    def test_what_is_no_subvolume_is_none(self):
        system = server()
        system.files.make_directory("/snapshots/plain")
        said = b"ERROR: Not a Btrfs subvolume: Invalid argument"
        system.processes.answer("btrfs", "/snapshots/plain", status=1, stderr=said)
        assert fact(look(system), RestorePoints).total == 1

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"ERROR: Operation not permitted", Reason.PERMISSION_DENIED),
            (b"ERROR: not a btrfs filesystem: /x", Reason.NO_REPOSITORY),
            (b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, stderr, reason):
        system = server()
        system.processes.answer("btrfs", "/snapshots/one", status=1, stderr=stderr)
        with refused(reason):
            look(system)

    @pytest.mark.parametrize(
        "shown",
        [
            b"",
            SHOWN.replace(b" +0000", b""),
            SHOWN.replace(b"\tUUID:", b"\tU:"),
            SHOWN.replace(b"Flags", b"Flag"),
        ],
    )
    def test_another_form_is_refused(self, shown):
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(one=shown))

    def test_an_empty_folder(self):
        system = server()
        system.files.remove_tree("/snapshots/one")
        (stated,) = look(system)
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0


def test_a_file_that_anybody_reads():
    assert fact(look(server()), CopyEncryption).state is Encryption.PLAINTEXT


def test_files_come_back():
    system, asked = server(), copy()
    point = RESTORER.newest(asked, PROBE.gather(asked, system))
    assert point is not None
    found = RESTORER.restore(asked, system, point, ["/srv/files/a"], "/sandbox", 1000)
    assert found == {"/srv/files/a": "/sandbox/a"}
