from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from guardian.app.clock import SystemClock
from guardian.domain.storage import NoLook, Question
from guardian.errors import ConfigError
from guardian.ports import Witness
from guardian.witness.folder import MAX_DEPTH, WITNESS, Settings
from tests.contracts.witness import WitnessContract, ask, looked


@dataclass
class Folder:
    root: Path
    clock: SystemClock

    def put(self, name: str, data: bytes = b"data") -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def remove(self, name: str) -> None:
        (self.root / name).unlink()

    def witness(self, **settings: Any) -> Witness:
        return WITNESS.open(Settings(path=str(self.root), **settings))

    def witness_of_nothing(self) -> Witness:
        return WITNESS.open(Settings(path=str(self.root / "nowhere")))


@pytest.fixture
def storage(tmp_path):
    (tmp_path / "repository").mkdir()
    return Folder(root=tmp_path / "repository", clock=SystemClock())


class TestFolder(WitnessContract):
    @pytest.fixture
    def storage(self, storage):
        return storage


def test_times_that_were_set_back_do_not_count(storage):
    storage.put("orders.sql")
    os.utime(storage.root / "orders.sql", (0, 0))
    assert looked(storage).points[0].stored_at.year > 2000


def test_a_share_that_is_not_mounted_shows_nothing(storage):
    found = ask(storage, storage.witness(mount=str(storage.root)))
    assert isinstance(found, NoLook)
    assert found.reason == "not-mounted"
    assert looked(storage, witness=storage.witness(mount="/")).total == 0


def test_links_are_not_followed(storage, tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "orders.sql").write_bytes(b"1")
    (storage.root / "link").symlink_to(tmp_path / "outside")
    (storage.root / "file").symlink_to(tmp_path / "outside" / "orders.sql")
    assert looked(storage).total == 0


def test_no_tree_is_too_deep_to_end(storage):
    storage.put("/".join(["d"] * (MAX_DEPTH + 3)) + "/x")
    found = looked(storage)
    assert found.total == 0
    assert found.lack(Question.POINTS).reason == "too-deep"


def test_names_that_are_no_text(storage):
    path = os.fsencode(storage.root) + b"/orders\xff.sql"
    os.close(os.open(path, os.O_CREAT))
    assert looked(storage).total == 1


def test_too_many_files_are_cut_short(storage, monkeypatch):
    monkeypatch.setattr("guardian.witness.folder.MAX_FILES", 2)
    for name in "abc":
        storage.put(name)
    assert looked(storage).lack(Question.POINTS).reason == "too-many-files"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_folders_that_may_not_be_read_leave_the_look_incomplete(storage):
    storage.put("snapshots/s1")
    (storage.root / "snapshots").chmod(0)
    found = looked(storage)
    (storage.root / "snapshots").chmod(0o700)
    assert found.lack(Question.POINTS).reason == "permission-missing"


def test_a_file_is_no_folder(storage):
    storage.put("file")
    found = ask(storage, WITNESS.open(Settings(path=str(storage.root / "file"))))
    assert isinstance(found, NoLook)


@pytest.mark.parametrize("settings", [{"path": "backup"}, {"path": "/b", "mount": "b"}])
def test_only_absolute_paths(settings):
    with pytest.raises(ConfigError, match="no absolute path"):
        WITNESS.open(Settings(**settings))
