from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from guardian_agent.probe import AnySubject
from guardian_agent.probes.windows_server_backup import PROBE
from guardian_agent.wire.observations import JobRun, Observation, Reason, RestorePoints

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

FOLDER = "windows_server_backup-documented"
VERSIONS, EVENTS = "/guardian/versions.json", "/guardian/events.json"


def copy(**settings: object) -> AnySubject:
    return subject(PROBE, **{"versions": VERSIONS, "events": EVENTS, **settings})


def told(name: str) -> list:
    return json.loads(recorded(FOLDER, f"{name}.json"))


def server(versions: object = None, events: object = None) -> FakeSystem:
    system = at_noon()
    versions = told("versions") if versions is None else versions
    events = told("events") if events is None else events
    system.files.put(VERSIONS, json.dumps(versions).encode("utf-16"))
    system.files.put(EVENTS, json.dumps(events).encode("utf-16"))
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


RECORDED = [Recording(probe=PROBE, subject=copy(), machine=server)]


def test_versions_and_the_last_run():
    facts = look(server())
    stated = fact(facts, RestorePoints)
    assert stated.total == 2
    assert stated.points[0].started_at == datetime(2026, 11, 21, 21, 0, 9, tzinfo=UTC)
    run = fact(facts, JobRun)
    assert (run.exit_status, f"{run.finished_at:%H:%M}") == (0, "21:33")


def test_a_backup_that_failed_after_the_last_that_did_not():
    events = [*told("events"), {"Id": 517, "Time": "2026-11-22T03:00:00Z"}]
    assert fact(look(server(events=events)), JobRun).exit_status == 1


def test_success_and_failure_of_one_moment_is_failure():
    events = [{"Id": 4, "Time": "2026-11-22T03:00:00Z"}, {"Id": 5, "Time": "2026-11-22T03:00:00Z"}]
    assert fact(look(server(events=events)), JobRun).exit_status == 1


def test_events_of_its_course_tell_nothing():
    assert len(look(server(events=[{"Id": 14, "Time": "2026-11-22T03:00:00Z"}]))) == 1
    assert len(look(server(), copy(events=None))) == 1


@pytest.mark.parametrize("time", ["11/21/2026 9:00 PM", "2026-11-21T21:00:09", "/Date(1)/", None])
def test_dates_in_a_users_own_language_or_zone_are_refused(time):
    with refused(Reason.UNREADABLE_ANSWER):
        look(server([{"VersionId": "x", "BackupTime": time}]))
