from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.wire.observations import Encryption

from guardian.domain.asset import Asset, Obligation, Severity, Subject
from guardian.domain.evaluate import judge
from guardian.domain.evidence import ServerEvidence, SizeSeen
from guardian.domain.figures import assemble, copy_figures, server_figures
from guardian.domain.ladder import Rung
from guardian.domain.readers import Readable
from guardian.domain.snapshot import CopyFigures, RestoreFigures
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import (
    CHECKS,
    CLIENT,
    COPY,
    COPY_ASSET,
    DAY,
    HOUR,
    PLAN,
    SECOND,
    SERVER,
    SET,
    T0,
    agreements,
    contents,
    coverage,
    encryption,
    exposure,
    failure,
    files,
    healthy,
    knowing,
    of_kind,
    point,
    points,
    seen,
    told,
)

OBLIGATION = PLAN.obligations[1]


def figures(evidence: ServerEvidence | None) -> CopyFigures:
    return copy_figures(OBLIGATION, evidence, T0)


def test_the_numbers_of_a_healthy_copy() -> None:
    found = figures(healthy())
    assert replace(found, restores=RestoreFigures()) == CopyFigures(
        asset=COPY_ASSET,
        rung=Rung.RESTORED,
        last_complete_at=T0 - HOUR,
        max_age=timedelta(hours=26),
        size_bytes=1000,
        restore_last_success_at=T0 - HOUR + 30 * SECOND,
        restore_duration_seconds=30.0,
        restore_max_age=timedelta(days=92),
        probe_succeeded=True,
        encrypted=Readable.PROVEN,
        encryption=healthy().copy(SET, COPY).encryption,
        witness=healthy().copy(SET, COPY).witness,
    )


def test_a_copy_is_proven_to_be_encrypted_as_long_as_was_agreed() -> None:
    agreed = agreements(Subject.COPY)
    shorter = CHECKS["backup.encrypted"].settings(max_age=HOUR)
    agreed["backup.encrypted"] = replace(agreed["backup.encrypted"], settings=shorter)
    obligation = Obligation(asset=COPY_ASSET, agreements=agreed)
    seen_at = told(encryption())
    assert copy_figures(obligation, seen_at, T0 + HOUR).encrypted is Readable.PROVEN
    assert copy_figures(obligation, seen_at, T0 + HOUR + SECOND).encrypted is Readable.UNKNOWN


def test_the_numbers_of_its_restore_tests() -> None:
    evidence = healthy()
    found = figures(evidence).restores
    copy = evidence.copy(SET, COPY)
    assert found.tests == copy.tests
    assert found.due_at == T0 - HOUR + 30 * SECOND + timedelta(days=92)
    assert found.time is not None
    assert not found.time.measured
    assert found.breach_at is None
    assert found.proven_not_older_than == T0 - 3 * HOUR
    assert found.bad_share_bound == 0.0
    assert found.coverage is None


def test_the_numbers_of_restore_tests_follow_what_was_agreed() -> None:
    agreed = agreements(Subject.COPY)
    for control, settings in {
        "restore.tested": {"max_age": DAY, "kinds": ("full",), "confidence": 0.99},
        "restore.time": {"max_time": 2 * HOUR, "max_age": timedelta(minutes=1)},
    }.items():
        changed = CHECKS[control].settings(**settings)
        agreed[control] = replace(agreed[control], settings=changed)
    obligation = Obligation(asset=COPY_ASSET, agreements=agreed)
    whole = of_kind(seen("full", coverage=coverage(30), matched=299, population=10**6))
    sample = of_kind(seen(started_at=T0 - 2 * HOUR, whole_files=60, whole_bytes=6000))
    found = copy_figures(obligation, knowing(tests=(whole, sample)), T0).restores
    assert (found.max_age, found.max_time, found.confidence) == (DAY, 2 * HOUR, 0.99)
    assert found.due_at == whole.newest.ended_at + DAY
    assert found.coverage == coverage(30)
    assert found.bad_share_bound == pytest.approx(0.0153, abs=1e-4)
    # What was measured no longer bears, so the sample's estimate does.
    assert found.time.test.test == "sample"


def test_numbers_of_restore_tests_not_agreed_are_the_checks_defaults() -> None:
    nothing = copy_figures(Obligation(asset=COPY_ASSET, agreements={}), None, T0)
    assert nothing.restores == figures(None).restores == RestoreFigures()


def test_growth_foretells_when_a_restore_takes_too_long() -> None:
    whole = of_kind(seen("full", duration_seconds=11 * 3600.0))
    sizes = tuple(SizeSeen(at=T0 - days * DAY, bytes=100 - days) for days in range(0, 30, 3))
    found = figures(knowing(tests=(whole,), sizes=sizes)).restores
    assert found.breach_at is not None
    assert timedelta(days=9) < found.breach_at - T0 < timedelta(days=10)


def test_what_was_never_seen_is_none() -> None:
    for evidence in (None, told()):
        found = figures(evidence)
        assert found.rung is Rung.UNKNOWN
        assert found.last_complete_at is None
        assert found.size_bytes is None
        assert found.restore_last_success_at is None
        assert found.restore_duration_seconds is None
        assert found.probe_succeeded is None


def test_the_size_is_the_listed_one_where_the_tool_tells_it() -> None:
    assert figures(told(points(point(1, T0, bytes=7)), contents(1))).size_bytes == 7
    assert figures(told(points(point(1, T0)))).size_bytes is None
    assert figures(told(points())).size_bytes is None


def test_whether_the_probe_had_an_answer() -> None:
    assert figures(told(points())).probe_succeeded is True
    assert figures(told(failures=(failure(),))).probe_succeeded is False
    assert figures(told(encryption())).probe_succeeded is None


def test_the_numbers_of_a_server() -> None:
    scans = exposure(files(3), files(2, Encryption.PLAINTEXT, "csv"), files(1, Encryption.WEAK))
    more = exposure(files(5, Encryption.PLAINTEXT, "csv"), name="dumps")
    found = server_figures(PLAN, told(scans, more, skew=-3.0))
    assert (found.client, found.server) == (CLIENT, SERVER)
    assert found.last_statement_at == T0
    assert found.clock_skew_seconds == -3.0
    assert found.agent_version == "0.1.0"
    assert found.exposed == (("age", 1), ("csv", 7))


def test_a_server_never_heard_of_has_no_numbers() -> None:
    found = server_figures(PLAN, None)
    assert found.last_statement_at is None
    assert found.clock_skew_seconds is None
    assert found.agent_version is None
    assert found.exposed == ()


def test_a_snapshot_holds_every_plan_also_the_silent_ones() -> None:
    silent = replace(PLAN, server="web2")
    evidence = {(CLIENT, SERVER): healthy()}
    snapshot = assemble([PLAN, silent], evidence, [], T0, 0.5)
    assert snapshot.judged_at == T0
    assert snapshot.judgement_seconds == 0.5
    assert [server.server for server in snapshot.servers] == ["web1", "web2"]
    assert [copy.rung for copy in snapshot.copies] == [Rung.RESTORED, Rung.UNKNOWN]


def test_the_worst_comes_first() -> None:
    (any_finding, *_) = judge(PLAN, None, CHECKS, T0, {})

    def finding(status: Status, severity: Severity, server: str = "web1", **of: str) -> Finding:
        asset = Asset(client="acme", server=server, **of)
        return replace(any_finding, asset=asset, status=status, severity=severity)

    ordered = [
        finding(Status.FAIL, Severity.CRITICAL),
        finding(Status.FAIL, Severity.CRITICAL, backup_set="a", copy="b"),
        finding(Status.FAIL, Severity.CRITICAL, backup_set="b", copy="a"),
        finding(Status.FAIL, Severity.CRITICAL, backup_set="b", copy="b"),
        finding(Status.FAIL, Severity.CRITICAL, "web2"),
        finding(Status.FAIL, Severity.WARNING),
        finding(Status.FAIL, Severity.INFO),
        finding(Status.UNKNOWN, Severity.CRITICAL),
        finding(Status.EXEMPT, Severity.CRITICAL),
        finding(Status.PASS, Severity.CRITICAL),
    ]
    snapshot = assemble([PLAN], {}, reversed(ordered), T0 + DAY, 0.0)
    assert list(snapshot.findings) == ordered


def test_what_takes_too_long_already_or_does_not_grow_has_no_date() -> None:
    sizes = tuple(SizeSeen(at=T0 - days * DAY, bytes=100 - days) for days in range(0, 30, 3))
    for fields in ({"duration_seconds": 13 * 3600.0}, {"fixed_seconds": 30.0}):
        whole = of_kind(seen("full", **fields))
        assert figures(knowing(tests=(whole,), sizes=sizes)).restores.breach_at is None
