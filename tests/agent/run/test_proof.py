"""What a copy's bytes prove is added to what its tool says, and what is not seen stays unknown."""

from __future__ import annotations

import pytest
from guardian_agent.config import BackupSet, Copy
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Lies, Probe, Subject
from guardian_agent.run.proof import proven
from guardian_agent.wire.facts.copies import CopyEncryption
from guardian_agent.wire.facts.words import Encryption, Reason
from guardian_agent.wire.names import Name, Slug

from tests.agent.exposure.doors.kept import PASSWORD, restic_key
from tests.agent.fakes import FakeSystem

MARKER = "5f" * 32
REPOSITORY = "/backup/repository"
SET = BackupSet(
    name=Name("files"),
    paths=("/srv",),
    copies=(Copy(name=Name("local"), tool=Slug("fake"), settings={}),),
)
SUBJECT = Subject(
    backup_set=SET, copy="local", settings=None, key=b"k" * 32, memory="/state/files@local"
)


def said(state=Encryption.ENCRYPTED):
    return CopyEncryption(
        backup_set=Name("files"), copy=Name("local"), state=state, rule=Slug("tool-says")
    )


def probe(lies=None, raw=None):
    def nothing(*_):
        raise AssertionError("not asked")

    return Probe(tool="fake", settings=object, gather=nothing, parse=nothing, raw=raw, lies=lies)


def at(path, *keys):
    return probe(lambda _subject, _system: Lies(path=path, keys=keys))


@pytest.fixture
def system():
    made = FakeSystem()
    made.files.make_directory("/state")
    made.files.put(f"{REPOSITORY}/keys/1", restic_key(PASSWORD), mode=0o600)
    made.files.put(f"{REPOSITORY}/data/00/00", b"pack", mode=0o600)
    return made


def test_three_answers_of_a_good_copy(system):
    found = proven(said(), at(REPOSITORY, "/etc/password"), SUBJECT, system, None)
    assert (found.doors_tried, found.door) == (2, None)
    assert (found.key_held, found.fetched_by) == ("on-server", "owner")
    assert found.state is Encryption.ENCRYPTED


def test_three_answers_of_an_open_one(system):
    system.files.put("/backup/old.key", PASSWORD)
    system.files.put(f"{REPOSITORY}/data/00/01", b"pack", mode=0o644)
    found = proven(said(), at(REPOSITORY, "/etc/password"), SUBJECT, system, None)
    assert (found.doors_tried, found.door) == (3, "key-beside-data")
    assert (found.key_held, found.fetched_by) == ("beside-data", "local-users")


def test_of_what_lies_elsewhere_only_the_key_is_known(system):
    found = proven(said(), at(None, "/etc/password"), SUBJECT, system, None)
    assert (found.doors_tried, found.door) == (0, None)
    assert (found.key_held, found.fetched_by) == ("on-server", None)


def test_no_key_is_tried_on_what_needs_none(system):
    found = proven(said(Encryption.PLAINTEXT), at(REPOSITORY, "/k"), SUBJECT, system, None)
    assert (found.doors_tried, found.key_held, found.fetched_by) == (0, None, "owner")


def unmounted(_subject, _system):
    raise ProbeError(Reason.PATH_MISSING, "not there; was it mounted?")


@pytest.mark.parametrize("asked", [probe(), probe(unmounted, unmounted), at("/gone")])
def test_what_cannot_be_seen_stays_as_it_was_said(system, asked):
    assert proven(said(), asked, SUBJECT, system, MARKER) == said()


def test_the_canary_is_searched_where_there_is_one(system):
    system.files.put("/raw", MARKER.encode())
    asked = probe(raw=lambda _subject, _system: iter(["/raw"]))
    assert proven(said(), asked, SUBJECT, system, MARKER).canary_in_clear is True
    assert proven(said(), asked, SUBJECT, system, None).canary_in_clear is None


def test_the_next_pass_derives_no_key(system):
    assert proven(said(), at(REPOSITORY), SUBJECT, system, None).doors_tried == 2
    kept = system.files.read("/state/files@local@doors", 4096)
    system.files.put("/state/files@local@doors", kept.replace(b'"doors":2', b'"doors":7'))
    assert proven(said(), at(REPOSITORY), SUBJECT, system, None).doors_tried == 7
