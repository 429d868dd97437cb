from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.resticprofile import PROBE
from guardian_agent.wire.observations import JobRun, Observation, Reason

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

STATUS = "/var/lib/resticprofile/status.json"


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"status_file": STATUS, **settings})


def told() -> dict:
    return json.loads(recorded("resticprofile-documented", "status.json"))


def server(status: object = None) -> FakeSystem:
    system = at_noon()
    text = json.dumps(told() if status is None else status)
    system.files.put(STATUS, text.encode())
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


def changed(**changes: object) -> dict:
    status = told()
    status["profiles"]["default"]["backup"].update(changes)
    return status


def test_a_job_that_ended_well():
    run = fact(look(server()), JobRun)
    assert run.finished_at == datetime(2026, 11, 22, 2, 10, 12, 311904, UTC)
    assert run.started_at == datetime(2026, 11, 22, 2, 3, 11, 311904, UTC)
    assert run.exit_status == 0


def test_a_job_that_failed():
    assert fact(look(server(changed(success=False))), JobRun).exit_status == 1


def test_it_tells_of_no_restore_point():
    assert [type(each) for each in look(server())] == [JobRun]


def test_a_run_dated_in_the_future_is_none():
    assert look(server(changed(time="2036-11-22T03:10:12Z"))) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"time": "2026-11-22T03:10:12"},
        {"time": None},
        {"duration": -1},
        {"duration": 10**12},
        {"success": "yes"},
        {"time": "0001-01-01T00:00:00Z"},
    ],
)
def test_another_form_is_refused(changes):
    with refused(Reason.UNREADABLE_ANSWER):
        look(server(changed(**changes)))


def test_a_profile_that_never_ran():
    with refused(Reason.NO_RESTORE_POINT):
        look(server(), copy(profile="weekly"))


def test_a_file_that_is_not_there():
    with refused(Reason.PATH_MISSING):
        look(at_noon())
