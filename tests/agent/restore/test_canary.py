from __future__ import annotations

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import StateError
from guardian_agent.restore.canary import (
    known_marker,
    marker,
    note_planted,
    place,
    places,
    plant,
    planted,
    planted_since,
)
from guardian_agent.restore.restoring import recognise
from guardian_agent.wire.canary import Canary, format_canary
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import CanaryReturn, Outcome, Reason

from tests.agent.fakes import FakeSystem

FILES = BackupSet(name=Name("files"), paths=("/gone", "/srv/b", "/srv/a/"))
CANARY = Canary(marker=Hash("cd" * 32), tree_size=7, root=Hash("ab" * 32))
WHERE = "/srv/b/.guardian-canary"


def a_server() -> FakeSystem:
    system = FakeSystem()
    system.files.put("/srv/a/x")
    system.files.put("/srv/b/y")
    return system


def test_the_marker_is_made_once_for_each_set():
    system = FakeSystem()
    first = marker("/state", "files", system)
    assert (
        marker("/state", "files", system) == first == known_marker("/state", "files", system.files)
    )
    assert marker("/state", "mail", system) != first
    assert system.files.stat("/state/canaries/files").mode == 0o600


def test_a_damaged_marker_is_told():
    system = FakeSystem()
    system.files.put("/state/canaries/files", b"\xff")
    with pytest.raises(StateError, match="canaries/files"):
        marker("/state", "files", system)


def test_it_belongs_into_the_first_folder_that_is_there():
    assert place(FILES, a_server().files) == WHERE


def test_it_may_come_back_from_any_of_the_paths():
    assert places(FILES) == [
        "/gone/.guardian-canary",
        "/srv/a/.guardian-canary",
        "/srv/b/.guardian-canary",
    ]


def test_it_is_planted_so_that_every_backup_user_can_read_it():
    system = a_server()
    plant(FILES, CANARY, system.files)
    assert system.files.tree("/srv/b")[WHERE] == format_canary(CANARY)
    assert system.files.stat(WHERE).mode == 0o644
    fact = planted(FILES, CANARY, system.files)
    assert (fact.outcome, fact.reason) == (Outcome.PASSED, Reason.NONE)


def test_a_set_of_which_nothing_is_there_has_no_place_for_it():
    system = FakeSystem()
    with pytest.raises(StateError, match="is it mounted"):
        plant(FILES, CANARY, system.files)
    assert planted(FILES, CANARY, system.files).reason is Reason.PATH_MISSING


def test_before_the_first_receipt_there_is_nothing_to_plant():
    fact = planted(FILES, None, a_server().files)
    assert (fact.outcome, fact.reason) == (Outcome.NOT_PERFORMED, Reason.NO_CHECKPOINT)


@pytest.mark.parametrize("text", [b"", b"notes\n", b"x" * 1000, format_canary(CANARY) + b"more"])
def test_another_text_in_its_place_is_no_canary(text):
    system = a_server()
    system.files.put(WHERE, text)
    fact = planted(FILES, CANARY, system.files)
    assert (fact.outcome, fact.reason) == (Outcome.FAILED, Reason.MISMATCH)


def test_an_older_canary_is_not_the_newest():
    system = a_server()
    plant(FILES, Canary(marker=CANARY.marker, tree_size=6, root=CANARY.root), system.files)
    assert planted(FILES, CANARY, system.files).reason is Reason.MISMATCH


def test_a_missing_and_an_unreadable_canary_are_told_apart():
    system = a_server()
    assert planted(FILES, CANARY, system.files).reason is Reason.MISSING_FILE
    plant(FILES, CANARY, system.files)
    system.files.fail("read", WHERE)
    assert planted(FILES, CANARY, system.files).reason is Reason.PERMISSION_DENIED


def test_only_the_sets_own_canary_is_recognised():
    text = format_canary(CANARY)
    assert recognise(text, CANARY.marker) == CanaryReturn(tree_size=7, root=CANARY.root)
    assert recognise(text, "ef" * 32) is None
    assert recognise(text, None) is None
    assert recognise(b"anything", CANARY.marker) is None


def test_since_when_a_canary_lies_there_is_kept_once():
    system = a_server()
    kept = marker("/state", "files", system)
    assert planted_since("/state", "files", system.files) is None
    first = system.clock.now()
    note_planted("/state", "files", system)
    system.clock.advance(days=1)
    note_planted("/state", "files", system)
    assert planted_since("/state", "files", system.files) == first
    assert marker("/state", "files", system) == kept
    assert planted_since("/state", "mail", system.files) is None


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"\xff",
        b"cd\nyesterday",
        b"cd" * 32 + b"\nyesterday",
        b"cd" * 32 + b"\n2026-11-21",
    ],
)
def test_a_time_that_cannot_be_read_is_none(kept):
    system = a_server()
    system.files.put("/state/canaries/files", kept)
    assert planted_since("/state", "files", system.files) is None


def test_without_a_marker_no_time_is_kept():
    system = a_server()
    note_planted("/state", "files", system)
    assert not system.files.exists("/state/canaries/files")
