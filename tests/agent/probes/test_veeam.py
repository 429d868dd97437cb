from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.probe import AnySubject
from guardian_agent.probes.veeam import PROBE
from guardian_agent.wire.observations import JobRun, Observation, Reason, RestorePoints

from tests.agent.fakes import FakeSystem
from tests.agent.probes.recording import Recording
from tests.agent.probes.subjects import at_noon, fact, recorded, refused, subject

POINTS, SESSIONS = "/export/restore-points.json", "/export/sessions.json"


def copy(**settings: object) -> AnySubject:
    known = {"restore_points": POINTS, "machine": "web1", "sessions": SESSIONS, "job": "Nightly"}
    return subject(PROBE, **{**known, **settings})  # type: ignore[arg-type]


def told(name: str) -> dict:
    return json.loads(recorded("veeam-documented", f"{name}.json"))


def server(points: object = None, sessions: object = None, code: str = "utf-8") -> FakeSystem:
    system = at_noon()
    points = told("restore-points") if points is None else points
    sessions = told("sessions") if sessions is None else sessions
    system.files.put(POINTS, json.dumps(points).encode(code))
    system.files.put(SESSIONS, json.dumps(sessions).encode(code))
    return system


def look(system: FakeSystem, of: AnySubject | None = None) -> tuple[Observation, ...]:
    of = of or copy()
    return tuple(PROBE.parse(of, PROBE.gather(of, system), system.clock.now()))


def run_of(**changes: object) -> JobRun:
    sessions = told("sessions")
    sessions["data"][0].update(changes)
    return fact(look(server(sessions=sessions)), JobRun)


RECORDED = [
    Recording(probe=PROBE, subject=copy(), machine=partial(server, code=code))
    for code in ("utf-8", "utf-16")
]


class TestPoints:
    def test_are_the_machines_own(self):
        stated = fact(look(server()), RestorePoints)
        assert stated.total == 2
        assert stated.points[0].started_at == datetime(2026, 11, 21, 21, 0, 11, 202000, UTC)

    @pytest.mark.parametrize("code", ["utf-8-sig", "utf-16"])
    def test_as_windows_writes_them(self, code):
        assert fact(look(server(code=code)), RestorePoints).total == 2

    def test_one_record_alone(self):
        one = told("restore-points")["data"][0]
        assert fact(look(server(one)), RestorePoints).total == 1
        assert fact(look(server([one, one])), RestorePoints).total == 2

    def test_a_page_of_many_is_refused(self):
        page = told("restore-points")
        page["pagination"]["total"] = 250
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(page))

    def test_a_time_without_a_zone_is_refused_unless_it_is_known(self):
        page = told("restore-points")
        page["data"][1]["creationTime"] = "2026-11-21T22:00:11"
        with refused(Reason.UNREADABLE_ANSWER):
            look(server(page))
        known = fact(look(server(page), copy(utc_offset="+03:00")), RestorePoints)
        assert known.points[0].started_at == datetime(2026, 11, 21, 19, 0, 11, tzinfo=UTC)

    def test_an_offset_of_another_form_is_refused(self):
        with pytest.raises(DecodeError):
            copy(utc_offset="Europe/Berlin")

    def test_bytes_that_are_no_text(self):
        system = server()
        system.files.put(POINTS, b"\xff\xff[]")
        with refused(Reason.UNREADABLE_ANSWER):
            look(system)

    def test_a_file_that_is_not_there(self):
        with refused(Reason.PATH_MISSING):
            look(at_noon())

    def test_sessions_need_not_be_exported(self):
        assert len(look(server(), copy(sessions=None))) == 1


class TestSessions:
    def test_the_last_that_ended(self):
        run = run_of()
        assert run.finished_at == datetime(2026, 11, 21, 21, 41, 13, 770000, UTC)
        assert run.exit_status == 0

    @pytest.mark.parametrize(
        ("result", "status"),
        [
            ({"result": "Warning"}, 1),
            ({"result": "Failed"}, 2),
            ({"result": "Success", "isCanceled": True}, 2),
            ({"result": "who knows"}, 2),
            (None, 2),
        ],
    )
    def test_what_is_no_success(self, result, status):
        assert run_of(result=result).exit_status == status

    def test_of_another_job(self):
        assert len(look(server(), copy(job="Weekly"))) == 1
