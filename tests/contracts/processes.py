"""What every `Processes` must do. Subclass it and say how the commands are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.system import Confinement
from guardian_agent.wire.observations import Reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from guardian_agent.system import Completed, Processes


class ProcessesContract:
    """The fixture `processes` is the port; the methods return the arguments of a command."""

    def prints(self, processes: Processes, stdout: bytes, stderr: bytes, status: int) -> list[str]:
        raise NotImplementedError

    def hangs(self, processes: Processes) -> list[str]:
        raise NotImplementedError

    def test_a_finished_command(self, processes):
        command = self.prints(processes, b"out", b"err", 3)
        done = processes.run(command, seconds=30, output_limit=3)
        assert (done.status, done.stdout, done.stderr) == (3, b"out", b"err")
        assert (done.timed_out, done.over_limit) == (False, False)
        assert done.seconds > 0

    @pytest.mark.parametrize(("out", "err"), [(b"four", b""), (b"", b"four")])
    def test_too_much_output_ends_the_command(self, processes, out, err):
        command = self.prints(processes, out, err, 0)
        done = processes.run(command, seconds=30, output_limit=3)
        assert (done.over_limit, done.timed_out) == (True, False)
        assert (done.stdout, done.stderr) == (out[:3], err[:3])

    def test_past_the_deadline(self, processes):
        done = processes.run(self.hangs(processes), seconds=0.2, output_limit=100)
        assert (done.timed_out, done.over_limit) == (True, False)
        assert done.status != 0

    def test_output_to_a_file(self, processes, tmp_path):
        path = str(tmp_path / "out")
        self.prepare(processes, str(tmp_path))
        command = self.prints(processes, b"out", b"err", 0)
        done = processes.run(command, seconds=30, output_limit=100, output_path=path)
        assert (done.stdout, done.stderr) == (b"", b"err")
        assert self.contents(processes, path) == b"out"
        with pytest.raises(FileExistsError):
            processes.run(command, seconds=30, output_limit=100, output_path=path)

    def prepare(self, processes: Processes, folder: str) -> None:
        """Make sure that `folder` is there."""

    def contents(self, processes: Processes, path: str) -> bytes:
        raise NotImplementedError

    def test_a_command_that_is_fed(self, processes):
        done = self.run_fed(processes, b"in", feeder_status=0)
        assert (done.status, done.stdout, done.feeder_status) == (0, b"in", 0)

    def test_a_feeder_that_fails_is_told(self, processes):
        done = self.run_fed(processes, b"in", feeder_status=3)
        assert (done.status, done.stdout, done.feeder_status) == (0, b"in", 3)

    def test_without_a_feeder_there_is_no_status_of_one(self, processes):
        command = self.prints(processes, b"", b"", 0)
        assert processes.run(command, seconds=30, output_limit=9).feeder_status is None

    def test_a_confined_command_lets_us_look_at_its_progress(self, processes, tmp_path):
        told: list[int] = []
        self.prepare(processes, str(tmp_path))
        confinement = Confinement(
            writable=(str(tmp_path),), home=str(tmp_path), tick=lambda: told.append(1)
        )
        command = self.prints(processes, b"", b"", 0)
        processes.run(command, seconds=30, output_limit=9, confinement=confinement)
        assert told

    def run_fed(self, processes: Processes, text: bytes, feeder_status: int) -> Completed:
        """Run what prints its stdin, fed by what prints `text`."""
        raise NotImplementedError

    def test_a_server_lives_until_it_is_left(self, processes, tmp_path):
        self.prepare(processes, str(tmp_path))
        log = f"{tmp_path}/log"
        with processes.background(self.hangs(processes), log_path=log) as server:
            assert server.alive()
        assert not server.alive()

    def test_a_server_that_ended_is_not_alive(self, processes, tmp_path):
        self.prepare(processes, str(tmp_path))
        log = f"{tmp_path}/log"
        command = self.prints(processes, b"dead", b"", 1)
        with processes.background(command, log_path=log) as server:
            self.let_pass(processes, lambda: not server.alive())
            assert not server.alive()
        assert self.contents(processes, log) == b"dead"

    def let_pass(self, processes: Processes, happened: Callable[[], bool]) -> None:
        """Let time pass until something happened."""
        raise NotImplementedError

    def test_a_server_that_is_not_there(self, processes, tmp_path):
        log = f"{tmp_path}/log"
        self.prepare(processes, str(tmp_path))
        with (
            pytest.raises(ProbeError) as caught,
            processes.background(["/nowhere/server"], log_path=log),
        ):
            pytest.fail("it started")
        assert caught.value.reason is Reason.TOOL_MISSING

    def test_find(self, processes):
        assert processes.find("no-such-tool-anywhere") is None
