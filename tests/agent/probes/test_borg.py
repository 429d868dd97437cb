from __future__ import annotations

import json
import struct
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnySubject, Point, Told, Turn, keyed_hash
from guardian_agent.probes.borg import PROBE
from guardian_agent.probing.tool import RESTORE_SECONDS
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Observation,
    Outcome,
    Reason,
    RestorePoints,
)

from tests.agent.fakes import Call, Completed, FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import KEY, SCRATCH, fact, machine, recorded, refused, subject

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
VERSIONS = ("1.2.4", "1.4.5")
POINT = Point(native_id=f"{'ab' * 32} nightly", hashed_id="cd" * 16, started_at=NOW)
RESTORER = PROBE.restorer
assert RESTORER is not None


def borg(**settings: object) -> AnySubject:
    known = {"repository": "/backup/borg", "passphrase_file": "/etc/borg.passphrase"}
    return subject(PROBE, **(known | settings))


def answers(listing: object, *, state: str | None = None, has_passphrase: bool = True) -> Answers:
    text = listing if isinstance(listing, str) else json.dumps(listing)
    seen = json.dumps({"state": state, "has_passphrase": has_passphrase})
    return {"version": "borg 1.2.4", "list": text, "seen": seen, "asked_at": NOW.isoformat()}


def listing(*starts: str, mode: str = "repokey") -> dict[str, object]:
    archives = [{"id": f"{n:064x}", "name": f"a{n}", "start": t} for n, t in enumerate(starts)]
    return {"archives": archives, "encryption": {"mode": mode}}


def parse(given: Answers) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(borg(), given, NOW))


def local_machine(**answer: object) -> FakeSystem:
    """Return a machine with borg, a passphrase and an answer to `list`."""
    system = machine()
    system.files.put("/etc/borg.passphrase", b"s3cret\n")
    system.processes.answer("borg", "--version", stdout=b"borg 1.2.4\n")
    system.processes.answer("borg", "list", **answer)  # type: ignore[arg-type]
    return system


def segment(*types: int) -> bytes:
    """Return a segment with one object for each key type."""
    objects = [struct.pack("<IIB32sB", 0, 42, 0, b"k" * 32, kind) for kind in types]
    return b"BORG_SEG" + b"".join(objects) + struct.pack("<IIB", 0, 9, 2)


RECORDED = [
    Recording(
        probe=PROBE,
        subject=borg(),
        machine=partial(local_machine, stdout=recorded(f"borg-{version}", f"{mode}-list.json")),
    )
    for version in VERSIONS
    for mode in ("none", "repokey-blake2")
]


class TestParsing:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("mode", ["none", "repokey-blake2"])
    def test_states_the_archives_of_each_recorded_version(self, version, mode):
        text = recorded(f"borg-{version}", f"{mode}-list.json").decode()
        stated = fact(parse(answers(text)), RestorePoints)
        native = [f"{item['id']} {item['name']}" for item in json.loads(text)["archives"]]
        assert (stated.total, stated.tool_version) == (2, "1.2.4")
        expected = [keyed_hash(KEY, name) for name in reversed(native)]
        assert [point.id for point in stated.points] == expected

    def test_takes_times_without_a_zone_as_utc(self):
        stated = fact(parse(answers(listing("2026-11-21T22:53:33.000000"))), RestorePoints)
        assert stated.points[0].started_at == datetime(2026, 11, 21, 22, 53, 33, tzinfo=UTC)
        assert stated.points[0].finished_at is None

    def test_takes_an_offset_where_a_newer_borg_gives_one(self):
        stated = fact(parse(answers(listing("2026-11-21T22:53:33+09:00"))), RestorePoints)
        assert stated.points[0].started_at == datetime(2026, 11, 21, 13, 53, 33, tzinfo=UTC)

    def test_takes_the_end(self):
        told = listing("2026-11-21T22:53:33")
        told["archives"][0]["end"] = "2026-11-21T22:54:33"  # type: ignore[index]
        finished = fact(parse(answers(told)), RestorePoints).points[0].finished_at
        assert finished == datetime(2026, 11, 21, 22, 54, 33, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("mode", "state", "rule"),
        [
            ("none", "plaintext", "borg-mode-none"),
            ("authenticated", "plaintext", "borg-mode-authenticated"),
            ("authenticated-blake2", "plaintext", "borg-mode-authenticated-blake2"),
            ("repokey", "encrypted", "borg-mode-repokey"),
            ("repokey-blake2", "encrypted", "borg-mode-repokey-blake2"),
            ("keyfile", "encrypted", "borg-mode-keyfile"),
            ("keyfile-blake2", "encrypted", "borg-mode-keyfile-blake2"),
            ("rot13 /etc/passwd", "unknown", "borg-mode-unknown"),
        ],
    )
    def test_judges_by_the_mode_where_the_bytes_are_out_of_reach(self, mode, state, rule):
        found = fact(parse(answers(listing(mode=mode))), CopyEncryption)
        assert (found.state, found.rule) == (state, rule)

    @pytest.mark.parametrize(
        ("mode", "seen", "state", "rule"),
        [
            ("repokey", "plaintext", "plaintext", "borg-segments"),
            ("none", "encrypted", "encrypted", "borg-segments"),
            ("repokey", "encrypted", "encrypted", "borg-mode-repokey"),
            ("none", "plaintext", "plaintext", "borg-mode-none"),
            ("future", "encrypted", "encrypted", "borg-segments"),
        ],
    )
    def test_bytes_win_over_the_mode(self, mode, seen, state, rule):
        found = fact(parse(answers(listing(mode=mode), state=seen)), CopyEncryption)
        assert (found.state, found.rule) == (state, rule)

    def test_a_key_that_opens_without_a_passphrase_is_weak(self):
        given = answers(listing(), state="encrypted", has_passphrase=False)
        found = fact(parse(given), CopyEncryption)
        assert (found.state, found.rule) == (Encryption.WEAK, "borg-no-passphrase")

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "{}",
            "Warning: something\n" + json.dumps(listing()),
            json.dumps(listing())[:-1],
            json.dumps({"archives": []}),
            json.dumps({"archives": [{}], "encryption": {"mode": "none"}}),
            json.dumps(listing("yesterday")),
            json.dumps({"archives": None, "encryption": {"mode": "none"}}),
            json.dumps({"archives": [], "encryption": "none"}),
        ],
    )
    def test_refuses_what_it_cannot_read(self, text):
        with refused(Reason.UNREADABLE_ANSWER):
            parse(answers(text))


class TestNewest:
    def test_is_the_newest_that_is_not_dated_in_the_future(self):
        told = listing("2026-11-21T03:00:00", "2026-11-22T03:00:00", "2030-01-01T00:00:00")
        newest = RESTORER.newest(borg(), answers(told))
        assert newest is not None
        assert newest.native_id.endswith(" a1")
        assert RESTORER.newest(borg(), answers(listing())) is None


class TestGathering:
    def test_asks_past_the_lock_with_a_base_folder_of_its_own(self):
        system = local_machine(stdout=json.dumps(listing()).encode())
        given = PROBE.gather(borg(archives="web1-*", key_file="/etc/borg.key"), system)
        call = system.processes.calls[-1]
        assert call.arguments == (
            "/usr/bin/borg", "list", "--log-json", "--bypass-lock", "--json",
            "--format", "{end}{hostname}{command_line}", "--glob-archives", "web1-*",
        )  # fmt: skip
        base = call.environment["BORG_BASE_DIR"]
        assert call.environment == {
            "BORG_REPO": "/backup/borg",
            "BORG_PASSPHRASE": "s3cret",
            "BORG_KEY_FILE": "/etc/borg.key",
            "BORG_BASE_DIR": base,
            "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes",
            "BORG_RELOCATED_REPO_ACCESS_IS_OK": "yes",
        }
        assert base.startswith(f"{SCRATCH}/")
        assert not system.files.exists(base)
        assert fact(parse(given), RestorePoints).total == 0

    def test_never_lets_borg_ask_a_terminal(self):
        system = local_machine(stdout=json.dumps(listing(mode="none")).encode())
        PROBE.gather(borg(passphrase_file=None), system)
        assert system.processes.calls[-1].environment["BORG_PASSPHRASE"] == ""

    def test_takes_a_passphrase_from_the_environment_file(self):
        system = local_machine(stdout=json.dumps(listing()).encode())
        system.files.put("/etc/borg.env", b'BORG_PASSCOMMAND="cat /etc/p"\n')
        given = PROBE.gather(borg(passphrase_file=None, environment_file="/etc/borg.env"), system)
        assert fact(parse(given), CopyEncryption).state is Encryption.ENCRYPTED

    @pytest.mark.parametrize(
        ("segments", "state"),
        [
            ({"0/0": segment(3), "0/2": segment(3, 3)}, Encryption.ENCRYPTED),
            ({"0/0": segment(2), "0/2": segment()}, Encryption.PLAINTEXT),
            ({"0/999": segment(3), "1/1000": segment(7)}, Encryption.PLAINTEXT),
            ({"0/0": segment(3), "0/1": segment(3, 6)}, Encryption.PLAINTEXT),
            ({"0/0": segment(), "0/1": b""}, Encryption.ENCRYPTED),
            ({"0/0": segment(99)}, Encryption.ENCRYPTED),
            ({}, Encryption.ENCRYPTED),
        ],
    )
    def test_looks_at_the_segments_of_a_local_repository(self, segments, state):
        """Where the segments do not decide, the mode does: here `repokey`."""
        system = local_machine(stdout=json.dumps(listing()).encode())
        system.files.put("/backup/borg/data/README", b"no segment")
        for name, data in segments.items():
            system.files.put(f"/backup/borg/data/{name}", data)
        for repository in ("/backup/borg", "file:///backup/borg"):
            given = PROBE.gather(borg(repository=repository), system)
            assert fact(parse(given), CopyEncryption).state is state

    def test_does_not_need_to_read_the_repository_itself(self):
        system = local_machine(stdout=json.dumps(listing()).encode())
        system.files.put("/backup/borg/data/0/1", segment(2))
        system.files.fail("scan", "/backup/borg/data")
        given = PROBE.gather(borg(), system)
        assert fact(parse(given), CopyEncryption).rule == "borg-mode-repokey"
        given = PROBE.gather(borg(repository="ssh://host/backup/borg"), system)
        assert fact(parse(given), CopyEncryption).rule == "borg-mode-repokey"

    @pytest.mark.parametrize(
        ("status", "stderr", "reason"),
        [
            (2, recorded("borg-1.2.4", "wrong-pass.stderr"), Reason.WRONG_PASSWORD),
            (2, recorded("borg-1.4.5", "wrong-pass.stderr"), Reason.WRONG_PASSWORD),
            (2, recorded("borg-1.2.4", "no-repo.stderr"), Reason.NO_REPOSITORY),
            (2, recorded("borg-1.4.5", "no-repo.stderr"), Reason.NO_REPOSITORY),
            (2, b'{"msgid": "LockTimeout"}', Reason.LOCKED),
            (2, b'{"msgid": "Repository.InvalidRepository"}', Reason.NO_REPOSITORY),
            (2, b"[Errno 13] Permission denied: '/backup/borg/config'", Reason.PERMISSION_DENIED),
            (2, b'{"msgid": "IntegrityError"}', Reason.DAMAGED),
            (-9, b"", Reason.INTERRUPTED),
            (143, b"", Reason.INTERRUPTED),
            (77, b"", Reason.EXIT_STATUS),
        ],
    )
    def test_says_why_there_is_no_listing(self, status, stderr, reason):
        with refused(reason):
            PROBE.gather(borg(), local_machine(status=status, stderr=stderr))

    def test_says_that_the_passphrase_file_is_not_there(self):
        system = local_machine()
        system.files.remove("/etc/borg.passphrase")
        with refused(Reason.PATH_MISSING):
            PROBE.gather(borg(), system)


class TestContents:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_reads_each_recorded_version(self, version):
        lines = recorded(f"borg-{version}", "list-archive.jsonl")
        found = list(RESTORER.contents(borg(root="/srv"), local_machine(stdout=lines), POINT))
        assert [item.path for item in found] == [
            "/srv/src", "/srv/src/docs", "/srv/src/docs/f1.txt",
        ]  # fmt: skip
        assert [item.is_file for item in found] == [False, False, True]
        assert found[2].size == 22_607
        assert found[2].modified_ns == 1_795_301_355_501_303_000

    def test_gives_a_hard_link_the_size_of_its_first_name(self):
        first = {"type": "-", "mode": "-rw", "path": "srv/a", "source": "", "size": 7}
        again = {"type": "-", "mode": "hrw", "path": "srv/b", "source": "srv/a", "size": 0}
        lost = {"type": "-", "mode": "hrw", "path": "srv/c", "source": "elsewhere", "size": 0}
        lines = b"\n".join(json.dumps(item).encode() for item in (first, again, lost))
        found = list(RESTORER.contents(borg(), local_machine(stdout=lines), POINT))
        assert [(item.path, item.size) for item in found] == [
            ("/srv/a", 7), ("/srv/b", 7), ("/srv/c", 0),
        ]  # fmt: skip

    @pytest.mark.parametrize(
        "line",
        [
            b"{",
            b"[]",
            b"{}",
            b'{"type": "-", "mode": "-rw", "path": "a", "source": "", "size": "7"}',
            b'{"type": "-", "mode": "-rw", "path": "a", "source": "", "size": -7}',
            b"[" * 100_000,
        ],
    )
    def test_refuses_a_line_that_is_no_item(self, line):
        with refused(Reason.UNREADABLE_ANSWER):
            list(RESTORER.contents(borg(), local_machine(stdout=line), POINT))

    def test_refuses_names_that_leave_their_folder(self):
        item = {"type": "-", "mode": "-rw", "path": "srv/../../etc/passwd", "source": "", "size": 7}
        with refused(Reason.UNSAFE_CONTENTS):
            list(RESTORER.contents(borg(), local_machine(stdout=json.dumps(item).encode()), POINT))

    def test_says_that_the_archive_is_gone(self):
        system = local_machine(status=2, stderr=b'{"msgid": "Archive.DoesNotExist"}')
        with refused(Reason.NO_RESTORE_POINT):
            list(RESTORER.contents(borg(), system, POINT))
        assert system.files.tree(SCRATCH) == {}


class TestRestoring:
    def test_extracts_all_files_in_one_call_by_exact_names(self):
        system = local_machine()
        extracts(system, "srv/files/a*", status=1)
        wanted = ["/srv/files/a*", "/srv/files/gone"]
        found = RESTORER.restore(borg(), system, POINT, wanted, "/sandbox", 100)
        assert found == {"/srv/files/a*": "/sandbox/srv/files/a*"}
        (call,) = system.processes.calls
        assert call.arguments[-3:] == ("::nightly", "pf:srv/files/a*", "pf:srv/files/gone")
        assert (call.directory, call.seconds) == ("/sandbox", RESTORE_SECONDS)

    def test_keeps_braces_in_an_archive_name(self):
        system = local_machine()
        system.processes.answer("borg", "extract")
        point = Point(native_id="ab {now}", hashed_id="cd" * 16, started_at=NOW)
        RESTORER.restore(borg(), system, point, ["/a"], "/sandbox", 100)
        assert "::{{now}}" in system.processes.calls[-1].arguments

    def test_says_that_the_data_is_damaged(self):
        system = local_machine()
        system.processes.answer("borg", "extract", status=2, stderr=b"Data integrity error: ...")
        with refused(Reason.DAMAGED):
            RESTORER.restore(borg(), system, POINT, ["/a"], "/sandbox", 100)

    def test_refuses_more_than_the_limit(self):
        system = local_machine()
        extracts(system, "a", size=101)
        with refused(Reason.QUOTA_EXCEEDED):
            RESTORER.restore(borg(), system, POINT, ["/a"], "/sandbox", 100)


class TestRestoringAll:
    @pytest.mark.parametrize(
        ("paths", "root", "patterns"),
        [
            (["/srv/files/"], "/", ["pp:srv/files"]),
            (["/srv/files", "/etc"], "/", ["pp:etc", "pp:srv/files"]),
            (["/srv"], "/srv/files", []),
            ([], "/", []),
        ],
    )
    def test_extracts_what_is_of_the_set_in_one_call(self, paths, root, patterns):
        system = local_machine()
        system.processes.answer("borg", "extract", status=1)
        RESTORER.restore_all(borg(paths=paths, root=root), system, POINT, "/sandbox", 100)
        (call,) = system.processes.calls
        assert call.arguments[1:] == (
            "extract", "--log-json", "--bypass-lock",
            "--noacls", "--noxattrs", "--noflags", "--numeric-ids", "::nightly", *patterns,
        )  # fmt: skip
        assert (call.directory, call.seconds) == ("/sandbox", RESTORE_SECONDS)

    def test_extracts_nothing_where_no_path_of_the_set_can_be_in_it(self):
        system = local_machine()
        RESTORER.restore_all(borg(paths=["/etc"], root="/srv"), system, POINT, "/sandbox", 100)
        assert system.processes.calls == []

    def test_says_that_the_data_is_damaged(self):
        system = local_machine()
        system.processes.answer("borg", "extract", status=2, stderr=b"Data integrity error: ...")
        with refused(Reason.DAMAGED):
            RESTORER.restore_all(borg(), system, POINT, "/sandbox", 100)


class TestVerifying:
    def test_reads_all_data(self):
        system = local_machine()
        system.processes.answer("borg", "check", seconds=15)
        found = RESTORER.verify(borg(), system)
        assert (found.outcome, found.data_read) == (Outcome.PASSED, 1.0)
        assert (found.part, found.parts) == (1, 1)
        call = system.processes.calls[-1]
        assert call.arguments == ("/usr/bin/borg", "check", "--log-json", "--verify-data")
        assert call.seconds == timedelta(hours=6).total_seconds()

    def test_takes_no_turns_and_says_so(self):
        system = local_machine()
        system.processes.answer("borg", "check")
        found = RESTORER.verify(borg(), system, Turn(part=3, parts=20))
        assert (found.part, found.parts, found.data_read) == (1, 1, 1.0)
        assert "--verify-data" in system.processes.calls[-1].arguments

    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("status", [1, 2])
    def test_finds_damage(self, version, status):
        system = local_machine()
        text = recorded(f"borg-{version}", "check-corrupt.stderr")
        system.processes.answer("borg", "check", status=status, stderr=text)
        found = RESTORER.verify(borg(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    def test_a_lock_is_no_damage(self):
        system = local_machine()
        text = b'{"msgid": "LockTimeout", "message": "Failed to create/acquire the lock"}'
        system.processes.answer("borg", "check", status=2, stderr=text)
        with refused(Reason.LOCKED):
            RESTORER.verify(borg(), system)


def test_refuses_seen_bytes_of_another_form():
    given = {**answers(listing()), "seen": "{}"}
    with pytest.raises(ProbeError):
        parse(given)


def extracts(system: FakeSystem, name: str, *, size: int = 2, status: int = 0) -> None:
    """Let borg extract this one file, whatever it is asked for."""

    def act(call: Call) -> Completed:
        system.files.put(f"{call.directory}/{name}", b"x" * size)
        return Completed(status=status, stdout=b"", stderr=b"", seconds=1.0)

    system.processes.answer_with(act, "borg", "extract")


@pytest.mark.parametrize("repository", ["/backup/borg", "file:///backup/borg", "ssh://h/r"])
def test_raw_bytes_are_the_segments_of_a_local_repository(repository):
    system = machine()
    system.files.put("/backup/borg/data/0/9", b"")
    system.files.put("/backup/borg/data/0/10", b"")
    system.files.put("/backup/borg/data/1/1000", b"")
    assert PROBE.raw is not None
    found = list(PROBE.raw(borg(repository=repository), system))
    names = ["1/1000", "0/10", "0/9"] if repository.endswith("/backup/borg") else []
    assert found == [f"/backup/borg/data/{name}" for name in names]


class TestTold:
    def test_what_the_newest_archive_was_made_with(self):
        known = listing("2026-11-20T03:00:00.000000", "2026-11-21T03:00:00.000000")
        older, newest = known["archives"]
        older |= {"hostname": "old", "command_line": ["borg", "create", "r::a", "/old"]}
        newest |= {"hostname": "web1", "command_line": ["borg", "create", "r::b", "/srv"]}
        assert PROBE.told is not None
        told = PROBE.told(borg(), answers(known))
        assert told == Told(paths=("/srv",), excludes=(), host="web1")

    def test_no_archive_tells_nothing(self):
        assert PROBE.told(borg(), answers(listing())) is None
        told = PROBE.told(borg(), answers(listing("2026-11-21T03:00:00.000000")))
        assert told == Told()
