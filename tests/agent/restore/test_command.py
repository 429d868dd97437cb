from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.restore.canary import plant
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.command import KIND, MAX_REPLY_BYTES, Settings, command_test
from guardian_agent.restore.questions import Expectation
from guardian_agent.restore.room import Plot
from guardian_agent.system import Completed
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import CanaryReturn, Compared, Outcome, Reason, RestoreTest

from tests.agent.fakes import Call, FakeSystem
from tests.agent.restore.fake_tool import CHECKPOINT, FakeTool, put_old, subject_of

SANDBOX = "/state/sandbox"
SCRIPT = "/usr/bin/look"
CANARY = Canary(marker=Hash("cd" * 32), tree_size=3, root=Hash("ef" * 32))
ORDERS = Expectation(name=Name("orders"), at_least=10.0)
NEWEST = Expectation(name=Name("newest"), newer_than=timedelta(hours=26))


class Scene:
    """A server, a backup of it, and a script that says what the test lets it say."""

    def __init__(self) -> None:
        self.system = FakeSystem()
        self.tool = FakeTool()
        self.set = BackupSet(name=Name("files"), paths=("/srv",))
        for number in range(3):
            put_old(self.system, f"/srv/letter-{number}", b"letter")
        self.system.clock.advance(minutes=10)
        plant(self.set, CANARY, self.system.files)
        self.tool.backup(self.set, self.system)
        self.system.clock.advance(minutes=10)
        self.seen: list[str] = []
        self.told: list[str] = []
        self.says(outcome="passed", files=3, bytes=18)

    def says(self, **reply) -> None:
        self.answers(json.dumps(reply).encode())

    def answers(self, stdout: bytes, status: int = 0, seconds: float = 1.0) -> None:
        def act(call: Call) -> Completed:
            target = call.environment["GUARDIAN_TARGET"]
            self.seen = [path.removeprefix(target) for path in self.system.files.tree(target)]
            return Completed(status=status, stdout=stdout, stderr=b"a secret", seconds=seconds)

        self.system.processes.answer_with(act, "look")
        self.system.processes._tools[SCRIPT] = SCRIPT

    @property
    def call(self) -> Call:
        return self.system.processes.calls[-1]

    def test(self, *, script: str = SCRIPT, **settings) -> RestoreTest:
        plot = Plot(folder=SANDBOX, limit=10**6, user="nobody", memory_bytes=10**9, processes=64)
        self.system.files.make_directory("/state/scratch")
        ground = Ground(
            checkpoint=CHECKPOINT,
            manifest="/state/manifest",
            ledger="/state/ledger",
            marker=CANARY.marker,
            plot=plot,
        )
        return command_test(
            Task(
                probe=self.tool.probe(),
                subject=replace(subject_of(self.set), scratch="/state/scratch"),
                settings=Settings(script=script, **settings),
                ground=ground,
                system=self.system,
                progress=lambda text, _: self.told.append(text),
            )
        )


def ended(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


PASSED = (Outcome.PASSED, Reason.NONE)


def not_performed(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.NOT_PERFORMED, reason


def failed(reason: Reason) -> tuple[Outcome, Reason]:
    return Outcome.FAILED, reason


def test_a_script_that_looked_at_files_passes():
    scene = Scene()
    test = scene.test()
    assert ended(test) == PASSED
    assert scene.seen == ["/srv/.guardian-canary", *(f"/srv/letter-{n}" for n in range(3))]
    assert (test.test, test.files_restored, test.whole_files) == ("command", 4, 4)
    assert test.duration_seconds == scene.tool.seconds
    assert test.compared == Compared(
        files=3, bytes=18, matched=3, mismatched=0, missing=0, changed=0
    )
    assert test.canary == CanaryReturn(tree_size=3, root=CANARY.root)
    assert scene.system.files.tree(SANDBOX) == {}


def test_it_is_told_where_to_look_and_runs_in_the_room():
    scene = Scene()
    scene.test(arguments=("--all", "x"))
    call = scene.call
    assert call.arguments == (SCRIPT, "--all", "x")
    assert call.environment["GUARDIAN_BACKUP_SET"] == "files"
    assert call.environment["GUARDIAN_COPY"] == "local"
    assert call.directory == call.environment["GUARDIAN_TARGET"]
    assert call.confinement is not None
    assert call.directory in call.confinement.writable


def test_named_files_alone_may_be_restored():
    scene = Scene()
    test = scene.test(paths=("/srv/letter-1",))
    assert ended(test) == PASSED
    assert scene.seen == ["/srv/.guardian-canary", "/srv/letter-1"]
    assert (test.files_restored, test.whole_files) == (2, 0)


def test_a_named_file_that_does_not_come_back_is_a_failure():
    scene = Scene()
    assert ended(scene.test(paths=("/srv/letter-9",))) == failed(Reason.MISSING_FILE)
    assert scene.system.processes.calls == []


def test_answers_are_held_against_what_is_expected():
    scene = Scene()
    moment = (scene.tool.started_at - timedelta(hours=3)).isoformat()
    scene.says(
        outcome="passed",
        answers=[{"question": "orders", "number": 12}, {"question": "newest", "moment": moment}],
    )
    test = scene.test(question=(ORDERS, NEWEST))
    assert ended(test) == PASSED
    assert [(each.question, each.number) for each in test.answers] == [
        ("orders", 12.0),
        ("newest", None),
    ]
    assert test.compared is None


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([{"question": "orders", "number": 9}], Reason.WRONG_ANSWER),
        ([{"question": "orders", "moment": "2026-11-21T12:00:00Z"}], Reason.NO_ANSWER),
        ([], Reason.NO_ANSWER),
    ],
)
def test_a_script_that_says_passed_has_failed_where_an_answer_does_not_hold(answers, reason):
    scene = Scene()
    scene.says(outcome="passed", files=3, answers=answers)
    test = scene.test(question=(ORDERS,))
    assert ended(test) == failed(reason)
    assert len(test.answers) == 1
    assert test.compared is None


def test_what_a_script_calls_failed_has_failed():
    scene = Scene()
    scene.says(outcome="failed", files=3, answers=[{"question": "orders", "number": 12}])
    assert ended(scene.test(question=(ORDERS,))) == failed(Reason.MISMATCH)
    scene.says(outcome="failed", answers=[{"question": "orders", "number": 1}])
    assert ended(scene.test(question=(ORDERS,))) == failed(Reason.WRONG_ANSWER)


@pytest.mark.parametrize("status", [1, 2, 3, 125])
def test_an_exit_status_of_its_own_is_a_failure(status):
    scene = Scene()
    scene.answers(b'{"outcome": "passed", "files": 3}', status=status)
    test = scene.test()
    assert ended(test) == failed(Reason.EXIT_STATUS)
    assert test.files_restored == 4


@pytest.mark.parametrize(
    ("status", "reason"),
    [(126, Reason.TOOL_MISSING), (127, Reason.TOOL_MISSING), (-9, Reason.INTERRUPTED)],
)
def test_a_script_that_could_not_run_says_nothing_of_the_backup(status, reason):
    scene = Scene()
    scene.answers(b"", status=status)
    assert ended(scene.test()) == not_performed(reason)


def test_passed_without_a_file_or_an_answer_is_no_pass():
    scene = Scene()
    for reply in ({"outcome": "passed"}, {"outcome": "passed", "files": 0, "bytes": 9}):
        scene.says(**reply)
        assert ended(scene.test()) == not_performed(Reason.NOTHING_COMPARABLE)


@pytest.mark.parametrize(
    "stdout",
    [
        b"",
        b"passed",
        b"[]",
        b"{}",
        b'{"outcome": "passed"} {"outcome": "passed"}',
        b'{"outcome": "Passed", "files": 1}',
        b'{"outcome": "not_performed", "files": 1}',
        b'{"outcome": "passed", "files": -1}',
        b'{"outcome": "passed", "files": 1.5}',
        b'{"outcome": "passed", "files": true}',
        b'{"outcome": "passed", "files": 9223372036854775808}',
        b'{"outcome": "passed", "files": 1, "note": "all well"}',
        b'{"outcome": "passed", "files": 1, "files": 2}',
        b'{"outcome": "passed", "answers": [{"question": "orders"}]}',
        b'{"outcome": "passed", "answers": [{"question": "orders", "number": NaN}]}',
        b'{"outcome": "passed", "answers": [{"question": "orders", "text": "x"}]}',
        (
            b'{"outcome": "passed", "answers": [{"question": "orders", "number": 1, '
            b'"moment": "2026-11-21T12:00:00Z"}]}'
        ),
        (
            b'{"outcome": "passed", "answers": [{"question": "orders", "number": 99}, '
            b'{"question": "orders", "number": 99}]}'
        ),
        b'{"outcome": "passed", "answers": [{"question": "unasked", "number": 99}]}',
        b'{"outcome": "passed", "answers": [{"question": "newest", "moment": "2026-11-21"}]}',
        b"\xff\xfe",
    ],
)
def test_whatever_else_it_says_is_no_answer(stdout):
    scene = Scene()
    scene.answers(stdout)
    test = scene.test(question=(ORDERS,))
    assert ended(test) == not_performed(Reason.UNREADABLE_ANSWER)
    assert test.answers == ()


def test_too_much_or_too_slow_is_no_answer():
    scene = Scene()
    scene.answers(b" " * (MAX_REPLY_BYTES + 1))
    assert ended(scene.test()) == not_performed(Reason.OUTPUT_LIMIT)
    scene.answers(b"", seconds=10**9)
    assert ended(scene.test()) == not_performed(Reason.TIMEOUT)


def test_a_script_that_is_not_there_or_not_trusted_is_not_run_and_nothing_is_restored():
    scene = Scene()
    assert ended(scene.test(script="/usr/bin/nothing")) == not_performed(Reason.TOOL_MISSING)

    def untrusted(name: str) -> str:
        raise ProbeError(Reason.TOOL_UNTRUSTED, name)

    scene.system.processes.find = untrusted
    assert ended(scene.test()) == not_performed(Reason.TOOL_UNTRUSTED)
    assert "restore_all" not in scene.tool.asked


def test_nothing_that_was_restored_is_ever_run():
    scene = Scene()
    script = f"{SANDBOX}/restore-0123456789abcdef/back/srv/look"
    scene.system.processes._tools[script] = script
    assert ended(scene.test(script=script)) == not_performed(Reason.TOOL_UNTRUSTED)
    # Nor by a name that leads there only once it has come back: it is looked for before.
    assert ended(scene.test(script="/opt/link")) == not_performed(Reason.TOOL_MISSING)
    assert scene.system.processes.calls == []


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [
        (Reason.DAMAGED, Outcome.FAILED),
        (Reason.EXIT_STATUS, Outcome.FAILED),
        (Reason.TIMEOUT, Outcome.NOT_PERFORMED),
        (Reason.QUOTA_EXCEEDED, Outcome.NOT_PERFORMED),
    ],
)
def test_a_restore_that_ends_in_an_error(reason, outcome):
    scene = Scene()
    scene.tool.failing["restore_all"] = reason
    assert ended(scene.test()) == (outcome, reason)
    assert scene.system.processes.calls == []


def test_a_restore_that_brings_nothing_back_is_a_failure():
    scene = Scene()
    scene.tool.stored.clear()
    assert ended(scene.test()) == failed(Reason.NOTHING_RESTORED)


def test_a_room_that_cannot_be_made_is_not_the_backups_fault():
    scene = Scene()
    scene.system.files.free = 10
    assert ended(scene.test()) == not_performed(Reason.QUOTA_EXCEEDED)
    scene = Scene()
    scene.system.files.fail("scan", SANDBOX)
    scene.system.files.make_directory(SANDBOX)
    assert ended(scene.test()) == not_performed(Reason.PERMISSION_DENIED)


def test_without_a_restore_point_or_a_readable_room_nothing_was_tested():
    scene = Scene()
    scene.system.files.fail("scan", f"{SANDBOX}/elsewhere")
    scene.tool.restore_all = lambda *_: scene.system.files.scan(f"{SANDBOX}/elsewhere").__next__()
    assert ended(scene.test()) == not_performed(Reason.PERMISSION_DENIED)
    scene.tool.started_at = None
    assert ended(scene.test()) == not_performed(Reason.NO_RESTORE_POINT)


def test_a_canary_behind_a_link_is_not_the_backups():
    scene = Scene()
    scene.tool.stored.pop("/srv/.guardian-canary")
    scene.tool.listed.pop("/srv")
    for path in list(scene.tool.stored):
        scene.tool.stored.pop(path)
        scene.tool.listed.pop(path)
    scene.tool.also = {"/elsewhere/a": b"x"}
    scene.tool.links = ("/srv",)
    test = scene.test()
    assert ended(test) == PASSED
    assert test.canary is None


def test_only_the_terminal_hears_what_went_wrong():
    scene = Scene()
    scene.answers(b'{"outcome": "passed", "mood": "good"}')
    scene.test()
    assert scene.told == [
        "files/local: restoring for the script",
        "files/local: running the script",
        "files/local: what the script said: at $: unknown key 'mood'",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({}, "key 'script' is missing"),
        ({"script": "look"}, "'look'; expected an absolute path"),
        ({"script": SCRIPT, "paths": ["letter"]}, "'letter'; expected an absolute path"),
        (
            {"script": SCRIPT, "question": [{"name": "a", "equal": 1}] * 2},
            "two questions are named 'a'",
        ),
        ({"script": SCRIPT, "question": [{"name": "a"}]}, "expected one of at_least"),
        (
            {"script": SCRIPT, "question": [{"name": "a", "equal": 1, "sql": "select 1"}]},
            "unknown key 'sql'",
        ),
        (
            {"script": SCRIPT, "question": [{"name": f"a{n}", "equal": 1} for n in range(101)]},
            "more than 100 questions",
        ),
    ],
)
def test_settings_that_say_too_little_or_too_much_are_refused(words, said):
    with pytest.raises(DecodeError) as caught:
        build(Settings, words)
    assert said in str(caught.value)


def test_it_fits_where_files_come_back_and_is_planned_by_hand():
    probe = FakeTool().probe()
    assert KIND.fits(probe)
    assert not KIND.fits(replace(probe, restorer=None))
    assert not KIND.by_default
