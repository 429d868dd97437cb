from __future__ import annotations

import hashlib
import tarfile
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.probe import AnySubject, Turn, find_points, keyed_hash
from guardian_agent.probes.file_drop import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import KEY, fact, machine, refused, subject
from tests.agent.probing.packing import member, tar, zipped

RESTORER = PROBE.restorer
assert RESTORER is not None
NOISE = b"".join(hashlib.sha256(bytes([n])).digest() for n in range(256))
WHOLE = tar(member("srv/files/a", b"first line\n" * 50), mode="w:gz")


def copy(**changes: object) -> AnySubject:
    return subject(PROBE, path="/drop", **({"pattern": "*.tar.gz"} | changes))


def drop(system: FakeSystem, name: str, data: bytes = WHOLE, **age: float) -> str:
    """Drop a file of some age; return its native id."""
    moment = system.clock.nanoseconds() - timedelta(**age) // timedelta(microseconds=1) * 1000
    system.files.put(f"/drop/{name}", data, modified_ns=moment)
    return f"{moment} {len(data)} {name}"


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


def contents(facts: tuple[Observation, ...]) -> list[PointContents]:
    return [item for item in facts if isinstance(item, PointContents)]


def kept() -> FakeSystem:
    system = machine()
    drop(system, "mon.tar.gz", days=2)
    drop(system, "tue.tar.gz", days=1)
    return system


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=kept)]


class TestListing:
    def test_every_matching_file_is_a_point_newest_first(self):
        system = machine()
        old = drop(system, "mon.tar.gz", days=2)
        new = drop(system, "tue.tar.gz", days=1)
        drop(system, "notes.txt")
        drop(system, ".tue.tar.gz")
        system.files.link("/drop/latest.tar.gz", "tue.tar.gz")
        system.files.make_directory("/drop/folder.tar.gz")
        stated = fact(look(system), RestorePoints)
        assert [point.id for point in stated.points] == [keyed_hash(KEY, n) for n in (new, old)]
        newest = stated.points[0]
        assert newest.finished_at == system.clock.now() - timedelta(days=1)
        assert (newest.started_at, newest.bytes) == (newest.finished_at, len(WHOLE))

    def test_hidden_files_match_a_pattern_that_asks_for_them(self):
        system = machine()
        drop(system, ".nightly.tar.gz")
        assert fact(look(system, copy(pattern=".*.tar.gz")), RestorePoints).total == 1

    def test_an_empty_folder_has_no_points(self):
        system = machine()
        system.files.make_directory("/drop")
        (stated,) = look(system)
        assert stated == fact((stated,), RestorePoints)
        assert stated.total == 0

    def test_a_missing_folder_is_no_empty_folder(self):
        with refused(Reason.PATH_MISSING):
            look(machine())
        system = machine()
        system.files.put("/drop", b"a file where the folder was")
        with refused(Reason.PATH_MISSING):
            look(system)

    def test_a_closed_folder_is_told(self):
        system = machine()
        system.files.make_directory("/drop")
        system.files.fail("scan", "/drop")
        with refused(Reason.PERMISSION_DENIED):
            look(system)

    def test_names_that_are_no_text_are_points(self):
        system = machine()
        drop(system, "n\udcff\n.tar.gz")
        assert fact(look(system), RestorePoints).total == 1

    def test_a_file_from_beyond_the_calendar_is_refused(self):
        system = machine()
        system.files.put("/drop/a.tar.gz", WHOLE, modified_ns=1 << 62)
        assert fact(look(system), RestorePoints).total == 1
        system.files.put("/drop/a.tar.gz", WHOLE, modified_ns=1 << 90)
        with refused(Reason.UNREADABLE_ANSWER):
            look(system)


class TestEncryption:
    @pytest.mark.parametrize(
        ("data", "state"),
        [(WHOLE, Encryption.PLAINTEXT), (b"", Encryption.EMPTY), (NOISE, Encryption.UNKNOWN)],
    )
    def test_judges_the_newest_file(self, data, state):
        system = machine()
        drop(system, "old.tar.gz", b"plain text that anybody reads\n" * 9, days=1)
        drop(system, "new.tar.gz", data)
        drop(system, "future.tar.gz", b"text\n" * 99, days=-3)
        assert fact(look(system), CopyEncryption).state is state


class TestContents:
    def test_a_whole_archive_is_left_to_be_compared_with_live_data(self):
        system = machine()
        drop(system, "a.tar.gz")
        assert contents(look(system)) == []

    def test_without_live_data_a_whole_archive_is_valid(self):
        system = machine()
        native = drop(system, "a.tar.gz")
        (found,) = contents(look(system, subject(PROBE, paths=(), path="/drop", pattern="*")))
        assert (found.valid, found.reason, found.files) == (True, Reason.NONE, 1)
        assert found.point == keyed_hash(KEY, native)

    @pytest.mark.parametrize(
        ("data", "valid", "reason"),
        [
            (WHOLE[:-20], False, Reason.DAMAGED),
            (tar(member("../etc/passwd")), False, Reason.UNSAFE_CONTENTS),
            (zipped({"a": b"x" * 99})[:-9], False, Reason.DAMAGED),
            (b"-- MariaDB dump", None, Reason.UNSUPPORTED),
            (b"", None, Reason.UNSUPPORTED),
        ],
    )
    def test_what_cannot_be_compared_is_told_with_its_reason(self, data, valid, reason):
        system = machine()
        drop(system, "a.tar.gz", data)
        (found,) = contents(look(system))
        assert (found.valid, found.reason) == (valid, reason)


class TestMemory:
    def test_reads_an_archive_once_where_it_can_remember(self):
        system = machine()
        drop(system, "a.tar.gz", WHOLE[:-20])
        remembering = replace(copy(), memory="/state/memory")
        system.files.make_directory("/state")
        first = look(system, remembering)
        system.files.fail("open", "/drop/a.tar.gz")
        with refused(Reason.PERMISSION_DENIED):
            look(system, remembering)  # its encryption is looked at in each pass
        system.files.mend()
        moment = system.files.stat("/drop/a.tar.gz").modified_ns
        system.files.put("/drop/a.tar.gz", bytes(len(WHOLE) - 20), modified_ns=moment)
        assert contents(look(system, remembering)) == contents(first)

    def test_reads_again_what_was_replaced(self):
        system = machine()
        system.files.make_directory("/state")
        remembering = replace(copy(), memory="/state/memory")
        drop(system, "a.tar.gz", WHOLE[:-20])
        assert contents(look(system, remembering))[0].valid is False
        drop(system, "a.tar.gz")
        assert contents(look(system, remembering)) == []

    @pytest.mark.parametrize("memory", [b"", b"{}", b"\xff", b"x" * 5000])
    def test_a_broken_memory_costs_nothing_but_time(self, memory):
        system = machine()
        system.files.put("/state/memory", memory)
        drop(system, "a.tar.gz", WHOLE[:-20])
        remembering = replace(copy(), memory="/state/memory")
        assert contents(look(system, remembering))[0].valid is False

    def test_a_full_disk_costs_the_memory_only(self):
        system = machine()
        drop(system, "a.tar.gz", WHOLE[:-20])
        system.files.fail("write", "/state/memory")
        assert contents(look(system, replace(copy(), memory="/state/memory")))[0].valid is False

    def test_what_may_be_mended_is_not_remembered(self):
        system = machine()
        system.files.make_directory("/state")
        drop(system, "a.tar.gz", b"something else")
        look(system, replace(copy(), memory="/state/memory"))
        assert not system.files.exists("/state/memory")


class TestRestoring:
    def test_gives_back_files_under_their_names(self):
        system = machine()
        drop(system, "a.tar.gz")
        answers = PROBE.gather(copy(), system)
        point = RESTORER.newest(copy(), answers)
        assert point is not None
        (entry,) = RESTORER.contents(copy(), system, point)
        system.files.make_directory("/sandbox")
        wanted = ["/srv/files/none", entry.path]
        found = RESTORER.restore(copy(), system, point, wanted, "/sandbox", 1000)
        assert found == {"/srv/files/a": "/sandbox/srv/files/a"}
        assert system.files.tree("/sandbox") == {"/sandbox/srv/files/a": b"first line\n" * 50}

    def test_what_was_made_while_the_archive_was_written_may_be_missing(self):
        system = machine()
        drop(system, "a.tar.gz")
        point = RESTORER.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        assert point.started_at < system.clock.now() - timedelta(seconds=1)

    def test_there_may_be_none(self):
        system = machine()
        drop(system, "future.tar.gz", days=-3)
        assert RESTORER.newest(copy(), PROBE.gather(copy(), system)) is None

    def test_refuses_a_hostile_archive(self):
        system = machine()
        drop(system, "a.tar.gz", tar(member("srv/files/a", b"x"), member("../../etc/passwd")))
        point = RESTORER.newest(copy(), PROBE.gather(copy(), system))
        assert point is not None
        system.files.make_directory("/sandbox")
        with refused(Reason.UNSAFE_CONTENTS):
            RESTORER.restore(copy(), system, point, ["/srv/files/a"], "/sandbox", 1000)


class TestNewest:
    def test_is_known_without_a_look_into_any_file(self):
        system = machine()
        drop(system, "mon.tar.gz", days=1)
        drop(system, "tue.tar.gz")
        asked = copy()
        whole = RESTORER.newest(asked, PROBE.gather(asked, system))
        system.files.fail("open", "/drop/tue.tar.gz")
        found = find_points(PROBE, asked, system)
        assert RESTORER.newest(asked, found.answers) == whole

    def test_is_one_archive_on_this_machine(self):
        system = machine()
        drop(system, "tue.tar.gz")
        asked = subject(PROBE, path="/drop", pattern="*", root="/srv")
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        assert PROBE.archive is not None
        found = PROBE.archive(asked, point)
        assert (found.path, found.root) == ("/drop/tue.tar.gz", "/srv")


class TestRestoringAll:
    @pytest.mark.parametrize(
        ("paths", "written"),
        [
            (["/srv/files"], ["srv/files/a", "srv/files/b"]),
            (["/srv/files/a", "/etc"], ["etc/c", "srv/files/a"]),
            (["/var"], []),
            ([], ["etc/c", "srv/files/a", "srv/files/b"]),
        ],
    )
    def test_writes_the_plain_files_of_the_set(self, paths, written):
        system = machine()
        link = member("srv/files/b", kind=tarfile.LNKTYPE, link="srv/files/a")
        soft = member("srv/files/d", kind=tarfile.SYMTYPE, link="/etc")
        data = tar(member("srv/files/a", b"x"), link, soft, member("etc/c", b"x"))
        drop(system, "a.tar.gz", data)
        asked = subject(PROBE, paths=paths, path="/drop", pattern="*.gz")
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        system.files.make_directory("/sandbox")
        RESTORER.restore_all(asked, system, point, "/sandbox", 1000)
        found = system.files.tree("/sandbox")
        assert found == {f"/sandbox/{name}": b"x" for name in written}


class TestVerifying:
    def test_reads_the_archives_whose_turn_it_is(self):
        system = machine()
        for number in range(9):
            drop(system, f"{number}.tar.gz")
        checks = [RESTORER.verify(copy(), system, Turn(part=n, parts=4)) for n in (1, 2, 3, 4)]
        assert [(each.part, each.parts) for each in checks] == [(1, 4), (2, 4), (3, 4), (4, 4)]
        assert {each.outcome for each in checks} == {Outcome.PASSED}
        assert {each.data_read for each in checks} == {0.25}

    def test_a_part_without_an_archive_is_read(self):
        system = machine()
        drop(system, "a.tar.gz")
        checks = [RESTORER.verify(copy(), system, Turn(part=n, parts=2)) for n in (1, 2)]
        assert [each.data_read for each in checks] == [0.5, 0.5]

    def test_damage_is_found_when_its_turn_comes(self):
        system = machine()
        for number in range(8):
            drop(system, f"{number}.tar.gz")
        drop(system, "bad.tar.gz", WHOLE[:-20])
        checks = [RESTORER.verify(copy(), system, Turn(part=n, parts=4)) for n in (1, 2, 3, 4)]
        assert sorted(each.outcome for each in checks) == ["failed", "passed", "passed", "passed"]

    @pytest.mark.parametrize("share", ["", "0%", "101%", "5"])
    def test_refuses_another_form_of_share(self, share):
        with pytest.raises(DecodeError):
            subject(PROBE, path="/drop", pattern="*", read_data=share)

    def test_reads_every_archive(self):
        system = machine()
        drop(system, "a.tar.gz", days=1)
        drop(system, "b.tar.gz")
        found = RESTORER.verify(copy(), system)
        assert (found.outcome, found.reason, found.data_read) == (
            Outcome.PASSED, Reason.NONE, 1.0,
        )  # fmt: skip

    def test_one_damaged_archive_fails_the_copy(self):
        system = machine()
        drop(system, "a.tar.gz", WHOLE[:-20], days=1)
        drop(system, "b.tar.gz")
        found = RESTORER.verify(copy(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    def test_what_cannot_be_read_does_not_count_as_read(self):
        system = machine()
        drop(system, "a.tar.gz", b"Salted__" + bytes(len(WHOLE) - 8), days=1)
        drop(system, "b.tar.gz")
        found = RESTORER.verify(copy(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 0.5)
        assert (found.part, found.parts) == (0, 0)  # no part was read to its end

    def test_nothing_read_is_nothing_verified(self):
        system = machine()
        drop(system, "a.tar.gz", b"something else")
        with refused(Reason.UNSUPPORTED):
            RESTORER.verify(copy(), system)
        system.files.remove("/drop/a.tar.gz")
        with refused(Reason.NO_RESTORE_POINT):
            RESTORER.verify(copy(), system)


@pytest.mark.parametrize("text", ["", "{}", "null", '{"state": "encrypted"}', "\ud800"])
def test_refuses_an_answer_of_another_form(text):
    system = machine()
    drop(system, "a.tar.gz")
    answers = PROBE.gather(copy(), system)
    with refused(Reason.UNREADABLE_ANSWER):
        PROBE.parse(copy(), {**answers, "newest": text}, system.clock.now())


def test_raw_bytes_are_the_files_newest_first():
    system = machine()
    drop(system, "mon.tar.gz", days=2)
    drop(system, "tue.tar.gz", days=1)
    assert PROBE.raw is not None
    assert list(PROBE.raw(copy(), system)) == ["/drop/tue.tar.gz", "/drop/mon.tar.gz"]
