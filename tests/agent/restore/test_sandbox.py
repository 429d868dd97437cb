from __future__ import annotations

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.restore.sandbox import KEPT_FREE_BYTES, MAX_ENTRIES, inspect, sandbox, wipe
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import FakeSystem

FOLDER = "/var/tmp/guardian"


def test_it_is_private_and_empty_and_gone_afterwards():
    system = FakeSystem()
    with sandbox(FOLDER, system, 100) as target:
        assert system.files.stat(target).mode == 0o700
        assert list(system.files.scan(target)) == []
        system.files.put(f"{target}/srv/a", b"restored")
    assert list(system.files.scan(FOLDER)) == []


def test_it_is_wiped_also_after_an_error():
    system = FakeSystem()

    def restore() -> None:
        with sandbox(FOLDER, system, 100) as target:
            system.files.put(f"{target}/a", b"restored")
            raise ProbeError(Reason.TIMEOUT, "planted")

    with pytest.raises(ProbeError):
        restore()
    assert list(system.files.scan(FOLDER)) == []


def test_what_a_killed_test_left_is_wiped_first_and_nothing_else():
    system = FakeSystem()
    system.files.put(f"{FOLDER}/restore-0123/srv/a", b"restored")
    system.files.put(f"{FOLDER}/restore-notes.txt", b"the operator's")
    system.files.put(f"{FOLDER}/other/b", b"the operator's")
    with sandbox(FOLDER, system, 100):
        assert not system.files.exists(f"{FOLDER}/restore-0123")
    assert list(system.files.tree(FOLDER)) == [f"{FOLDER}/other/b", f"{FOLDER}/restore-notes.txt"]


def test_wiping_a_folder_that_is_not_there_does_nothing():
    system = FakeSystem()
    wipe(FOLDER, system.files)
    assert system.files.journal == []


def test_a_link_in_the_sandbox_folder_is_not_followed():
    system = FakeSystem()
    system.files.put("/home/alice/a", b"hers")
    system.files.link(f"{FOLDER}/restore-0123", "/home/alice")
    wipe(FOLDER, system.files)
    assert system.files.tree("/home/alice") == {"/home/alice/a": b"hers"}


@pytest.mark.parametrize(
    ("wanted", "free"),
    [(0, KEPT_FREE_BYTES - 1), (KEPT_FREE_BYTES, 2 * KEPT_FREE_BYTES - 1)],
)
def test_without_room_nothing_is_restored(wanted, free):
    system = FakeSystem()
    system.files.free = free
    with pytest.raises(ProbeError) as caught, sandbox(FOLDER, system, wanted):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.QUOTA_EXCEEDED


@pytest.mark.parametrize("operation", ["make_directory", "free_bytes"])
def test_a_folder_that_cannot_be_used_is_no_failure_of_the_backup(operation):
    system = FakeSystem()
    system.files.fail(operation, FOLDER)
    with pytest.raises(ProbeError) as caught, sandbox(FOLDER, system, 1):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.PERMISSION_DENIED


def test_a_folder_that_is_not_private_is_not_used():
    system = FakeSystem()
    make = system.files.make_directory
    system.files.make_directory = lambda path, mode=0o755: make(path, 0o755)
    with pytest.raises(ProbeError) as caught, sandbox(FOLDER, system, 1):
        pytest.fail("it let us in")
    assert caught.value.reason is Reason.PERMISSION_DENIED


def test_what_cannot_be_wiped_now_waits_for_the_next_pass():
    system = FakeSystem()
    with sandbox(FOLDER, system, 1) as target:
        system.files.fail("remove_tree", target)
    system.files.mend()
    wipe(FOLDER, system.files)
    assert list(system.files.scan(FOLDER)) == []


def test_inspect_finds_regular_files_and_their_bytes():
    system = FakeSystem()
    system.files.put("/box/a", b"123")
    system.files.put("/box/deep/er/b", b"45")
    came_back = inspect("/box", system.files, 5)
    assert list(came_back.files) == ["/box/a", "/box/deep/er/b"]
    assert came_back.bytes == 5


@pytest.mark.parametrize("kind", ["link", "special"])
def test_a_link_or_special_file_is_unsafe(kind):
    system = FakeSystem()
    system.files.put("/box/a")
    if kind == "link":
        system.files.link("/box/deep/b", "/etc/passwd")
    else:
        system.files.special("/box/deep/b")
    with pytest.raises(ProbeError) as caught:
        inspect("/box", system.files, 100)
    assert caught.value.reason is Reason.UNSAFE_CONTENTS


def test_more_bytes_than_allowed_exceed_the_quota():
    system = FakeSystem()
    system.files.put("/box/a", b"123456")
    with pytest.raises(ProbeError) as caught:
        inspect("/box", system.files, 5)
    assert caught.value.reason is Reason.QUOTA_EXCEEDED


def test_more_files_than_a_sample_has_exceed_the_quota():
    system = FakeSystem()
    system.files.put("/box/a")
    entry = system.files.stat("/box/a")
    system.files.scan = lambda _: iter([entry] * (MAX_ENTRIES + 1))
    with pytest.raises(ProbeError) as caught:
        inspect("/box", system.files, 5)
    assert caught.value.reason is Reason.QUOTA_EXCEEDED
