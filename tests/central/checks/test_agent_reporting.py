from __future__ import annotations

from datetime import timedelta

from guardian.domain.evidence import ServerEvidence
from guardian.domain.verdict import Status
from tests.central.domain.making import (
    CLIENT,
    DAY,
    HOUR,
    MINUTE,
    SECOND,
    SERVER,
    T0,
    judged,
    told,
    unspoken,
)

DUE = T0 + 2 * HOUR + 15 * MINUTE


def test_a_statement_makes_it_pass_until_two_intervals_and_the_grace_are_over() -> None:
    verdict = judged("agent.reporting", told(), DUE)
    assert verdict.status is Status.PASS
    assert verdict.holds_until == DUE


def test_silence_fails_from_the_deadline_on() -> None:
    verdict = judged("agent.reporting", told(), DUE + SECOND)
    assert verdict.status is Status.FAIL
    assert verdict.since == DUE
    assert verdict.reason == ("the agent has been silent for 2 h; it should speak every 1 h")


def test_only_central_moves_the_deadline() -> None:
    ahead = told(wall_time=T0 + 3650 * DAY)
    assert judged("agent.reporting", ahead, DUE + SECOND).status is Status.FAIL
    late = told(wall_time=T0 - 14 * DAY)
    assert judged("agent.reporting", late, DUE).status is Status.PASS


def test_who_never_enrolled_is_unknown() -> None:
    nobody = ServerEvidence(client=CLIENT, server=SERVER)
    verdict = judged("agent.reporting", nobody)
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "no agent was ever enrolled for this server"


def test_who_never_spoke_is_unknown() -> None:
    verdict = judged("agent.reporting", unspoken(T0))
    assert verdict.status is Status.UNKNOWN
    assert verdict.reason == "the agent was enrolled 2026-11-21 12:00 UTC and never spoke"


def test_intervals_and_grace_are_settings() -> None:
    patient = {"intervals": 5, "grace": HOUR}
    assert judged("agent.reporting", told(), T0 + 6 * HOUR, **patient).status is Status.PASS
    late = T0 + 6 * HOUR + SECOND
    assert judged("agent.reporting", told(), late, **patient).status is Status.FAIL


def test_a_limit_beyond_the_calendar_is_no_crash() -> None:
    endless = timedelta(days=999_999_999)
    assert judged("agent.reporting", told(), T0 + DAY, grace=endless).status is Status.PASS
