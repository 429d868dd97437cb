"""What becomes of files of every sort, with tools that restore times and one that does not."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from guardian_agent.wire.observations import DrawResult, Outcome, Reason

from tests.agent.restore.real_sample import RealSample
from tests.agent.restore.rooms import passable
from tests.world.borg import Borg
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

MATCHED, MISMATCHED = DrawResult.MATCHED, DrawResult.MISMATCHED
MISSING, CHANGED = DrawResult.MISSING, DrawResult.CHANGED
ODD_NAMES = (
    "plain",
    "ümläut",
    "two words ",
    "*",
    "[a-z]?",
    "back\\slash",
    "{now}",
    "-r",
    "new\nline",
    "'quoted' \"twice\"",
    "deep/er/and/deeper",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A sample of one tool's copy, and how to back up all but the excluded names."""

    sample: RealSample
    backup: Callable[[tuple[str, ...]], None]


@pytest.fixture(params=["restic", "borg", "file_drop"])
def tool(request) -> Iterator[Tool]:
    with passable() as folder:
        yield globals()[f"_{request.param}"](folder)


def _restic(folder: Path) -> Tool:
    made = Restic(folder / "restic", folder / "home").create()

    def backup(excluded: tuple[str, ...]) -> None:
        words = [word for name in excluded for word in ("--exclude", f"{folder}/srv/{name}")]
        made.backup(folder / "srv", extra=tuple(words)).checked()

    return Tool(sample=RealSample(folder, made.settings), backup=backup)


def _borg(folder: Path) -> Tool:
    made = Borg(folder / "borg", folder / "home").create()

    def backup(excluded: tuple[str, ...]) -> None:
        words = [word for name in excluded for word in ("--exclude", f"pf:{folder}/srv/{name}")]
        made("create", *words, f"{made.repository}::all", str(folder / "srv")).checked()

    return Tool(sample=RealSample(folder, made.settings), backup=backup)


def _file_drop(folder: Path) -> Tool:
    drop = folder / "drop"
    drop.mkdir()

    def backup(excluded: tuple[str, ...]) -> None:
        left_out = {f"{folder}/srv/{name}".lstrip("/") for name in excluded}
        with tarfile.open(drop / "all.tar.gz", "w:gz") as archive:
            archive.add(folder / "srv", filter=lambda info: None if info.name in left_out else info)

    settings = {"tool": "file_drop", "path": str(drop), "pattern": "*.tar.gz"}
    return Tool(sample=RealSample(folder, settings), backup=backup)


def test_files_under_odd_names_come_back(tool):
    sample = tool.sample
    sample.write({name: name.encode() for name in ODD_NAMES} | {"empty": b""})
    os.link(sample.files / "plain", sample.files / "second name")
    sample.sign()
    sample.settle()
    tool.backup(())
    test = sample.test()
    expected = dict.fromkeys([*ODD_NAMES, "empty", "second name"], MATCHED)
    assert sample.results(test) == expected
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)


def test_a_name_that_is_no_text_is_never_taken_for_a_bad_file(tool):
    sample = tool.sample
    sample.write({"plain": b"x", b"no text \xff": b"y"})
    sample.sign()
    sample.settle()
    tool.backup(())
    test = sample.test()
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)
    assert sample.results(test)["plain"] is MATCHED


def test_what_changed_before_the_backup_is_told_from_what_is_bad(tool):
    sample = tool.sample
    names = ("same", "rewritten", "deleted", "linked", "folder", "altered", "cut", "excluded")
    sample.write({name: name.encode() * 10 for name in names})
    sample.sign()
    (sample.files / "rewritten").write_bytes(b"something else")
    for name in ("deleted", "linked", "folder"):
        (sample.files / name).unlink()
    (sample.files / "linked").symlink_to("/etc/hostname")
    (sample.files / "folder").mkdir()
    sample.rewrite("altered", b"ALTERED" * 10)
    sample.rewrite("cut", b"cut")
    sample.settle()
    tool.backup(("excluded",))
    sample.rewrite("altered", b"altered" * 10)
    sample.rewrite("cut", b"cut" * 10)
    test = sample.test()
    assert sample.results(test) == {
        "same": MATCHED,
        "rewritten": CHANGED,
        "deleted": CHANGED,
        "linked": CHANGED,
        "folder": CHANGED,
        "altered": MISMATCHED,
        "cut": MISMATCHED,
        "excluded": MISSING,
    }
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_what_came_after_the_backup_is_rightly_not_in_it(tool):
    sample = tool.sample
    sample.write({"same": b"same", "rewritten": b"before", "old/moved": b"moved"})
    sample.settle()
    tool.backup(())
    sample.settle()
    (sample.files / "old").rename(sample.files / "new")
    (sample.files / "made").write_bytes(b"made after")
    (sample.files / "rewritten").write_bytes(b"after")
    os.utime(sample.files / "made", (1, 1))
    os.utime(sample.files / "rewritten", (1, 1))
    sample.sign()
    test = sample.test()
    assert sample.results(test) == {
        "same": MATCHED,
        "rewritten": CHANGED,
        "made": DrawResult.NOT_IN_POINT,
        "new/moved": DrawResult.NOT_IN_POINT,
    }
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)
