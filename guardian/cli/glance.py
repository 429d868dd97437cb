"""The fleet at a glance: for each client what is wrong, how we know, and what to do; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from guardian.domain.asset import Asset, Subject
from guardian.domain.figures import weight
from guardian.domain.ladder import Rung
from guardian.domain.lifecycle import State
from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.domain.words import count, date

REPORTING = "agent.reporting"

RUNGS = {
    Rung.UNKNOWN: "nothing is verified",
    Rung.CLAIMED: "its agent says that jobs ran, and no more is known",
    Rung.OBSERVED: "restore points were listed out of the repository itself",
    Rung.WITNESSED: "central looked at the storage itself",
    Rung.INTACT: "the repository's data was read and its checksums hold",
    Rung.RESTORED: "files came back as they were signed before, or a database came to life",
    Rung.PROVEN: "a whole restore answered its questions or gave back the canary",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that a person should know, in words."""

    status: Status
    where: str
    """Server, backup set and copy."""
    controls: tuple[str, ...]
    severity: str
    since: str
    wrong: str
    known: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientGlance:
    """One client: its numbers, and what is not as it should be, worst first."""

    id: str
    name: str
    counts: Mapping[Status, int]
    entries: tuple[Entry, ...]


def glance(snapshot: Snapshot, names: Mapping[str, str]) -> tuple[ClientGlance, ...]:
    """Return the clients, the worst first.

    Args:
        snapshot: the newest judgement.
        names: display names by id of the clients to show.
    """
    clients = [_client(snapshot, each, name) for each, name in names.items()]
    return tuple(sorted(clients, key=_badness))


def _badness(client: ClientGlance) -> tuple[int, int, str]:
    return (-client.counts[Status.FAIL], -client.counts[Status.UNKNOWN], client.id)


def _client(snapshot: Snapshot, client: str, name: str) -> ClientGlance:
    own = sorted((each for each in snapshot.findings if each.asset.client == client), key=weight)
    counts = Counter(each.status for each in own)
    figures = _Figures(snapshot)
    groups = _groups([each for each in own if each.status is not Status.PASS], figures)
    return ClientGlance(
        id=client,
        name=name,
        counts={status: counts[status] for status in Status},
        entries=tuple(_entry(group, figures) for group in groups),
    )


def _groups(findings: Sequence[Finding], figures: _Figures) -> list[list[Finding]]:
    """Put together what one cause explains.

    A server that is parked or retired is one thing to know; what is unknown of a server whose agent
    does not report is unknown because of that; and findings of one server with one reason are one
    thing to mend.
    """
    silent = {each.asset.server for each in findings if each.control == REPORTING}
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for each in findings:
        server = each.asset.server
        of_silence = each.control == REPORTING or each.status is Status.UNKNOWN
        key = (server,) if server in silent and of_silence else (server, each.status, each.reason)
        aside = (server, each.status) if figures.is_aside(each) else None
        groups.setdefault(aside or key, []).append(each)
    # The silence itself leads its group, and the worst member of a group gives it its place.
    for group in groups.values():
        group.sort(key=lambda each: (each.control != REPORTING, *weight(each)))
    return sorted(groups.values(), key=lambda group: min(weight(each) for each in group))


def _entry(group: Sequence[Finding], figures: _Figures) -> Entry:
    first = group[0]
    return Entry(
        status=first.status,
        where=_where(group),
        controls=tuple(dict.fromkeys(each.control for each in group)),
        severity=first.severity.value,
        since=date(first.since),
        wrong=_put_aside(group) if figures.is_aside(first) else first.reason + _followers(group),
        known=figures.known(first),
        remedy=figures.remedy(first),
    )


def _where(group: Sequence[Finding]) -> str:
    places = dict.fromkeys(_place(each.asset) for each in group)
    return next(iter(places)) if group[0].asset.subject is Subject.SERVER else ", ".join(places)


def _place(asset: Asset) -> str:
    parts = (asset.server, asset.backup_set, asset.copy)
    return "/".join(part for part in parts if part is not None)


def _put_aside(group: Sequence[Finding]) -> str:
    """Say since when and why a server is not in use, and not what is judged of it all the same."""
    said, _, _ = group[0].reason.partition("; judged ")
    return f"{said}; {count(len(group), 'control')} of this server stay on record and do not alarm"


def _followers(group: Sequence[Finding]) -> str:
    if group[0].control != REPORTING or len(group) == 1:
        return ""
    return f"; so {count(len(group) - 1, 'more finding')} of this server cannot be known"


class _Figures:
    """The numbers beside the findings, by what they are about."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._copies: dict[Asset, CopyFigures] = {each.asset: each for each in snapshot.copies}
        self._servers: dict[tuple[str, str], ServerFigures] = {
            (each.client, each.server): each for each in snapshot.servers
        }

    def known(self, finding: Finding) -> str:
        """Say where the knowledge comes from: for a copy its rung, and the numbers beside it."""
        asset = finding.asset
        if asset.subject is not Subject.COPY:
            return _of_server(self._servers.get((asset.client, asset.server)))
        return "; ".join((_of_rung(finding.evidence), *_of_copy(self._copies.get(asset))))

    def is_aside(self, finding: Finding) -> bool:
        """Say whether a finding is excused by its server's being parked or retired."""
        server = self._servers.get((finding.asset.client, finding.asset.server))
        not_in_use = server is not None and server.state is not State.ACTIVE
        return not_in_use and finding.status is Status.EXEMPT

    def remedy(self, finding: Finding) -> str:
        """Say what to do; an agent that never spoke may have no identity yet."""
        asset = finding.asset
        server = self._servers.get((asset.client, asset.server))
        if finding.control != REPORTING or server is None or server.last_statement_at is not None:
            return finding.remedy
        token = f"guardian agent token --client {asset.client} --server {asset.server}"
        return f"Enrol its agent if that was not done: `{token}`. {finding.remedy}"


def _of_server(figures: ServerFigures | None) -> str:
    if figures is None or figures.last_statement_at is None:
        return "we do not: no statement ever came"
    return f"from its agent's signed statements, the last of {date(figures.last_statement_at)}"


def _of_rung(rung: Rung) -> str:
    place = f"rung {rung.value} of {max(Rung).value}"
    if rung is Rung.UNKNOWN:
        return f"we do not: the copy stands on {place}, {RUNGS[rung]}"
    return f"from signed statements; the copy stands on {place}, {rung.label}: {RUNGS[rung]}"


def _of_copy(figures: CopyFigures | None) -> Iterable[str]:
    if figures is None:
        return ()
    return (
        f"newest complete restore point: {_moment(figures.last_complete_at)}",
        f"last verified restore test: {_moment(figures.restore_last_success_at)}",
    )


def _moment(moment: datetime | None) -> str:
    return "none" if moment is None else date(moment)
