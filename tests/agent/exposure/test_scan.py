from __future__ import annotations

import errno
from itertools import pairwise
from typing import Any

import pytest
from guardian_agent.config import Limits, Watch
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.look import Aims, Bytes, Readers
from guardian_agent.exposure.memory import Memory
from guardian_agent.exposure.personal import Counted
from guardian_agent.exposure.scan import ScannedFile, count_files, observe, scan_paths
from guardian_agent.magic import Classified
from guardian_agent.wire.decode import build
from guardian_agent.wire.encode import plain
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import (
    Encryption,
    Exposure,
    PersonalData,
    Reach,
    Reason,
)

from tests.agent.fakes import FakeSystem

TEXT = b"name;mail\nAda Lovelace;ada@example.org\n" * 20
SALTED = b"Salted__" + bytes(range(7, 256, 3)) * 2 + bytes(range(0, 256, 5))
WATCH = Watch(name=Name("exports"), paths=("/srv/exports",))
MEMORY = Memory("/var/looks", "exports")


class Reading:
    """Readers that need no format but two, and remember whom they were asked about."""

    def __init__(self, system: FakeSystem) -> None:
        self.classified = 0
        self.searched = 0
        self.costs = 0.0
        self.whole = True
        self._system = system

    def search(
        self, read: Any, size: int, found: Classified, budget: int, also: Any = None
    ) -> Counted:
        assert found.state is Encryption.PLAINTEXT
        self.searched += 1
        self._system.clock.advance(seconds=self.costs)
        text = read(0, budget)
        counts = {"email": text.count(b"@")} if b"@" in text else {}
        return Counted(values=counts, bytes=len(text), complete=self.whole and len(text) == size)

    def has_turned(self, path: str, before: str | None, now: Classified, *_: Any) -> bool:
        is_readable = now.state is Encryption.PLAINTEXT
        return not is_readable and (before == "text" or path.endswith(".csv"))

    def aims(self, **words: Any) -> Aims:
        return Aims(readers=Readers(has_turned=self.has_turned, search=self.search), **words)


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    system.files.put("/srv/exports/b/list.csv", TEXT)
    system.files.put("/srv/exports/a.enc", SALTED)
    system.files.put("/srv/exports/empty", b"")
    return system


@pytest.fixture
def reading(system: FakeSystem) -> Reading:
    return Reading(system)


def scan(system: FakeSystem, *paths: str) -> list[ScannedFile]:
    return list(scan_paths(paths, Limits(), system, Reading(system).aims()))


def states(found: list[ScannedFile]) -> dict[str, str]:
    return {one.path: one.classified.state.value for one in found}


def test_every_file_is_found_in_order(system: FakeSystem) -> None:
    found = scan(system, "/srv/exports")
    assert list(states(found).items()) == [
        ("/srv/exports/a.enc", "encrypted"),
        ("/srv/exports/empty", "empty"),
        ("/srv/exports/b/list.csv", "plaintext"),
    ]
    assert found[2].size == len(TEXT)
    assert found[2].personal == {"email": 20}


def test_a_single_file_can_be_named(system: FakeSystem) -> None:
    assert states(scan(system, "/srv/exports/a.enc")) == {"/srv/exports/a.enc": "encrypted"}


def test_what_is_named_twice_is_looked_at_once(system: FakeSystem) -> None:
    named = ("/srv/exports/b", "/srv/exports", "/srv/exports/a.enc", "/srv/exports/")
    assert len(scan(system, *named)) == 3


def test_neighbours_whose_names_begin_alike_are_both_looked_at(system: FakeSystem) -> None:
    system.files.put("/srv/exports.old/c", TEXT)
    system.files.put("/srv/exports-2/c", TEXT)
    assert len(scan(system, "/srv/exports.old", "/srv/exports", "/srv/exports-2")) == 5


def test_links_and_special_files_are_left_alone(system: FakeSystem) -> None:
    system.files.put("/etc/passwd", TEXT)
    system.files.link("/srv/exports/link", "/etc/passwd")
    system.files.link("/srv/exports/loop", "/srv")
    system.files.special("/srv/exports/pipe")
    assert len(scan(system, "/srv/exports")) == 3
    assert "/srv/exports/pipe" not in system.files.opened


def test_a_link_that_the_operator_named_is_followed(system: FakeSystem) -> None:
    system.files.link("/exports", "/srv/exports")
    assert list(states(scan(system, "/exports"))) == [
        "/exports/a.enc",
        "/exports/empty",
        "/exports/b/list.csv",
    ]
    system.files.link("/list", "/srv/exports/b/list.csv")
    assert list(states(scan(system, "/list"))) == ["/list"]


def test_what_vanishes_is_left_out(system: FakeSystem) -> None:
    system.files.fail("open", "/srv/exports/a.enc", FileNotFoundError(errno.ENOENT, "gone"))
    system.files.fail("scan", "/srv/exports/b", FileNotFoundError(errno.ENOENT, "gone"))
    assert states(scan(system, "/srv/exports")) == {"/srv/exports/empty": "empty"}


def test_a_file_that_a_link_replaced_meanwhile_is_left_out(system: FakeSystem) -> None:
    system.files.fail("open", "/srv/exports/a.enc", OSError(errno.ELOOP, "a link"))
    system.files.fail("stat", "/srv/exports/a.enc", FileNotFoundError(errno.ENOENT, "gone"))
    system.files.fail("scan", "/srv/exports/b", OSError(errno.ELOOP, "a link"))
    assert states(scan(system, "/srv/exports")) == {"/srv/exports/empty": "empty"}


def test_an_unreadable_file_counts_as_unknown(system: FakeSystem) -> None:
    system.files.fail("open", "/srv/exports/b/list.csv")
    found = next(one for one in scan(system, "/srv/exports") if "list" in one.path)
    assert (found.classified.state, found.classified.kind) == (Encryption.UNKNOWN, "unreadable")


def test_an_unreadable_folder_is_told_after_the_rest(system: FakeSystem) -> None:
    system.files.fail("scan", "/srv/exports/b")
    found: list[ScannedFile] = []
    with pytest.raises(ProbeError) as trouble:
        found.extend(scan_paths(["/srv/exports"], Limits(), system, Reading(system).aims()))
    assert trouble.value.reason is Reason.PERMISSION_DENIED


def test_a_missing_path_is_told_after_the_rest(system: FakeSystem, reading: Reading) -> None:
    told: list[str] = []
    paths = ["/nowhere", "/srv/exports"]
    with pytest.raises(ProbeError) as trouble:
        list(scan_paths(paths, Limits(), system, reading.aims(), told.append))
    assert trouble.value.reason is Reason.PATH_MISSING
    assert len(told) == 3


def test_what_is_neither_file_nor_folder_is_told(system: FakeSystem) -> None:
    system.files.special("/dev/sda")
    with pytest.raises(ProbeError) as trouble:
        scan(system, "/dev/sda", "/srv/exports")
    assert trouble.value.reason is Reason.UNSUPPORTED


def test_what_the_kernel_makes_up_is_no_data(system: FakeSystem) -> None:
    table = (
        "22 1 0:20 / /srv/exports/jail/proc rw - proc proc rw\n"
        "23 1 0:21 / /srv/exports/jail/a\\040b rw shared:1 - sysfs sysfs rw\n"
        "24 1 8:1 / /srv/exports/b rw - ext4 /dev/sda1 rw\nnonsense\n"
    )
    system.files.put("/proc/self/mountinfo", table.encode())
    system.files.put("/srv/exports/jail/proc/kcore", TEXT)
    system.files.put("/srv/exports/jail/a b/c", TEXT)
    assert len(scan(system, "/srv/exports")) == 3


def test_the_scan_stops_when_its_time_is_spent(system: FakeSystem, reading: Reading) -> None:
    for number in range(20):
        system.files.put(f"/srv/exports/c/{number}", TEXT)
    told: list[str] = []

    def slow(path: str) -> None:
        told.append(path)
        system.clock.advance(seconds=3)

    with pytest.raises(ProbeError) as trouble:
        list(scan_paths(["/srv/exports"], Limits(scan_seconds=10), system, reading.aims(), slow))
    assert trouble.value.reason is Reason.BUDGET_SPENT
    assert len(told) == 4


def test_a_deep_tree_needs_no_deep_stack() -> None:
    system = FakeSystem()
    system.files.put("/srv/exports" + "/d" * 400 + "/list.csv", TEXT)
    assert len(scan(system, "/srv/exports")) == 1


def test_files_are_counted_ahead(system: FakeSystem) -> None:
    assert count_files(["/srv/exports"], system, 1) == 3
    assert count_files(["/srv/exports"], system, 0) is None


class Place:
    """A watched place, looked at pass by pass."""

    def __init__(self, system: FakeSystem, reading: Reading) -> None:
        self.system = system
        self.reading = reading
        self.watch = WATCH
        self.limits = Limits()
        self.words: dict[str, Any] = {}

    def facts(self, *, remember: bool = True) -> dict[type, Any]:
        self.system.files.opened.clear()
        left = Bytes(self.limits.scan_bytes)
        aims = self.reading.aims(**self.words)
        found = observe(self.watch, self.limits, self.system, MEMORY, left, aims, remember=remember)
        return {type(fact): fact for fact in found}

    def look(self, *, remember: bool = True) -> Exposure:
        fact = self.facts(remember=remember)[Exposure]
        assert isinstance(fact, Exposure)
        return fact

    @property
    def opened(self) -> list[str]:
        return [path for path in self.system.files.opened if path.startswith("/srv")]

    def later(self, **words: float) -> None:
        self.system.clock.advance(**words)


@pytest.fixture
def place(system: FakeSystem, reading: Reading) -> Place:
    system.clock.advance(hours=1)
    return Place(system, reading)


def total(fact: Exposure) -> int:
    return sum(one.files for one in fact.counts)


def test_an_exposure_counts_by_kind_and_state(place: Place) -> None:
    place.system.files.put("/srv/exports/more.csv", TEXT)
    fact = place.look()
    counted = {(one.kind, one.state.value): (one.files, one.bytes) for one in fact.counts}
    assert counted == {
        ("nothing", "empty"): (1, 0),
        ("openssl", "encrypted"): (1, len(SALTED)),
        ("text", "plaintext"): (2, 2 * len(TEXT)),
    }
    assert fact.complete
    assert fact.reason is Reason.NONE
    assert fact.scanned_at == place.system.clock.now()
    assert fact.oldest_look_at is None
    assert place.system.files.gave_way == 1


def test_an_exposure_survives_the_wire(place: Place) -> None:
    place.look()
    place.later(hours=1)
    fact = place.look()
    sent = plain(fact)
    assert "list.csv" not in str(sent)
    assert build(Exposure, sent) == fact
    assert fact.oldest_look_at is not None


def test_a_missing_path_is_never_an_empty_pass(reading: Reading) -> None:
    fact = Place(FakeSystem(), reading).look()
    assert (fact.complete, fact.reason, fact.counts) == (False, Reason.PATH_MISSING, ())


def test_one_missing_path_of_two_is_told(place: Place) -> None:
    place.watch = Watch(name=Name("exports"), paths=("/srv/exports", "/mnt/gone"))
    fact = place.look()
    assert (fact.complete, fact.reason) == (False, Reason.PATH_MISSING)
    assert total(fact) == 3


def test_a_spent_budget_is_told(place: Place) -> None:
    place.limits = Limits(scan_seconds=0)
    fact = place.look()
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)


def test_what_did_not_change_is_not_read_again(place: Place) -> None:
    first = place.look()
    seen_at = place.system.clock.now()
    place.later(hours=1)
    again = place.look()
    assert place.opened == []
    assert again.counts == first.counts
    assert again.oldest_look_at == seen_at
    assert again.complete


def test_what_changed_is_read_again_and_what_went_is_gone(place: Place) -> None:
    place.look()
    place.later(hours=1)
    place.system.files.put("/srv/exports/a.enc", TEXT)
    place.system.files.put("/srv/exports/new.csv", TEXT)
    place.system.files.remove("/srv/exports/empty")
    place.later(hours=1)
    fact = place.look()
    assert place.opened == ["/srv/exports/a.enc", "/srv/exports/new.csv"]
    assert [(one.kind, one.files) for one in fact.counts] == [("text", 3)]


def test_what_was_written_just_now_is_read_again(place: Place) -> None:
    place.system.files.put("/srv/exports/now.csv", TEXT)
    place.look()
    place.look()
    assert place.opened == ["/srv/exports/now.csv"]


def test_each_file_is_read_again_after_some_days(place: Place) -> None:
    for number in range(40):
        place.system.files.put(f"/srv/exports/{number}", TEXT)
    place.later(hours=1)
    place.look()
    days = []
    for _ in range(15):
        place.later(days=1)
        place.look()
        days.append(len(place.opened))
    assert sum(days[:6]) == 0
    assert sum(days) == 43
    assert max(days) < 20


def test_a_clock_that_was_ahead_keeps_no_look(place: Place) -> None:
    place.look()
    place.later(days=-3)
    place.look()
    assert len(place.opened) == 3


def test_a_look_that_may_leave_nothing_behind_reads_the_memory_alone(place: Place) -> None:
    place.look(remember=False)
    assert place.system.files.tree("/var") == {}
    place.look()
    before = place.system.files.tree("/var")
    place.later(hours=1)
    fact = place.look(remember=False)
    assert (place.opened, total(fact), fact.complete) == ([], 3, True)
    assert place.system.files.tree("/var") == before


def test_a_full_disk_silences_nobody(place: Place) -> None:
    place.system.files.fail("make_directory", "/var/looks", OSError(errno.ENOSPC, "full"))
    assert total(place.look()) == 3
    place.system.files.mend()
    place.look()
    place.system.files.fail("create", MEMORY.fresh, OSError(errno.ENOSPC, "full"))
    place.system.files.put("/srv/exports/new.csv", TEXT)
    fact = place.look()
    assert (total(fact), fact.complete) == (4, True)
    place.system.files.mend()
    place.later(hours=1)
    assert total(place.look()) == 4


def many(place: Place, folders: int = 6, files: int = 20) -> int:
    for folder in range(folders):
        for number in range(files):
            place.system.files.put(f"/srv/exports/d{folder}/f{number}", TEXT)
    place.later(hours=1)
    return folders * files + 3


def test_a_scan_cut_short_goes_on_where_it_stopped(place: Place) -> None:
    files = many(place)
    place.reading.costs = 3.0
    opened: list[str] = []
    facts = []
    for _ in range(10):
        place.limits = Limits(scan_seconds=60)
        facts.append(place.look())
        opened += place.opened
        place.later(minutes=30)
    assert len(opened) == len(set(opened)) == files
    told = [fact.complete for fact in facts]
    assert told == sorted(told)
    assert total(facts[-1]) == files
    assert not facts[0].complete
    assert facts[-1].complete
    assert facts[0].reason is Reason.BUDGET_SPENT
    assert all(total(a) <= total(b) for a, b in pairwise(facts))


def test_a_round_made_by_several_passes_is_complete_for_a_day(place: Place) -> None:
    many(place)
    place.reading.costs = 3.0
    place.limits = Limits(scan_seconds=60)
    while not place.look().complete:
        place.later(minutes=30)
    place.limits = Limits(scan_seconds=0)
    place.later(hours=12)
    assert place.look().complete
    place.later(hours=13)
    fact = place.look()
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)


def test_what_changes_all_the_time_starves_nobody(place: Place) -> None:
    files = many(place)
    place.reading.costs = 3.0
    place.limits = Limits(scan_seconds=60)
    opened: set[str] = set()
    for _ in range(20):
        for number in range(20):
            place.system.files.put(f"/srv/exports/d0/f{number}", TEXT)
        place.look()
        opened |= set(place.opened)
        place.later(minutes=30)
    assert len(opened) == files


class Killed(BaseException):
    """As if the process ended here."""


@pytest.mark.parametrize("after", [1, 7, 30, 60, 100, 119])
def test_a_killed_scan_goes_on_where_it_was_killed(place: Place, after: int) -> None:
    files = many(place)
    seen = 0

    def kill(*_: Any) -> bool:
        nonlocal seen
        seen += 1
        if seen > after:
            raise Killed
        return False

    class Dying(Reading):
        def search(self, *words: Any) -> Counted:
            kill()
            return super().search(*words)

    healthy = place.reading
    place.reading = Dying(place.system)
    with pytest.raises(Killed):
        place.look()
    first = place.opened
    place.reading = healthy
    place.later(hours=1)
    fact = place.look()
    kept = set(first) - set(place.opened)
    assert total(fact) == files
    assert fact.complete
    assert len(kept) >= after - 20
    place.later(hours=1)
    assert total(place.look()) == files
    assert place.opened == []


@pytest.mark.parametrize("cut", [0, 5, 17, 18, 40, 200, -1, -9, -100])
def test_a_torn_memory_loses_no_file(place: Place, cut: int) -> None:
    files = many(place)
    place.look()
    kept = place.system.files.tree("/var")[MEMORY.kept]
    place.system.files.put(MEMORY.kept, kept[:cut])
    place.later(hours=1)
    fact = place.look()
    assert (total(fact), fact.complete) == (files, True)
    place.limits = Limits(scan_seconds=0)
    place.system.files.put(MEMORY.kept, kept[:cut])
    place.later(hours=1)
    assert not place.look().complete


def test_a_damaged_memory_is_not_believed(place: Place) -> None:
    files = many(place, 2, 3)
    place.look()
    kept = bytearray(place.system.files.tree("/var")[MEMORY.kept])
    for at in range(0, len(kept), 11):
        kept[at] ^= 0x55
        place.system.files.put(MEMORY.kept, bytes(kept))
        kept[at] ^= 0x55
        place.later(hours=1)
        fact = place.look(remember=False)
        assert (total(fact), fact.complete) == (files, True)


def test_another_path_has_another_memory(place: Place) -> None:
    place.look()
    place.system.files.put("/srv/other/a", TEXT)
    place.watch = Watch(name=Name("exports"), paths=("/srv/other",))
    place.later(hours=1)
    fact = place.look()
    assert (total(fact), place.opened) == (1, ["/srv/other/a"])


def test_hostile_names_are_remembered(place: Place) -> None:
    for name in ("a\nb", "\x1b[31m", b"\xff\xfe".decode("utf-8", "surrogateescape"), "\u202e"):
        place.system.files.put(f"/srv/exports/{name}/{name}", TEXT)
    place.later(hours=1)
    assert total(place.look()) == 7
    place.later(hours=1)
    assert total(place.look()) == 7
    assert place.opened == []


def test_trouble_is_told_until_a_round_is_without(place: Place) -> None:
    place.look()
    place.system.files.fail("scan", "/srv/exports/b")
    place.later(hours=1)
    assert place.look().reason is Reason.PERMISSION_DENIED
    place.limits = Limits(scan_seconds=0)
    assert place.look().reason is Reason.PERMISSION_DENIED
    place.system.files.mend()
    place.limits = Limits()
    assert place.look().reason is Reason.NONE


def test_who_gets_at_a_file_that_we_cannot_read_is_told(place: Place) -> None:
    place.system.files.fail("open", "/srv/exports/b/list.csv")
    for _ in range(2):
        fact = place.facts()[Reach]
        assert {one.way: one.items for one in fact.counts} == {"world-readable": 1}
        place.later(hours=1)


def test_trouble_in_an_earlier_part_of_a_round_is_told_at_its_end(place: Place) -> None:
    many(place)
    place.system.files.fail("scan", "/srv/exports/d0")
    place.reading.costs = 3.0
    place.limits = Limits(scan_seconds=60)
    facts = []
    for _ in range(20):
        for number in range(30):  # never does one pass come past these and around
            place.system.files.put(f"/srv/exports/changes-{number}", TEXT)
        facts.append(place.look())
        place.later(minutes=30)
    assert not any(fact.complete for fact in facts)
    assert facts[-1].reason is Reason.PERMISSION_DENIED


def test_an_unreadable_file_is_tried_in_each_pass(place: Place) -> None:
    place.system.files.fail("open", "/srv/exports/b/list.csv")
    place.look()
    place.later(hours=1)
    place.look()
    assert place.opened == ["/srv/exports/b/list.csv"]


def test_a_file_that_turned_stays_turned(place: Place) -> None:
    place.look()
    place.later(hours=1)
    for _ in range(3):
        place.system.files.put("/srv/exports/b/list.csv", bytes(range(256)) * 9)
        for _ in range(2):
            place.later(hours=1)
            fact = place.look()
            assert (fact.turned_files, fact.turned_bytes) == (1, 2304)
    place.system.files.put("/srv/exports/b/list.csv", TEXT)
    assert place.look().turned_files == 0


def test_personal_data_is_counted_and_remembered(place: Place) -> None:
    place.system.files.put("/srv/exports/more.csv", TEXT)
    place.later(hours=1)
    fact = place.facts()[PersonalData]
    assert [(one.kind, one.files, one.values) for one in fact.counts] == [("email", 2, 40)]
    assert (fact.files, fact.bytes, fact.complete) == (2, 2 * len(TEXT), True)
    place.later(hours=1)
    again = place.facts()[PersonalData]
    assert (again.counts, again.files, again.bytes) == (fact.counts, fact.files, fact.bytes)
    assert place.reading.searched == 2


def test_nobody_looks_for_personal_data_where_that_is_not_wanted(place: Place) -> None:
    place.words = {"personal": False}
    assert set(place.facts()) == {Exposure, Reach}
    assert place.reading.searched == 0


def test_what_the_bytes_do_not_reach_for_waits_for_the_next_pass(place: Place) -> None:
    for number in range(10):
        place.system.files.put(f"/srv/exports/f{number}", TEXT)
    place.later(hours=1)
    place.limits = Limits(scan_bytes=8 * len(TEXT))
    searched = []
    for _ in range(3):
        fact = place.facts()[PersonalData]
        searched.append((fact.files, fact.complete))
        place.later(hours=1)
    assert searched == [(8, False), (11, True), (11, True)]
    assert place.reading.searched == 11
    assert place.opened == []


def test_what_changes_all_the_time_takes_nobody_s_bytes(place: Place) -> None:
    files = many(place, 2, 10)
    place.limits = Limits(scan_bytes=8 * len(TEXT))
    for _ in range(6):
        for number in range(10):
            place.system.files.put(f"/srv/exports/d0/f{number}", TEXT)
        place.later(hours=1)
        fact = place.facts()[PersonalData]
    assert fact.files >= files - 2 - 10
    assert not fact.complete


def test_a_file_too_large_to_be_searched_whole_is_told(place: Place) -> None:
    place.limits = Limits(scan_bytes=4 * len(TEXT))
    place.look()
    place.later(hours=1)
    fact = place.facts()[PersonalData]
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)
    assert fact.files == 1
    assert place.opened == []


def test_the_ways_are_counted_and_remembered(place: Place) -> None:
    fact = place.facts()[Reach]
    assert {one.way: one.items for one in fact.counts} == {"world-readable": 1}
    place.later(hours=1)
    assert place.facts()[Reach].counts == fact.counts
    assert place.opened == []
