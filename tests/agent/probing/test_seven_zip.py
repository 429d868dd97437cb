from __future__ import annotations

import contextlib

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probing.seven_zip import SevenZip
from guardian_agent.system import Completed
from guardian_agent.wire.observations import Reason
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.fakes import FakeSystem
from tests.agent.probes.subjects import recorded, refused

RECORDED = "p7zip-16.02"
LISTING = recorded(RECORDED, "list.txt")
PASSWORD = "/etc/archive.password"


def machine(listing: bytes = LISTING, tool: str = "7z") -> FakeSystem:
    system = FakeSystem()
    system.files.put(PASSWORD, b"a-long-password\n")
    system.files.make_directory("/room")
    system.processes.answer(tool, "l", stdout=listing)
    system.processes.answer(tool, "t")
    system.processes.answer("cat")
    return system


def opened(system: FakeSystem, password_file: str | None = None) -> SevenZip:
    return SevenZip(system, "/drop/a.7z", "/", password_file, "/room")


def test_lists_files_folders_and_links():
    found = {each.path: (each.size, each.is_file) for each in opened(machine()).entries()}
    assert found == {
        "/srv": (0, False),
        "/srv/empty": (0, False),
        "/srv/files": (0, False),
        "/srv/zero": (0, True),
        "/srv/files/a": (8893, True),
        "/srv/files/b": (3, True),
        "/srv/files/l": (1, False),
        "/srv/new_line": (1, True),
    }


def test_no_password_stands_on_a_command_line():
    system = machine()
    archive = opened(system, PASSWORD)
    list(archive.entries())
    archive.prove()
    calls = [call for call in system.processes.calls if "cat" not in call.arguments[0]]
    assert [call.feeder for call in calls] == [None, ("/usr/bin/cat", PASSWORD)]
    words = [word for call in system.processes.calls for word in call.arguments]
    assert not any("a-long-password" in word or word.startswith("-p") for word in words)
    assert calls[0].arguments[-2:] == ("--", "/drop/a.7z")


@pytest.mark.parametrize("tool", ["7zz", "7z", "7za"])
def test_takes_whichever_7_zip_there_is(tool):
    assert list(opened(machine(tool=tool)).entries())


def test_says_that_there_is_none():
    with refused(Reason.TOOL_MISSING):
        list(opened(FakeSystem()).entries())


def test_asks_with_the_password_where_the_names_are_locked():
    system = machine()
    locked = recorded(RECORDED, "names-locked.stderr")
    asked = b"\nEnter password (will not be echoed):\n" + LISTING
    answers = iter([done(255, locked, b""), done(0, b"", asked)])
    system.processes.answer_with(lambda _: next(answers), "7z", "l")
    assert len(list(opened(system, PASSWORD).entries())) == 8


@pytest.mark.parametrize(
    ("name", "status", "reason"),
    [
        ("names-locked", 255, Reason.WRONG_PASSWORD),
        ("names-locked-wrong", 2, Reason.WRONG_PASSWORD),
        ("cut-short", 2, Reason.DAMAGED),
    ],
)
def test_says_why_it_cannot_be_listed(name, status, reason):
    system = machine()
    text = recorded(RECORDED, f"{name}.stderr")
    system.processes.answer("7z", "l", status=status, stderr=text)
    with refused(reason):
        list(opened(system).entries())


@pytest.mark.parametrize(
    ("text", "status", "reason"),
    [
        (recorded(RECORDED, "damaged.stderr"), 2, Reason.DAMAGED),
        (recorded(RECORDED, "wrong-password.stderr"), 2, Reason.WRONG_PASSWORD),
        (b"ERROR: Wrong password : srv/files/a\n" * 4, 2, Reason.WRONG_PASSWORD),
        (b"ERROR: CRC Failed in encrypted file. Wrong password? : a\n", 2, Reason.DAMAGED),
        (b"ERROR: CRC Failed : a\n", 2, Reason.DAMAGED),
        (b"ERROR: Unsupported Method : a\n", 2, Reason.UNSUPPORTED),
        (b"Break signaled\n", 255, Reason.WRONG_PASSWORD),
        (b"", 8, Reason.QUOTA_EXCEEDED),
        (b"", -9, Reason.INTERRUPTED),
        (b"", 1, Reason.EXIT_STATUS),
    ],
)
def test_says_why_it_cannot_be_read_to_its_end(text, status, reason):
    """Four files are locked: when the password opens some of them, the others are damaged."""
    system = machine()
    system.processes.answer("7z", "t", status=status, stderr=text)
    archive = opened(system, PASSWORD)
    list(archive.entries())
    with refused(reason):
        archive.prove()


def test_who_could_read_the_locked_names_has_the_right_password():
    system = machine()
    locked = recorded(RECORDED, "names-locked.stderr")
    answers = iter([done(255, locked, b""), done(0, b"", LISTING)])
    system.processes.answer_with(lambda _: next(answers), "7z", "l")
    text = recorded(RECORDED, "wrong-password.stderr")
    system.processes.answer("7z", "t", status=2, stderr=text)
    archive = opened(system, PASSWORD)
    list(archive.entries())
    with refused(Reason.DAMAGED):
        archive.prove()


@pytest.mark.parametrize("name", ["../etc/passwd", "srv/../../etc/passwd"])
def test_refuses_names_that_lead_elsewhere(name):
    listing = f"Path = {name}\nSize = 1\nAttributes = A -rw-r--r--\n\n".encode()
    with refused(Reason.UNSAFE_CONTENTS):
        list(opened(machine(listing)).entries())


def test_says_that_the_password_file_is_not_there():
    archive = opened(machine(), "/etc/none")
    list(archive.entries())
    with refused(Reason.PATH_MISSING):
        archive.prove()


def test_an_archive_without_entries_lists_nothing():
    assert list(opened(machine(b"")).entries()) == []


def test_an_entry_without_a_name_is_refused():
    with refused(Reason.UNREADABLE_ANSWER):
        list(opened(machine(b"Size = 1\n")).entries())


LINES = st.sampled_from(
    [b"Path = a", b"Path = ", b"Size = -1", b"Size = x", b"Size = 7", b"Attributes = D", b"", b"="]
)


@given(st.lists(LINES | st.binary(max_size=20), max_size=12).map(b"\n".join))
def test_whatever_it_writes_is_listed_or_refused(listing):
    with contextlib.suppress(ProbeError):
        found = list(opened(machine(listing)).entries())
        assert all(each.size >= 0 and each.path.startswith("/") for each in found)


def done(status: int, stderr: bytes, stdout: bytes) -> Completed:
    return Completed(status=status, stdout=stdout, stderr=stderr, seconds=0.1)
