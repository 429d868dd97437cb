"""What a confined command cannot do, tried with real commands."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.system import Confinement, landlock
from guardian_agent.system.processes import RealProcesses
from guardian_agent.wire.observations import Reason

pytestmark = pytest.mark.tools

ROOT = os.geteuid() == 0
needs_landlock = pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock")
needs_root = pytest.mark.skipif(not ROOT, reason="only root may")


class Place:
    """A folder to write in, one beside it that is out of bounds, and how to try things."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inside, self.outside = folder / "inside", folder / "outside"
        for each in (self.inside, self.outside, self.inside / "home"):
            each.mkdir()
            each.chmod(0o755)
        (self.outside / "kept").write_text("kept")
        self.confinement = Confinement(
            writable=(str(self.inside),), home=str(self.inside / "home"), processes=50
        )
        self.processes = RealProcesses(grace=0.2)

    def sh(self, script: str, **changed):
        confinement = replace(self.confinement, **changed)
        return self.processes.run(
            ["/bin/sh", "-c", script],
            seconds=60,
            output_limit=100_000,
            confinement=confinement,
            environment={"IN": str(self.inside), "OUT": str(self.outside), "HOME": "/ignored"},
        )

    def python(self, code: str, **changed):
        confinement = replace(self.confinement, **changed)
        return self.processes.run(
            [sys.executable, "-c", code], seconds=60, output_limit=9999, confinement=confinement
        )


@pytest.fixture
def place():
    # Every folder above it can be entered by every user, unlike pytest's own.
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield Place(folder)
    shutil.rmtree(folder)


@needs_landlock
class TestWriting:
    def test_inside_everything_is_possible(self, place):
        done = place.sh(
            "cd $IN && mkdir a b && echo 1 > a/f && mv a/f b/f && ln b/f b/g && ln -s f b/h && "
            "mkfifo b/p && echo 2 >> b/f && : > b/f && rm -r a b && echo well > /dev/null"
        )
        assert (done.status, done.stderr) == (0, b"")

    @pytest.mark.parametrize(
        "attempt",
        [
            "echo x > $OUT/new",
            "echo x >> $OUT/kept",
            ": > $OUT/kept",
            "truncate -s 0 $OUT/kept",
            "rm $OUT/kept",
            "mv $OUT/kept $IN/",
            "mv $OUT/kept $OUT/other",
            "ln $OUT/kept $IN/hard && echo x > $IN/hard",
            "ln -s $OUT/kept $IN/soft && echo x > $IN/soft",
            "ln -s $OUT $IN/way && echo x > $IN/way/new",
            "mkdir $OUT/folder",
            "mkfifo $OUT/pipe",
            "rmdir $OUT",
            "echo x > /tmp/guardian-escape-test",
            "mknod $IN/device c 1 3",
            "echo x > $IN/home/../../outside/new",
            "cd $IN && echo x > ../outside/new",
        ],
    )
    def test_outside_nothing_is(self, place, attempt):
        before = sorted(path.name for path in place.outside.iterdir())
        assert place.sh(attempt).status != 0
        assert sorted(path.name for path in place.outside.iterdir()) == before
        assert (place.outside / "kept").read_text() == "kept"
        assert not Path("/tmp/guardian-escape-test").exists()

    @needs_root
    @pytest.mark.parametrize(
        "attempt",
        [
            "chmod 777 $OUT/kept",
            "chown 65534 $OUT/kept",
            "touch $OUT/kept",
            "touch -d 2001-01-01 $OUT",
            "setfattr -n user.evil -v x $OUT/kept || exit 1",
            "cd $IN && chmod 777 ../outside/kept",
        ],
    )
    def test_nor_can_rights_owners_and_times_be_changed(self, place, attempt):
        """Landlock does not keep them: found by a tool that was made to try."""
        before = (place.outside / "kept").stat(), place.outside.stat()
        assert place.sh(attempt).status != 0
        assert before == ((place.outside / "kept").stat(), place.outside.stat())

    def test_the_working_directory_is_inside(self, place):
        done = place.processes.run(
            ["/bin/sh", "-c", "echo x > here && chmod 600 here && rm here && pwd"],
            seconds=60,
            output_limit=999,
            directory=str(place.inside),
            confinement=place.confinement,
        )
        assert (done.status, done.stdout) == (0, f"{place.inside}\n".encode())

    def test_reading_stays_as_it_was(self, place):
        assert place.sh("cat $OUT/kept").stdout == b"kept"

    def test_nothing_written_is_executed(self, place):
        done = place.sh("cp /bin/true $IN/tool; chmod 755 $IN/tool; $IN/tool")
        assert done.status == 126

    def test_programs_elsewhere_are(self, place):
        tool = place.folder / "tool"
        shutil.copy("/bin/true", tool)
        assert place.sh(f"{tool} && ls / > /dev/null").status == 0

    def test_a_writable_folder_that_is_not_there_changes_nothing(self, place):
        writable = (str(place.inside), str(place.folder / "missing"))
        assert place.sh("echo x > $IN/new", writable=writable).status == 0

    def test_a_feeder_is_confined_too(self, place):
        done = place.processes.run(
            ["/bin/cat"],
            feeder=["/bin/sh", "-c", f"echo x > {place.outside}/new || echo refused"],
            seconds=60,
            output_limit=99,
            confinement=place.confinement,
        )
        assert done.stdout == b"refused\n"

    def test_others_cannot_be_signalled(self, place):
        if landlock.version() < 6:
            pytest.skip("this kernel's Landlock does not know signals")
        assert place.sh(f"kill -0 {os.getpid()}").status != 0


class TestPowers:
    def test_home_and_temporary_folder_are_empty_ones_inside(self, place):
        done = place.sh("echo $HOME $TMPDIR; ls -A $HOME")
        assert done.stdout.decode() == f"{place.inside}/home {place.inside}/home\n"

    def test_no_new_privileges_no_core_few_files_nicest(self, place):
        done = place.sh(
            "grep NoNewPrivs /proc/self/status; ulimit -c; ulimit -n; nice", memory_bytes=10**9
        )
        words = done.stdout.split()
        assert words[1] == b"1"
        assert words[2] == b"0"
        assert int(words[3]) <= 4096
        assert words[4] == b"19"

    @needs_root
    def test_root_can_mount_nothing_and_make_no_file_immutable(self, place):
        done = place.sh("mount -t tmpfs none $IN || chattr +i $IN/home || echo neither")
        assert done.stdout == b"neither\n"

    @needs_root
    def test_another_user(self, place):
        os.chown(place.inside / "home", 65534, 65534)
        done = place.sh("id -u; id -G; echo x > $HOME/f; cat /etc/shadow", user="nobody")
        assert done.stdout.split() == [b"65534", b"65534"]
        assert (place.inside / "home" / "f").stat().st_uid == 65534
        assert b"Permission denied" in done.stderr

    @needs_root
    def test_a_feeder_keeps_our_user(self, place):
        done = place.processes.run(
            ["/bin/cat"],
            feeder=["/usr/bin/id", "-u"],
            seconds=60,
            output_limit=99,
            confinement=replace(place.confinement, user="nobody"),
        )
        assert done.stdout == b"0\n"

    @needs_root
    def test_a_user_that_is_not_there(self, place):
        with pytest.raises(ProbeError, match="no user 'ghost'"):
            place.sh("true", user="ghost")

    def test_without_root_the_user_is_ours(self, place, monkeypatch):
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        assert place.sh("id -u", user="ghost").stdout.split() == [str(os.getuid()).encode()]


CONNECT = """
import socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1] if len(sys.argv) > 1 else "{path}")
listener.listen()
client = socket.socket(socket.AF_UNIX)
client.connect("{path}")
print("unix")
for family in (socket.AF_INET, socket.AF_INET6, socket.AF_NETLINK, socket.AF_PACKET):
    try:
        made = socket.socket(family, socket.SOCK_DGRAM if family == 17 else socket.SOCK_STREAM)
        made.connect(("{host}", {port}))
    except OSError as error:
        print("refused")
    else:
        print("reached")
"""


class TestNetwork:
    @pytest.fixture
    def code(self, place):
        import socket

        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            port = listener.getsockname()[1]
            yield CONNECT.format(path=place.inside / "s", host="127.0.0.1", port=port)

    def test_is_there_unless_refused(self, place, code):
        assert b"reached" in place.python(code).stdout

    def test_is_out_of_reach_and_the_machines_own_sockets_are_not(self, place, code):
        done = place.python(code, network=False)
        assert done.stdout.split() == [b"unix"] + [b"refused"] * 4, done.stderr

    @pytest.mark.parametrize("ring", [False, True])
    def test_without_namespaces_a_filter_keeps_it_out(self, place, code, ring):
        # As the unprivileged unit: no namespace may be made, and sockets are filtered.
        if ring:
            code = (
                "import ctypes\n"
                "print(ctypes.CDLL(None, use_errno=True).syscall(425, 1, bytes(120)), "
                "ctypes.get_errno())"
            )
        from guardian_agent.system import child

        flag, child._CLONE_NEWNET = child._CLONE_NEWNET, 0x1  # no such flag: refused
        try:
            done = place.python(code, network=False)
        finally:
            child._CLONE_NEWNET = flag
        if ring:
            assert done.stdout == b"-1 38\n"
        else:
            assert done.stdout.split() == [b"unix"] + [b"refused"] * 4, done.stderr


class TestLimits:
    def test_memory_of_one_process(self, place):
        done = place.python("x = bytearray(2 * 10**9)", memory_bytes=10**9)
        assert b"MemoryError" in done.stderr

    def test_memory_of_all_together(self, place):
        each = f"{sys.executable} -c 'x = bytearray(150 * 10**6); import time; time.sleep(60)'"
        self.ended(place, f"{each} & {each} & {each} & wait", "memory", memory_bytes=300 * 10**6)

    def test_processes(self, place):
        script = "for i in 1 2 3 4 5 6 7 8 9; do sleep 60 & done; wait"
        self.ended(place, script, "processes", processes=5)

    def test_processes_that_left_the_family_count_too(self, place):
        script = (
            "for i in 1 2 3 4 5 6 7 8 9; do setsid sh -c 'sleep 60 & sleep 60' & done; sleep 60"
        )
        self.ended(place, script, "processes", processes=8)

    def test_disk(self, place):
        script = "for i in 1 2 3 4 5 6; do head -c 9000000 /dev/zero > $IN/$i; done; sleep 60"
        self.ended(place, script, "bytes written", disk_bytes=20 * 10**6)

    def test_disk_in_many_small_files(self, place):
        script = "i=0; while :; do mkdir -p $IN/$i; echo x > $IN/$i/x; i=$((i+1)); done"
        self.ended(place, script, "bytes written", disk_bytes=10**6)

    def test_disk_that_was_taken_before_anybody_looked(self, place):
        code = "import os, sys\nfor i in range(999): open(f'{sys.argv[1]}/{i}', 'w').close()"
        script = f'{sys.executable} -c "{code}" $IN'
        self.ended(place, script, "bytes written", disk_bytes=10**6)

    def test_what_is_sparse_takes_no_disk(self, place):
        done = place.sh("truncate -s 1G $IN/sparse; sleep 0.6", disk_bytes=10**6)
        assert done.status == 0

    def test_disk_that_must_stay_free(self, place):
        self.ended(place, "sleep 60", "must stay", disk_bytes=10**6, kept_free_bytes=1 << 60)

    def test_a_server_in_the_background_counts(self, place):
        code = "x = bytearray(200 * 10**6); import time; time.sleep(60)"
        with place.processes.background(
            [sys.executable, "-c", code],
            log_path=str(place.inside / "log"),
            confinement=place.confinement,
        ):
            self.ended(place, "sleep 60", "memory", memory_bytes=150 * 10**6)

    def ended(self, place, script, words, **limits):
        with pytest.raises(ProbeError, match=words) as caught:
            place.sh(script, **limits)
        assert caught.value.reason is Reason.QUOTA_EXCEEDED
        assert not descendants()


def descendants() -> list[int]:
    from guardian_agent.system import family

    return [number for number in family._children() if "sleep\0" in command_of(number)]


def command_of(number: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_text()
    return ""


class TestNothingOutlives:
    def test_a_confined_command_dies_with_us(self, place):
        """kill -9 of the agent: the kernel ends the tool."""
        code = (
            "from guardian_agent.system.processes import RealProcesses\n"
            "from guardian_agent.system import Confinement\n"
            f"room = Confinement(writable=({str(place.inside)!r},), home={str(place.inside)!r})\n"
            "RealProcesses().run(['/bin/sh', '-c', 'echo $$ > $HOME/mark; exec sleep 60'], "
            "seconds=60, output_limit=9, confinement=room)"
        )
        mark = place.inside / "mark"
        with subprocess.Popen([sys.executable, "-c", code]) as agent:
            await_that(lambda: mark.exists() and mark.read_text().endswith("\n"))
            agent.kill()
        number = int(mark.read_text())
        await_that(lambda: not Path(f"/proc/{number}").exists() or is_zombie(number))

    @pytest.mark.parametrize("escape", ["", "setsid "])
    def test_a_servers_grandchildren_end_with_it(self, place, escape):
        mark = place.inside / "mark"
        script = f"{escape}sh -c 'echo $$ > {mark}; exec sleep 60' & sleep 60"
        with place.processes.background(
            ["/bin/sh", "-c", script],
            log_path=str(place.inside / "log"),
            confinement=place.confinement,
        ) as server:
            await_that(lambda: mark.exists() and mark.read_text().endswith("\n"))
            # A command beside the server ends nothing of it.
            assert place.sh("true").status == 0
            assert server.alive()
            assert Path(f"/proc/{mark.read_text().strip()}").exists()
        assert not Path(f"/proc/{mark.read_text().strip()}").exists()

    def test_a_server_that_forked_away_is_found(self, place):
        mark = place.inside / "mark"
        script = f"setsid sh -c 'echo $$ > {mark}; trap \"\" TERM; sleep 60; :' & sleep 0.2"
        with place.processes.background(
            ["/bin/sh", "-c", script],
            log_path=str(place.inside / "log"),
            confinement=place.confinement,
        ) as server:
            await_that(lambda: not server.alive())
        assert not Path(f"/proc/{mark.read_text().strip()}").exists()

    def test_a_server_is_asked_to_stop_first(self, place):
        mark = place.inside / "mark"
        script = f"trap 'echo tidied > {mark}; exit' TERM; echo ready; while :; do sleep 0.01; done"
        log = place.inside / "log"
        with RealProcesses(grace=30).background(
            ["/bin/sh", "-c", script], log_path=str(log), confinement=place.confinement
        ):
            await_that(lambda: log.read_text() == "ready\n")
        assert mark.read_text() == "tidied\n"

    def test_a_log_that_cannot_be_written(self, place):
        with (
            pytest.raises(ProbeError) as caught,
            place.processes.background(["/bin/true"], log_path="/nowhere/log"),
        ):
            pytest.fail("it started")
        assert caught.value.reason is Reason.PERMISSION_DENIED


def await_that(happened) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_zombie(number: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True


def test_a_feeder_that_goes_on_is_ended_when_nobody_reads(place):
    done = place.processes.run(
        ["/usr/bin/head", "-c", "3"], feeder=["/usr/bin/yes"], seconds=60, output_limit=9
    )
    assert (done.stdout, done.feeder_status) == (b"y\ny", -signal.SIGPIPE)


def test_a_feeder_that_cannot_start(place):
    with pytest.raises(ProbeError) as caught:
        place.processes.run(["/bin/cat"], feeder=["/nowhere/x"], seconds=60, output_limit=9)
    assert caught.value.reason is Reason.TOOL_MISSING


def test_a_feeder_that_hangs_is_ended_at_the_deadline(place):
    done = place.processes.run(
        ["/bin/cat"], feeder=["/bin/sleep", "60"], seconds=0.3, output_limit=9
    )
    assert done.timed_out
    assert done.feeder_status == -signal.SIGKILL


def test_a_command_that_cannot_start_leaves_no_feeder(place):
    with pytest.raises(ProbeError):
        place.processes.run(["/nowhere/x"], feeder=["/bin/sleep", "60"], seconds=60, output_limit=9)
    assert not descendants()
