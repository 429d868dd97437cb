"""Scans of a real disk: what is odd there, what others do meanwhile, and a kill."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from guardian_agent.config import Limits
from guardian_agent.exposure.look import RACY_NS, Aims
from guardian_agent.exposure.scan import scan_paths
from guardian_agent.system.real import real_system

pytestmark = pytest.mark.tools

TEXT = b"name;mail\nAda Lovelace;ada@example.org\n" * 20
USERS = [None, "nobody"] if os.geteuid() == 0 else [None]
TERABYTE = 1 << 40
AS_USER = """
import argparse, contextlib, io, os, pwd, sys
from guardian_agent.cli import scan
from guardian_agent.system.real import real_system
user, place = sys.argv[1:]
parser = argparse.ArgumentParser()
scan.add_arguments(parser)
system = real_system()
with contextlib.redirect_stdout(io.StringIO()):
    # Imports all it takes: the user may not even enter the folder that the sources lie in.
    scan.execute(parser.parse_args(["--json", sys.executable]), None, system)
if user:
    found = pwd.getpwnam(user)
    os.setgroups([])
    os.setresgid(found.pw_gid, found.pw_gid, found.pw_gid)
    os.setresuid(found.pw_uid, found.pw_uid, found.pw_uid)
sys.exit(scan.execute(parser.parse_args(["--json", place]), None, system))
"""
PASS = Path(__file__).with_name("a_pass.py")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every user may enter."""
    folder = Path(tempfile.mkdtemp(prefix="guardian-scan-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def scanned(place: Path, user: str | None = None, *before: str) -> dict[str, str]:
    """Return the state of each file, by its name, as the command says it."""
    words = [*before, sys.executable, "-c", AS_USER, user or "", str(place)]
    done = subprocess.run(words, capture_output=True, timeout=60, check=False)
    assert done.returncode in {0, 1, 3}, done.stderr.decode()
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {os.path.relpath(line["path"], place): line["state"] for line in lines}


@pytest.mark.parametrize("user", USERS)
def test_what_is_no_regular_file_is_never_opened(place: Path, user: str | None) -> None:
    (place / "list.csv").write_bytes(TEXT)
    os.mkfifo(place / "fifo")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place / "socket"))
    if os.geteuid() == 0:
        os.mknod(place / "tty", 0o666 | stat.S_IFCHR, os.makedev(5, 0))
        os.mknod(place / "disk", 0o666 | stat.S_IFBLK, os.makedev(7, 200))
    (place / "link").symlink_to("/etc/passwd")
    (place / "loop").symlink_to(place)
    (place / "dangling").symlink_to("/nowhere")
    assert scanned(place, user) == {"list.csv": "plaintext"}


@pytest.mark.parametrize("user", USERS)
def test_a_sparse_terabyte_takes_no_time(place: Path, user: str | None) -> None:
    with (place / "image").open("wb") as image:
        image.truncate(TERABYTE)
    with (place / "written").open("wb") as image:
        image.truncate(TERABYTE)
        image.seek(TERABYTE * 2 // 3)
        image.write(TEXT * 100)
    assert scanned(place, user) == {"image": "unknown", "written": "plaintext"}


@pytest.mark.parametrize("user", USERS)
def test_names_that_are_no_text(place: Path, user: str | None) -> None:
    names = [b"a\nb", b"\x1b[2J", b"\xff\xfe", "\u202e".encode(), b" ", b"-rf"]
    for name in names:
        folder = place / os.fsdecode(name)
        folder.mkdir()
        (folder / folder.name).write_bytes(TEXT)
    assert set(scanned(place, user)) == {f"{name}/{name}" for name in map(os.fsdecode, names)}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_what_may_not_be_read_is_unknown(place: Path) -> None:
    (place / "secret").write_bytes(TEXT)
    (place / "secret").chmod(0o600)
    (place / "shut").mkdir(mode=0o700)
    assert scanned(place, "nobody") == {"secret": "unknown"}
    assert scanned(place) == {"secret": "plaintext"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_folder_mounted_into_itself_is_entered_once(place: Path) -> None:
    (place / "list.csv").write_bytes(TEXT)
    (place / "in" / "itself").mkdir(parents=True)
    mount = f"mount --bind '{place}' '{place}/in/itself' && exec \"$@\""
    apart = ["unshare", "--mount"]
    if subprocess.run([*apart, "true"], check=False, capture_output=True).returncode:
        pytest.skip("namespaces are refused here")
    assert scanned(place, None, *apart, "sh", "-c", mount, "sh") == {"list.csv": "plaintext"}


def while_scanning(place: Path, act: Callable[[Path], None]) -> set[str]:
    """Scan, call `act` with each file just before it is opened, and return what was seen."""
    found = scan_paths(
        [str(place)],
        Limits(),
        real_system(),
        Aims(reach=False, personal=False),
        lambda path: act(Path(path)),
    )
    return {os.path.relpath(each.path, place) for each in found}


def test_a_file_that_vanishes_is_left_out(place: Path) -> None:
    for name in "abc":
        (place / name).write_bytes(TEXT)
    assert while_scanning(place, lambda path: path.unlink() if path.name == "b" else None) == {
        "a",
        "c",
    }


def test_a_file_that_becomes_a_link_or_a_pipe_is_left_out(place: Path) -> None:
    for name in "abcd":
        (place / name).write_bytes(TEXT)

    def swap(path: Path) -> None:
        if path.name in "bc":
            path.unlink()
        if path.name == "b":
            path.symlink_to("/etc/passwd")
        if path.name == "c":
            os.mkfifo(path)

    assert while_scanning(place, swap) == {"a", "d"}


@pytest.mark.parametrize("swapped", ["x", "x/y"])
def test_a_folder_that_becomes_a_link_leads_nowhere(place: Path, swapped: str) -> None:
    inside, outside = place / "in", place / "out"
    (inside / "x" / "y").mkdir(parents=True)
    (outside / "y").mkdir(parents=True)
    (inside / "first").write_bytes(TEXT)
    (inside / "x" / "y" / "own").write_bytes(TEXT)
    (inside / "x" / "own").write_bytes(TEXT)
    for folder in (outside, outside / "y"):
        (folder / "foreign").write_bytes(TEXT)

    def swap(path: Path) -> None:
        if path.parent == inside / "x" and path.name == "own" and not (place / "away").exists():
            (inside / swapped).rename(place / "away")
            (inside / swapped).symlink_to(outside)

    assert while_scanning(inside, swap) == {"first", "x/own"}


def test_a_killed_pass_loses_little(place: Path, tmp_path: Path) -> None:
    for number in range(600):
        (place / f"{number % 20}").mkdir(exist_ok=True)
        (place / f"{number % 20}" / f"{number}").write_bytes(TEXT)
    time.sleep(RACY_NS / 1e9 + 1)  # what is newer, in whole seconds, is read in each pass
    words = [sys.executable, str(PASS), str(place), str(tmp_path)]
    with subprocess.Popen([*words, "0.002"], stdout=subprocess.DEVNULL) as first:
        journal = tmp_path / "looks" / "place.walk"
        until = time.monotonic() + 30
        while not (journal.exists() and journal.stat().st_size > 8192):
            assert time.monotonic() < until
            time.sleep(0.01)
        first.kill()
    second = subprocess.run([*words, "0"], check=True, capture_output=True, timeout=60)
    files, read, complete = json.loads(second.stdout)
    assert (files, complete) == (600, True)
    assert 0 < read < 580
    third = subprocess.run([*words, "0"], check=True, capture_output=True, timeout=60)
    assert json.loads(third.stdout) == [600, 0, True]
