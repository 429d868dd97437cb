from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import Answers, AnySubject, Point, Told, Turn, keyed_hash
from guardian_agent.probes.restic import PROBE, Settings
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
NOT_ALLOWED = b"""\
Fatal: unable to open config file: open /backup/config: permission denied
Is there a repository at the following location?
/backup"""
OUT_OF_REACH = b"""\
Load(<data/ab>): dial tcp 10.0.0.1:443: i/o timeout
Fatal: repository contains errors"""
VERSIONS = ("0.14", "0.18", "0.19")
POINT = Point(native_id="ab" * 32, hashed_id="cd" * 16, started_at=NOW)
RESTORER = PROBE.restorer
assert RESTORER is not None


def restic(**settings: object) -> AnySubject:
    paths = settings.pop("paths", ("/srv/files",))
    known = {"repository": "/backup/restic", "password_file": "/etc/restic.password"}
    return subject(PROBE, paths=paths, **(known | settings))  # type: ignore[arg-type]


def answers(snapshots: object) -> Answers:
    text = snapshots if isinstance(snapshots, str) else json.dumps(snapshots)
    return {"version": "restic 0.14.0 compiled", "snapshots": text, "asked_at": NOW.isoformat()}


def snapshot(**changes: object) -> dict[str, object]:
    made = {"id": "11" * 32, "time": "2026-11-22T03:00:00Z", "paths": ["/srv/files"]}
    return {**made, "hostname": "web1", **changes}


def points(facts: object) -> RestorePoints:
    assert isinstance(facts, tuple)
    return fact(facts, RestorePoints)


def parse(subject: AnySubject, given: Answers) -> tuple[Observation, ...]:
    return tuple(PROBE.parse(subject, given, NOW))


def kept(version: str) -> FakeSystem:
    """Return a machine with restic and a repository, as recorded."""
    system = machine()
    about = f"restic {version}.0 compiled with go1.19.8 on linux/amd64\n".encode()
    system.processes.answer("restic", "version", stdout=about)
    told = recorded(f"restic-{version}", "snapshots.json")
    system.processes.answer("restic", "snapshots", stdout=told)
    return system


RECORDED = [
    Recording(probe=PROBE, subject=restic(), machine=partial(kept, version)) for version in VERSIONS
]


class TestParsing:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_states_the_points_of_each_recorded_version(self, version):
        text = recorded(f"restic-{version}", "snapshots.json").decode()
        stated = points(parse(restic(), answers(text)))
        native = [item["id"] for item in json.loads(text)]
        assert stated.total == 2
        assert [point.id for point in stated.points] == [
            keyed_hash(KEY, name) for name in reversed(native)
        ]
        assert stated.points[0].started_at > stated.points[1].started_at == stated.oldest_at

    def test_leaves_absent_what_old_versions_do_not_tell(self):
        text = recorded("restic-0.14", "snapshots.json").decode()
        newest = points(parse(restic(), answers(text))).points[0]
        assert (newest.finished_at, newest.files, newest.bytes) == (None, None, None)

    @pytest.mark.parametrize("version", ["0.18", "0.19"])
    def test_takes_the_end_and_the_counts_from_the_summary(self, version):
        text = recorded(f"restic-{version}", "snapshots.json").decode()
        newest = points(parse(restic(), answers(text))).points[0]
        assert newest.finished_at is not None
        assert timedelta(0) < newest.finished_at - newest.started_at < timedelta(seconds=2)
        assert newest.files == 203
        assert newest.bytes is not None
        assert newest.bytes > 22_000_000

    def test_names_the_version(self):
        assert points(parse(restic(), answers([]))).tool_version == "0.14.0"

    @pytest.mark.parametrize("empty", ["[]", "null"])
    def test_states_an_empty_repository_as_no_points(self, empty):
        stated = points(parse(restic(), answers(empty)))
        assert (stated.total, stated.points, stated.oldest_at) == (0, (), None)

    def test_repositories_are_encrypted(self):
        encryption = fact(parse(restic(), answers([])), CopyEncryption)
        assert (encryption.state, encryption.rule) == (Encryption.ENCRYPTED, "restic-format")

    def test_turns_local_times_into_utc(self):
        made = snapshot(time="2026-11-22T05:30:00.123456789+05:30")
        started = points(parse(restic(), answers([made]))).points[0].started_at
        assert started == datetime(2026, 11, 22, 0, 0, 0, 123456, tzinfo=UTC)

    def test_sends_two_hundred_points_and_counts_all(self):
        made = [
            snapshot(id=f"{n:064x}", time=f"2026-{1 + n // 28 % 12:02}-{1 + n % 28:02}T00:00:00Z")
            for n in range(250)
        ]
        stated = points(parse(restic(), answers(made)))
        assert (stated.total, len(stated.points)) == (250, 200)
        assert stated.oldest_at == datetime(2026, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("held", "belongs"),
        [
            (["/srv/files"], True),
            (["/srv/files/"], True),
            (["/srv"], True),
            (["/"], True),
            (["/srv/files/sub"], True),
            (["/etc", "/srv/files"], True),
            (["/srv/files-old"], False),
            (["/etc"], False),
            ([], False),
            ([17, None], False),
        ],
    )
    def test_counts_snapshots_that_share_a_path_with_the_set(self, held, belongs):
        stated = points(parse(restic(), answers([snapshot(paths=held)])))
        assert stated.total == int(belongs)

    def test_counts_every_snapshot_of_a_set_without_paths(self):
        database = restic(paths=())
        assert points(parse(database, answers([snapshot(paths=["/stdin"])]))).total == 1

    def test_narrows_by_host_and_tags_where_they_are_set(self):
        made = [
            snapshot(),
            snapshot(hostname="web2", tags=["daily", "client:c1"]),
            snapshot(hostname="web2", tags=["weekly"]),
            snapshot(hostname=None, tags=None),
        ]
        assert points(parse(restic(host="web2"), answers(made))).total == 2
        assert points(parse(restic(tags=("daily",)), answers(made))).total == 1
        assert points(parse(restic(), answers(made))).total == 4

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "{",
            "warning: something\n[]",
            "[] trailing",
            "17",
            '{"snapshots": []}',
            '[{"id": "x"}]',
            '[{"id": "x", "paths": ["/srv"], "time": "yesterday"}]',
            '[{"id": 1, "time": "2026-11-22T03:00:00Z"}]',
            '[{"id": "x", "paths": ["/srv"], "time": "9999-12-31T23:59:59-23:59"}]',
            '[{"id": "x", "time": "2026-11-22T03:00:00Z", "summary": 3}]',
            "\ud800",
            "[" * 100_000,
        ],
    )
    def test_refuses_what_it_cannot_read(self, text):
        with pytest.raises(ProbeError) as caught:
            parse(restic(), answers(text))
        assert caught.value.reason is Reason.UNREADABLE_ANSWER

    @pytest.mark.parametrize("cut", [1, 100, 500, -1])
    def test_refuses_an_answer_cut_short(self, cut):
        text = recorded("restic-0.18", "snapshots.json").decode().strip()
        with pytest.raises(ProbeError) as caught:
            parse(restic(), answers(text[:cut]))
        assert caught.value.reason is Reason.UNREADABLE_ANSWER

    def test_refuses_a_missing_answer(self):
        with pytest.raises(ProbeError):
            parse(restic(), {})


class TestNewest:
    def test_is_the_newest_that_is_not_dated_in_the_future(self):
        made = [
            snapshot(id="aa", time="2026-11-20T03:00:00Z"),
            snapshot(id="bb", time="2026-11-21T03:00:00Z"),
            snapshot(id="cc", time="2030-01-01T00:00:00Z"),
        ]
        newest = RESTORER.newest(restic(), answers(made))
        assert newest is not None
        assert (newest.native_id, newest.hashed_id) == ("bb", keyed_hash(KEY, "bb"))

    def test_bears_a_clock_that_is_a_little_ahead(self):
        ahead = snapshot(time=(NOW + timedelta(minutes=2)).isoformat())
        assert RESTORER.newest(restic(), answers([ahead])) is not None

    def test_is_none_where_all_are_in_the_future_or_there_are_none(self):
        assert RESTORER.newest(restic(), answers([snapshot(time="2030-01-01T00:00:00Z")])) is None
        assert RESTORER.newest(restic(), answers([])) is None


class TestGathering:
    def test_asks_without_lock_and_cache_and_with_no_secret_in_sight(self):
        system = machine()
        system.files.put("/etc/restic.env", b"# S3\nexport AWS_SECRET_ACCESS_KEY='s3cret'\n\n")
        system.processes.answer("restic", "version", stdout=b"restic 0.14.0 compiled with go")
        system.processes.answer("restic", "snapshots", stdout=b"[]")
        asked = restic(repository="s3:https://u:p@h/b", environment_file="/etc/restic.env")
        given = PROBE.gather(asked, system)
        call = system.processes.calls[-1]
        assert call.arguments == (
            "/usr/bin/restic",
            "--no-lock",
            "--no-cache",
            "snapshots",
            "--json",
        )
        assert call.environment == {
            "RESTIC_REPOSITORY": "s3:https://u:p@h/b",
            "RESTIC_PASSWORD_FILE": "/etc/restic.password",
            "AWS_SECRET_ACCESS_KEY": "s3cret",
        }
        assert (call.seconds, call.output_limit) == (300, 64 * 1024 * 1024)
        assert points(parse(asked, given)).total == 0

    @pytest.mark.parametrize(
        ("status", "stderr", "reason"),
        [
            (1, recorded("restic-0.14", "wrong-password.stderr"), Reason.WRONG_PASSWORD),
            (12, recorded("restic-0.18", "wrong-password.stderr"), Reason.WRONG_PASSWORD),
            (12, recorded("restic-0.19", "wrong-password.stderr"), Reason.WRONG_PASSWORD),
            (1, recorded("restic-0.14", "no-repo.stderr"), Reason.NO_REPOSITORY),
            (10, recorded("restic-0.18", "no-repo.stderr"), Reason.NO_REPOSITORY),
            (10, recorded("restic-0.19", "no-repo.stderr"), Reason.NO_REPOSITORY),
            (11, b"", Reason.LOCKED),
            (130, b"", Reason.INTERRUPTED),
            (137, b"", Reason.INTERRUPTED),
            (-9, b"", Reason.INTERRUPTED),
            (1, NOT_ALLOWED, Reason.PERMISSION_DENIED),
            (1, b"Resolving password failed: Fatal: /p does not exist", Reason.PATH_MISSING),
            (1, b"Resolving password failed: Readfile: open /p: permission denied",
             Reason.PERMISSION_DENIED),
            (1, b"Fatal: an empty password is not a password", Reason.WRONG_PASSWORD),
            (1, b"Fatal: config or key 08ba is damaged: ciphertext verification failed",
             Reason.DAMAGED),
            (1, b"Fatal: load <index/515a>: invalid data returned", Reason.DAMAGED),
            (1, b"Fatal: unable to open repository at s3:h: dial tcp: lookup h: no such host",
             Reason.EXIT_STATUS),
            (77, b"", Reason.EXIT_STATUS),
            (3, b"", Reason.EXIT_STATUS),
            (0, b"could not load snapshot 2f18: invalid data returned", Reason.DAMAGED),
            (0, b'Ignoring "33": failed to load snapshot 33: LoadRaw', Reason.DAMAGED),
        ],
    )  # fmt: skip
    def test_says_why_there_is_no_listing(self, status, stderr, reason):
        system = machine()
        system.processes.answer("restic", "version")
        system.processes.answer("restic", "snapshots", stdout=b"[]", stderr=stderr, status=status)
        with refused(reason):
            PROBE.gather(restic(), system)

    def test_says_that_there_is_no_restic(self):
        with refused(Reason.TOOL_MISSING):
            PROBE.gather(restic(), machine())

    def test_says_that_time_ran_out_or_too_much_was_written(self):
        system = machine()
        system.processes.answer("restic", "version")
        system.processes.answer("restic", "snapshots", seconds=301)
        with refused(Reason.TIMEOUT):
            PROBE.gather(restic(), system)
        system.processes.answer("restic", "snapshots", stdout=b" " * (64 * 1024 * 1024 + 1))
        with refused(Reason.OUTPUT_LIMIT):
            PROBE.gather(restic(), system)

    def test_says_what_is_wrong_with_the_environment_file(self):
        system = machine()
        system.processes.answer("restic", "version")
        asked = restic(environment_file="/etc/restic.env")
        with refused(Reason.PATH_MISSING):
            PROBE.gather(asked, system)
        system.files.put("/etc/restic.env", b"no assignment")
        with refused(Reason.INTERNAL):
            PROBE.gather(asked, system)
        system.files.fail("read", "/etc/restic.env")
        with refused(Reason.PERMISSION_DENIED):
            PROBE.gather(asked, system)


class TestContents:
    @pytest.mark.parametrize("version", VERSIONS)
    def test_reads_each_recorded_version(self, version):
        system = machine()
        system.processes.answer("restic", "ls", stdout=recorded(f"restic-{version}", "ls.jsonl"))
        found = list(RESTORER.contents(restic(root="/srv"), system, POINT))
        (big,) = [item for item in found if item.path == "/srv/src/big.bin"]
        assert (big.size, big.is_file) == (20_000_000, True)
        assert str(big.modified_ns).endswith("924273521") or big.modified_ns is not None
        assert not next(item for item in found if item.path == "/srv/src").is_file
        assert system.files.tree(SCRATCH) == {}

    def test_keeps_nanoseconds(self):
        system = machine()
        node = {
            "struct_type": "node", "type": "file", "path": "/a", "size": 1,
            "mtime": "2025-01-01T00:00:00.123456789Z",
        }  # fmt: skip
        system.processes.answer("restic", "ls", stdout=json.dumps(node).encode())
        (found,) = RESTORER.contents(restic(), system, POINT)
        assert found.modified_ns == 1_735_689_600_123_456_789

    @pytest.mark.parametrize(
        "line",
        [
            b"{",
            b"[]",
            b"17",
            b'{"struct_type": "node"}',
            b'{"struct_type": "node", "type": "file", "path": "/a", "size": -1}',
            b'{"struct_type": "node", "type": "file", "path": "/a", "size": "1"}',
            b"\xff",
            b"[" * 100_000,
        ],
    )
    def test_refuses_a_line_that_is_no_node(self, line):
        system = machine()
        system.processes.answer("restic", "ls", stdout=line)
        with refused(Reason.UNREADABLE_ANSWER):
            list(RESTORER.contents(restic(), system, POINT))

    def test_refuses_names_that_leave_their_folder(self):
        system = machine()
        node = {"struct_type": "node", "type": "file", "path": "/../etc/passwd", "size": 1}
        system.processes.answer("restic", "ls", stdout=json.dumps(node).encode())
        with refused(Reason.UNSAFE_CONTENTS):
            list(RESTORER.contents(restic(), system, POINT))

    def test_says_that_a_tree_is_damaged_and_leaves_nothing_behind(self):
        system = machine()
        text = b"decrypting blob ab failed: ciphertext verification failed"
        system.processes.answer("restic", "ls", status=1, stderr=text)
        still_listed(system)
        with refused(Reason.DAMAGED):
            list(RESTORER.contents(restic(), system, POINT))
        assert system.files.tree(SCRATCH) == {}

    def test_needs_a_scratch_folder(self):
        bare = replace(restic(), scratch="")
        with refused(Reason.INTERNAL):
            list(RESTORER.contents(bare, machine(), POINT))


class TestRestoring:
    def test_asks_for_all_files_in_one_call_by_escaped_names(self):
        system = machine()
        restores(system, "srv/files/a [1]*?\\b")
        wanted = ["/srv/files/a [1]*?\\b", "/srv/files/gone"]
        found = RESTORER.restore(restic(), system, POINT, wanted, "/sandbox", 100)
        assert found == {"/srv/files/a [1]*?\\b": "/sandbox/srv/files/a [1]*?\\b"}
        (call,) = system.processes.calls
        assert call.arguments[3:] == (
            "restore", "ab" * 32, "--target", "/sandbox",
            "--include", "/srv/files/a \\[1\\]\\*\\?\\\\b", "--include", "/srv/files/gone",
        )  # fmt: skip
        assert (call.seconds, call.file_size_limit) == (RESTORE_SECONDS, 100)

    def test_finds_names_that_are_relative_to_a_folder(self):
        system = machine()
        restores(system, "files/a")
        found = RESTORER.restore(
            restic(root="/srv"), system, POINT, ["/srv/files/a", "/etc/b"], "/sandbox", 100
        )
        assert found == {"/srv/files/a": "/sandbox/files/a"}

    def test_splits_what_no_command_line_can_hold(self):
        system = machine()
        system.processes.answer("restic", "restore")
        wanted = [f"/srv/files/{n:0200}" for n in range(3000)]
        assert RESTORER.restore(restic(), system, POINT, wanted, "/sandbox", 100) == {}
        assert len(system.processes.calls) == 3
        asked = [word for call in system.processes.calls for word in call.arguments]
        assert asked.count("--include") == 3000

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (b"ignoring error for /a: ciphertext verification failed", Reason.DAMAGED),
            (b"write /sandbox/a: file too large", Reason.QUOTA_EXCEEDED),
            (b"something else", Reason.EXIT_STATUS),
        ],
    )
    def test_says_why_it_failed(self, text, reason):
        system = machine()
        system.processes.answer("restic", "restore", status=1, stderr=text)
        still_listed(system)
        with refused(reason):
            RESTORER.restore(restic(), system, POINT, ["/srv/files/a"], "/sandbox", 100)

    def test_bears_an_owner_that_could_not_be_set(self):
        system = machine()
        restores(system, "srv/files/a", status=1)
        found = RESTORER.restore(restic(), system, POINT, ["/srv/files/a"], "/sandbox", 100)
        assert found == {"/srv/files/a": "/sandbox/srv/files/a"}

    def test_refuses_more_than_the_limit(self):
        system = machine()
        restores(system, "srv/files/a", size=101)
        with refused(Reason.QUOTA_EXCEEDED):
            RESTORER.restore(restic(), system, POINT, ["/srv/files/a"], "/sandbox", 100)


class TestRestoringAll:
    @pytest.mark.parametrize(
        ("paths", "root", "patterns"),
        [
            (["/srv/files"], "/", ["/srv/files"]),
            (["/srv/files/", "/etc/a*"], "/", ["/etc/a\\*", "/srv/files"]),
            (["/srv/files"], "/srv", ["/files"]),
            (["/srv", "/etc"], "/srv", []),
            (["/"], "/", []),
            ([], "/", []),
        ],
    )
    def test_asks_for_what_is_of_the_set_in_one_call(self, paths, root, patterns):
        system = machine()
        system.processes.answer("restic", "restore")
        asked = restic(paths=paths, root=root)
        RESTORER.restore_all(asked, system, POINT, "/sandbox", 100)
        (call,) = system.processes.calls
        includes = [word for pattern in patterns for word in ("--include", pattern)]
        assert call.arguments[1:] == (
            "--no-lock", "--no-cache", "restore", "ab" * 32, "--target", "/sandbox", *includes,
        )  # fmt: skip
        assert (call.seconds, call.file_size_limit) == (RESTORE_SECONDS, 100)

    def test_asks_for_nothing_where_no_path_of_the_set_can_be_in_it(self):
        system = machine()
        RESTORER.restore_all(restic(paths=["/etc"], root="/srv"), system, POINT, "/sandbox", 100)
        assert system.processes.calls == []

    @pytest.mark.parametrize(
        "text",
        [
            b"ignoring error for /srv/files/a: lchown /sandbox/a: operation not permitted\n",
            b"ignoring error for /srv/files/a: xattr.LSet /sandbox/a: operation not supported\n",
        ],
    )
    def test_bears_owners_and_attributes_that_could_not_be_set(self, text):
        system = machine()
        text += b"Fatal: There were 1 errors\n"
        system.processes.answer("restic", "restore", status=1, stderr=text)
        RESTORER.restore_all(restic(), system, POINT, "/sandbox", 100)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            (b"ignoring error for /a: ciphertext verification failed", Reason.DAMAGED),
            (b"write /sandbox/a: file too large", Reason.QUOTA_EXCEEDED),
            (b"something else", Reason.EXIT_STATUS),
            (b"", Reason.EXIT_STATUS),
            (
                (
                    b"ignoring error for /a: lchown /sandbox/a: operation not permitted\n"
                    b"ignoring error for /operation not permitted: unexpected EOF\n"
                ),
                Reason.EXIT_STATUS,
            ),
        ],
    )
    def test_says_why_it_failed(self, text, reason):
        system = machine()
        system.processes.answer("restic", "restore", status=1, stderr=text)
        still_listed(system)
        with refused(reason):
            RESTORER.restore_all(restic(), system, POINT, "/sandbox", 100)


class TestVerifying:
    def test_reads_all_data(self):
        system = machine()
        system.processes.answer("restic", "check", seconds=7)
        found = RESTORER.verify(restic(), system)
        assert (found.outcome, found.reason) == (Outcome.PASSED, Reason.NONE)
        assert (found.data_read, found.duration_seconds) == (1.0, 7)
        assert (found.part, found.parts) == (1, 1)
        assert system.processes.calls[-1].arguments[-1] == "--read-data"

    def test_reads_and_reports_the_part_whose_turn_it_is(self):
        system = machine()
        system.processes.answer("restic", "check")
        found = RESTORER.verify(restic(), system, Turn(part=7, parts=20))
        assert (found.part, found.parts, found.data_read) == (7, 20, 0.05)
        assert system.processes.calls[-1].arguments[-1] == "--read-data-subset=7/20"

    @pytest.mark.parametrize(
        ("share", "parts"),
        [("100%", 1), ("99%", 2), ("50%", 2), ("30%", 4), ("5%", 20), ("1%", 100)],
    )
    def test_divides_its_data_by_the_share_that_one_check_reads(self, share, parts):
        assert PROBE.parts is not None
        assert PROBE.parts(restic(read_data=share).settings) == parts

    @pytest.mark.parametrize("share", ["", "0%", "101%", "5", "5%\n", "1/7"])
    def test_refuses_another_form_of_share(self, share):
        with pytest.raises(DecodeError):
            Settings(repository="r", password_file="p", read_data=share)

    @pytest.mark.parametrize("version", VERSIONS)
    def test_finds_damage(self, version):
        system = machine()
        text = recorded(f"restic-{version}", "check-corrupt.stderr")
        system.processes.answer("restic", "check", status=1, stderr=text)
        system.processes.answer("restic", "list", "locks")
        found = RESTORER.verify(restic(), system)
        assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)

    @pytest.mark.parametrize("version", ["0.18", "0.19"])
    def test_a_lock_is_no_damage(self, version):
        system = machine()
        text = recorded(f"restic-{version}", "check-locked-repo.stderr")
        system.processes.answer("restic", "check", status=11, stderr=text)
        with refused(Reason.LOCKED):
            RESTORER.verify(restic(), system)

    @pytest.mark.parametrize(
        ("lock", "judged"),
        [
            ({"minutes": 3}, False),
            ({"days": 52}, True),
            (None, True),
            (b"no JSON", True),
            (b"[]", True),
            (b'{"time": "never"}', True),
        ],
    )
    def test_errors_under_a_living_lock_prove_nothing(self, lock, judged):
        system = machine()
        told = lock if isinstance(lock, bytes) else held(system, lock)
        text = recorded("restic-0.14", "check-corrupt.stderr")
        system.processes.answer("restic", "check", status=1, stderr=text)
        system.processes.answer("restic", "list", "locks", stdout=b"aa\n" if lock else b"")
        system.processes.answer("restic", "cat", "lock", "aa", stdout=told)
        if judged:
            assert RESTORER.verify(restic(), system).outcome is Outcome.FAILED
        else:
            with refused(Reason.LOCKED):
                RESTORER.verify(restic(), system)

    def test_a_repository_out_of_reach_is_not_damaged(self):
        system = machine()
        system.processes.answer("restic", "check", status=1, stderr=OUT_OF_REACH)
        with refused(Reason.EXIT_STATUS):
            RESTORER.verify(restic(), system)


def held(system: FakeSystem, age: dict[str, int] | None) -> bytes:
    renewed = system.clock.now() - timedelta(**(age or {}))
    return json.dumps({"time": renewed.isoformat(), "exclusive": True}).encode()


def still_listed(system: FakeSystem) -> None:
    """Let the snapshot be there, and nobody at work on the repository."""
    system.processes.answer("restic", "list", "snapshots", stdout=POINT.native_id.encode())
    system.processes.answer("restic", "list", "locks")


def restores(system: FakeSystem, name: str, *, size: int = 2, status: int = 0) -> None:
    """Let restic restore this one file, whatever it is asked for."""

    def act(call: Call) -> Completed:
        target = call.arguments[call.arguments.index("--target") + 1]
        system.files.put(f"{target}/{name}", b"x" * size)
        return Completed(status=status, stdout=b"", stderr=b"", seconds=1.0)

    system.processes.answer_with(act, "restic", "restore")


GONE = (
    b'invalid id "abab": no matching ID found for prefix "abab"',
    b"Fatal: failed to find snapshot: failed to load snapshot abab: no such file or directory",
)
"""Of 0.14 and of 0.18."""


def restore_one(system: FakeSystem) -> object:
    return RESTORER.restore(restic(), system, POINT, ["/srv/files/a"], "/sandbox", 100)


def restore_all(system: FakeSystem) -> object:
    return RESTORER.restore_all(restic(), system, POINT, "/sandbox", 100)


def list_all(system: FakeSystem) -> object:
    return list(RESTORER.contents(restic(), system, POINT))


class TestMeanwhile:
    """What others do to a snapshot between its listing and its restore."""

    def broken(self, stderr: bytes, listed: bytes, status: int = 1) -> FakeSystem:
        system = machine()
        for word in ("restore", "ls"):
            system.processes.answer("restic", word, status=status, stderr=stderr)
        system.processes.answer("restic", "list", "snapshots", stdout=listed)
        system.processes.answer("restic", "list", "locks")
        return system

    @pytest.mark.parametrize("act", [restore_one, restore_all, list_all])
    @pytest.mark.parametrize("stderr", GONE)
    def test_a_snapshot_that_was_forgotten_is_not_damaged(self, act, stderr):
        with refused(Reason.NO_RESTORE_POINT):
            act(self.broken(stderr, b"11\n"))

    def test_nothing_is_listed_of_one_that_was_forgotten(self):
        with refused(Reason.NO_RESTORE_POINT):
            list_all(self.broken(GONE[0], b"", status=0))

    @pytest.mark.parametrize("act", [restore_one, restore_all, list_all])
    def test_one_that_is_still_listed_is(self, act):
        listed = f"11\n{POINT.native_id}\n".encode()
        with refused(Reason.DAMAGED):
            act(self.broken(GONE[1], listed))
        with refused(Reason.EXIT_STATUS):
            act(self.broken(b"something else", listed))

    @pytest.mark.parametrize(
        ("exclusive", "stderr", "reason"),
        [
            (True, b"something else", Reason.LOCKED),
            (False, b"something else", Reason.EXIT_STATUS),
            (True, b"ciphertext verification failed", Reason.DAMAGED),
        ],
    )
    def test_who_prunes_takes_data_away_and_damages_none(self, exclusive, stderr, reason):
        system = self.broken(stderr, POINT.native_id.encode())
        lock = json.dumps({"time": system.clock.now().isoformat(), "exclusive": exclusive})
        system.processes.answer("restic", "list", "locks", stdout=b"aa\n")
        system.processes.answer("restic", "cat", "lock", "aa", stdout=lock.encode())
        with refused(reason):
            restore_one(system)

    def test_where_nobody_can_tell_restic_is_believed(self):
        system = self.broken(GONE[1], b"")
        system.processes.answer("restic", "list", "snapshots", status=1, stderr=b"unreachable")
        with refused(Reason.DAMAGED):
            restore_one(system)


class TestTold:
    def test_what_the_newest_snapshot_of_the_set_was_made_with(self):
        listed = [
            snapshot(id="22" * 32, paths=["/srv/files", 7], excludes=["*.tmp"], hostname="web2"),
            snapshot(time="2026-11-21T03:00:00Z", excludes=["*"]),
            snapshot(id="33" * 32, time="2026-11-22T04:00:00Z", paths=["/other"]),
            snapshot(id="44" * 32, time="2031-01-01T00:00:00Z"),
        ]
        assert PROBE.told is not None
        told = PROBE.told(restic(), answers(listed))
        assert told == Told(paths=("/srv/files",), excludes=("*.tmp",), host="web2")

    def test_no_snapshot_tells_nothing_and_no_excludes_are_none(self):
        assert PROBE.told(restic(), answers([])) is None
        told = PROBE.told(restic(), answers([snapshot(hostname=None, excludes=None)]))
        assert told == Told(paths=("/srv/files",), excludes=(), host=None)

    def test_how_a_snapshot_differs_from_the_one_before(self):
        text = recorded("restic-0.19", "snapshots.json").decode()
        newest = points(parse(restic(), answers(text))).points[0]
        assert (newest.files_new, newest.files_changed) == (0, 1)
        assert (newest.bytes_added, newest.bytes_packed) == (94953, 35527)

    def test_only_of_the_newest(self):
        summary = {"files_new": 1}
        many = [
            snapshot(id=f"{n:064x}", time=f"2026-11-22T03:{n:02}:00Z", summary=summary)
            for n in range(40)
        ]
        told = [each.files_new for each in points(parse(restic(), answers(many))).points]
        assert told == [1] * 32 + [None] * 8
