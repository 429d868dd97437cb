from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from guardian.cli.due import Due, falls_due
from guardian.domain.asset import Agreement, Obligation, ServerPlan, Severity
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import CHECKS
from tests.central.metrics.snapshots import NOW, finding

DAY = timedelta(days=1)
FILES = finding().asset


def plan(**settings: object) -> ServerPlan:
    """Return a plan with every control's defaults, changed by `settings` of `restore.tested`."""
    agreed = {}
    for check in CHECKS.values():
        changed = settings if check.control == "restore.tested" else {}
        agreed[check.control] = Agreement(
            settings=check.settings(**changed), severity=Severity.CRITICAL
        )
    return ServerPlan(
        client="acme",
        server="web1",
        interval=timedelta(hours=1),
        obligations=(Obligation(asset=FILES, agreements=agreed),),
    )


def holds(control: str = "restore.tested", left: timedelta = 5 * DAY, **more: object) -> Finding:
    given = {"status": Status.PASS, **more}
    return replace(finding(control=control, **given), holds_until=NOW + left)


def due(*findings: Finding, agreed: ServerPlan | None = None) -> tuple[Due, ...]:
    snapshot = Snapshot(judged_at=NOW, findings=findings)
    return falls_due(snapshot, [agreed or plan()], {"acme"})


def test_what_ends_within_a_week_is_told_the_soonest_first() -> None:
    found = due(holds("restore.intact", 6 * DAY), holds(left=DAY), holds("restore.time", 8 * DAY))

    assert [(each.controls, each.days_left, each.in_words) for each in found] == [
        (("restore.tested",), 1, "in 24 h"),
        (("restore.intact",), 6, "in 6 d"),
    ]


def test_what_ends_with_one_test_is_one_thing() -> None:
    (only,) = due(holds("restore.tested"), holds("restore.proven"))

    assert only.controls == ("restore.proven", "restore.tested")
    assert (only.asset, only.until) == (FILES, NOW + 5 * DAY)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(holds(status=Status.FAIL), id="fails-already"),
        pytest.param(holds(status=Status.UNKNOWN), id="unknown"),
        pytest.param(replace(holds(), holds_until=None), id="endless"),
        pytest.param(holds("backup.fresh", timedelta(hours=20)), id="renewed-each-day"),
        pytest.param(holds("agent.reporting", timedelta(hours=1)), id="renewed-each-hour"),
        pytest.param(holds(client="globex"), id="another-client"),
        pytest.param(holds(copy="cloud"), id="not-agreed"),
    ],
)
def test_what_is_not_told(other: Finding) -> None:
    assert due(other) == ()


def test_what_is_agreed_to_be_renewed_each_week_is_not_told() -> None:
    assert due(holds(), agreed=plan(max_age=7 * DAY)) == ()
    assert due(holds(), agreed=plan(max_age=8 * DAY)) != ()


def test_what_has_just_ended_is_due_now() -> None:
    (only,) = due(holds(left=-DAY))

    assert (only.days_left, only.in_words) == (0, "in 0 s")
