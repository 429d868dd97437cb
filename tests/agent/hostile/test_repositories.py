"""Trees that a file system can hold and no restore should let out, in real repositories."""

from __future__ import annotations

import os
import socket
import stat
import subprocess
from pathlib import Path

import pytest

from tests.agent.hostile.attacked import LIMIT, Attacked
from tests.agent.hostile.test_archives import WAYS
from tests.world.borg import Borg
from tests.world.restic import Restic

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root makes devices"),
]

KINDS = ("sample", "full")


def special(live: Path) -> None:
    """Devices, a pipe, a socket."""
    os.mknod(live / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    os.mknod(live / "disk", stat.S_IFBLK | 0o666, os.makedev(8, 0))
    os.mkfifo(live / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(live / "socket"))


def links(live: Path) -> None:
    """Links to outside, to everything, in rings and to each other's names."""
    around = live.parents[1] / "around"
    (live / "way").symlink_to(around)
    (live / "all").symlink_to("/")
    (live / "ring").symlink_to("ring")
    (live / "up").symlink_to("../../../../../../etc")
    for number in range(50):
        (live / f"chain-{number}").symlink_to(f"chain-{number + 1}")
    os.link(live / "department-0" / "letter-00.txt", live / "second-name.txt")


def rights(live: Path) -> None:
    """Set user and group id, sticky, open to all, closed to all, powers, strange owners."""
    for name, mode in (("suid", 0o4755), ("sgid", 0o2755), ("all", 0o777), ("none", 0)):
        (live / name).write_text("#!/bin/sh\n")
        os.chown(live / name, 0 if name == "suid" else 12345, 54321)
        (live / name).chmod(mode)
    (live / "sticky").mkdir()
    (live / "sticky").chmod(0o1777)
    (live / "closed").mkdir()
    (live / "closed" / "inside").write_text("x")
    (live / "closed").chmod(0)
    os.setxattr(live / "none", "user.evil", b"x" * 1000)
    power = bytes.fromhex("0100000280000000000000000000000000000000")
    os.setxattr(live / "suid", "security.capability", power)


def names(live: Path) -> None:
    """Names that a terminal, a shell or a decoder stumbles over."""
    for name in (b"a\nb", b"\x1b[2J", b"\xff\xfe", b"-rf", b"*", b"n" * 255, "\u202egpj".encode()):
        (live / os.fsdecode(name)).write_bytes(b"evil")


def sparse(live: Path) -> None:
    """A file that claims far more than the room, of which nothing is there."""
    with (live / "sparse").open("wb") as file:
        file.truncate(2 << 30)


def large(live: Path) -> None:
    """More than the room holds."""
    for number in range(3):
        (live / f"large-{number}").write_bytes(os.urandom(LIMIT // 2))


def many(live: Path) -> None:
    """More names than the room has places for."""
    (live / "many").mkdir()
    for number in range(20_000):
        os.close(os.open(live / "many" / str(number), os.O_CREAT | os.O_WRONLY))


def deep(live: Path) -> None:
    """As deep as one path goes."""
    folder = live
    while len(str(folder)) < 3500:
        folder /= "d" * 100
    folder.mkdir(parents=True)
    (folder / "f").write_text("x")


TREES = {each.__name__: each for each in (special, links, rights, names, sparse, large, many, deep)}
TOO_MUCH = {"sparse", "large", "many"}


@pytest.fixture(params=WAYS)
def attacked(request):
    attacked = Attacked(request.param)
    yield attacked
    subprocess.run(["chmod", "-R", "u+rwx", str(attacked.folder)], check=False)
    attacked.remove()


@pytest.mark.parametrize("tool", [Restic, Borg])
@pytest.mark.parametrize("tree", TREES)
def test_tree(attacked, tool, tree):
    copy = tool(attacked.folder / "repository", attacked.folder / "home").create()
    attacked.configure("local", dict(copy.settings), KINDS)
    attacked.server.enroll()
    attacked.server.look()
    attacked.server.look()
    TREES[tree](attacked.server.files)
    made = copy.backup(attacked.server.files)
    assert made.status in (0, 1), made.errors  # 1: borg has something to say
    before = attacked.surroundings()
    result = attacked.test()
    attacked.assert_harmless(result, before)
    outcome, reason = result.outcome("full")
    if tree in TOO_MUCH:
        assert (outcome, reason) == ("not_performed", "quota_exceeded")
