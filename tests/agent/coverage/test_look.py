from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.config import Coverage
from guardian_agent.coverage.look import paths_of
from guardian_agent.probe import keyed_hash
from guardian_agent.restore.livedata import is_canary
from guardian_agent.wire.canary import FILE_NAME
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.words import Reason

from tests.agent.coverage.scene import MOUNTS, ROOT_DISK, Live
from tests.agent.restore.fake_tool import KEY


@pytest.fixture
def live() -> Live:
    made = Live()
    for number in range(5):
        made.put(f"/srv/files/letter-{number}")
    return made


def test_all_is_covered_where_a_restore_point_lists_it(live: Live) -> None:
    live.backup()
    found = live.look()
    area = live.area("/srv/files", found)
    assert (found.complete, found.total) == (True, 1)
    assert (area.files, area.bytes, area.bytes_uncovered, area.sets) == (5, 5000, 0, 1)
    assert area.measured_at == found.looked_at


@pytest.mark.parametrize(
    ("path", "area", "kind"),
    [
        ("/home/ada/thesis.odt", "/home/ada", "home"),
        ("/srv/projects/a", "/srv/projects", "srv"),
        ("/srv/beside.txt", "/srv", "srv"),
        ("/var/www/shop/index.html", "/var/www/shop", "web"),
        ("/var/vmail/example.org/ada/1", "/var/vmail/example.org", "mail"),
        ("/var/mail/ada", "/var/mail", "mail"),
        ("/var/lib/docker/volumes/shop/_data/a", "/var/lib/docker/volumes/shop/_data", None),
        (
            "/var/lib/containers/storage/volumes/crm/_data/a",
            "/var/lib/containers/storage/volumes/crm/_data",
            None,
        ),
    ],
)
def test_what_no_backup_has_is_named(live: Live, path: str, area: str, kind: str | None) -> None:
    live.put(path, 70)
    live.backup()
    assert live.open() == {area: 70}
    assert live.area(area).kind == (kind or "container_volume")
    live.paths = (*live.paths, area)
    live.backup()
    assert live.open() == {}


def test_shares_are_found_by_their_configuration(live: Live) -> None:
    live.system.files.put(
        "/etc/samba/smb.conf",
        b"[team]\n path = /data/team/ \t\n[long]\n path=/"
        + b" " * 60_000
        + b"x\n[homes]\n path=/%U\n",
    )
    live.system.files.put("/etc/exports", b"/data/nfs 10.0.0.0/8(ro)\n# /data/old *\n")
    for name in ("team", "nfs", "old"):
        live.put(f"/data/{name}/a", 10)
    live.backup()
    assert live.open() == {"/data/team": 10, "/data/nfs": 10}


def test_a_disk_of_its_own_is_found_and_what_is_no_disk_is_not(live: Live) -> None:
    mounts = "2 1 8:2 / /data rw - xfs /dev/sdb1 rw\n3 1 0:9 / /srv/files/far rw - nfs4 nas:/ rw\n"
    mounts += "4 1 8:1 / /boot rw - ext4 /dev/sda2 rw\n5 1 8:1 / /etc/hosts rw - ext4 /dev/x rw\n"
    live.system.files.put(MOUNTS, (ROOT_DISK + mounts).encode())
    for path in ("/data/a", "/srv/files/far/b", "/boot/vmlinuz", "/etc/hosts"):
        live.put(path, 10)
    live.backup()
    assert live.open() == {"/data": 10}


def test_named_paths_are_live_data_and_roots_stand_in(live: Live) -> None:
    live.put("/opt/app/data/a", 10)
    live.put("/image/home/ada/b", 20)
    live.backup()
    live.use(roots=("/image",), paths=("/opt/app/data", "/missing"))
    found = live.look()
    assert live.open(found) == {"/opt/app/data": 10, "/image/home/ada": 20}
    assert live.area("/srv/files", found).kind == "configured"


def test_a_path_left_out_of_the_backup_is_open_and_one_rightly_left_out_is_not(live: Live) -> None:
    live.put("/srv/files/cache/c", 30)
    live.backup()
    live.tool.lose("/srv/files/cache/c")
    live.tool.lose("/srv/files/letter-1")
    assert live.open() == {"/srv/files": 1030}
    live.exclude = ("cache",)
    assert live.open() == {"/srv/files": 1000}


def test_no_restore_point_covers_nothing(live: Live) -> None:
    assert live.open() == {"/srv/files": 5000}


def test_what_is_new_waits_for_the_next_backup_but_not_for_ever(live: Live) -> None:
    live.backup()
    live.system.files.put("/srv/files/new", b"y" * 10)
    assert live.open() == {}
    live.system.clock.advance(days=9)
    assert live.open() == {"/srv/files": 10}


def test_a_file_dated_far_ahead_does_not_wait_for_ever(live: Live) -> None:
    live.backup()
    ahead = live.system.clock.nanoseconds() + 10**9 * 3600 * 24 * 365
    live.system.files.put("/srv/files/camera", b"y" * 10, modified_ns=ahead)
    live.system.files.put("/srv/files/clock", b"y" * 10, modified_ns=ahead, changed_ns=ahead)
    assert live.open() == {"/srv/files": 10}
    live.system.clock.advance(days=9)
    assert live.open() == {"/srv/files": 20}


def test_a_new_file_of_no_backup_does_not_wait(live: Live) -> None:
    live.backup()
    live.system.files.put("/srv/projects/new", b"y" * 10)
    assert live.open() == {"/srv/projects": 10}


def test_backups_and_the_agents_own_files_are_no_live_data(live: Live) -> None:
    live.put("/srv/backup/pack", 50)
    live.put(f"/srv/files/{FILE_NAME}", 60)
    assert is_canary(f"/srv/files/{FILE_NAME}")
    live.backup()
    live.tool.lose(f"/srv/files/{FILE_NAME}")
    assert live.open() == {"/srv/backup": 50}
    settings = live.tool.probe().settings
    own = replace(live.tool.probe(), settings=lambda **_: settings(repository="/srv/backup"))
    live.probe = replace(own, settings=_repository_at("/srv/backup"))
    live.system.clock.advance(days=2)
    assert live.open() == {}


def _repository_at(path: str) -> type:
    from dataclasses import make_dataclass

    return make_dataclass(
        "Settings", [("repository", str, path), ("parts", int, 1)], frozen=True, kw_only=True
    )


def test_nothing_is_walked_twice_while_nothing_changes(live: Live) -> None:
    live.backup()
    first = live.area("/srv/files").measured_at
    live.system.clock.advance(hours=5)
    assert live.area("/srv/files").measured_at == first
    live.backup()
    assert live.area("/srv/files").measured_at == live.system.clock.now()
    live.system.clock.advance(days=1)
    assert live.area("/srv/files").measured_at == live.system.clock.now()


def test_one_restore_point_is_listed_once(live: Live) -> None:
    live.backup()
    live.look()
    listed = live.tool.asked.count("contents")
    live.look()
    assert live.tool.asked.count("contents") == listed == 1


def test_the_listing_is_asked_for_where_it_was_lost(live: Live) -> None:
    live.backup()
    live.look()
    for path in live.system.files.tree("/var/lib/guardian-agent/coverage"):
        live.system.files.put(path, b'["guardian-listed/1", "x", 1, 9]\n')
    live.put("/srv/more/a")
    assert live.open() == {"/srv/more": 1000}


def test_show_leaves_nothing_behind(live: Live) -> None:
    live.backup()
    before = live.system.files.tree("/var/lib/guardian-agent")
    live.look(remember=False)
    assert live.system.files.tree("/var/lib/guardian-agent") == before


def test_a_walk_goes_on_where_its_time_ran_out(live: Live) -> None:
    for number in range(300):
        live.put(f"/srv/files/{number % 7}/{number:03}", 1)
    live.backup()
    live.tool.lose("/srv/files/3/003")
    live.tool.lose("/srv/files/6/293")
    clock = live.system.clock
    times = iter(range(10**9))
    live.system.clock.monotonic = lambda: float(next(times))  # type: ignore[method-assign]
    live.use(seconds=2)
    unmeasured = live.look()
    assert unmeasured.areas[0].measured_at is None
    for _ in range(5):
        clock.advance(minutes=1)
        found = live.look()
    area = live.area("/srv/files", found)
    assert (area.files, area.bytes, area.bytes_uncovered) == (305, 5300, 2)


def test_a_folder_that_may_not_be_entered_is_told(live: Live) -> None:
    live.put("/home/ada/a")
    live.backup()
    live.system.files.fail("scan", "/home/ada")
    assert live.area("/home/ada").reason is Reason.PERMISSION_DENIED
    live.system.files.fail("scan", "/var/lib/docker/volumes")
    assert live.area("/var/lib/docker/volumes").reason is Reason.PERMISSION_DENIED


def test_a_table_of_mounts_that_cannot_be_read_makes_the_look_incomplete(live: Live) -> None:
    live.system.files.fail("open", MOUNTS)
    found = live.look()
    assert (found.complete, found.reason) == (False, Reason.UNREADABLE_ANSWER)


def test_a_copy_that_cannot_be_looked_into_proves_nothing(live: Live) -> None:
    live.backup()
    live.tool.failing["contents"] = Reason.WRONG_PASSWORD
    area = live.area("/srv/files")
    assert (area.bytes_uncovered, area.bytes_unproven) == (0, 5000)
    live.tool.failing.clear()
    assert live.area("/srv/files").bytes_unproven == 0


def test_a_tool_without_listings_proves_nothing(live: Live) -> None:
    live.backup()
    live.probe = replace(live.tool.probe(), restorer=None)
    assert live.area("/srv/files").bytes_unproven == 5000


def test_what_was_listed_before_stands_where_the_tool_gives_no_answer(live: Live) -> None:
    live.backup()
    live.look()
    live.tool.failing["gather"] = Reason.TIMEOUT
    live.put("/srv/more/a", 10)
    assert live.open() == {"/srv/more": 10}
    assert live.area("/srv/files").bytes_unproven == 0


def test_it_can_be_switched_off(live: Live) -> None:
    live.coverage = Coverage(enabled=False)
    with pytest.raises(ValueError, match="not enough values"):
        live.look()


def test_no_path_leaves_and_this_terminal_knows_them(live: Live) -> None:
    live.put("/home/ada/a")
    found = to_json(live.look()).decode()
    assert "ada" not in found
    assert "srv/" not in found
    paths = paths_of(live.config, live.system, KEY)
    assert paths[keyed_hash(KEY, "/home/ada")] == "/home/ada"


def test_only_so_many_areas_are_named_and_the_rest_is_summed_up(live: Live) -> None:
    for number in range(70):
        live.put(f"/home/user-{number:02}/a", 10 + number)
    live.backup()
    found = live.look()
    assert (found.total, len(found.areas)) == (71, 64)
    assert found.rest_bytes_uncovered == sum(10 + number for number in range(6))


def test_a_full_disk_costs_the_memory_alone(live: Live) -> None:
    live.backup()
    for where in ("areas.json", "files@local.listed.fresh"):
        for operation in ("write", "create"):
            path = f"/var/lib/guardian-agent/coverage/{where}"
            live.system.files.fail(operation, path, OSError(28, "full"))
    assert live.open() == {}
