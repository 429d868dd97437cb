"""Archives made and read by the real tools; a password never shows in the process list."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.probe import Subject
from guardian_agent.probes.file_drop import PROBE
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.archive import Settings, archive_test
from guardian_agent.restore.room import Plot
from guardian_agent.system.real import real_system
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Outcome, Reason, RestoreTest

from tests.agent.restore.fake_tool import CHECKPOINT
from tests.world.archive import PASSWORD, pack
from tests.world.restic import damage

pytestmark = pytest.mark.tools

SUFFIXES = (
    ".tar", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip", ".7z",
    ".locked.7z", ".names-locked.7z", ".locked.zip", ".aes.zip",
)  # fmt: skip
LOCKED = tuple(suffix for suffix in SUFFIXES if "locked" in suffix or "aes" in suffix)
TOLD_FROM_DAMAGE = (".names-locked.7z",)


@pytest.fixture
def live(tmp_path):
    folder = tmp_path / "srv" / "files"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a").write_bytes(bytes(range(256)) * 2000)
    (folder / "b").write_bytes(b"second")
    (folder / "link").symlink_to("b")
    (folder / "empty").touch()
    return folder


@pytest.fixture
def nightly(tmp_path, live):
    def make(suffix: str) -> Path:
        drop = tmp_path / "drop"
        drop.mkdir(exist_ok=True)
        return pack(live, tmp_path, drop / f"nightly{suffix}")

    return make


@pytest.fixture
def password_file(tmp_path):
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


def read(path: Path, **settings: object) -> RestoreTest:
    folder = path.parents[1]
    system = real_system()
    plot = Plot(
        folder=str(folder / "plot"), limit=64 << 20, user="nobody", memory_bytes=2 << 30,
        processes=64,
    )  # fmt: skip
    kept = {"paths": ["srv/files/deep", "*/b"], **settings}
    test = archive_test(
        Task(
            probe=PROBE,
            subject=Subject(
                backup_set=BackupSet(name=Name("files"), paths=(str(folder / "srv"),)),
                copy="local",
                settings=PROBE.settings(path=str(path.parent), pattern="*", root=str(folder)),
                key=b"k" * 32,
            ),
            settings=build(Settings, kept),
            ground=Ground(
                manifest="/none", ledger="/none", checkpoint=CHECKPOINT, marker=None, plot=plot
            ),
            system=system,
            progress=lambda text, share: None,
        )
    )
    assert list((folder / "plot").glob("*")) == []
    return test


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_whole_with_the_right_key(nightly, password_file, suffix):
    test = read(nightly(suffix), password_file=str(password_file))
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)
    assert (test.whole_files, test.whole_bytes) == (3, 512_006)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_cut_short(nightly, password_file, suffix):
    path = nightly(suffix)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    test = read(path, password_file=str(password_file))
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged(nightly, password_file, suffix):
    """Plain tar has no checksum of contents: only its headers are held against theirs."""
    path = nightly(suffix)
    damage(path, 0.3)
    test = read(path, password_file=str(password_file))
    if suffix == ".tar":
        assert test.outcome is Outcome.PASSED
    elif suffix in LOCKED and suffix not in TOLD_FROM_DAMAGE:
        assert test.outcome is not Outcome.PASSED
    else:
        assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("suffix", LOCKED)
def test_a_wrong_or_no_password_is_no_pass_and_no_failure(nightly, tmp_path, suffix):
    path = nightly(suffix)
    wrong = tmp_path / "wrong"
    wrong.write_text("another\n")
    for settings in ({"password_file": str(wrong)}, {}):
        test = read(path, **settings)
        assert (test.outcome, test.reason) == (Outcome.NOT_PERFORMED, Reason.WRONG_PASSWORD)


@pytest.mark.parametrize("suffix", [".tar.zst", ".locked.7z"])
def test_what_is_agreed_to_be_in_it_is_missing(nightly, password_file, suffix):
    test = read(nightly(suffix), password_file=str(password_file), paths=["srv/none"])
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.INCOMPLETE)


def test_the_password_stands_on_no_command_line(nightly, password_file, monkeypatch):
    seen: list[str] = []
    started = subprocess.Popen.__init__

    def watch(self, arguments, *rest, **words):
        seen.extend(map(str, arguments))
        started(self, arguments, *rest, **words)

    monkeypatch.setattr(subprocess.Popen, "__init__", watch)
    path = nightly(".locked.7z")
    seen.clear()
    assert read(path, password_file=str(password_file)).outcome is Outcome.PASSED
    assert any("7z" in word for word in seen)
    assert not any(PASSWORD in word for word in seen)
