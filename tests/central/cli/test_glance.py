from __future__ import annotations

from dataclasses import replace

from guardian.cli.glance import glance
from guardian.domain.ladder import Rung
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Status
from tests.central.metrics.snapshots import NOW, SNAPSHOT, figures, finding, server

NAMES = {"acme": "ACME GmbH", "globex": "Globex"}


def looked(*findings, **more):
    snapshot = Snapshot(judged_at=NOW, findings=findings, **more)
    return glance(snapshot, {"acme": "ACME GmbH"})[0].entries


def silent(**more):
    return finding(
        control="agent.reporting", backup_set=None, copy=None, evidence=Rung.CLAIMED, **more
    )


def test_the_worst_client_comes_first():
    clients = glance(SNAPSHOT, {"globex": "Globex", "acme": "ACME GmbH"})

    assert [each.id for each in clients] == ["acme", "globex"]
    assert clients[0].counts == {
        Status.PASS: 0, Status.FAIL: 1, Status.UNKNOWN: 1, Status.EXEMPT: 1
    }  # fmt: skip
    assert clients[1].entries == ()


def test_a_client_without_findings_is_there():
    (client,) = glance(Snapshot(judged_at=NOW, findings=()), {"new": "New"})

    assert set(client.counts.values()) == {0}


def test_an_entry_says_what_how_we_know_and_what_to_do():
    (entry,) = looked(finding(), copies=(figures(),))

    assert entry.where == "web1/files/local"
    assert entry.controls == ("backup.fresh",)
    assert entry.since == "2026-11-21 07:00 UTC"
    assert entry.wrong == "newest complete restore point is 31 h old, 26 h allowed"
    assert entry.known == (
        "from signed statements; the copy stands on rung 2 of 6, observed: "
        "restore points were listed out of the repository itself; "
        "newest complete restore point: 2026-11-20 05:00 UTC; "
        "last verified restore test: 2026-11-18 12:00 UTC"
    )
    assert entry.remedy == "Look at the backup job on the server."


def test_what_was_never_seen_is_said():
    never = figures(last_complete_at=None, restore_last_success_at=None)
    (entry,) = looked(finding(), copies=(never,))

    assert "newest complete restore point: none; last verified restore test: none" in entry.known


def test_silence_explains_what_is_unknown_and_hides_no_failure():
    entries = looked(
        finding(control="backup.vanished"),
        finding(control="backup.fresh", status=Status.UNKNOWN),
        finding(control="restore.tested", status=Status.UNKNOWN, reason="other"),
        silent(reason="the agent has been silent for 3 d"),
        servers=(server(),),
    )

    assert [each.controls for each in entries] == [
        ("agent.reporting", "backup.fresh", "restore.tested"),
        ("backup.vanished",),
    ]
    first = entries[0]
    assert first.status is Status.FAIL
    assert first.where == "web1"
    assert first.wrong == (
        "the agent has been silent for 3 d; so 2 more findings of this server cannot be known"
    )
    assert first.known.endswith("signed statements, the last of 2026-11-21 11:40 UTC")
    assert first.remedy == "Look at the backup job on the server."


def test_an_agent_that_never_spoke_may_have_to_be_enrolled():
    never = server(last_statement_at=None)
    (entry,) = looked(silent(status=Status.UNKNOWN), servers=(never,))

    assert entry.remedy.startswith(
        "Enrol its agent if that was not done: `guardian agent token --client acme --server web1`. "
    )
    assert entry.known.endswith("no statement ever came")


def test_one_reason_on_one_server_is_one_thing_to_mend():
    entries = looked(
        finding(copy="local"), finding(copy="offsite"), finding(server="db1", copy="local")
    )

    assert [each.where for each in entries] == [
        "db1/files/local",
        "web1/files/local, web1/files/offsite",
    ]


def test_a_server_without_figures():
    (entry,) = looked(silent())

    assert entry.known.endswith("no statement ever came")


def test_no_finding_but_a_pass_is_left_out():
    clients = glance(SNAPSHOT, NAMES)
    shown = sum(len(each.controls) for client in clients for each in client.entries)

    assert shown == sum(each.status is not Status.PASS for each in SNAPSHOT.findings)
    assert glance(replace(SNAPSHOT, findings=SNAPSHOT.findings[3:]), NAMES)[0].entries == ()


def test_what_nobody_verified_is_not_known():
    (entry,) = looked(finding(evidence=Rung.UNKNOWN))

    assert entry.known == "we do not: the copy stands on rung 0 of 6, nothing is verified"
