"""Every family that a snapshot fills.

Timestamps are Unix seconds, 0 for never; a number that was never seen has no sample. Labels are
configured names and closed lists, never free text and never a restore point's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.domain.verdict import Status
from guardian.metrics.exposures import EXPOSURES
from guardian.metrics.family import Family, Sample
from guardian.metrics.of_copies import (
    COPY,
    SERVER,
    labels_of,
    of_copies,
    optional_seconds,
    seconds,
)
from guardian.metrics.restores import RESTORES
from guardian.metrics.witnesses import WITNESSES

SECOND = timedelta(seconds=1)


def _findings(snapshot: Snapshot) -> Iterator[Sample]:
    for each in snapshot.findings:
        yield (*labels_of(each.asset), each.control, each.severity.value, each.status.value), 1


def _totals(snapshot: Snapshot) -> Iterator[Sample]:
    counts = Counter((each.asset.client, each.status) for each in snapshot.findings)
    for client in sorted({each.asset.client for each in snapshot.findings}):
        for status in Status:
            yield (client, status.value), counts[client, status]


def _of_servers(
    value: Callable[[ServerFigures], float | None],
) -> Callable[[Snapshot], Iterator[Sample]]:
    def samples(snapshot: Snapshot) -> Iterator[Sample]:
        for each in snapshot.servers:
            number = value(each)
            if number is not None:
                yield (each.client, each.server), number

    return samples


def _versions(snapshot: Snapshot) -> Iterator[Sample]:
    for each in snapshot.servers:
        if each.agent_version is not None:
            yield (each.client, each.server, each.agent_version), 1


def _slack(copy: CopyFigures) -> float | None:
    found = copy.freshness.slack
    return None if found is None or found.left is None else found.left / SECOND


FAMILIES = (
    Family(
        name="guardian_finding",
        help="1 for the status that holds for a control on an asset.",
        labels=(*COPY, "control", "severity", "status"),
        samples=_findings,
    ),
    Family(
        name="guardian_client_findings",
        help="Findings of a client by status.",
        labels=("client", "status"),
        samples=_totals,
    ),
    Family(
        name="guardian_backup_last_complete_timestamp_seconds",
        help="When the newest complete restore point was made, in Unix seconds; 0: never.",
        labels=COPY,
        samples=of_copies(lambda copy: seconds(copy.last_complete_at)),
    ),
    Family(
        name="guardian_backup_max_age_seconds",
        help="How old the newest complete restore point may be; absent beside a schedule alone.",
        labels=COPY,
        samples=of_copies(lambda copy: None if copy.max_age is None else copy.max_age / SECOND),
    ),
    Family(
        name="guardian_backup_next_expected_timestamp_seconds",
        help="The first slot of the schedule that no complete restore point stands for, in Unix "
        "seconds; absent without a schedule.",
        labels=COPY,
        samples=of_copies(lambda copy: optional_seconds(copy.freshness.next_expected_at)),
    ),
    Family(
        name="guardian_backup_slack_seconds",
        help="From the alarm to the end of the last good restore point, if backups silently broke "
        "now; below zero the alarm comes too late; absent where no retention is known.",
        labels=COPY,
        samples=of_copies(_slack),
    ),
    Family(
        name="guardian_backup_size_bytes",
        help="Size of the newest restore point; absent where no tool told.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.size_bytes),
    ),
    Family(
        name="guardian_evidence_rung",
        help="How well a copy is proven: 0 unknown, 1 claimed, 2 observed, 3 witnessed, "
        "4 intact, 5 restored, 6 proven.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.rung),
    ),
    *RESTORES,
    Family(
        name="guardian_probe_success",
        help="1 if the newest look at a copy had an answer, 0 if it failed; absent before it.",
        labels=COPY,
        samples=of_copies(lambda copy: copy.probe_succeeded),
    ),
    *WITNESSES,
    *EXPOSURES,
    Family(
        name="guardian_server_state",
        help="1 for the state that holds: active, parked or retired.",
        labels=(*SERVER, "state"),
        samples=lambda snapshot: [
            ((each.client, each.server, each.state.value), 1) for each in snapshot.servers
        ],
    ),
    Family(
        name="guardian_agent_last_statement_timestamp_seconds",
        help="When central received the newest statement, in Unix seconds; 0: never.",
        labels=SERVER,
        samples=_of_servers(lambda server: seconds(server.last_statement_at)),
    ),
    Family(
        name="guardian_agent_clock_skew_seconds",
        help="Agent's clock minus central's; positive: the agent is ahead.",
        labels=SERVER,
        samples=_of_servers(lambda server: server.clock_skew_seconds),
    ),
    Family(
        name="guardian_agent_info",
        help="1, with the agent's version.",
        labels=(*SERVER, "version"),
        samples=_versions,
    ),
)
"""What there is to see of clients."""

SELF = (
    Family(
        name="guardian_judgement_timestamp_seconds",
        help="When central judged last, in Unix seconds.",
        labels=(),
        samples=lambda snapshot: [((), snapshot.judged_at.timestamp())],
    ),
    Family(
        name="guardian_judgement_duration_seconds",
        help="How long the last judgement took.",
        labels=(),
        samples=lambda snapshot: [((), snapshot.judgement_seconds)],
    ),
)
"""What there is to see of central itself."""
