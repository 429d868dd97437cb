"""What every `Processes` must do. Subclass it and say how the commands are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from guardian_agent.system import Processes


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

    def test_find(self, processes):
        assert processes.find("no-such-tool-anywhere") is None
