from __future__ import annotations

import pytest
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.probe import Probe
from guardian_agent.run.drill import Wanted, drill
from guardian_agent.wire.observations import Integrity, Outcome, Reason

from tests.agent.fakes import FakeSystem
from tests.agent.run.scene import FILES, Scene, Toolbox, configured

DUE = Wanted()
ALL = Wanted(all=True)


def drilled(scene: Scene, wanted: Wanted = ALL, toolbox: Toolbox | None = None) -> list:
    known = toolbox or scene.toolbox
    parts = drill(scene.config, scene.system, wanted, lambda _: None, known)
    return [fact for part in parts for fact in part.observations]


def ready() -> Scene:
    scene = Scene()
    scene.backup()
    scene.turn()
    return scene


def outcomes(facts: list) -> list[tuple[str, Outcome, Reason]]:
    return [(fact.KIND, fact.outcome, fact.reason) for fact in facts]


def test_a_healthy_copy_passes_and_the_next_pass_tells():
    scene = ready()
    facts = drilled(scene)
    assert outcomes(facts) == [
        ("restore_test", Outcome.PASSED, Reason.NONE),
        ("integrity", Outcome.PASSED, Reason.NONE),
    ]
    scene.turn()
    assert set(facts) <= set(scene.newest().observations)


def test_the_checkpoint_is_the_newest_one_also_when_its_receipt_lies_ready():
    scene = Scene()
    scene.backup()
    scene.system.network.down()
    scene.turn()
    scene.system.network.handler = scene.central.handle
    test = drilled(scene)[0]
    assert (test.outcome, test.checkpoint_size) == (Outcome.PASSED, 1)


def test_it_does_not_wait_for_a_pass_at_work():
    scene = ready()
    with scene.system.files.lock(scene.state("lock")):
        assert drilled(scene)[0].outcome is Outcome.PASSED


def test_the_canary_comes_back_out_of_a_backup_made_after_it_was_planted():
    scene = ready()
    scene.backup()
    test = drilled(scene)[0]
    assert test.canary.tree_size == 1


def test_only_what_is_due_is_tested():
    scene = ready()
    assert len(drilled(scene, DUE)) == 2
    assert drilled(scene, DUE) == []
    scene.system.clock.advance(days=6)
    assert drilled(scene, DUE) == []
    scene.system.clock.advance(days=1)
    assert len(drilled(scene, DUE)) == 2


def test_a_named_copy_is_tested_whenever_it_is_asked_for():
    scene = ready()
    for wanted in (Wanted(backup_set="files"), Wanted(copy="local"), ALL):
        assert len(drilled(scene, wanted)) == 2


def test_a_test_that_could_not_be_made_stays_due():
    scene = ready()
    scene.tool.failing["gather"] = Reason.LOCKED
    assert drilled(scene, DUE)[0].reason is Reason.LOCKED
    scene.tool.failing.clear()
    assert drilled(scene, DUE)[0].outcome is Outcome.PASSED


def test_a_test_dated_in_the_future_does_not_put_off_the_next():
    scene = ready()
    scene.system.clock.advance(days=3650)
    drilled(scene)
    scene.system.clock.advance(days=-3650)
    assert len(drilled(scene, DUE)) == 2


def test_a_damaged_memory_makes_everything_due():
    scene = ready()
    drilled(scene)
    scene.system.files.put(scene.state("restore-tests.json"), b"{")
    assert len(drilled(scene, DUE)) == 2


@pytest.mark.parametrize(
    ("reason", "outcome"),
    [(Reason.DAMAGED, Outcome.FAILED), (Reason.TIMEOUT, Outcome.NOT_PERFORMED)],
)
def test_a_check_of_the_data_that_ends_in_an_error(reason, outcome):
    scene = ready()
    scene.tool.failing["verify"] = reason
    check = drilled(scene)[1]
    assert isinstance(check, Integrity)
    assert (check.outcome, check.reason, check.data_read) == (outcome, reason, 0.0)


def test_a_bug_in_one_tool_is_a_test_not_performed():
    scene = ready()
    scene.tool.restore = lambda *_: exec("raise ZeroDivisionError")
    parts = list(drill(scene.config, scene.system, ALL, lambda _: None, scene.toolbox))
    assert outcomes(parts[0].observations) == [
        ("restore_test", Outcome.NOT_PERFORMED, Reason.INTERNAL)
    ]
    assert parts[0].notes == ("fake of files/local: internal: ZeroDivisionError: ",)


def test_a_tool_without_a_restorer_may_have_a_check():
    scene = ready()
    whole = scene.tool.probe()
    probe = Probe(
        tool="fake",
        settings=whole.settings,
        gather=whole.gather,
        parse=whole.parse,
        verify=scene.tool.verify,
    )
    facts = drilled(scene, toolbox=Toolbox(probe))
    assert outcomes(facts) == [
        ("restore_test", Outcome.NOT_PERFORMED, Reason.UNSUPPORTED),
        ("integrity", Outcome.PASSED, Reason.NONE),
    ]


def test_a_tool_with_neither_says_so():
    scene = ready()
    whole = scene.tool.probe()
    probe = Probe(tool="fake", settings=whole.settings, gather=whole.gather, parse=whole.parse)
    facts = drilled(scene, toolbox=Toolbox(probe))
    assert outcomes(facts) == [("restore_test", Outcome.NOT_PERFORMED, Reason.UNSUPPORTED)]


def test_two_drills_never_run_at_once():
    scene = ready()
    with scene.system.files.lock(scene.state("restore.lock")), pytest.raises(StateError):
        drilled(scene)


def test_a_name_that_is_not_configured_is_a_mistake():
    scene = ready()
    with pytest.raises(ConfigError, match="did you mean 'files/local'"):
        drilled(scene, Wanted(backup_set="files", copy="locale"))
    with pytest.raises(ConfigError, match="there are: files/local"):
        drilled(scene, Wanted(backup_set="zzz"))


def test_before_enrolment_nothing_can_be_tested():
    with pytest.raises(StateError, match="not enrolled"):
        list(drill(configured(FILES), FakeSystem(), ALL, lambda _: None))


def test_progress_is_told_in_words():
    scene = ready()
    told: list[str] = []
    list(drill(scene.config, scene.system, ALL, told.append, scene.toolbox))
    assert told == ["files/local: restoring a sample", "files/local: reading the repository's data"]
