"""Secrets are searched for in all of a file, and what was not searched is not called clean."""

from __future__ import annotations

import gzip
import zipfile
from dataclasses import replace

import pytest
from guardian_agent.config import Limits, Watch
from guardian_agent.exposure.look import Aims, Bytes
from guardian_agent.exposure.memory import Memory
from guardian_agent.exposure.scan import observe
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Reach

from tests.agent.exposure.reach.test_ways import PEM
from tests.agent.fakes import FakeSystem
from tests.agent.magic.made import flip_zip_flags, pdf, zipped

WATCH = Watch(name=Name("exports"), paths=("/srv",))
MEMORY = Memory("/var/looks", "exports")
LINE = b"order 4711: twelve boxes of paper\n"
FILLING = LINE * 60_000
"""Two megabytes."""
BURIED = FILLING + PEM + FILLING
MOST = Limits().scan_bytes


def reach(
    system: FakeSystem, most: int = MOST, *, personal: bool = True, seconds: int = 300
) -> Reach:
    watch = replace(WATCH, personal_data=personal)
    limits = Limits(scan_bytes=most, scan_seconds=seconds)
    aims = Aims(personal=personal)
    facts = observe(watch, limits, system, MEMORY, Bytes(most), aims, remember=True)
    (found,) = (fact for fact in facts if isinstance(fact, Reach))
    return found


@pytest.fixture
def system() -> FakeSystem:
    system = FakeSystem()
    system.files.put("/srv/dump.sql", BURIED, mode=0o600)
    return system


def ways(fact: Reach) -> dict[str, int]:
    return {each.way: each.items for each in fact.counts}


@pytest.mark.parametrize("personal", [True, False])
def test_a_key_behind_two_megabytes_is_found(system: FakeSystem, personal: bool) -> None:  # noqa: FBT001
    fact = reach(system, personal=personal)
    assert ways(fact) == {"private-key": 1}
    assert (fact.complete, fact.reason) == (True, Reason.NONE)


@pytest.mark.parametrize("personal", [True, False])
def test_what_there_was_no_budget_for_is_not_known(system: FakeSystem, personal: bool) -> None:  # noqa: FBT001
    fact = reach(system, 8 * 1024 * 1024, personal=personal)
    assert ways(fact) == {}
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)


def test_what_waits_is_searched_at_its_beginning(system: FakeSystem) -> None:
    system.files.put("/srv/notes", b"smtp_password = hunter2hunter2\n" + FILLING, mode=0o600)
    fact = reach(system, 0)
    assert ways(fact) == {"password": 1}
    assert (fact.complete, fact.reason) == (False, Reason.BUDGET_SPENT)
    system.clock.advance(hours=1)
    assert ways(reach(system)) == {"password": 1, "private-key": 1}
    assert reach(system).complete


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(BURIED), zipped(zipfile.ZIP_DEFLATED, **{"a.sql": BURIED})],
    ids=["gzip", "zip"],
)
def test_a_key_in_what_is_packed_is_found(system: FakeSystem, packed: bytes) -> None:
    system.files.put("/srv/dump.sql", packed, mode=0o600)
    fact = reach(system)
    assert ways(fact) == {"private-key": 1}
    assert fact.complete


@pytest.mark.parametrize(
    "closed",
    [
        pdf(b"<</Type/Catalog>>"),
        zipped(**{"a.txt": LINE * 90, "b.7z": LINE * 90}),
        flip_zip_flags(zipped(a=LINE * 90, b=LINE * 80), 1),
    ],
    ids=["pdf", "archive-in-zip", "member-under-password"],
)
def test_what_is_not_decoded_here_is_not_known(system: FakeSystem, closed: bytes) -> None:
    system.files.put("/srv/dump.sql", closed, mode=0o600)
    fact = reach(system)
    assert (fact.complete, fact.reason) == (False, Reason.UNSUPPORTED)
    system.clock.advance(hours=1)
    assert reach(system) == replace(fact, looked_at=system.clock.wall)


def test_what_cannot_be_read_without_a_key_has_no_secrets(system: FakeSystem) -> None:
    system.files.put("/srv/dump.sql", b"Salted__" + bytes(range(7, 256, 3)) * 2)
    fact = reach(system)
    assert (ways(fact), fact.complete) == ({}, True)
