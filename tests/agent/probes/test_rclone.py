from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.rclone import PROBE
from guardian_agent.probing.rclone_listing import live_name, stored_name
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
from tests.agent.probes.subjects import SCRATCH, fact, machine, recorded, refused, subject

RESTORER = PROBE.restorer
assert RESTORER is not None
LISTING = recorded("rclone-1.60", "lsjson.json")
SECTION = recorded("rclone-1.60", "config-show-crypt.txt")
DECODED = b"2026-11-21/b \t cap7a58t0bh04psr5fcqv3t30k/b2n6q8nrvleda5c4f10ui1va8s\n"
PLAIN = b"anybody can read this\n" * 30
SYNCED = {"pattern": None, "root": "/srv/files"}


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"remote": "sec:", "pattern": "2026-*", **settings})


def server(
    listing: bytes = LISTING, *, section: bytes = SECTION, head: bytes = b"RCLONE\x00\x00" + PLAIN
) -> FakeSystem:
    system = machine()
    system.clock.wall = datetime(2026, 11, 27, tzinfo=UTC)
    answer = system.processes.answer
    answer("rclone", "version", stdout=recorded("rclone-1.60", "version.txt"))
    answer("rclone", "lsjson", stdout=listing)
    answer("rclone", "config", "show", stdout=section)
    answer("rclone", "cryptdecode", stdout=DECODED)
    answer("rclone", "cat", stdout=head)
    return system


def listing(*files: tuple[str, int, str]) -> bytes:
    rows = [
        json.dumps({"Path": path, "Size": size, "ModTime": at, "IsDir": False})
        for path, size, at in files
    ]
    return b"[\n" + ",\n".join(rows).encode() + b"\n]\n"


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


def state(system: FakeSystem, of: AnySubject | None = None) -> Encryption:
    return fact(look(system, of), CopyEncryption).state


RECORDED = [
    Recording(probe=PROBE, subject=copy(**changes), machine=partial(server, head=head))
    for changes in ({}, SYNCED)
    for head in (b"RCLONE\x00\x00" + PLAIN, PLAIN)
]


class TestListing:
    def test_each_folder_is_a_point_as_old_as_its_newest_file(self):
        stated = fact(look(server()), RestorePoints)
        assert (stated.total, stated.tool_version) == (2, "1.60.1-dev")
        assert [(point.files, point.bytes) for point in stated.points] == [(1, 2), (1, 16)]
        assert stated.points[0].finished_at == datetime(2026, 11, 26, 15, 59, 19, 742121, UTC)

    def test_a_synced_folder_is_one_point(self):
        (point,) = fact(look(server(), copy(**SYNCED)), RestorePoints).points
        assert (point.files, point.bytes) == (2, 18)

    def test_zones_are_heeded(self):
        system = server(listing(("2026-a/b", 1, "2026-11-21T00:30:00+09:00")))
        (point,) = fact(look(system), RestorePoints).points
        assert point.started_at == datetime(2026, 11, 20, 15, 30, tzinfo=UTC)

    def test_files_dated_in_the_future_date_nothing(self):
        system = server(listing(("a", 1, "2026-11-21T00:30:00Z"), ("b", 1, "2036-11-21T00:30:00Z")))
        (point,) = fact(look(system, copy(**SYNCED)), RestorePoints).points
        assert (point.started_at.year, point.files) == (2026, 2)

    def test_a_marker_dates_and_what_lacks_it_is_no_point(self):
        system = server(
            listing(
                ("2026-a/done", 0, "2026-11-20T00:00:00Z"),
                ("2026-a/x", 1, "2026-11-25T00:00:00Z"),
                ("2026-b/x", 1, "2026-11-25T00:00:00Z"),
            )
        )
        (point,) = fact(look(system, copy(marker="done")), RestorePoints).points
        assert point.started_at == datetime(2026, 11, 20, tzinfo=UTC)

    def test_nothing_listed_is_no_point(self):
        (stated,) = look(server(b"[\n]\n"))
        assert isinstance(stated, RestorePoints)
        assert stated.total == 0

    @pytest.mark.parametrize("cut", [0, 1, 10, len(LISTING) - 2])
    def test_a_listing_without_its_end_is_refused(self, cut):
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(LISTING[:cut]))

    @pytest.mark.parametrize("row", [b"{}", b"5", b'{"Path": 1, "Size": 1, "IsDir": false}', b"x"])
    def test_a_row_of_another_form_is_refused(self, row):
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(b"[\n" + row + b"\n]\n"))

    @pytest.mark.parametrize(
        ("status", "stderr", "reason"),
        [
            (3, b"directory not found", Reason.PATH_MISSING),
            (1, b"didn't find section in config file", Reason.NO_REPOSITORY),
            (1, b"permission denied", Reason.PERMISSION_DENIED),
            (1, b"who knows", Reason.EXIT_STATUS),
        ],
    )
    def test_what_went_wrong(self, status, stderr, reason):
        system = server()
        system.processes.answer("rclone", "lsjson", status=status, stderr=stderr)
        with refused(reason):
            look(system)

    def test_nothing_stays_in_the_scratch_folder(self):
        system = server()
        look(system)
        assert not list(system.files.scan(SCRATCH))


class TestEncryption:
    def test_a_crypt_remote_whose_files_begin_so(self):
        assert state(server()) is Encryption.ENCRYPTED

    def test_a_crypt_remote_without_data_encryption(self):
        assert state(server(head=PLAIN)) is Encryption.PLAINTEXT

    def test_a_crypt_remote_of_which_nothing_below_is_seen(self):
        system = server()
        system.processes.answer("rclone", "cryptdecode", status=1)
        assert state(system) is Encryption.UNKNOWN

    def test_a_plain_remote(self):
        assert state(server(section=b"[sec]\ntype = sftp\n", head=PLAIN)) is Encryption.PLAINTEXT
        assert state(server(head=PLAIN), copy(remote="/mnt/usb")) is Encryption.PLAINTEXT

    def test_one_encrypted_file_proves_nothing_of_the_others(self):
        magic = b"RCLONE\x00\x00" + PLAIN
        system = server(section=b"[sec]\ntype = sftp\n", head=magic)
        assert state(system) is Encryption.UNKNOWN

    @pytest.mark.parametrize("kind", ["alias", "union", "", "chunker"])
    def test_what_may_lie_over_a_crypt_remote(self, kind):
        section = f"[sec]\ntype = {kind}\n".encode()
        assert state(server(section=section, head=PLAIN)) is Encryption.UNKNOWN

    def test_a_file_that_cannot_be_read(self):
        system = server()
        system.processes.answer("rclone", "cat", status=1)
        assert state(system) is Encryption.UNKNOWN


class TestRestoring:
    def test_asks_for_the_wanted_files_by_a_list(self):
        system = server()
        asked = copy(root="/srv/files")
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        lists = []

        def act(call: Call) -> Completed:
            words = call.arguments
            lists.append(system.files.read(words[words.index("--files-from-raw") + 1], 1000))
            assert words[-2].startswith("sec:2026-11-2")
            system.files.put("/sandbox/b", b"12")
            return Completed(status=0, stdout=b"", stderr=b"", seconds=1)

        system.processes.answer_with(act, "rclone", "copy")
        paths = ["/srv/files/b", "/srv/files/new\nline", "/elsewhere"]
        found = RESTORER.restore(asked, system, point, paths, "/sandbox", 100)
        assert found == {"/srv/files/b": "/sandbox/b"}
        assert lists == ["b\nnew\u240aline\n".encode()]

    def test_a_failed_copy(self):
        system = server()
        asked = copy()
        point = RESTORER.newest(asked, PROBE.gather(asked, system))
        assert point is not None
        system.processes.answer("rclone", "copy", status=1, stderr=b"no space left on device")
        with refused(Reason.QUOTA_EXCEEDED):
            RESTORER.restore(asked, system, point, ["/b"], "/sandbox", 100)


@pytest.mark.parametrize(
    ("live", "shown"),
    [("new\nline", "new\u240aline"), ("\x7f", "\u2421"), ("\u240a", "\u201b\u240a"), ("a", "a")],
)
def test_names_that_rclone_shows_otherwise(live, shown):
    assert (stored_name(live), live_name(shown)) == (shown, live)


class TestVerifying:
    @pytest.mark.parametrize(
        ("status", "stderr", "outcome"),
        [
            (0, b"", Outcome.PASSED),
            (1, b"failed to authenticate decrypted block - bad password?", Outcome.FAILED),
        ],
    )
    def test_a_crypt_remote_is_read_through(self, status, stderr, outcome):
        system = server()
        system.processes.answer("rclone", "cat", "--discard", status=status, stderr=stderr)
        found = RESTORER.verify(copy(), system)
        assert (found.outcome, found.data_read) == (outcome, 1.0)

    def test_where_nothing_is_listed_nothing_was_read(self):
        system = server(b"[\n]\n")  # as with the wrong password
        system.processes.answer("rclone", "cat", "--discard")
        with refused(Reason.NO_RESTORE_POINT):
            RESTORER.verify(copy(), system)

    def test_a_short_block_is_damaged_where_no_line_can_break(self):
        system = server()
        said = b"Failed to cat: unexpected EOF"
        system.processes.answer("rclone", "cat", "--discard", status=5, stderr=said)
        assert RESTORER.verify(copy(), system).outcome is Outcome.FAILED
        elsewhere = SECTION.replace(b"/mnt/usb/enc", b"far:enc")
        system.processes.answer("rclone", "config", "show", stdout=elsewhere)
        with refused(Reason.EXIT_STATUS):
            RESTORER.verify(copy(), system)

    def test_a_broken_line_is_no_damage(self):
        system = server()
        system.processes.answer("rclone", "cat", "--discard", status=1, stderr=b"i/o timeout")
        with refused(Reason.EXIT_STATUS):
            RESTORER.verify(copy(), system)

    def test_of_other_remotes_nothing_tells(self):
        with refused(Reason.UNSUPPORTED):
            RESTORER.verify(copy(remote="/mnt/usb"), server())
