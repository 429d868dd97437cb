from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.probe import AnySubject, PointFile
from guardian_agent.probes.rsync_tree import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import START, FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import fact, machine, refused, subject

RESTORER = PROBE.restorer
assert RESTORER is not None
DAY_NS = 86400 * 10**9
NAMED = {"name_format": "%Y-%m-%d_%H-%M", "utc_offset": "+02:00"}


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"path": "/rotation", "inside": "localhost", **settings})


def rotated() -> FakeSystem:
    """Return a machine with two days of rsnapshot's, the newer made an hour ago."""
    system = machine()
    made(system, "daily.1", days=1)
    made(system, "daily.0", days=0)
    return system


def made(system: FakeSystem, name: str, *, days: int, data: bytes = b"plain text\n" * 40) -> None:
    top = f"/rotation/{name}"
    system.files.put(f"{top}/localhost/srv/files/deep/a", data, modified_ns=10**18)
    system.files.link(f"{top}/localhost/srv/files/link", "/etc/passwd")
    at = system.clock.nanoseconds() - 3600 * 10**9 - days * DAY_NS
    system.files._nodes[top].modified_ns = at


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=rotated),
]


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


class TestListing:
    def test_folders_are_dated_by_when_they_were_done(self):
        stated = fact(look(rotated()), RestorePoints)
        ages = [START - (point.finished_at or START) for point in stated.points]
        assert ages == [timedelta(hours=1), timedelta(hours=25)]

    def test_a_point_that_is_moved_on_stays_the_same(self):
        system = rotated()
        before = {point.id for point in fact(look(system), RestorePoints).points}
        system.files.rename("/rotation/daily.1", "/rotation/daily.2")
        assert {point.id for point in fact(look(system), RestorePoints).points} == before

    def test_files_links_and_what_is_hidden_are_no_points(self):
        system = rotated()
        system.files.put("/rotation/note")
        system.files.link("/rotation/latest", "daily.0")
        system.files.make_directory("/rotation/.sync")
        assert fact(look(system), RestorePoints).total == 2

    def test_names_tell_the_time_where_the_folder_does_not(self):
        system = machine()
        for name in ("2026-11-20_03-00", "2026-11-21_03-00", "current", "2026-13-77_03-00"):
            made(system, name, days=0)
        stated = fact(look(system, copy(**NAMED)), RestorePoints)
        assert [f"{point.started_at:%dT%H:%M}" for point in stated.points] == [
            "21T01:00",
            "20T01:00",
        ]

    @pytest.mark.parametrize("zone", [None, "CET", "+15:00", "3", "+03:00\n"])
    def test_a_name_without_its_zone_is_refused(self, zone):
        with pytest.raises(DecodeError):
            copy(name_format="%Y-%m-%d", utc_offset=zone)

    def test_a_name_may_hold_its_zone(self):
        system = machine()
        made(system, "2026-11-21T030000+0900", days=0)
        (point,) = fact(look(system, copy(name_format="%Y-%m-%dT%H%M%S%z")), RestorePoints).points
        assert f"{point.started_at:%dT%H:%M}" == "20T18:00"

    def test_a_folder_that_is_not_there(self):
        with refused(Reason.PATH_MISSING):
            look(machine())

    def test_an_empty_folder_has_no_points(self):
        system = machine()
        system.files.make_directory("/rotation")
        (stated,) = look(system)
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0


class TestEncryption:
    def test_a_file_that_anybody_reads(self):
        assert fact(look(rotated()), CopyEncryption).state is Encryption.PLAINTEXT

    def test_files_that_cannot_be_read_prove_nothing(self):
        system = machine()
        made(system, "daily.0", days=0, data=bytes(range(256)) * 64)
        assert fact(look(system), CopyEncryption).state is Encryption.UNKNOWN

    def test_files_that_nobody_may_read_prove_nothing(self):
        system = rotated()
        system.files.fail("open", "/rotation/daily.0/localhost/srv/files/deep/a")
        assert fact(look(system), CopyEncryption).state is Encryption.UNKNOWN


class TestRestoring:
    def test_lists_what_the_newest_holds_by_its_live_path(self):
        system = rotated()
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        found = list(RESTORER.contents(asked, system, point))
        assert (
            PointFile(path="/srv/files/deep/a", size=440, modified_ns=10**18, is_file=True) in found
        )
        (link,) = [each for each in found if each.path == "/srv/files/link"]
        assert not link.is_file

    def test_brings_files_back_and_no_links(self):
        system = rotated()
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        wanted = ["/srv/files/deep/a", "/srv/files/link", "/srv/files/gone"]
        found = RESTORER.restore(asked, system, point, wanted, "/sandbox", 10_000)
        assert found == {"/srv/files/deep/a": "/sandbox/srv/files/deep/a"}
        RESTORER.restore_all(asked, system, point, "/all", 10_000)
        assert list(system.files.tree("/all")) == ["/all/srv/files/deep/a"]

    def test_nothing_comes_back_through_a_link(self):
        system = rotated()
        system.files.put("/srv/files/deep/live", b"live data")
        system.files.link("/rotation/daily.0/localhost/srv/files/door", "/srv/files/deep")
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        paths = ["/srv/files/door/live", "/srv/files/deep/a"]
        found = RESTORER.restore(asked, system, point, paths, "/sandbox", 10_000)
        assert list(found) == ["/srv/files/deep/a"]

    def test_a_point_that_is_a_link_to_the_live_data(self):
        system = rotated()
        system.files.put("/srv/files/a", b"live data")
        system.files.link("/rotation/daily.0/whole", "/")
        asked = copy(inside="whole")
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        with refused(Reason.UNSAFE_CONTENTS):
            list(RESTORER.contents(asked, system, point))

    def test_no_more_comes_back_than_may(self):
        system = rotated()
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        with refused(Reason.QUOTA_EXCEEDED):
            RESTORER.restore_all(asked, system, point, "/all", 10)

    def test_a_point_that_was_rotated_away_meanwhile(self):
        system = rotated()
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        system.files.remove_tree("/rotation/daily.0")
        with refused(Reason.NO_RESTORE_POINT):
            list(RESTORER.contents(asked, system, point))

    def test_nothing_tells_whether_its_bytes_are_those_that_were_saved(self):
        with refused(Reason.UNSUPPORTED):
            RESTORER.verify(copy(), rotated())
