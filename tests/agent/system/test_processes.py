from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.system import Completed
from guardian_agent.system.processes import RealProcesses
from guardian_agent.system.relaying import signals_passed_on
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import FakeProcesses
from tests.contracts.processes import ProcessesContract


class TestFakeProcesses(ProcessesContract):
    @pytest.fixture
    def processes(self):
        return FakeProcesses()

    def prints(self, processes, stdout, stderr, status):
        processes.answer("tool", stdout=stdout, stderr=stderr, status=status)
        return ["/usr/bin/tool"]

    def hangs(self, processes):
        processes.answer("tool", seconds=3600)
        return ["/usr/bin/tool"]

    def run_fed(self, processes, text, feeder_status):
        processes.answer("cat", stdout=text)
        processes.answer("printf", stdout=text, status=feeder_status)
        return processes.run(["/bin/cat"], feeder=["/bin/printf"], seconds=30, output_limit=9)

    def let_pass(self, processes, happened):
        processes.clock.advance(seconds=1)
        assert happened()

    def prepare(self, processes, folder):
        processes.files.make_directory(folder)

    def contents(self, processes, path):
        return processes.files.read(path, 100)

    def test_newest_matching_rule_answers(self, processes):
        processes.answer("restic", stdout=b"any")
        processes.answer("restic", "check", stdout=b"check")
        run = {"seconds": 1, "output_limit": 9}
        assert processes.run(["/usr/bin/restic", "--json", "check"], **run).stdout == b"check"
        assert processes.run(["/usr/bin/restic", "snapshots"], **run).stdout == b"any"
        with pytest.raises(AssertionError, match="no scripted answer"):
            processes.run(["/usr/bin/borg"], **run)

    def test_function_sees_the_call(self, processes):
        def act(call):
            text = call.environment["KEY"].encode()
            return Completed(status=0, stdout=text, stderr=b"", seconds=0)

        processes.answer_with(act, "tool")
        done = processes.run(["/usr/bin/tool"], environment={"KEY": "v"}, seconds=1, output_limit=9)
        assert done.stdout == b"v"


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


@pytest.mark.tools
class TestRealProcesses(ProcessesContract):
    @pytest.fixture
    def processes(self):
        return RealProcesses(grace=0.2)

    def prints(self, processes, stdout, stderr, status):
        return shell(f"printf %s {stdout.decode()}; printf %s {stderr.decode()} >&2; exit {status}")

    def hangs(self, processes):
        return ["/bin/sleep", "3600"]

    def run_fed(self, processes, text, feeder_status):
        feeder = shell(f"printf %s {text.decode()}; exit {feeder_status}")
        return processes.run(["/bin/cat"], feeder=feeder, seconds=30, output_limit=9)

    def let_pass(self, processes, happened):
        deadline = time.monotonic() + 30
        while not happened():
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def contents(self, processes, path):
        return Path(path).read_bytes()

    def test_both_streams_are_drained_at_once(self, processes):
        script = "head -c 1000000 /dev/zero >&2; head -c 1000000 /dev/zero"
        done = processes.run(shell(script), seconds=60, output_limit=10**6)
        assert (done.status, len(done.stdout), len(done.stderr)) == (0, 10**6, 10**6)

    def test_environment_is_clean(self, processes, monkeypatch):
        monkeypatch.setenv("SECRET", "of the agent")
        added = {"HOME": "/nowhere", "LD_PRELOAD": "/evil.so"}
        done = processes.run(["/usr/bin/env"], environment=added, seconds=60, output_limit=10**4)
        assert sorted(done.stdout.decode().splitlines()) == [
            "HOME=/nowhere",
            "LC_ALL=C.UTF-8",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TZ=UTC",
        ]

    def test_stdin_is_empty_and_directory_obeyed(self, processes, tmp_path):
        done = processes.run(
            shell("cat; pwd"), seconds=60, output_limit=999, directory=str(tmp_path)
        )
        assert done.stdout.decode() == f"{tmp_path}\n"

    def test_file_size_limit(self, processes, tmp_path):
        command = ["/bin/dd", "if=/dev/zero", f"of={tmp_path}/big", "bs=1000", "count=9"]
        done = processes.run(command, seconds=60, output_limit=9999, file_size_limit=4000)
        assert done.status == -signal.SIGXFSZ
        assert (tmp_path / "big").stat().st_size == 4000

    def test_killed_by_a_signal(self, processes):
        done = processes.run(shell("kill -9 $$"), seconds=60, output_limit=9)
        assert (done.status, done.timed_out) == (-9, False)

    @pytest.mark.parametrize(
        ("path", "reason"),
        [
            ("/nowhere/tool", Reason.TOOL_MISSING),
            ("/etc/passwd", Reason.PERMISSION_DENIED),
        ],
    )
    def test_what_cannot_start(self, processes, path, reason):
        with pytest.raises(ProbeError) as caught:
            processes.run([path], seconds=1, output_limit=9)
        assert caught.value.reason is reason

    def test_no_program(self, processes, tmp_path):
        (tmp_path / "tool").write_bytes(b"\x7fELF no program")
        (tmp_path / "tool").chmod(0o700)
        with pytest.raises(ProbeError) as caught:
            processes.run([str(tmp_path / "tool")], seconds=1, output_limit=9)
        assert caught.value.reason is Reason.INTERNAL

    def test_term_comes_first(self, tmp_path):
        script = f"trap 'echo tidied > {tmp_path}/mark; exit 1' TERM; while :; do sleep 0.01; done"
        done = RealProcesses(grace=30).run(shell(script), seconds=0.3, output_limit=9)
        assert done.timed_out
        assert (tmp_path / "mark").read_text() == "tidied\n"

    def test_find_trusts_what_root_keeps(self, processes):
        assert processes.find("sh") in ("/usr/bin/sh", "/bin/sh")

    def test_pass_through(self, processes):
        assert processes.pass_through(shell("exit 7")) == 7
        assert processes.pass_through(shell("kill -9 $$")) == 137
        assert processes.pass_through(["/nowhere/tool"]) == 127
        assert processes.pass_through(["/etc/passwd"]) == 126

    def test_pass_through_hands_on_streams_and_signals(self, tmp_path):
        code = (
            "from guardian_agent.system.processes import RealProcesses\n"
            "raise SystemExit(RealProcesses().pass_through(['/bin/sh', '-c', \"\"\""
            "read word; echo $word; trap 'echo told >&2; exit 5' TERM; echo ready\n"
            'while :; do sleep 0.01; done"""]))'
        )
        with subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        ) as process:
            try:
                process.stdin.write(b"hello\n")
                process.stdin.flush()
                assert process.stdout.readline() == b"hello\n"
                assert process.stdout.readline() == b"ready\n"
                process.terminate()
                _, stderr = process.communicate(timeout=60)
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
        assert (process.returncode, stderr) == (5, b"told\n")

    def test_signal_that_comes_before_the_command_is_known(self):
        with signals_passed_on() as relay:
            os.kill(os.getpid(), signal.SIGTERM)
            os.kill(os.getpid(), signal.SIGINT)
            with subprocess.Popen(["/bin/sleep", "60"]) as process:
                relay.aim(process.pid)
        assert process.returncode == -signal.SIGTERM

    def test_ignored_signals_stay_ignored(self):
        before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
        try:
            with signals_passed_on():
                assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGHUP, before)


GRANDCHILD = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    {escape}
    if os.fork() == 0:
        open({mark!r}, "w").write(str(os.getpid()))
        while True:
            {work}
    os._exit(0)
os.wait()
{then}
"""


@pytest.mark.tools
class TestNothingSurvives:
    """T52: a hung tool leaves a grandchild that ignores TERM and left the process group."""

    @pytest.mark.parametrize("escape", ["pass", "os.setsid()"])
    @pytest.mark.parametrize(
        ("work", "limit"), [("os.write(1, b'x' * 4096)", 10**12), ("time.sleep(1)", 100)]
    )
    def test_past_the_deadline(self, tmp_path, escape, work, limit):
        done = self.run(tmp_path, escape, work, "while True: time.sleep(1)", limit)
        assert done.timed_out

    def test_past_the_output_limit(self, tmp_path):
        work = "os.write(1, b'x' * 4096)"
        done = self.run(tmp_path, "os.setsid()", work, "while True: time.sleep(1)", 5000)
        assert done.over_limit
        assert len(done.stdout) == 5000

    @pytest.mark.parametrize("then", ["", "os.close(1); os.close(2)"])
    def test_after_the_command_ended_well(self, tmp_path, then):
        wait = f"\nwhile not os.path.exists({str(tmp_path / 'mark')!r}): time.sleep(0.01)"
        done = self.run(tmp_path, "os.setsid()", "time.sleep(1)", then + wait, 100)
        assert (done.status, done.timed_out, done.over_limit) == (0, False, False)

    def run(self, tmp_path, escape, work, then, limit):
        mark = tmp_path / "mark"
        code = GRANDCHILD.format(escape=escape, work=work, then=then, mark=str(mark))
        for seconds in (1.5, 15) if then.startswith("while") else (60,):
            done = RealProcesses(grace=0.1).run(
                [sys.executable, "-c", code], seconds=seconds, output_limit=limit
            )
            if mark.exists():  # on a busy machine it may be killed before it forked
                break
        assert not Path(f"/proc/{mark.read_text()}").exists()
        return done

    def test_children_of_others_are_left_alone(self):
        bystander = subprocess.Popen(["/bin/sleep", "60"])
        try:
            RealProcesses(grace=0.1).run(["/bin/sleep", "60"], seconds=0.1, output_limit=9)
            assert bystander.poll() is None
        finally:
            bystander.kill()
            bystander.wait()


@pytest.mark.tools
class TestTrust:
    @pytest.fixture
    def tool(self, tmp_path):
        folder = tmp_path / "bin"
        folder.mkdir(mode=0o755)
        shutil.copy("/bin/true", folder / "tool")
        (folder / "tool").chmod(0o755)
        return folder / "tool"

    def test_ours_is_trusted(self, tool):
        assert RealProcesses().find(str(tool)) == str(tool)

    def test_not_executable_is_not_there(self, tool):
        tool.chmod(0o644)
        assert RealProcesses().find(str(tool)) is None

    def test_relative_path_is_not_looked_up(self):
        assert RealProcesses().find("bin/sh") is None

    @pytest.mark.parametrize("mode", [0o775, 0o757])
    def test_writable_file(self, tool, mode):
        tool.chmod(mode)
        self.refused(tool, "can be written by others")

    @pytest.mark.parametrize("mode", [0o775, 0o757])
    def test_writable_folder(self, tool, mode):
        tool.parent.chmod(mode)
        self.refused(tool, "can be written by others")

    def test_sticky_folder_lets_only_owners_replace(self, tool):
        tool.parent.chmod(0o1777)
        assert RealProcesses().find(str(tool)) == str(tool)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
    def test_file_of_another_user(self, tool):
        os.chown(tool, 65534, -1)
        self.refused(tool, "belongs to user 65534")

    def test_link_through_a_writable_folder(self, tool, tmp_path):
        alternatives = tmp_path / "alternatives"
        alternatives.mkdir()
        alternatives.chmod(0o777)
        (alternatives / "tool").symlink_to(tool)
        (tmp_path / "link").symlink_to(alternatives / "tool")
        self.refused(tmp_path / "link", "alternatives can be written by others")

    def test_links_without_end(self, tmp_path):
        from guardian_agent.system.tools import _way

        (tmp_path / "a").symlink_to("b")
        (tmp_path / "b").symlink_to("a")
        assert RealProcesses().find(str(tmp_path / "a")) is None
        with pytest.raises(ProbeError, match="too many symbolic links"):
            list(_way(str(tmp_path / "a")))

    def test_link_to_a_trusted_tool(self, tool, tmp_path):
        (tmp_path / "link").symlink_to("bin/tool")
        assert RealProcesses().find(str(tmp_path / "link")) == str(tmp_path / "link")

    def refused(self, tool, words):
        with pytest.raises(ProbeError, match=words) as caught:
            RealProcesses().find(str(tool))
        assert caught.value.reason is Reason.TOOL_UNTRUSTED
