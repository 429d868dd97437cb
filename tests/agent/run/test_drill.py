from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.probe import Probe
from guardian_agent.run.agenda import STUBBORN
from guardian_agent.run.drill import Wanted, drill
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Integrity, Outcome, Reason

from tests.agent.fakes import FakeSystem
from tests.agent.run.scene import FILES, LOCAL, Scene, Toolbox, configured

DUE = Wanted()
ALL = Wanted(all=True)


def drilled(scene: Scene, wanted: Wanted = ALL, toolbox: Toolbox | None = None) -> list:
    known = toolbox or scene.toolbox
    parts = drill(scene.config, scene.system, wanted, lambda *_: None, known)
    return [fact for part in parts for fact in part.observations]


def ready() -> Scene:
    scene = Scene()
    scene.backup()
    scene.turn()
    return scene


def overdue() -> Scene:
    """Return a server on which nothing was tested since it was first thought of, by night."""
    scene = ready()
    assert drilled(scene, DUE) == []
    scene.system.clock.advance(days=60)
    at(scene, 21)
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


def names(facts: list) -> list[str]:
    return [f"{fact.copy} {getattr(fact, 'test', 'integrity')}" for fact in facts]


def at(scene: Scene, hour: int) -> None:
    """Let time pass until this hour of the (local) day."""
    now = scene.system.clock.now().astimezone(scene.system.clock.local)
    scene.system.clock.advance(hours=(hour - now.hour) % 24)


def test_what_is_new_falls_due_within_its_period():
    scene = ready()
    assert drilled(scene, DUE) == []
    scene.system.clock.advance(days=7)
    at(scene, 21)
    assert names(drilled(scene, DUE)) in (
        ["local sample", "local integrity"],
        ["local integrity", "local sample"],
    )
    assert drilled(scene, DUE) == []


def test_what_was_tested_is_due_again_within_its_period():
    scene = ready()
    at(scene, 21)
    drilled(scene)
    for _ in range(3):
        assert drilled(scene, DUE) == []
        scene.system.clock.advance(days=1)
    for _ in range(4):
        drilled(scene, DUE)
        scene.system.clock.advance(days=1)
    assert drilled(scene, DUE) == []
    assert scene.tool.asked.count("verify") == 2


def test_nothing_is_begun_outside_the_windows_and_it_is_caught_up_in_the_next():
    scene = overdue()
    at(scene, 12)
    (waiting,) = drill(scene.config, scene.system, DUE, lambda *_: None, scene.toolbox)
    assert waiting.notes == ("due and waiting for the window of Thu 20:00: 2",)
    assert not waiting.put_off
    at(scene, 23)
    assert len(drilled(scene, DUE)) == 2


def test_windows_are_in_the_servers_own_time():
    scene = overdue()
    scene.system.clock.local = ZoneInfo("Asia/Tokyo")
    at(scene, 21)
    assert len(drilled(scene, DUE)) == 2


def test_a_window_that_shuts_meanwhile_leaves_the_rest_for_the_next():
    scene = overdue()
    scene.tool.seconds = 10 * 3600
    first, second = drill(scene.config, scene.system, DUE, lambda *_: None, scene.toolbox)
    assert names(list(first.observations)) == ["local sample"]
    assert second.notes == ("due and waiting for the window of Thu 20:00: 1",)


def test_named_tests_keep_to_no_window_and_no_date():
    scene = ready()
    at(scene, 12)
    for wanted in (Wanted(backup_set="files"), Wanted(copy="local"), ALL):
        assert names(drilled(scene, wanted)) == ["local sample", "local integrity"]


def test_one_kind_alone_may_be_asked_for():
    scene = ready()
    assert names(drilled(scene, Wanted(all=True, kind="sample"))) == ["local sample"]
    assert names(drilled(scene, Wanted(all=True, kind="integrity"))) == ["local integrity"]
    scene.system.clock.advance(days=60)
    at(scene, 21)
    assert names(drilled(scene, Wanted(kind="sample"))) == ["local sample"]


def test_a_kind_that_is_not_planned_may_be_asked_for_where_it_fits():
    scene = ready()
    assert names(drilled(scene, Wanted(backup_set="files", kind="full"))) == ["local full"]
    scene.system.clock.advance(days=400)
    at(scene, 21)
    assert "local full" not in names(drilled(scene, DUE))


def test_a_kind_that_fits_nothing_wanted_is_a_mistake():
    scene = ready()
    with pytest.raises(ConfigError, match=r"files/local: cannot be tested by kind 'database'"):
        drilled(scene, Wanted(all=True, kind="database"))
    with pytest.raises(ConfigError, match="did you mean 'sample'"):
        drilled(scene, Wanted(all=True, kind="sampel"))


def test_a_test_that_could_not_be_made_stays_due():
    scene = overdue()
    scene.tool.failing["gather"] = Reason.LOCKED
    scene.tool.failing["verify"] = Reason.LOCKED
    for _ in range(STUBBORN):
        assert {fact.reason for fact in drilled(scene, DUE)} == {Reason.LOCKED}
    scene.tool.failing.clear()
    assert drilled(scene, DUE) == [], "from then on it is tried once in a night"
    scene.system.clock.advance(days=1)
    assert {fact.outcome for fact in drilled(scene, DUE)} == {Outcome.PASSED}


def test_what_cannot_be_performed_again_and_again_comes_after_everything_else():
    scene = overdue()
    first = names(drilled(scene, DUE))[0]
    method = "verify" if first == "local integrity" else "gather"
    scene.tool.failing[method] = Reason.TIMEOUT
    for _ in range(STUBBORN):
        scene.system.clock.advance(days=14)
        drilled(scene, DUE)
    scene.system.clock.advance(days=14)
    assert names(drilled(scene, DUE))[-1] == first


def test_a_test_dated_in_the_future_does_not_put_off_the_next():
    scene = ready()
    scene.system.clock.advance(days=3650)
    drilled(scene)
    scene.system.clock.advance(days=-3650)
    at(scene, 21)
    assert len(drilled(scene, DUE)) == 2


@pytest.mark.parametrize("text", [b"{", b'{"at":{"files@local":"2026-11-21T12:00:00Z"}}'])
def test_a_damaged_memory_makes_everything_due(text):
    scene = ready()
    at(scene, 21)
    drilled(scene)
    scene.system.files.put(scene.state("restore-tests.json"), text)
    assert len(drilled(scene, DUE)) == 2
    assert drilled(scene, DUE) == []


def test_what_is_not_configured_any_more_is_forgotten():
    scene = ready()
    drilled(scene)
    scene.config = configured()
    assert drilled(scene) == []
    assert scene.system.files.read(scene.state("restore-tests.json"), 99) == b'{"chores":{}}\n'


def test_what_is_done_on_a_storage_puts_off_what_else_is_due_there():
    nas = replace(LOCAL, storage=Name("nas"))
    other = replace(LOCAL, name=Name("other"))
    scene = Scene(config=configured(replace(FILES, copies=(nas, other))))
    scene.backup()
    scene.turn()
    drilled(scene, DUE)
    scene.system.clock.advance(days=60)
    at(scene, 21)
    scene.system.files.make_directory(scene.state("storages"))
    with scene.system.files.lock(scene.state("storages", "nas.lock")):
        parts = list(drill(scene.config, scene.system, DUE, lambda *_: None, scene.toolbox))
        done = [fact for part in parts for fact in part.observations]
        assert set(names(done)) == {"other sample", "other integrity"}
        put_off = [part for part in parts if part.put_off]
        assert sorted(part.notes[0].partition(": put off")[0] for part in put_off) == [
            "files/local integrity",
            "files/local sample",
        ]
    assert set(names(drilled(scene, DUE))) == {"local sample", "local integrity"}


def test_data_is_read_in_turns_and_only_an_outcome_moves_on():
    divided = replace(LOCAL, settings={"parts": 3})
    scene = Scene(config=configured(replace(FILES, copies=(divided,))))
    scene.backup()
    scene.turn()
    check = Wanted(all=True, kind="integrity")
    assert [(fact.part, fact.parts) for fact in drilled(scene, check)] == [(1, 3)]
    scene.tool.failing["verify"] = Reason.TIMEOUT
    assert [(fact.part, fact.outcome) for fact in drilled(scene, check)] == [
        (2, Outcome.NOT_PERFORMED)
    ]
    scene.tool.failing["verify"] = Reason.DAMAGED
    assert [(fact.part, fact.outcome) for fact in drilled(scene, check)] == [(2, Outcome.FAILED)]
    scene.tool.failing.clear()
    assert [drilled(scene, check)[0].part for _ in range(3)] == [3, 1, 2]
    scene.config = configured(replace(FILES, copies=(replace(LOCAL, settings={"parts": 5}),)))
    assert [(fact.part, fact.parts) for fact in drilled(scene, check)] == [(1, 5)]


def test_a_part_that_is_never_read_to_its_end_keeps_the_others_from_nothing():
    divided = replace(LOCAL, settings={"parts": 3})
    scene = Scene(config=configured(replace(FILES, copies=(divided,))))
    scene.backup()
    scene.turn()
    asked, verify = [], scene.tool.verify

    def some(subject, system, turn):
        asked.append(turn.part)
        return replace(verify(subject, system, turn), part=0, parts=0, data_read=0.2)

    scene.tool.verify = some
    for _ in range(4):
        drilled(scene, Wanted(all=True, kind="integrity"))
    assert asked == [1, 2, 3, 1]


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
    parts = list(drill(scene.config, scene.system, ALL, lambda *_: None, scene.toolbox))
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
    with pytest.raises(ConfigError, match="there are: files"):
        drilled(scene, Wanted(backup_set="zzz"))


def test_before_enrolment_nothing_can_be_tested():
    with pytest.raises(StateError, match="not enrolled"):
        list(drill(configured(FILES), FakeSystem(), ALL, lambda *_: None))


def test_progress_is_told_in_words():
    scene = ready()
    told: list[str] = []
    list(drill(scene.config, scene.system, ALL, lambda text, _: told.append(text), scene.toolbox))
    assert told[0].startswith("files/local: restoring ")
    assert told[-1] == "files/local: reading the stored data"
