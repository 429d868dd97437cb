from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import DecodeError
from guardian_agent.probe import AnySubject, Form, Probe
from guardian_agent.restore.engine import Value
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.database import KIND, Settings, database_test
from guardian_agent.wire.canary import Canary, format_canary
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import (
    Answer,
    CanaryReturn,
    Comparison,
    Outcome,
    Reason,
    RestoreTest,
)

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_engine import CONTENTS, PLOT, FakeDumps, FakeEngine, enter
from tests.agent.restore.fake_tool import CHECKPOINT, FakeTool, put_old, subject_of

SHOP = BackupSet(name=Name("shop"), paths=("/srv/dumps",))
ORDERS = "select count(*) from orders"
QUESTION = {"name": "orders", "sql": ORDERS, "at_least": 5000}
CANARY = Canary(marker=Hash("cd" * 32), tree_size=3, root=Hash("ef" * 32))
PASSED = (Outcome.PASSED, Reason.NONE)


class Scene:
    """A server whose tool has one restore point with a database."""

    def __init__(self, tool: FakeTool | None = None, probe: Probe | None = None) -> None:
        self.system = FakeSystem()
        self.tool = tool or FakeDumps()
        self.engine = FakeEngine(values={ORDERS: Value(number=5000)})
        self.probe = probe
        self.told: list[str] = []
        self.checkpoint = CHECKPOINT
        self.tool.started_at = self.system.clock.now()

    def test(self, **settings: object) -> RestoreTest:
        task = Task(
            probe=self.probe or self.tool.database_probe(),
            subject=subject_of(SHOP),
            settings=build(Settings, {"question": [QUESTION], **settings}),
            ground=Ground(
                checkpoint=self.checkpoint,
                manifest="/state/manifest",
                ledger="/state/ledger",
                marker=CANARY.marker,
                plot=PLOT,
            ),
            system=self.system,
            progress=lambda text, share: self.told.append(text),
        )
        return database_test(task, self.engine.find, enter)


def ended(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


class TestADatabaseThatComesBack:
    def test_passes_with_what_was_found_and_answered(self):
        scene = Scene()
        test = scene.test()
        assert ended(test) == PASSED
        assert (test.test, test.database) == ("database", CONTENTS)
        assert test.answers == (
            Answer(
                question=Name("orders"), comparison=Comparison.AT_LEAST, expected=5000, number=5000
            ),
        )
        assert (test.checkpoint_size, test.checkpoint_root) == CHECKPOINT
        assert test.point_started_at == scene.tool.started_at

    def test_its_time_is_fetching_starting_and_loading(self):
        test = Scene().test()
        assert (test.duration_seconds, test.fixed_seconds) == (2.0 + 1.0 + 3.0, 1.0)
        assert (test.files_restored, test.bytes_restored, test.whole_bytes) == (1, 700, 700)

    def test_nothing_is_left(self):
        scene = Scene()
        scene.test()
        assert scene.system.files.tree("/sandbox") == {}

    def test_the_engine_is_told_which_database_is_asked(self):
        scene = Scene()
        scene.test(database="shop")
        ((fetched, database, asked),) = scene.engine.asked
        assert (fetched.path, fetched.form) == ("/dumps/shop.sql", Form.PLAIN)
        assert (database, asked) == ("shop", (ORDERS,))

    def test_without_questions_it_shows_that_it_came_to_life(self):
        test = Scene().test(question=[])
        assert (ended(test), test.answers, test.database) == (PASSED, (), CONTENTS)

    @pytest.mark.parametrize("line", [format_canary(CANARY), format_canary(CANARY).strip()])
    def test_its_canary_is_recognised(self, line):
        scene = Scene()
        scene.engine.canary = line
        assert scene.test().canary == CanaryReturn(tree_size=3, root=CANARY.root)

    def test_another_sets_canary_is_none(self):
        scene = Scene()
        scene.engine.canary = format_canary(replace(CANARY, marker=Hash("00" * 32)))
        assert scene.test().canary is None


class TestFailures:
    def test_a_wrong_answer(self):
        scene = Scene()
        scene.engine.values[ORDERS] = Value(number=4999)
        test = scene.test()
        assert ended(test) == (Outcome.FAILED, Reason.WRONG_ANSWER)
        assert test.answers[0].number == 4999

    def test_no_answer(self):
        scene = Scene()
        scene.engine.values.clear()
        assert ended(scene.test()) == (Outcome.FAILED, Reason.NO_ANSWER)

    def test_a_question_that_the_database_refuses(self):
        scene = Scene()
        scene.engine.values[ORDERS] = Value(reason=Reason.STATEMENT_FAILED)
        assert ended(scene.test()) == (Outcome.FAILED, Reason.STATEMENT_FAILED)

    def test_a_database_without_a_row(self):
        scene = Scene()
        scene.engine.contents = replace(CONTENTS, rows=0)
        assert ended(scene.test()) == (Outcome.FAILED, Reason.NOTHING_RESTORED)
        assert ended(scene.test(question=[])) == (Outcome.FAILED, Reason.NOTHING_RESTORED)

    @pytest.mark.parametrize(
        "reason",
        [
            Reason.STATEMENT_FAILED,
            Reason.DAMAGED,
            Reason.INCOMPLETE,
            Reason.NOTHING_RESTORED,
            Reason.UNSAFE_CONTENTS,
        ],
    )
    def test_what_is_the_backups_fault(self, reason):
        scene = Scene()
        scene.engine.failing = reason
        assert ended(scene.test()) == (Outcome.FAILED, reason)


class TestNotPerformed:
    @pytest.mark.parametrize(
        "reason",
        [
            Reason.TOOL_MISSING,
            Reason.QUOTA_EXCEEDED,
            Reason.TIMEOUT,
            Reason.NOT_EMPTY,
            Reason.UNSUPPORTED,
            Reason.INTERNAL,
        ],
    )
    def test_what_is_not_the_backups_fault(self, reason):
        scene = Scene()
        scene.engine.failing = reason
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, reason)
        assert scene.told[-1] == "planted in load"

    def test_a_tool_that_cannot_list(self):
        scene = Scene()
        scene.tool.failing["gather"] = Reason.EXIT_STATUS
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.EXIT_STATUS)

    def test_no_restore_point(self):
        scene = Scene()
        scene.tool.started_at = None
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NO_RESTORE_POINT)

    def test_no_checkpoint(self):
        scene = Scene()
        scene.checkpoint = None
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.NO_CHECKPOINT)
        assert scene.engine.asked == []

    def test_an_engine_that_is_not_there(self):
        scene = Scene(tool=FakeDumps(engine="oracle"))
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.UNSUPPORTED)

    def test_a_tool_that_keeps_no_databases(self):
        scene = Scene()
        scene.probe = FakeTool(started_at=scene.tool.started_at).probe()
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.UNSUPPORTED)

    def test_a_file_that_cannot_be_read(self):
        scene = Scene()
        scene.system.files.fail("stat", "/dumps/shop.sql")
        assert ended(scene.test()) == (Outcome.NOT_PERFORMED, Reason.PERMISSION_DENIED)


class FileTool(FakeTool):
    """A file tool that restores below the target as the files lie on the server."""

    def place(self, subject: AnySubject, target: str, path: str) -> str | None:
        return f"{target}{path}"


class TestADumpAmongFiles:
    """A file tool's copy, of which `path` names the dump."""

    def scene(self, **files: bytes) -> Scene:
        tool = FileTool()
        scene = Scene(tool=tool, probe=tool.probe())
        for hours, (name, data) in enumerate(files.items()):
            put_old(scene.system, f"/srv/dumps/{name.replace('__', '/')}", data, hours=10 - hours)
        tool.backup(SHOP, scene.system)
        return scene

    def fetched(self, scene: Scene, path: str):
        assert ended(scene.test(path=path, engine="fake")) == PASSED
        return scene.engine.asked[0][0]

    def test_that_file_alone_is_restored(self):
        scene = self.scene(shop=b"-- dump", other=b"x")
        fetched = self.fetched(scene, "/srv/dumps/shop")
        assert (fetched.form, fetched.own) == (Form.PLAIN, True)
        assert fetched.path.startswith("/sandbox/room/back")
        assert scene.tool.restored == ["/srv/dumps/shop"]
        assert "contents" not in scene.tool.asked

    def test_it_is_not_told_as_the_whole(self):
        test = self.scene(shop=b"-- dump", other=b"x").test(path="/srv/dumps/shop", engine="fake")
        assert (test.files_restored, test.bytes_restored) == (1, 7)
        assert (test.whole_files, test.whole_bytes) == (0, 0)

    def test_of_a_pattern_the_newest(self):
        scene = self.scene(shop_1=b"-- old", shop_2=b"PGDMP", zoo=b"x")
        assert self.fetched(scene, "/srv/dumps/shop_*").form is Form.ARCHIVE
        assert scene.tool.restored == ["/srv/dumps/shop_2"]

    def test_a_file_that_is_a_database(self):
        scene = self.scene(shop=b"SQLite format 3\0" + bytes(84))
        assert self.fetched(scene, "/srv/dumps/shop").form is Form.FILE

    def test_a_tar(self):
        scene = self.scene(shop=bytes(257) + b"ustar" + bytes(250))
        assert self.fetched(scene, "/srv/dumps/shop").form is Form.ARCHIVE

    def test_a_folder_of_files(self):
        scene = self.scene(shop__1=b"PGDMP", shop__2=b"rows", shopping=b"x")
        fetched = self.fetched(scene, "/srv/dumps/shop")
        assert (fetched.form, fetched.path) == (
            Form.DIRECTORY,
            "/sandbox/room/back/srv/dumps/shop",
        )
        assert scene.tool.restored == ["/srv/dumps/shop/1", "/srv/dumps/shop/2"]

    def test_a_folder_of_which_a_file_does_not_come_back_fails(self):
        scene = self.scene(shop__1=b"PGDMP", shop__2=b"rows")
        del scene.tool.stored["/srv/dumps/shop/2"]
        test = scene.test(path="/srv/dumps/shop", engine="fake")
        assert ended(test) == (Outcome.FAILED, Reason.MISSING_FILE)

    @pytest.mark.parametrize("path", ["/srv/dumps/none", "/srv/dumps/none*"])
    def test_one_that_is_not_in_the_point_fails(self, path):
        scene = self.scene(shop=b"-- dump")
        test = scene.test(path=path, engine="fake")
        assert ended(test) == (Outcome.FAILED, Reason.MISSING_FILE)

    def test_a_tool_that_breaks_off_while_restoring_fails(self):
        scene = self.scene(shop=b"-- dump")
        scene.tool.failing["restore"] = Reason.EXIT_STATUS
        test = scene.test(path="/srv/dumps/shop", engine="fake")
        assert ended(test) == (Outcome.FAILED, Reason.EXIT_STATUS)


class WrittenMeanwhile(FakeEngine):
    """Finds a dump cut short, which a job goes on writing."""

    tool: FakeTool

    def load(self, *words, **named):
        self.tool.started_at += timedelta(seconds=1)
        return super().load(*words, **named)


@pytest.mark.parametrize("moves", [True, False])
def test_a_dump_that_is_being_written_is_not_damaged(moves):
    scene = Scene()
    scene.engine = WrittenMeanwhile(failing=Reason.INCOMPLETE) if moves else scene.engine
    scene.engine.failing, scene.engine.tool = Reason.INCOMPLETE, scene.tool
    expected = (
        (Outcome.NOT_PERFORMED, Reason.NO_RESTORE_POINT)
        if moves
        else (Outcome.FAILED, Reason.INCOMPLETE)
    )
    assert ended(scene.test()) == expected


class TestSettings:
    def test_path_and_engine_go_together(self):
        for settings in ({"path": "/srv/a"}, {"engine": "postgresql"}):
            with pytest.raises(DecodeError, match="go together"):
                build(Settings, settings)

    def test_a_path_is_absolute(self):
        with pytest.raises(DecodeError, match="absolute"):
            build(Settings, {"path": "a", "engine": "mariadb"})

    def test_questions_have_names_of_their_own(self):
        with pytest.raises(DecodeError, match="two questions"):
            build(Settings, {"question": [QUESTION, QUESTION]})

    def test_a_file_tool_fits_where_the_path_is_said(self):
        files, dumps = FakeTool().probe(), FakeDumps().database_probe()
        said = Settings(path="/srv/dumps/shop", engine="postgresql")
        assert KIND.suits(dumps, Settings())
        assert not KIND.suits(files, Settings())
        assert KIND.suits(files, said)
