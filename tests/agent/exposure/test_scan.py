from __future__ import annotations

import errno
from datetime import timedelta

import pytest
from guardian_agent.config import Limits, Watch
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.scan import ScannedFile, observe, scan_paths
from guardian_agent.wire.decode import build
from guardian_agent.wire.encode import plain
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Encryption, Exposure, Reason

from tests.agent.fakes import FakeSystem

TEXT = b"name;mail\nAda Lovelace;ada@example.org\n" * 20
SALTED = b"Salted__" + bytes(range(7, 256, 3)) * 2 + bytes(range(0, 256, 5))
WATCH = Watch(name=Name("exports"), paths=("/srv/exports",))


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    system.files.put("/srv/exports/b/list.csv", TEXT)
    system.files.put("/srv/exports/a.enc", SALTED)
    system.files.put("/srv/exports/empty", b"")
    return system


def scan(system: FakeSystem, *paths: str) -> list[ScannedFile]:
    return list(scan_paths(paths, Limits(), system))


def states(found: list[ScannedFile]) -> dict[str, str]:
    return {one.path: one.classified.state.value for one in found}


def test_every_file_is_found_in_order(system: FakeSystem) -> None:
    found = scan(system, "/srv/exports")
    assert list(states(found).items()) == [
        ("/srv/exports/a.enc", "encrypted"),
        ("/srv/exports/b/list.csv", "plaintext"),
        ("/srv/exports/empty", "empty"),
    ]
    assert found[1].size == len(TEXT)


def test_a_single_file_can_be_named(system: FakeSystem) -> None:
    assert states(scan(system, "/srv/exports/a.enc")) == {"/srv/exports/a.enc": "encrypted"}


def test_links_and_special_files_are_left_alone(system: FakeSystem) -> None:
    system.files.put("/etc/passwd", TEXT)
    system.files.link("/srv/exports/link", "/etc/passwd")
    system.files.link("/srv/exports/loop", "/srv")
    system.files.special("/srv/exports/pipe")
    assert len(scan(system, "/srv/exports")) == 3


def test_a_link_that_the_operator_named_is_followed(system: FakeSystem) -> None:
    system.files.link("/exports", "/srv/exports")
    assert len(scan(system, "/exports")) == 3


def test_what_vanishes_is_left_out(system: FakeSystem) -> None:
    system.files.fail("open", "/srv/exports/a.enc", FileNotFoundError(errno.ENOENT, "gone"))
    system.files.fail("scan", "/srv/exports/b", FileNotFoundError(errno.ENOENT, "gone"))
    assert states(scan(system, "/srv/exports")) == {"/srv/exports/empty": "empty"}


def test_an_unreadable_file_counts_as_unknown(system: FakeSystem) -> None:
    system.files.fail("open", "/srv/exports/b/list.csv")
    found = next(one for one in scan(system, "/srv/exports") if "list" in one.path)
    assert (found.classified.state, found.classified.kind) == (Encryption.UNKNOWN, "unreadable")


def test_an_unreadable_folder_is_told_after_the_rest(system: FakeSystem) -> None:
    system.files.fail("scan", "/srv/exports/b")
    found: list[ScannedFile] = []
    with pytest.raises(ProbeError) as trouble:
        found.extend(scan_paths(["/srv/exports"], Limits(), system))
    assert trouble.value.reason is Reason.PERMISSION_DENIED


def test_a_missing_path_is_told_after_the_rest(system: FakeSystem) -> None:
    told: list[str] = []
    with pytest.raises(ProbeError) as trouble:
        list(scan_paths(["/nowhere", "/srv/exports"], Limits(), system, told.append))
    assert trouble.value.reason is Reason.PATH_MISSING
    assert len(told) == 3


def test_a_file_that_shrank_is_judged_by_what_is_left(system: FakeSystem) -> None:
    entry = next(iter(system.files.scan("/srv/exports/b")))
    assert entry.size == len(TEXT)
    system.files.put("/srv/exports/b/list.csv", b"")
    assert states(scan(system, "/srv/exports/b")) == {"/srv/exports/b/list.csv": "empty"}


def test_the_scan_stops_when_its_time_is_spent(system: FakeSystem) -> None:
    for number in range(20):
        system.files.put(f"/srv/exports/c/{number}", TEXT)
    told: list[str] = []

    def slow(path: str) -> None:
        told.append(path)
        system.clock.advance(seconds=3)

    with pytest.raises(ProbeError) as trouble:
        list(scan_paths(["/srv/exports"], Limits(scan_seconds=10), system, slow))
    assert trouble.value.reason is Reason.BUDGET_SPENT
    assert len(told) == 4


def test_a_deep_tree_needs_no_deep_stack() -> None:
    system = FakeSystem()
    system.files.put("/srv/exports" + "/d" * 400 + "/list.csv", TEXT)
    assert len(scan(system, "/srv/exports")) == 1


def test_an_exposure_counts_by_kind_and_state(system: FakeSystem) -> None:
    system.files.put("/srv/exports/more.csv", TEXT)
    fact = observe(WATCH, Limits(), system)
    counted = {(one.kind, one.state.value): (one.files, one.bytes) for one in fact.counts}
    assert counted == {
        ("nothing", "empty"): (1, 0),
        ("openssl", "encrypted"): (1, len(SALTED)),
        ("text", "plaintext"): (2, 2 * len(TEXT)),
    }
    assert fact.complete
    assert fact.reason is Reason.NONE
    assert fact.scanned_at == system.clock.now()


def test_an_exposure_survives_the_wire(system: FakeSystem) -> None:
    fact = observe(WATCH, Limits(), system)
    sent = plain(fact)
    assert "list.csv" not in str(sent)
    assert build(Exposure, sent) == fact


def test_a_missing_path_is_never_an_empty_pass() -> None:
    fact = observe(WATCH, Limits(), FakeSystem())
    assert (fact.complete, fact.reason, fact.counts) == (False, Reason.PATH_MISSING, ())


def test_one_missing_path_of_two_is_told(system: FakeSystem) -> None:
    watch = Watch(name=Name("exports"), paths=("/srv/exports", "/mnt/gone"))
    fact = observe(watch, Limits(), system)
    assert (fact.complete, fact.reason) == (False, Reason.PATH_MISSING)
    assert sum(one.files for one in fact.counts) == 3


def test_a_spent_budget_is_told(system: FakeSystem) -> None:
    fact = observe(WATCH, Limits(scan_seconds=0), system)
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)
    assert fact.scanned_at == system.clock.now() - timedelta()
