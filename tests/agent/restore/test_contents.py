from __future__ import annotations

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.restore.contents import point_contents
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import FakeTool, put_old, subject_of

FILES = BackupSet(name=Name("files"), paths=("/srv/files", "/srv/mail"))
CACHE = "/state/contents/files@local"


def a_server() -> tuple[FakeSystem, FakeTool]:
    system = FakeSystem()
    put_old(system, "/srv/files/a", b"12345")
    put_old(system, "/srv/files/sub/b", b"123")
    put_old(system, "/srv/mail/c", b"1")
    system.clock.advance(hours=1)
    tool = FakeTool()
    tool.backup(FILES, system)
    system.clock.advance(hours=1)
    return system, tool


def contents(system: FakeSystem, tool: FakeTool, backup_set=FILES, cache: str | None = None):
    subject = subject_of(backup_set)
    point = tool.newest(subject, tool.gather(subject, system))
    opened = OpenPoint(subject=subject, restorer=tool, system=system, point=point)
    return point_contents(opened, cache)


def test_a_whole_backup_lacks_nothing():
    fact = contents(*a_server())
    assert (fact.files, fact.bytes) == (3, 9)
    assert (fact.paths_expected, fact.paths_missing) == (2, 0)
    assert (fact.files_compared, fact.files_missing) == (3, 0)


def test_a_skipped_file_is_missing():
    system, tool = a_server()
    tool.lose("/srv/files/a")
    fact = contents(system, tool)
    assert (fact.files_compared, fact.files_missing) == (3, 1)


def test_a_path_that_was_not_backed_up_is_missing():
    system, tool = a_server()
    del tool.listed["/srv/mail"]
    tool.lose("/srv/mail/c")
    assert contents(system, tool).paths_missing == 1


def test_a_tool_that_lists_no_folders_still_shows_them():
    system, tool = a_server()
    tool.listed = {path: item for path, item in tool.listed.items() if item.is_file}
    fact = contents(system, tool)
    assert (fact.paths_missing, fact.files_missing) == (0, 0)


def test_an_empty_configured_folder_is_there():
    system, tool = a_server()
    tool.lose("/srv/mail/c")
    system.files.remove("/srv/mail/c")
    assert contents(system, tool).paths_missing == 0


@pytest.mark.parametrize("touched", ["modified_ns", "changed_ns"])
def test_what_changed_after_the_backup_is_not_asked_of_it(touched):
    system, tool = a_server()
    tool.lose("/srv/files/a")
    setattr(system.files._nodes["/srv/files/a"], touched, system.clock.nanoseconds())
    fact = contents(system, tool)
    assert (fact.files_compared, fact.files_missing) == (2, 0)


def test_a_folder_moved_after_the_backup_is_no_finding_though_its_files_are_old():
    system, tool = a_server()
    system.files.rename("/srv/files/sub", "/srv/files/renamed")
    system.files._nodes["/srv/files/renamed"].changed_ns = system.clock.nanoseconds()
    fact = contents(system, tool)
    assert (fact.files_compared, fact.files_missing) == (2, 0)


def test_a_busy_folder_that_the_point_knows_is_looked_into():
    system, tool = a_server()
    tool.lose("/srv/files/sub/b")
    system.files._nodes["/srv/files/sub"].changed_ns = system.clock.nanoseconds()
    assert contents(system, tool).files_missing == 1


def test_excluded_files_are_not_expected():
    system, tool = a_server()
    tool.lose("/srv/files/sub/b")
    left_out = BackupSet(name=Name("files"), paths=FILES.paths, exclude=("/srv/files/sub",))
    assert contents(system, tool, left_out).files_missing == 0


def test_names_that_no_json_can_tell_are_not_compared():
    system, tool = a_server()
    put_old(system, "/srv/files/\udcff", b"x", hours=3)
    fact = contents(system, tool)
    assert (fact.files_compared, fact.files_missing) == (3, 0)


def test_hard_links_count_by_name():
    system, tool = a_server()
    tool.listed["/srv/files/link"] = PointFile(
        path="/srv/files/link", size=0, modified_ns=None, is_file=True
    )
    assert contents(system, tool).files_missing == 0


def test_a_point_is_listed_once():
    system, tool = a_server()
    first = contents(system, tool, cache=CACHE)
    assert contents(system, tool, cache=CACHE) == first
    assert tool.asked.count("contents") == 1


def test_a_new_point_or_another_configuration_is_listed_anew():
    system, tool = a_server()
    contents(system, tool, cache=CACHE)
    contents(system, tool, BackupSet(name=Name("files"), paths=("/srv/mail",)), cache=CACHE)
    tool.backup(FILES, system)
    contents(system, tool, cache=CACHE)
    assert tool.asked.count("contents") == 3


@pytest.mark.parametrize("text", [b"", b"{}", b"\xff", b"x" * 100_000])
def test_a_damaged_memory_is_no_answer(text):
    system, tool = a_server()
    system.files.put(CACHE, text)
    assert contents(system, tool, cache=CACHE).files == 3
    assert contents(system, tool, cache=CACHE).files == 3
    assert tool.asked.count("contents") == 1


def test_a_full_disk_costs_only_the_memory():
    system, tool = a_server()
    system.files.fail("write", CACHE, OSError(28, "No space left on device"))
    assert contents(system, tool, cache=CACHE).files == 3


def test_without_a_memory_nothing_is_left_behind():
    system, tool = a_server()
    system.files.journal.clear()
    contents(system, tool)
    assert system.files.journal == []


def test_a_listing_that_fails_is_the_probes_error():
    system, tool = a_server()
    tool.failing["contents"] = Reason.DAMAGED
    with pytest.raises(ProbeError):
        contents(system, tool, cache=CACHE)
    assert not system.files.exists(CACHE)


def test_live_data_that_cannot_be_looked_at_is_told_and_looked_at_again():
    system, tool = a_server()
    system.files.fail("scan", "/srv/files/sub")
    fact = contents(system, tool, cache=CACHE)
    assert (fact.files_missing, fact.reason) == (0, Reason.PERMISSION_DENIED)
    system.files.mend()
    assert contents(system, tool, cache=CACHE).reason is Reason.NONE


def test_a_path_that_is_not_there_is_told():
    system, tool = a_server()
    system.files.remove_tree("/srv/mail")
    assert contents(system, tool).reason is Reason.PATH_MISSING


def test_a_folder_that_vanishes_on_the_way_hides_nothing():
    system, tool = a_server()
    system.files.fail("scan", "/srv/files/sub", FileNotFoundError(2, "No such file or directory"))
    assert contents(system, tool).reason is Reason.NONE
