"""Work in namespaces of its own: what comes back, what reaches it, and what is left of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Self

import pytest
from guardian_agent.system.volumes import MOUNT_POINT, RealVolumes

from tests.agent.system.test_confinement import await_that, is_zombie

pytestmark = pytest.mark.tools

possible = pytest.mark.skipif(
    not RealVolumes().protections().fixed_size, reason="no namespaces or loop devices here"
)

PROGRAM = """
import os, signal, sys, time
from guardian_agent.system import apart
from guardian_agent.system.volumes import RealVolumes
volumes = RealVolumes()
def act():
{act}
{before}
status = volumes.apart(act)
print("first process still here", file=sys.stderr)
sys.exit(status)
"""

WAIT = """
    try:
        with volumes.fixed({folder!r}, 64 << 20) as room:
            open("{folder}/mark", "w").write(str(os.getpid()))
            busy = os.path.join(room or {folder!r}, "busy")
            if os.fork() == 0:
                os.setsid()
                open(busy, "w").write("x")
                time.sleep(600)
            while not os.path.exists(busy):
                time.sleep(0.01)
            print("ready", flush=True)
            time.sleep(600)
    finally:
        print("tidied", flush=True)
"""


def program(act: str, before: str = "") -> list[str]:
    body = textwrap.indent(textwrap.dedent(act), "    ")
    return [sys.executable, "-c", PROGRAM.format(act=body, before=before)]


def run(act: str, before: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        program(act, before), capture_output=True, text=True, timeout=60, check=False
    )


REFUSED = ("", "apart._CLONE_NEWPID = apart._CLONE_NEWNS = 1")
"""With and without namespaces; no flag 1 is known to unshare(2)."""


@pytest.mark.parametrize("before", REFUSED)
class TestAnswers:
    @pytest.mark.parametrize("status", [0, 1, 3, 143])
    def test_the_exit_status_passes_through(self, status, before):
        assert run(f"return {status}", before).returncode == status

    def test_what_is_printed_comes_once(self, before):
        done = run("print('from within'); return 0", f"print('before', end=' ')\n{before}")
        assert done.stdout == "before from within\n"

    def test_an_error_nobody_expected_is_told(self, before):
        done = run("raise ValueError('planted')", before)
        assert done.returncode == 1
        assert "ValueError: planted" in done.stderr

    def test_the_clock_and_the_family_are_right(self, before):
        done = run(
            "from guardian_agent.system.clock import RealClock\n"
            "from guardian_agent.system.processes import RealProcesses\n"
            "print(RealClock().boot_id())\n"
            "escape = 'setsid sleep 600 & sleep 0.1; echo done'\n"
            "print(RealProcesses().run(['/bin/sh', '-c', escape], seconds=30, output_limit=9))\n"
            "numbers = [n for n in os.listdir('/proc') if n.isdigit()]\n"
            "lines = [open(f'/proc/{n}/cmdline').read() for n in numbers]\n"
            "print('sleep\\0600' in ' '.join(lines))\n"
            "return 0",
            before,
        )
        boot, ran, left = done.stdout.splitlines()
        assert boot == Path("/proc/sys/kernel/random/boot_id").read_text().strip().replace("-", "")
        assert "status=0, stdout=b'done\\n'" in ran
        assert left == "False"


class Working:
    """A program at work in its room, and everything it could leave."""

    def __init__(self, before: str) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.loops = loops()
        self.first = subprocess.Popen(
            program(WAIT.format(folder=str(self.folder)), before),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.first.stdout.readline() == "ready\n"
        self.family = descendants_of(self.first.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.first.kill()
        self.first.communicate(timeout=60)

    def end(self) -> int:
        self.said, _ = self.first.communicate(timeout=60)
        return self.first.returncode

    def assert_gone(self) -> None:
        for number in self.family:
            await_that(lambda: not Path(f"/proc/{number}").exists() or is_zombie(number))  # noqa: B023
        await_that(lambda: loops() <= self.loops)
        assert str(MOUNT_POINT) not in Path("/proc/self/mounts").read_text()
        assert [path.name for path in self.folder.iterdir()] == ["mark"]
        assert not any(Path(MOUNT_POINT).iterdir())


def loops() -> set[str]:
    return {str(path.parent) for path in Path("/sys/block").glob("loop*/loop")}


def descendants_of(number: int) -> list[int]:
    children = Path(f"/proc/{number}/task/{number}/children").read_text().split()
    found = [int(child) for child in children]
    return found + [each for child in found for each in descendants_of(child)]


@possible
class TestTidiness:
    @pytest.fixture
    def working(self):
        with Working("") as working:
            yield working

    @pytest.mark.parametrize(
        ("number", "status"),
        [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
    )
    def test_a_signal_unwinds_the_work(self, working, number, status):
        assert len(working.family) == 3
        working.first.send_signal(number)
        assert working.end() == status
        assert working.said == "tidied\n"
        working.assert_gone()

    @pytest.mark.parametrize("victim", [0, 1, 2])
    def test_killed_it_leaves_nothing(self, working, victim):
        numbers = [working.first.pid, *working.family]
        os.kill(numbers[victim], signal.SIGKILL)
        assert working.end() == (-9 if victim == 0 else 137)
        working.assert_gone()

    def test_what_it_mounts_nobody_else_sees(self, working):
        inside = Path(f"/proc/{working.family[1]}/root{MOUNT_POINT}")
        assert (inside / "busy").exists()
        assert not any(Path(MOUNT_POINT).iterdir())
        working.first.kill()
        working.end()
        working.assert_gone()

    def test_two_do_not_meet(self, working):
        with Working("") as other:
            working.first.terminate()
            working.end()
            inside = Path(f"/proc/{other.family[1]}/root{MOUNT_POINT}")
            assert (inside / "busy").exists()
            other.first.terminate()
            other.end()
            other.assert_gone()

    @pytest.mark.parametrize("delay", [0.0, 0.1, 0.15, 0.2, 0.25, 0.3])
    def test_a_signal_is_never_lost(self, delay):
        act = "time.sleep(60); return 0"
        ready = "signal.signal(signal.SIGTERM, signal.SIG_DFL); print('up', flush=True)"
        with subprocess.Popen(program(act, ready), stdout=subprocess.PIPE) as first:
            first.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                first.wait(timeout=delay / 10 + 1e-9)
            first.terminate()
            assert first.wait(timeout=30) in (143, -signal.SIGTERM)


def test_where_it_is_refused_signals_still_unwind():
    # Without a child of its own, which would outlive it here.
    alone = (
        WAIT.format(folder=tempfile.mkdtemp())
        .replace("if os.fork() == 0:", "if True:")
        .replace("time.sleep(600)", "", 1)
    )
    code = program(alone, REFUSED[1])
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout.readline() == "ready\n"
        first.terminate()
        assert first.stdout.read() == "tidied\n"
        assert first.wait(timeout=60) == 143


@possible
class TestFixedSize:
    def inside(self, script: str, size: int = 64 << 20, before: str = "") -> str:
        """Run a shell script in a room of 64 MiB and return what it printed."""
        act = (
            f"with volumes.fixed({tempfile.gettempdir()!r}, {size}) as room:\n"
            f"    print(room, flush=True)\n"
            f"    if room: os.chdir(room); os.system({script!r})\n"
            "return 0"
        )
        done = run(act, before)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def test_its_size_is_kept(self):
        script = "head -c 200000000 /dev/zero > big; stat -c %s big"
        size = int(self.inside(script).split()[-1])
        assert 55 << 20 < size <= 64 << 20

    def test_names_run_out_before_the_machine_does(self):
        script = "mkdir d && cd d && (seq 1 100000 | xargs touch) 2>/dev/null; ls | wc -l"
        assert 10_000 < int(self.inside(script).split()[-1]) <= (64 << 20) // 4096

    @pytest.mark.parametrize("flag", ["nosuid", "nodev", "noexec"])
    def test_nothing_in_it_is_a_program_or_a_device(self, flag):
        assert flag in self.inside(f"grep {MOUNT_POINT} /proc/mounts")

    def test_a_program_does_not_run(self):
        assert self.inside("cp /bin/true t; ./t 2>/dev/null; echo $?").split()[-1] == "126"

    def test_every_user_may_enter(self):
        assert self.inside("stat -c %a .").split()[-1] == "711"

    NO_LOOP = "from guardian_agent.system import fixed_size; fixed_size._CONTROL = '/nowhere'"

    def test_without_loop_devices_memory_serves(self):
        text = self.inside(f"grep {MOUNT_POINT} /proc/mounts", before=self.NO_LOOP)
        assert text.split()[3] == "tmpfs"
        assert "nosuid,nodev,noexec" in text

    def test_but_no_more_than_a_part_of_it(self):
        assert self.inside("true", size=1 << 50, before=self.NO_LOOP) == "None\n"

    def test_more_than_the_disk_has_is_refused(self):
        assert self.inside("true", size=1 << 60) == "None\n"

    def test_a_mount_point_that_another_made_is_not_used(self, tmp_path):
        os.chown(tmp_path, 65534, -1)
        before = (
            f"from guardian_agent.system import volumes as v; v.MOUNT_POINT = {str(tmp_path)!r}"
        )
        assert self.inside("true", before=before) == "None\n"


def test_nothing_is_mounted_where_others_would_see_it(tmp_path):
    with RealVolumes().fixed(str(tmp_path), 64 << 20) as mounted:
        assert mounted is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
class TestGiving:
    def test_a_folder_and_all_in_it(self, tmp_path):
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "a" / "b" / "c").write_text("x")
        outside = tmp_path / "outside"
        outside.write_text("x")
        (tmp_path / "a" / "link").symlink_to(outside)
        RealVolumes().give(str(tmp_path / "a"), "nobody")
        given = [tmp_path / "a", tmp_path / "a" / "b", tmp_path / "a" / "b" / "c"]
        assert {path.stat().st_uid for path in given} == {65534}
        assert outside.stat().st_uid == 0

    def test_a_file_with_another_name_elsewhere_is_not(self, tmp_path):
        (tmp_path / "a").mkdir()
        (tmp_path / "outside").write_text("x")
        os.link(tmp_path / "outside", tmp_path / "a" / "b")
        with pytest.raises(OSError, match="another name"):
            RealVolumes().give(str(tmp_path / "a"), "nobody")
        assert (tmp_path / "outside").stat().st_uid == 0

    def test_a_user_that_is_not_there(self, tmp_path):
        with pytest.raises(OSError, match="no user 'ghost'"):
            RealVolumes().give(str(tmp_path), "ghost")


def test_who_is_known():
    assert RealVolumes().knows("root")
    assert not RealVolumes().knows("ghost")


def test_who_may_enter(tmp_path):
    volumes = RealVolumes()
    assert volumes.enters("/usr/bin", "nobody")
    (tmp_path / "closed").mkdir(mode=0o700)
    assert not volumes.enters(str(tmp_path / "closed" / "a"), "nobody")
