"""A copy of this process: what it is asked and answers, and how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from guardian_agent.system.ports import Alone
from guardian_agent.system.twins import RealTwins

TWO = RealTwins(processors=2)


def twice(number: Any) -> Any:
    return 2 * number


def test_a_twin_answers_one_question_after_the_other() -> None:
    with TWO.twin(twice) as twin:
        assert twin is not None
        for number in range(3):
            twin.ask(number)
            assert twin.answer() == 2 * number


def test_it_is_another_process_that_knows_what_we_knew() -> None:
    known = ["before"]
    with TWO.twin(lambda _: (os.getpid(), known)) as twin:
        assert twin is not None
        known.append("after")
        twin.ask(None)
        assert twin.answer() != (os.getpid(), ["before"])
        twin.ask(None)
        assert twin.answer() == (twin.process, ["before"])


def test_an_answer_is_there_when_it_is() -> None:
    with TWO.twin(twice) as twin:
        assert twin is not None
        assert not twin.has_answered()
        twin.ask("a" * 10**6)
        assert len(str(twin.answer())) == 2 * 10**6
        assert not twin.has_answered()


def test_one_that_fails_is_lost_and_says_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    with TWO.twin(lambda _: 1 // 0) as twin:
        assert twin is not None
        twin.ask(None)
        with pytest.raises(ChildProcessError):
            twin.answer()
        assert twin.has_answered()
        with pytest.raises(ChildProcessError):
            twin.ask("a" * 10**6)
    assert capfd.readouterr() == ("", "")


def test_it_ends_with_the_block_whatever_it_does() -> None:
    with TWO.twin(lambda _: [None for _ in iter(int, 1)]) as twin:
        assert twin is not None
        twin.ask(None)
    with pytest.raises(ProcessLookupError):
        os.kill(twin.process, 0)


def test_there_is_none_without_a_second_processor() -> None:
    for twins in (RealTwins(processors=1), Alone()):
        with twins.twin(twice) as twin:
            assert twin is None


KILLED = """
import os, signal, sys
from guardian_agent.system.twins import RealTwins
with RealTwins(processors=2).twin(lambda _: [None for _ in iter(int, 1)]) as twin:
    twin.ask(None)
    with open(sys.argv[1], "w") as told:
        told.write(str(twin.process))
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_ends_with_us_however_we_end(tmp_path: Path) -> None:
    told = tmp_path / "process"
    done = subprocess.run([sys.executable, "-c", KILLED, str(told)], check=False)
    assert done.returncode == -signal.SIGKILL
    process = int(told.read_text())
    ended = Path(f"/proc/{process}/stat")
    for _ in range(10**5):  # some milliseconds; the one who takes it in may be slow
        with suppress(FileNotFoundError):
            if ended.read_text().rpartition(") ")[2][0] not in "ZX":
                continue
        return
    os.kill(process, signal.SIGKILL)
    pytest.fail("it went on")
