"""A pass states how copies travel, and how volumes and databases are set up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.config import BackupSet, Copy, Database, Volume
from guardian_agent.errors import ConfigError
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import Posture, Reason

from tests.agent.run.scene import Scene, configured

MOUNTS = b"1 0 8:1 / / rw - tmpfs tmpfs rw\n"
OFFSITE = Copy(
    name=Name("offsite"), tool=Slug("fake"), settings={"repository": "rest:http://backup.example/"}
)
LOCAL = replace(OFFSITE, name=Name("local"), settings={"repository": "/backup"})
SET = BackupSet(name=Name("files"), copies=(OFFSITE, LOCAL))
VOLUME = Volume(name=Name("data"), paths=("/srv",))
DATABASE = Database(
    name=Name("orders-db"), engine=Slug("postgresql"), settings={"socket": "/run/postgresql"}
)


def scene(**given) -> Scene:
    return Scene(config=replace(configured(SET), **given))


def test_each_is_told_apart():
    ours = scene(volumes=(VOLUME,), databases=(DATABASE,))
    ours.system.files.put("/proc/self/mountinfo", MOUNTS)
    ours.backup()
    ours.turn()
    told = [fact for fact in ours.newest().observations if isinstance(fact, Posture)]
    assert [(fact.subject, fact.name, fact.backup_set) for fact in told] == [
        ("transport", "offsite", "files"),
        ("volume", "data", None),
    ]
    (failure,) = [each for each in ours.newest().failures if each.probe == "database"]
    assert failure.reason is Reason.TOOL_MISSING


def test_a_machine_that_cannot_tell_fails_and_the_others_go_on():
    ours = scene(volumes=(VOLUME,))
    ours.backup()
    ours.turn()
    (failure,) = [each for each in ours.newest().failures if each.probe == "volume"]
    assert failure.reason is Reason.UNSUPPORTED
    assert "posture" in ours.kinds()


def test_an_engine_that_nobody_knows_is_refused_before_anything_is_done():
    ours = scene(databases=(replace(DATABASE, engine=Slug("postgres")),))
    with pytest.raises(ConfigError, match="postgresql"):
        ours.turn()
