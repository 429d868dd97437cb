"""The restore test of kind `command`: the operator's own script looks at what came back.

The newest restore point, or the named files of it, is restored into a room; then the script runs in
the same room, under the same limits. It says what it found in one JSON object on its stdout:

    {"outcome": "passed", "files": 3, "bytes": 4711,
     "answers": [{"question": "invoices", "number": 12}]}

`passed` needs an exit status of 0, that object in this form and no other, and at least one file
that the script looked at or one answer as expected. What a script says is never taken further than
that: it states counts, numbers and times, for names that stand in `agent.toml`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.restore.begun import begin
from guardian_agent.restore.canary import places
from guardian_agent.restore.database import weigh
from guardian_agent.restore.engine import Value
from guardian_agent.restore.kind import Kind, Task
from guardian_agent.restore.livedata import folder_of, is_below
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.questions import Expectation, answer, check_names, verdict
from guardian_agent.restore.restoring import recognised
from guardian_agent.restore.result import DAMAGE_WHEN_RESTORING
from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import sandbox
from guardian_agent.system import Completed, Files, System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.facts.restores import Answer, CanaryReturn, Compared, RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name
from guardian_agent.wire.scalars import Signed

NAME = "command"
MAX_REPLY_BYTES = 64 * 1024
MAX_QUESTIONS = 100
_LONGEST = 366 * 24 * 3600.0
"""The test's own deadline ends it."""
_CANNOT_RUN = frozenset({126, 127})
"""How a shell says that something it was to run is not there, or cannot be run."""

_DAMAGE = DAMAGE_WHEN_RESTORING | {Reason.MISSING_FILE, Reason.NOTHING_RESTORED}

Enter = Callable[[Plot, System, int], AbstractContextManager[Room]]
"""Makes the room of one test; see `sandbox`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which script looks at what, and what it must answer."""

    script: str
    """An absolute path. It and every folder above it must belong to root or the agent's user, and
    nobody else may write there."""
    arguments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    """The live files that are restored for it; without any, all that the restore point has."""
    question: tuple[Expectation, ...] = ()
    """The tables `[[backup_set.test.question]]`: what is expected of each answer."""

    def __post_init__(self) -> None:
        for path in (self.script, *self.paths):
            if not path.startswith("/"):
                raise DecodeError(f"{path!r}; expected an absolute path")
        if len(self.question) > MAX_QUESTIONS:
            raise DecodeError(f"more than {MAX_QUESTIONS} questions")
        check_names(self.question)


class Said(StrEnum):
    """How a script may say that its look ended."""

    PASSED = "passed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One answer of a script: a number or a time."""

    question: Name
    number: Signed | None = None
    moment: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a script says on its stdout."""

    outcome: Said
    files: int = 0
    """Which it looked at."""
    bytes: int = 0
    answers: tuple[Told, ...] = ()


def command_test(task: Task[Settings], enter: Enter = sandbox) -> RestoreTest:
    """Restore what the script wants, run it, and return the outcome."""
    test, opened = begin(task, NAME)
    if opened is None:
        return test
    command = _Command(task, opened, test)
    try:
        return command.made(enter)
    except ProbeError as error:
        task.progress(f"{test.backup_set}/{test.copy}: {error}", None)
        return broken_off_now(task, command.test, error, command.damage)
    except OSError as error:
        task.progress(f"{test.backup_set}/{test.copy}: {error}", None)
        return replace(command.test, reason=Reason.PERMISSION_DENIED)


class _Command:
    """One test of one restore point; `test` is what is known of it so far."""

    def __init__(self, task: Task[Settings], opened: OpenPoint, test: RestoreTest) -> None:
        self.test = test
        self.damage: frozenset[Reason] = frozenset()
        """What would be the backup's fault now."""
        self._task = task
        self._opened = opened
        self._where = f"{test.backup_set}/{test.copy}"

    def made(self, enter: Enter) -> RestoreTest:
        """Restore, run and judge; raise `ProbeError`, and `OSError` where the room fails us."""
        plot = self._task.ground.plot
        # Found before anything comes back: a script out of the backup is no script of the operator.
        script = _found(self._task.settings.script, plot, self._task.system)
        with enter(plot, self._task.system, plot.limit) as room:
            self._restore(room)
            self._task.progress(f"{self._where}: running the script", None)
            done = self._run(script, room)
        reply = _reply(done, self._task.settings.question)
        return self._judged(reply)

    def _restore(self, room: Room) -> None:
        self._task.progress(f"{self._where}: restoring for the script", None)
        clock, paths = self._task.system.clock, self._task.settings.paths
        inside, started = self._opened.within(room.system), clock.monotonic()
        self.damage = _DAMAGE
        if paths:
            wanted = [*paths, *places(self._opened.backup_set)]
            back = inside.restore(wanted, room.folder, room.limit)
            _prove_all_came(paths, back)
        else:
            inside.restore_all(room.folder, room.limit)
        seconds = clock.monotonic() - started
        files, size = weigh(room.system.files, room.folder)
        if not files:
            raise ProbeError(Reason.NOTHING_RESTORED, "nothing came back")
        self.damage = frozenset()
        self.test = replace(
            self.test,
            duration_seconds=seconds,
            files_restored=files,
            bytes_restored=size,
            whole_files=0 if paths else files,
            whole_bytes=0 if paths else size,
            canary=self._canary(room),
        )

    def _canary(self, room: Room) -> CanaryReturn | None:
        files = room.system.files
        found = [self._opened.place(room.folder, path) for path in places(self._opened.backup_set)]
        here = [each for each in found if each is not None and _came(each, room.folder, files)]
        return recognised(here, files, self._task.ground.marker)

    def _run(self, script: str, room: Room) -> Completed:
        return room.system.processes.run(
            [script, *self._task.settings.arguments],
            environment={
                "GUARDIAN_TARGET": room.folder,
                "GUARDIAN_BACKUP_SET": self.test.backup_set,
                "GUARDIAN_COPY": self.test.copy,
            },
            seconds=_LONGEST,
            output_limit=MAX_REPLY_BYTES,
            directory=room.folder,
        )

    def _judged(self, reply: Reply | None) -> RestoreTest:
        """Say what came of the script; None: it ended with an error of its own."""
        if reply is None:
            return replace(self.test, outcome=Outcome.FAILED, reason=Reason.EXIT_STATUS)
        answers = _answers(self._task.settings.question, reply)
        point_at = self._opened.point.started_at
        outcome, reason = verdict(answers, point_at)
        if reply.outcome is Said.FAILED and outcome is not Outcome.FAILED:
            outcome, reason = Outcome.FAILED, Reason.MISMATCH
        if outcome is Outcome.PASSED and not (reply.files or answers):
            outcome, reason = Outcome.NOT_PERFORMED, Reason.NOTHING_COMPARABLE
        return replace(
            self.test,
            outcome=outcome,
            reason=reason,
            answers=answers,
            compared=_compared(reply) if outcome is Outcome.PASSED else None,
        )


def _found(script: str, plot: Plot, system: System) -> str:
    """Return the script's path; raise `ProbeError` unless nobody but its owner could have put it.

    Raises:
        ProbeError: TOOL_MISSING, TOOL_UNTRUSTED.
    """
    if is_below(script, plot.folder):
        raise ProbeError(Reason.TOOL_UNTRUSTED, f"{script} lies where restore tests restore to")
    found = system.processes.find(script)
    if found is None:
        raise ProbeError(Reason.TOOL_MISSING, f"{script}: no such program")
    return found


def _came(path: str, room: str, files: Files) -> bool:
    """Say whether a plain file lies there; a link on the way could lead to the live one."""
    if not files.exists(path) or not files.stat(path).is_file:
        return False
    folder = folder_of(path)
    while folder != room:
        if not is_below(folder, room) or not files.stat(folder).is_directory:
            return False
        folder = folder_of(folder)
    return True


def _prove_all_came(paths: Sequence[str], back: Mapping[str, str]) -> None:
    missing = [path for path in paths if path not in back]
    if missing:
        raise ProbeError(Reason.MISSING_FILE, f"{missing[0]} did not come back")


def _reply(done: Completed, questions: Sequence[Expectation]) -> Reply | None:
    """Return what the script said; None when it ended with an error of its own.

    Raises:
        ProbeError: it was ended, could not be run, or said something of another form.
    """
    if done.timed_out:
        raise ProbeError(Reason.TIMEOUT, "the script did not come to its end")
    if done.over_limit:
        raise ProbeError(Reason.OUTPUT_LIMIT, f"the script said more than {MAX_REPLY_BYTES} bytes")
    if done.status < 0:
        raise ProbeError(Reason.INTERRUPTED, f"the script was ended by signal {-done.status}")
    if done.status in _CANNOT_RUN:
        raise ProbeError(Reason.TOOL_MISSING, f"the script ended with {done.status}: no command")
    if done.status:
        return None
    try:
        reply = build(Reply, read_json(done.stdout))
        _check(reply, questions)
    except DecodeError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"what the script said: {error}") from error
    return reply


def _check(reply: Reply, questions: Sequence[Expectation]) -> None:
    """Refuse answers that nobody asked for, two to one question, or none of one value."""
    known = {question.name for question in questions}
    seen: set[str] = set()
    for told in reply.answers:
        if told.question not in known:
            raise DecodeError(f"question {told.question!r} does not stand in agent.toml")
        if told.question in seen:
            raise DecodeError(f"question {told.question!r} is answered twice")
        if (told.number is None) == (told.moment is None):
            raise DecodeError(f"question {told.question!r}: expected a number or a moment")
        seen.add(told.question)


def _answers(questions: Sequence[Expectation], reply: Reply) -> tuple[Answer, ...]:
    """Return an answer to every question; one that the script left out has none."""
    told = {each.question: Value(number=each.number, moment=each.moment) for each in reply.answers}
    return tuple(answer(question, told.get(question.name, Value())) for question in questions)


def _compared(reply: Reply) -> Compared | None:
    if not reply.files:
        return None
    return Compared(
        files=reply.files,
        bytes=reply.bytes,
        matched=reply.files,
        mismatched=0,
        missing=0,
        changed=0,
    )


KIND = Kind(
    name=NAME,
    settings=Settings,
    fits=lambda probe: probe.restorer is not None,
    by_default=False,
    every=timedelta(days=7),
    test=command_test,
)
