from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.restore.confined import FULL_BELOW_BYTES
from guardian_agent.restore.livedata import folder_of
from guardian_agent.restore.room import Plot
from guardian_agent.restore.sandbox import (
    KEPT_FREE_BYTES,
    SLACK_BYTES,
    sandbox,
    wipe,
)
from guardian_agent.system import Completed, Confinement
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import FakeSystem

FOLDER = "/var/tmp/guardian"
LIMIT = 1024**3
PLOT = Plot(
    folder=FOLDER,
    limit=LIMIT,
    user="nobody",
    memory_bytes=1024**3,
    processes=100,
    writable=("/state/scratch",),
)


def test_it_is_private_and_empty_and_gone_afterwards():
    system = FakeSystem()
    with sandbox(PLOT, system, 100) as room:
        for folder in (room.folder, room.workshop):
            assert system.files.stat(folder).mode == 0o700
            assert list(system.files.scan(folder)) == []
        system.files.put(f"{room.folder}/srv/a", b"restored")
    assert list(system.files.scan(FOLDER)) == []


def test_it_is_wiped_also_after_an_error():
    system = FakeSystem()

    def restore() -> None:
        with sandbox(PLOT, system, 100) as room:
            system.files.put(f"{room.folder}/a", b"restored")
            raise ProbeError(Reason.TIMEOUT, "planted")

    with pytest.raises(ProbeError):
        restore()
    assert list(system.files.scan(FOLDER)) == []


def test_what_a_killed_test_left_is_wiped_first_and_nothing_else():
    system = FakeSystem()
    system.files.put(f"{FOLDER}/restore-0123456789abcdef/srv/a", b"restored")
    system.files.put(f"{FOLDER}/restore-00000000000000ff", b"an image")
    system.files.put(f"{FOLDER}/restore-notes.txt", b"the operator's")
    system.files.put(f"{FOLDER}/restore-2026/b", b"the operator's")
    with sandbox(PLOT, system, 100):
        assert not system.files.exists(f"{FOLDER}/restore-0123456789abcdef")
    assert list(system.files.tree(FOLDER)) == [
        f"{FOLDER}/restore-2026/b",
        f"{FOLDER}/restore-notes.txt",
    ]


def test_what_outlived_a_killed_test_is_ended_first_and_nobody_else():
    system = FakeSystem()
    system.files.put(f"{FOLDER}/restore-0123456789abcdef/srv/a", b"restored")
    system.files.put(f"{FOLDER}/postgresql/data", b"the operator's")
    with sandbox(PLOT, system, 100):
        assert system.volumes.vacated == [f"{FOLDER}/restore-0123456789abcdef"]


def test_wiping_a_folder_that_is_not_there_does_nothing():
    system = FakeSystem()
    wipe(FOLDER, system.files)
    assert system.files.journal == []


def test_a_link_in_the_sandbox_folder_is_not_followed():
    system = FakeSystem()
    system.files.put("/home/alice/a", b"hers")
    system.files.link(f"{FOLDER}/restore-0123456789abcdef", "/home/alice")
    wipe(FOLDER, system.files)
    assert system.files.tree("/home/alice") == {"/home/alice/a": b"hers"}


@pytest.mark.parametrize(
    ("wanted", "free"),
    [
        (0, SLACK_BYTES + KEPT_FREE_BYTES - 1),
        (1000, 2000 + SLACK_BYTES + KEPT_FREE_BYTES - 1),
        (LIMIT, LIMIT + KEPT_FREE_BYTES - 1),
        (LIMIT + 1, 1 << 40),
    ],
)
def test_without_room_nothing_is_restored(wanted, free):
    system = FakeSystem()
    system.files.free = free
    with pytest.raises(ProbeError) as caught, sandbox(PLOT, system, wanted):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.QUOTA_EXCEEDED
    assert system.files.tree(FOLDER) == {}


@pytest.mark.parametrize(
    ("wanted", "free", "size"),
    [
        (0, SLACK_BYTES + KEPT_FREE_BYTES, SLACK_BYTES),
        (1000, 2000 + SLACK_BYTES + KEPT_FREE_BYTES, 2000 + SLACK_BYTES),
        (LIMIT, LIMIT + KEPT_FREE_BYTES, LIMIT),
    ],
)
def test_a_room_is_as_large_as_what_is_wanted_needs(wanted, free, size):
    system = FakeSystem()
    system.files.free = free
    with sandbox(PLOT, system, wanted) as room:
        assert room.limit == size


@pytest.mark.parametrize("operation", ["make_directory", "free_bytes"])
def test_a_folder_that_cannot_be_used_is_no_failure_of_the_backup(operation):
    system = FakeSystem()
    system.files.fail(operation, FOLDER)
    with pytest.raises(ProbeError) as caught, sandbox(PLOT, system, 1):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.PERMISSION_DENIED


def test_a_folder_that_is_not_private_is_not_used():
    system = FakeSystem()
    make = system.files.make_directory
    system.files.make_directory = lambda path, mode=0o755: make(path, 0o755)
    with pytest.raises(ProbeError) as caught, sandbox(PLOT, system, 1):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.PERMISSION_DENIED


def test_what_cannot_be_wiped_now_waits_for_the_next_pass():
    system = FakeSystem()
    with sandbox(PLOT, system, 1) as room:
        system.files.fail("remove_tree", folder_of(room.folder))
    system.files.mend()
    wipe(FOLDER, system.files)
    assert list(system.files.scan(FOLDER)) == []


class TestConfinement:
    """What the commands in a room may do."""

    def calls(self, system: FakeSystem, plot: Plot = PLOT):
        """Run one command as a tool and one as the servant; return the room and both calls."""
        system.processes.answer("tool")
        with sandbox(plot, system, 1) as room:
            for inside in (room.system, room.servant):
                inside.processes.run(["/usr/bin/tool"], seconds=1, output_limit=9)
        return room, *system.processes.calls

    def test_a_tool_writes_in_the_room_and_in_its_scratch_folder(self):
        room, call, _ = self.calls(FakeSystem())
        inside = call.confinement
        home = folder_of(room.folder)
        assert inside.writable == (room.folder, room.workshop, f"{home}/home", "/state/scratch")
        assert (inside.home, inside.network, inside.user) == (f"{home}/home", True, None)
        assert (inside.memory_bytes, inside.processes) == (PLOT.memory_bytes, PLOT.processes)

    def test_a_servant_writes_in_the_workshop_as_another_and_has_no_network(self):
        room, _, call = self.calls(FakeSystem())
        inside = call.confinement
        home = folder_of(room.folder)
        assert inside.writable == (room.workshop, f"{home}/servant")
        assert (inside.home, inside.network, inside.user) == (f"{home}/servant", False, "nobody")

    def test_where_we_are_root_the_workshop_is_the_servants(self):
        system = FakeSystem()
        system.files.user = 0
        room, *_ = self.calls(system)
        home = folder_of(room.folder)
        assert system.volumes.given == {room.workshop: "nobody", f"{home}/servant": "nobody"}

    def test_a_user_that_is_not_there(self):
        system = FakeSystem()
        system.files.user = 0
        with (
            pytest.raises(ProbeError, match="no user 'ghost'") as caught,
            sandbox(replace(PLOT, user="ghost"), system, 1),
        ):
            pytest.fail("it let us in")
        assert caught.value.reason is Reason.PERMISSION_DENIED

    def test_a_servant_who_cannot_reach_the_room_runs_nothing(self):
        system = FakeSystem()
        system.files.user = 0
        system.volumes.closed = {"/var"}
        system.processes.install("tool")
        with sandbox(PLOT, system, 1) as room:
            inside = room.servant.processes
            assert inside.find("tool") == "/usr/bin/tool"
            with pytest.raises(ProbeError, match=r"set limits\.sandbox") as caught:
                inside.run(["/usr/bin/tool"], seconds=1, output_limit=9)
            with pytest.raises(ProbeError):
                inside.background(["/usr/bin/tool"], log_path="/log")
        assert caught.value.reason is Reason.PERMISSION_DENIED

    def test_on_a_shared_disk_a_guard_keeps_the_size(self):
        room, call, _ = self.calls(FakeSystem())
        guarded = call.confinement
        assert (guarded.disk_bytes, guarded.kept_free_bytes) == (room.limit, KEPT_FREE_BYTES)

    def test_a_file_system_of_fixed_size_needs_no_guard(self):
        system = FakeSystem()
        system.volumes.mounts = "/run/room"
        room, call, _ = self.calls(system)
        assert room.folder == "/run/room/back"
        assert (call.confinement.disk_bytes, call.confinement.kept_free_bytes) == (None, 0)

    @pytest.mark.parametrize(("wished", "given"), [(None, None), (5, 5), (1 << 50, None)])
    def test_no_file_is_larger_than_the_room(self, wished, given):
        system = FakeSystem()
        system.processes.answer("tool")
        with sandbox(PLOT, system, 1) as room:
            room.system.processes.run(
                ["/usr/bin/tool"], seconds=1, output_limit=9, file_size_limit=wished
            )
        assert system.processes.calls[0].file_size_limit == (given or room.limit)

    def test_a_server_in_the_background_is_confined_alike(self):
        system = FakeSystem()
        system.processes.answer("server", seconds=60)
        with sandbox(PLOT, system, 1) as room:
            log = f"{room.workshop}/log"
            with room.servant.processes.background(["/usr/bin/server"], log_path=log) as server:
                assert server.alive()
        call = system.processes.servers[0]
        assert (call.confinement.user, call.file_size_limit) == ("nobody", room.limit)

    @pytest.mark.parametrize(("status", "free"), [(1, FULL_BELOW_BYTES), (0, 0)])
    def test_a_tool_that_ends_well_or_has_space_left_is_judged_by_itself(self, status, free):
        assert self.run_in_a_room(status, free).status == status

    def test_a_tool_that_fails_in_a_full_room_failed_for_want_of_space(self):
        with pytest.raises(ProbeError) as caught:
            self.run_in_a_room(1, FULL_BELOW_BYTES - 1)
        assert caught.value.reason is Reason.QUOTA_EXCEEDED

    @pytest.mark.parametrize(
        "said",
        [
            b"fatal error: runtime: out of memory",
            b"xz: x.xz: Cannot allocate memory",
            b"tail: memory exhausted",
            b"ERROR: Can't allocate required memory! Not enough memory",
            b"Traceback ...\nMemoryError",
            b"terminate called after throwing an instance of 'std::bad_alloc'",
        ],
    )
    def test_a_tool_that_complains_of_memory_met_its_limit(self, said):
        with pytest.raises(ProbeError) as caught:
            self.run_in_a_room(2, FULL_BELOW_BYTES, said)
        assert caught.value.reason is Reason.QUOTA_EXCEEDED

    @pytest.mark.parametrize(
        ("said", "free", "met"),
        [
            (b"write /a: no space left on device", SLACK_BYTES // 4 - 1, True),
            (b"[Errno 28] No space left on device", SLACK_BYTES // 4 - 1, True),
            (b"[Errno 122] Disk quota exceeded", SLACK_BYTES // 4 - 1, True),
            (b"row 5: 'no space left on device'", SLACK_BYTES, False),
            (b"write /a: file too large", SLACK_BYTES, True),
            (b"the data are damaged", SLACK_BYTES // 4 - 1, False),
        ],
    )
    def test_a_tool_that_complains_of_space_is_believed_where_there_is_little(
        self, said, free, met
    ):
        """borg writes in pieces of up to 8 MiB, and only warns of a file that it could not."""
        if not met:
            assert self.run_in_a_room(1, free, said).status == 1
            return
        with pytest.raises(ProbeError) as caught:
            self.run_in_a_room(1, free, said)
        assert caught.value.reason is Reason.QUOTA_EXCEEDED

    def run_in_a_room(self, status: int, free: int, said: bytes = b""):
        system = FakeSystem()

        def act(_) -> Completed:
            system.files.free = free
            return Completed(status=status, stdout=b"", stderr=said, seconds=0)

        system.processes.answer_with(act, "tool")
        with sandbox(PLOT, system, 1) as room:
            return room.system.processes.run(["/usr/bin/tool"], seconds=1, output_limit=999)

    def test_a_room_whose_space_is_unknown_is_not_full(self):
        system = FakeSystem()
        system.processes.answer("tool", status=1)
        with sandbox(PLOT, system, 1) as room:
            system.files.fail("free_bytes", f"{folder_of(room.folder)}/home")
            done = room.system.processes.run(["/usr/bin/tool"], seconds=1, output_limit=9)
        assert done.status == 1

    def test_tools_are_found_and_nothing_else_is_given(self):
        system = FakeSystem()
        system.processes.answer("tool")
        with sandbox(PLOT, system, 1) as room:
            inside = room.system.processes
            assert inside.find("tool") == "/usr/bin/tool"
            with pytest.raises(ProbeError):
                inside.pass_through(["/usr/bin/tool"])
            wider = Confinement(writable=("/",), home="/")
            with pytest.raises(ProbeError):
                inside.run(["/usr/bin/tool"], seconds=1, output_limit=9, confinement=wider)
