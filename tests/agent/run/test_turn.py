from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.delivery import checkpoint, pending
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.restore.records import Closing, read
from guardian_agent.run.turn import take_turn
from guardian_agent.wire.canary import parse_canary
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import (
    CanaryPlanted,
    Exposure,
    JobRun,
    Manifest,
    Outcome,
    PersonalData,
    PointContents,
    Reach,
    Reason,
)
from guardian_agent.wire.statement import ProbeFailure

from tests.agent.delivery.central import config
from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import put_old
from tests.agent.run.scene import EXPORTS, FILES, Scene, configured

CANARY = "/srv/.guardian-canary"


def the(kind: type, scene: Scene):
    return next(fact for fact in scene.newest().observations if isinstance(fact, kind))


def test_a_pass_states_everything_that_is_configured_and_delivers_it():
    scene = Scene(config=configured(FILES, exposures=(EXPORTS,)))
    scene.system.files.put("/exports/list.csv", b"name,iban\n" * 10)
    scene.backup()
    done = scene.turn()
    assert scene.kinds() == [
        "restore_points",
        "copy_settings",
        "point_contents",
        "manifest",
        "canary_planted",
        "exposure",
        "reach",
        "personal_data",
    ]
    assert (done.delivery.sent, done.delivery.waiting, done.delivery.error) == (1, 0, None)
    assert done.facts.failures == scene.newest().failures == ()


def test_a_pass_remembers_what_it_found_in_a_watched_place():
    scene = Scene(config=configured(exposures=(EXPORTS,)))
    put_old(scene.system, "/exports/list.csv", b"name,email\nAda,ada@example.org\n" * 10)
    scene.turn()
    first = the(Exposure, scene)
    assert (first.complete, first.oldest_look_at) == (True, None)
    scene.system.files.opened.clear()
    scene.turn()
    assert the(Exposure, scene).oldest_look_at == first.scanned_at.replace(microsecond=0)
    assert the(PersonalData, scene).counts[0].kind == "email"
    assert "/exports/list.csv" not in scene.system.files.opened


def test_nobody_looks_for_personal_data_where_that_is_not_wanted():
    scene = Scene(config=configured(exposures=(replace(EXPORTS, personal_data=False),)))
    scene.system.files.put("/exports/list.csv", b"name,iban\n" * 10)
    scene.turn()
    assert scene.kinds() == ["exposure", "reach"]


def test_an_owner_whom_nobody_knows_is_told():
    scene = Scene(config=configured(exposures=(replace(EXPORTS, owners=("ghost",)),)))
    scene.system.files.put("/exports/list.csv", b"name,iban\n" * 10)
    done = scene.turn()
    assert [each.reason for each in done.facts.failures] == [Reason.PATH_MISSING]
    assert "no user 'ghost'" in done.facts.notes[0]


def test_files_of_another_owner_are_told():
    scene = Scene(config=configured(exposures=(replace(EXPORTS, owners=("nobody",)),)))
    scene.system.files.put("/exports/list.csv", b"name,iban\n" * 10)
    scene.turn()
    ways = {each.way: each.items for each in the(Reach, scene).counts}
    assert ways == {"world-readable": 1, "wrong-owner": 1}


def test_nothing_configured_is_stated_too():
    scene = Scene(config=configured())
    scene.turn()
    assert scene.newest().observations == ()


def test_the_canary_of_the_newest_checkpoint_is_planted_after_each_receipt():
    scene = Scene()
    scene.turn()
    assert the(CanaryPlanted, scene).reason is Reason.NO_CHECKPOINT
    for _ in range(2):
        newest = checkpoint.newest(scene.config, scene.system)
        found = parse_canary(scene.system.files.read(CANARY, 1000))
        assert (found.tree_size, found.root) == (newest.tree_size, newest.root)
        scene.turn()
        assert the(CanaryPlanted, scene).outcome is Outcome.PASSED


def test_a_canary_that_cannot_be_planted_is_noted_here_and_stated_next_time():
    scene = Scene()
    scene.turn()
    scene.system.files.fail("write", CANARY)
    done = scene.turn()
    assert done.facts.notes == ("canary of files: cannot be written: Permission denied",)
    scene.turn()
    assert the(CanaryPlanted, scene).outcome is Outcome.FAILED


def test_the_manifest_kept_is_the_one_that_was_stated():
    scene = Scene()
    scene.turn()
    *_, closing = read(scene.system.files, scene.state("manifests", "files.jsonl"))
    assert isinstance(closing, Closing)
    assert closing.root == the(Manifest, scene).root


def test_a_manifest_that_was_not_spooled_is_not_kept():
    scene = Scene()
    scene.turn()
    before = scene.system.files.read(scene.state("manifests", "files.jsonl"), 10**6)
    scene.system.files.put("/srv/new", b"new")
    scene.system.files.fail("write", scene.state("stream.json"))
    with pytest.raises(StateError):
        scene.turn()
    assert scene.system.files.read(scene.state("manifests", "files.jsonl"), 10**6) == before


def test_facts_left_by_other_commands_are_taken_along_once():
    scene = Scene()
    now = scene.system.clock.now()
    job = JobRun(backup_set=Name("files"), started_at=now, finished_at=now, exit_status=3)
    pending.add(scene.config, scene.system, job)
    scene.turn()
    assert the(JobRun, scene) == job
    scene.turn()
    assert "job_run" not in scene.kinds()


def test_facts_stay_pending_until_they_stand_in_the_spool():
    scene = Scene()
    now = scene.system.clock.now()
    job = JobRun(backup_set=Name("files"), started_at=now, finished_at=now, exit_status=3)
    pending.add(scene.config, scene.system, job)
    scene.system.files.fail("write", scene.state("stream.json"))
    with pytest.raises(StateError):
        scene.turn()
    scene.system.files.mend()
    scene.turn()
    assert job in [fact for each in scene.central.statements for fact in each.observations]


def test_a_probe_without_an_answer_is_stated_and_the_others_go_on():
    scene = Scene()
    scene.backup()
    scene.tool.failing["gather"] = Reason.WRONG_PASSWORD
    done = scene.turn()
    failure = ProbeFailure(
        probe="fake", reason=Reason.WRONG_PASSWORD, backup_set="files", copy="local"
    )
    assert scene.newest().failures == (failure,)
    assert scene.kinds() == ["manifest", "canary_planted"]
    assert done.facts.notes == ("fake of files/local: wrong_password: planted in gather",)


def test_a_listing_stands_although_the_contents_could_not_be_listed():
    scene = Scene()
    scene.backup()
    scene.tool.failing["contents"] = Reason.DAMAGED
    scene.turn()
    assert scene.kinds()[0] == "restore_points"
    assert [failure.reason for failure in scene.newest().failures] == [Reason.DAMAGED]


def test_a_skipped_file_is_stated_with_every_pass_from_memory():
    scene = Scene()
    scene.backup()
    scene.tool.lose("/srv/letter-3")
    for _ in range(2):
        scene.turn()
        assert the(PointContents, scene).files_missing == 1
    assert scene.tool.asked.count("contents") == 1


def test_statements_wait_while_central_is_away():
    scene = Scene()
    scene.system.network.down()
    assert scene.turn().delivery.waiting == 1
    scene.system.network.handler = scene.central.handle
    done = scene.turn()
    assert (done.delivery.sent, done.delivery.waiting) == (2, 0)


def test_two_passes_never_run_at_once():
    scene = Scene()
    with scene.system.files.lock(scene.state("lock")), pytest.raises(StateError):
        scene.turn()


def test_before_enrolment_there_is_no_pass():
    with pytest.raises(StateError, match="not enrolled"):
        take_turn(config(), FakeSystem())


def test_a_tool_that_no_probe_knows_is_a_mistake_in_the_configuration():
    scene = Scene()
    scene.config = configured(
        type(FILES)(
            name=FILES.name,
            paths=FILES.paths,
            copies=(type(FILES.copies[0])(name=Name("local"), tool="fakee", settings={}),),
        )
    )
    with pytest.raises(ConfigError, match="files/local: no probe for tool 'fakee'; did you mean"):
        scene.turn()


def test_what_killed_commands_left_is_wiped():
    scene = Scene()
    scene.system.files.put(
        scene.state("sandbox", "restore-0123456789abcdef", "srv", "a"), b"restored"
    )
    scene.system.files.put(scene.state("scratch", "run", "files@local", "ls"), b"listing")
    scene.turn()
    assert scene.system.files.tree(scene.state("sandbox")) == {}
    assert scene.system.files.tree(scene.state("scratch")) == {}


def test_the_sandbox_of_a_restore_test_at_work_is_left_alone():
    scene = Scene()
    scene.system.files.put(scene.state("sandbox", "restore-0123456789abcdef", "a"), b"restored")
    with scene.system.files.lock(scene.state("restore.lock")):
        scene.turn()
    assert scene.system.files.exists(scene.state("sandbox", "restore-0123456789abcdef", "a"))


def test_a_database_has_no_live_files_and_no_canary():
    scene = Scene(config=configured(type(FILES)(name=Name("orders"), copies=FILES.copies)))
    scene.turn()
    scene.turn()
    assert scene.kinds() == ["restore_points", "copy_settings"]


def test_a_tool_that_states_the_contents_itself_is_not_asked_again():
    scene = Scene()
    scene.backup()
    scene.turn()
    stated = the(PointContents, scene)
    whole = scene.tool.probe()
    parse = whole.parse
    scene.tool.parse = lambda *args: (*parse(*args), stated)
    scene.tool.asked.clear()
    scene.turn()
    assert scene.kinds().count("point_contents") == 1
    assert "contents" not in scene.tool.asked
