"""Full tests of real repositories, in a room on the real machine."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest
from guardian_agent import probes
from guardian_agent.config import BackupSet
from guardian_agent.probe import Subject
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.full import Settings, full_test
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.room import Plot
from guardian_agent.system.real import real_system
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Outcome, Reason, RestoreTest

from tests.agent.probes.real import make_data
from tests.agent.restore.fake_tool import CHECKPOINT, KEY
from tests.world.archive import pack
from tests.world.borg import Borg
from tests.world.restic import Restic, damage

pytestmark = pytest.mark.tools

TOOLS = pytest.mark.parametrize("tool", ["restic", "borg", "file_drop"])
AN_HOUR = 3600
FILES = 13


class Scene:
    """Live data an hour old, its signed manifest, and a copy of it by some tool."""

    def __init__(self, folder: Path, tool: str) -> None:
        self.folder = folder
        self.tool = tool
        self.live = make_data(folder)
        for number in range(8):
            (self.live / f"letter-{number}").write_bytes(os.urandom(70_000))
        self._age()
        self.set = BackupSet(name=Name("files"), paths=(str(self.live),))
        self.where = manifest_file(str(folder / "state"), "files")
        self.settings: dict[str, object] = {}

    def _age(self) -> None:
        then = time.time() - AN_HOUR  # noqa: TID251 - file times are the machine's
        for path in self.live.rglob("*"):
            if not path.is_symlink():
                os.utime(path, (then, then))

    def sign(self) -> None:
        system = real_system()
        take_manifest(self.set, KEY, system, Budget(1 << 30), self.where)
        self.where.keep(system.files)

    def backup(self) -> None:
        made = {"restic": self._restic, "borg": self._borg, "file_drop": self._pack}
        known = made[self.tool]()
        self.settings = {name: value for name, value in known.items() if name != "tool"}

    def _restic(self) -> dict[str, object]:
        self.repository = Restic(self.folder / "repository", self.folder / "home").create()
        self.repository.backup(self.live).checked()
        return dict(self.repository.settings)

    def _borg(self) -> dict[str, object]:
        borg = Borg(self.folder / "repository", self.folder / "home").create()
        borg.backup(self.live).checked()
        return dict(borg.settings)

    def _pack(self) -> dict[str, object]:
        drop = self.folder / "drop"
        drop.mkdir()
        pack(self.live, self.folder, drop / "nightly.tar.gz")
        return {"path": str(drop), "pattern": "*", "root": str(self.folder)}

    def test(self, limit: int = 256 << 20) -> RestoreTest:
        probe = probes.find(self.tool)
        assert probe is not None
        scratch, plot = self.folder / "scratch", self.folder / "plot"
        scratch.mkdir(exist_ok=True)
        ground = Ground(
            manifest=self.where.signed,
            ledger=str(self.folder / "state" / "ledger"),
            checkpoint=CHECKPOINT,
            marker=None,
            plot=Plot(
                folder=str(plot),
                limit=limit,
                user="nobody",
                memory_bytes=2 << 30,
                processes=64,
                writable=(str(scratch),),
            ),
        )
        subject = Subject(
            backup_set=self.set,
            copy="local",
            settings=build(probe.settings, self.settings),
            key=KEY,
            scratch=str(scratch),
        )
        task = Task(
            probe=probe,
            subject=subject,
            settings=Settings(),
            ground=ground,
            system=real_system(),
            progress=lambda text, share: None,
        )
        test = full_test(task)
        left = [*scratch.iterdir(), *(plot.iterdir() if plot.exists() else ())]
        assert left == []
        return test


@pytest.fixture
def scene(tmp_path, tool):
    made = Scene(tmp_path, tool)
    made.sign()
    made.backup()
    return made


def outcome(test: RestoreTest) -> tuple[Outcome, Reason]:
    return test.outcome, test.reason


@TOOLS
def test_a_healthy_copy(scene):
    test = scene.test()
    assert outcome(test) == (Outcome.PASSED, Reason.NONE)
    assert test.compared is not None
    assert (test.compared.files, test.compared.matched) == (FILES, FILES)
    assert test.files_restored == FILES == len(test.draws)
    assert test.duration_seconds > 0


@TOOLS
def test_live_data_that_changed_since_or_is_gone_does_not_matter(scene):
    shutil.rmtree(scene.live / "deep")
    (scene.live / "letter-1").write_bytes(b"rewritten")
    assert outcome(scene.test()) == (Outcome.PASSED, Reason.NONE)


@TOOLS
def test_other_bytes_under_the_same_time(tmp_path, tool):
    scene = Scene(tmp_path, tool)
    scene.sign()
    path = scene.live / "letter-1"
    before = path.stat()
    content = path.read_bytes()
    path.write_bytes(bytes(70_000))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    scene.backup()
    path.write_bytes(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.MISMATCH)
    assert test.compared is not None
    assert (test.compared.mismatched, test.compared.matched) == (1, FILES - 1)


@pytest.mark.parametrize("tool", ["restic"])
def test_a_damaged_pack_is_damage_and_the_rest_is_counted(scene):
    damage(scene.repository.packs()[0], 0.1)
    test = scene.test()
    assert outcome(test) == (Outcome.FAILED, Reason.DAMAGED)
    assert test.compared is not None
    assert 0 < test.compared.matched < FILES


@TOOLS
def test_a_room_that_is_too_small_is_not_entered(scene):
    assert outcome(scene.test(limit=100_000)) == (Outcome.NOT_PERFORMED, Reason.QUOTA_EXCEEDED)


@TOOLS
def test_a_folder_that_became_a_link_to_the_live_data_is_not_taken_for_it(tmp_path, tool):
    """Between the manifest and the backup the folder went elsewhere, and a link took its place."""
    scene = Scene(tmp_path, tool)
    scene.sign()
    elsewhere = tmp_path / "elsewhere"
    shutil.move(scene.live / "deep", elsewhere)
    (scene.live / "deep").symlink_to(elsewhere)
    scene.backup()
    test = scene.test()
    assert test.compared is not None
    assert test.compared.matched == FILES - 1
    assert test.compared.changed + test.compared.missing == 1
