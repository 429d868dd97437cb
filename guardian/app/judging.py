"""Judging the fleet: everything once, then only what new evidence or the time can have changed.

A verdict says until when it holds if nothing new comes, so a pass costs what has changed, and a
full pass finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from guardian.app.clock_watch import ClockWatch
from guardian.audit.findings import drop, record
from guardian.domain.asset import Asset, ServerPlan
from guardian.domain.check import AnyCheck
from guardian.domain.evaluate import judge, next_due
from guardian.domain.evidence import AgentEvidence, ServerEvidence
from guardian.domain.figures import assemble
from guardian.domain.snapshot import Snapshot
from guardian.domain.verdict import Finding
from guardian.ports import Clock, Store

Place = tuple[str, str]
"""(client, server)"""
Subject = tuple[Asset, str]
"""(asset, control)"""


class Judging:
    """What is known and what was found, kept between passes; one pass at a time."""

    def __init__(
        self,
        store: Store,
        plans: Sequence[ServerPlan],
        checks: Mapping[str, AnyCheck],
        clock: Clock,
    ) -> None:
        self._store = store
        self._plans = plans
        self._checks = checks
        self._clock = clock
        self._revision = 0
        self._evidence: dict[Place, ServerEvidence] = {}
        self._stale: set[Place] = set()
        """Servers with evidence that no recorded verdict has seen."""
        self._findings: dict[Place, tuple[Finding, ...]] = {}
        self._due: dict[Place, datetime | None] = {}
        self._snapshot: Snapshot | None = None
        self._watch = ClockWatch(clock)

    def judge_all(self) -> Snapshot:
        """Judge every server, and forget the findings of what is configured no more.

        Raises:
            StoreError: evidence cannot be read, or a finding cannot be kept.
        """
        started = self._clock.monotonic()
        known = {_subject(finding): finding for finding in self._store.findings()}
        self._refresh()
        now = self._clock.now()
        self._judge(self._plans, known, now)
        judged = {_subject(finding) for finding in self._all_findings()}
        self._forget([finding for subject, finding in known.items() if subject not in judged])
        return self._assembled(now, started)

    def judge_due(self) -> Snapshot:
        """Judge the servers with new evidence and those whose verdicts hold no longer.

        Raises:
            ClockJump: central's clock jumped; nothing is judged until somebody agrees with it.
            StoreError: evidence cannot be read, or a finding cannot be kept.
        """
        started = self._clock.monotonic()
        self._refresh()
        self._watch.look(self._heard())
        if self._snapshot is None:
            return self.judge_all()
        now = self._clock.now()
        plans = [plan for plan in self._plans if self._is_due(_place(plan), now)]
        known = {
            _subject(finding): finding for plan in plans for finding in self._findings[_place(plan)]
        }
        self._judge(plans, known, now)
        return self._assembled(now, started)

    def snapshot(self) -> Snapshot | None:
        """Return what the newest pass found; None before the first."""
        return self._snapshot

    def _refresh(self) -> None:
        """Read the evidence that is new since the last pass."""
        self._revision, changed = self._store.changed_evidence(self._revision)
        fresh = {(str(each.client), str(each.server)): each for each in changed}
        self._evidence |= fresh
        self._stale |= fresh.keys()

    def _heard(self) -> dict[Place, AgentEvidence]:
        known = self._evidence.items()
        return {place: each.agent for place, each in known if each.agent is not None}

    def _is_due(self, place: Place, now: datetime) -> bool:
        due = self._due[place]
        return place in self._stale or (due is not None and now >= due)

    def _judge(
        self, plans: Iterable[ServerPlan], known: Mapping[Subject, Finding], now: datetime
    ) -> None:
        """Judge these servers, and keep what differs from what was known: one unit a client."""
        for _, of_client in groupby(plans, key=lambda plan: plan.client):
            judged = {
                _place(plan): judge(
                    plan, self._evidence.get(_place(plan)), self._checks, now, known
                )
                for plan in of_client
            }
            self._keep(judged, known, now)

    def _keep(
        self,
        judged: Mapping[Place, tuple[Finding, ...]],
        known: Mapping[Subject, Finding],
        now: datetime,
    ) -> None:
        listed = [finding for findings in judged.values() for finding in findings]
        new = [finding for finding in listed if known.get(_subject(finding)) != finding]
        recorded: dict[Subject, Finding] = {}
        if new:
            with self._store.unit() as unit:
                recorded = {_subject(finding): finding for finding in record(unit, new, now)}
        for place, findings in judged.items():
            self._findings[place] = tuple(recorded.get(_subject(each), each) for each in findings)
            self._due[place] = next_due(findings)
        self._stale -= judged.keys()

    def _forget(self, findings: Sequence[Finding]) -> None:
        if findings:
            with self._store.unit() as unit:
                drop(unit, findings, self._clock.now())

    def _all_findings(self) -> Iterable[Finding]:
        return (finding for findings in self._findings.values() for finding in findings)

    def _assembled(self, now: datetime, started: float) -> Snapshot:
        seconds = self._clock.monotonic() - started
        findings = self._all_findings()
        self._snapshot = assemble(self._plans, self._evidence, findings, now, seconds)
        return self._snapshot


def _place(plan: ServerPlan) -> Place:
    return (plan.client, plan.server)


def _subject(finding: Finding) -> Subject:
    return (finding.asset, finding.control)
