from __future__ import annotations

from datetime import timedelta

from guardian.cli.acting import time_to_act
from guardian.cli.glance import glance
from guardian.domain.fresh_figures import FreshnessFigures
from guardian.domain.lifecycle import State
from guardian.domain.slack import Slack
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Status
from tests.central.metrics.snapshots import NOW, figures, finding, server

DAY = timedelta(days=1)


def copy(days, client="acme", name="web1"):
    gone_at = None if days is None else NOW + DAY + days * DAY
    found = Slack(alarm_at=NOW + DAY, gone_at=gone_at, is_agreed=True)
    return figures(client, name, freshness=FreshnessFigures(slack=found))


def test_the_least_time_comes_first():
    copies = (copy(20), copy(-2.5, name="web2"), copy(None, name="web3"), copy(3, "other"))
    snapshot = Snapshot(judged_at=NOW, findings=(), copies=(*copies, figures(name := "acme", "x")))
    found = time_to_act(snapshot, {name})
    assert [(each.asset.server, each.days, each.in_words) for each in found] == [
        ("web2", -2, "2 d too late"),
        ("web1", 20, "20 d to act"),
    ]


def test_a_server_that_is_not_in_use_has_no_time():
    parked = server(state=State.PARKED)
    snapshot = Snapshot(judged_at=NOW, findings=(), copies=(copy(3),), servers=(parked,))
    assert time_to_act(snapshot, {"acme"}) == ()


def test_a_parked_server_is_one_thing_to_know():
    said = "retired since 2026-11-01 00:00 UTC by Ada: sold"
    findings = [
        finding(
            control=control, status=Status.EXEMPT, reason=f"{said}; judged fail: {control}", **place
        )
        for control, place in (
            ("backup.fresh", {}),
            ("backup.complete", {}),
            ("agent.reporting", {"backup_set": None, "copy": None}),
        )
    ]
    snapshot = Snapshot(
        judged_at=NOW, findings=tuple(findings), servers=(server(state=State.RETIRED),)
    )
    (client,) = glance(snapshot, {"acme": "ACME"})
    (entry,) = client.entries
    assert entry.status is Status.EXEMPT
    assert entry.wrong == f"{said}; 3 controls of this server stay on record and do not alarm"
