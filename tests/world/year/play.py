"""Playing lives through the code that folds and judges, and counting what was found of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from guardian_agent.wire.observations import RestorePoint

from guardian.checks import load
from guardian.config.calendars import ZoneCalendar
from guardian.domain.asset import Agreement, Obligation, ServerPlan
from guardian.domain.check import AnyCheck
from guardian.domain.evaluate import judge, next_due
from guardian.domain.verdict import Finding, Status
from tests.central.domain.making import (
    CLIENT,
    COPY_ASSET,
    SERVER,
    SERVER_ASSET,
    contents,
    point,
    points,
    told,
)
from tests.world.year.faults import KINDS, plant
from tests.world.year.habits import MINUTE
from tests.world.year.laptops import lent
from tests.world.year.life import BEGIN, END, Fault, Life, Run, lived

LOOKS = timedelta(seconds=15)
"""Central looks so often for verdicts that hold no longer."""
SHOWN = 8
"""Restore points in a list."""
CHECKS = {check.control: check for check in load()}
PLAIN_RULE = timedelta(hours=26)
"""What monitors usually ask of everybody: no backup is older."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One control that failed, or was not known, from one moment to another."""

    control: str
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A fault, and when it was said."""

    server: str
    fault: Fault
    said_at: datetime | None
    """None: not in its time."""

    @property
    def lead(self) -> timedelta:
        """How long after the missed slot, or the last sign of life, it was said."""
        return (self.said_at or END) - self.fault.begins


@dataclass(slots=True, kw_only=True)
class Score:
    """What was found of a fleet's year."""

    servers: int = 0
    statements: int = 0
    judgements: int = 0
    found: list[Found] = field(default_factory=list)
    true_alarms: int = 0
    false_alarms: list[str] = field(default_factory=list)
    plain_rule: int = 0
    """False alarms of the plain rule on the same year."""

    def add(self, other: Score) -> None:
        """Take another score's figures."""
        self.servers += other.servers
        self.statements += other.statements
        self.judgements += other.judgements
        self.found += other.found
        self.true_alarms += other.true_alarms
        self.false_alarms += other.false_alarms
        self.plain_rule += other.plain_rule

    @property
    def missed(self) -> list[Found]:
        """The faults that were not said in their time."""
        return [each for each in self.found if each.said_at is None]

    @property
    def precision(self) -> float:
        """Return the share of alarms that had a reason."""
        alarms = self.true_alarms + len(self.false_alarms)
        return self.true_alarms / alarms if alarms else 1.0

    @property
    def recall(self) -> float:
        """Return the share of faults that were said in their time."""
        return 1 - len(self.missed) / len(self.found) if self.found else 1.0


def fleet(
    numbers: Iterable[int],
    seed: int,
    *,
    checks: Mapping[str, AnyCheck] = CHECKS,
    zone: str | None = None,
) -> Score:
    """Play these servers' years; every third one has a fault, half of them at a change of time.

    Args:
        numbers: which servers of the fleet.
        seed: the same fleet for the same seed.
        checks: what judges them, by control.
        zone: where their schedules are thought to be; None: where they are.
    """
    score = Score()
    for number in numbers:
        life = lent(number, seed) if number % 20 == 13 else _with_fault(number, seed)
        plan = _plan(life, ZoneCalendar(zone=zone or life.zone))
        score.add(played(life, plan, checks))
    return score


def _with_fault(number: int, seed: int) -> Life:
    life = lived(number, seed)
    if number % 3 == 1 and life.aside is None:
        kinds, turn = sorted(KINDS), number // 3
        plant(life, kinds[turn % len(kinds)], at_a_change=turn % 2 == 0)
    return life


def played(life: Life, plan: ServerPlan, checks: Mapping[str, AnyCheck]) -> Score:
    """Play one server's year."""
    player = _Player(plan, checks)
    for at, run in _statements(life):
        player.hear(at, run)
    player.wait(END)
    found = [
        Found(server=life.name, fault=f, said_at=_said_at(player.alarms, f)) for f in life.faults
    ]
    false = [alarm for alarm in player.alarms if not any(_bears(f, alarm) for f in life.faults)]
    return Score(
        servers=1,
        statements=player.statements,
        judgements=player.judgements,
        found=found,
        true_alarms=len(player.alarms) - len(false),
        false_alarms=[f"{life.name} {life.zone} {life.habit.expression}: {each}" for each in false],
        plain_rule=_plain(life),
    )


def _said_at(alarms: Sequence[Alarm], fault: Fault) -> datetime | None:
    times = [
        alarm.begins
        for alarm in alarms
        if alarm.control == fault.control and fault.begins <= alarm.begins <= fault.said_by
    ]
    return min(times, default=None)


def _bears(fault: Fault, alarm: Alarm) -> bool:
    return fault.begins <= alarm.begins <= fault.over_at and alarm.ends <= fault.over_at


def _plain(life: Life) -> int:
    """Count the false alarms of the plain rule: gaps that were agreed and are longer."""
    ends = sorted(run.ended_at for run in life.runs if run.ended_at > BEGIN)
    return sum(
        later - earlier > PLAIN_RULE
        and not any(f.begins <= later and earlier <= f.over_at for f in life.faults)
        for earlier, later in pairwise(ends)
    )


def _statements(life: Life) -> Iterator[tuple[datetime, Run | None]]:
    """Yield when the agent speaks, and of which new run."""
    chance = Random(life.name)
    wakes = [end + 10 * MINUTE for _, end in life.dead]
    events: list[tuple[datetime, int, Run | None]] = [(wake, 0, None) for wake in wakes]
    for run in life.runs:
        heard = run.ended_at + chance.randint(1, 9) * MINUTE
        events.append((max(heard, _awake(life, heard)), 1, run))
    beats = BEGIN + chance.randint(0, life.speaks // MINUTE - 1) * MINUTE
    while beats < END:
        events.append((beats, 2, None))
        beats += life.speaks
    last = BEGIN - life.speaks
    for at, order, run in sorted(events, key=lambda event: event[:2]):
        is_dead = any(begin <= at < end for begin, end in life.dead)
        # Who spoke a short time ago says nothing new: that spares most of the work.
        is_idle = order == 2 and at - last < life.speaks * 3 / 4
        if not is_dead and not is_idle and at < END:
            last = at
            yield at, run


def _awake(life: Life, moment: datetime) -> datetime:
    """Return when what was done at a moment can be told."""
    ends = (end + 10 * MINUTE for begin, end in life.dead if begin <= moment < end + 10 * MINUTE)
    return max(ends, default=moment)


class _Player:
    """One server at central: what is known of it, and what is found."""

    def __init__(self, plan: ServerPlan, checks: Mapping[str, AnyCheck]) -> None:
        self._plan = plan
        self._checks = checks
        self._shown: list[RestorePoint] = []
        self._runs = 0
        self._evidence = None
        self._before: dict[object, Finding] = {}
        self._due: datetime | None = None
        self._open: dict[str, datetime] = {}
        self.alarms: list[Alarm] = []
        self.statements = self.judgements = 0

    def hear(self, at: datetime, run: Run | None) -> None:
        """Take a statement; what was known before it is judged up to its moment."""
        if run is not None:
            self._runs += 1
            self._shown = [_point(run), *self._shown][:SHOWN]
        if not self._shown:
            return
        self.wait(at)
        listed = points(*self._shown, total=self._runs)
        lacking = run is not None and run.lacks_files
        looked = (contents(_name(run), files_missing=3),) if run and lacking else ()
        self._evidence = told(listed, *looked, after=self._evidence, at=at)
        self.statements += 1
        self._judge(at)

    def wait(self, until: datetime) -> None:
        """Judge whenever a verdict holds no longer."""
        while self._due is not None and self._due + LOOKS < until:
            now = self._due + LOOKS
            self._judge(now)
            if self._due is not None and self._due <= now:
                self._due = None
        if until == END:
            for control, begins in self._open.items():
                self.alarms.append(Alarm(control=control, begins=begins, ends=END))

    def _judge(self, now: datetime) -> None:
        findings = judge(self._plan, self._evidence, self._checks, now, self._before)
        self.judgements += 1
        self._before = {(finding.asset, finding.control): finding for finding in findings}
        self._due = next_due(findings)
        for finding in findings:
            self._note(finding, now)

    def _note(self, finding: Finding, now: datetime) -> None:
        alarms = finding.status in (Status.FAIL, Status.UNKNOWN)
        if alarms:
            self._open.setdefault(finding.control, now)
        elif finding.control in self._open:
            begins = self._open.pop(finding.control)
            self.alarms.append(Alarm(control=finding.control, begins=begins, ends=now))


def _plan(life: Life, calendar: ZoneCalendar) -> ServerPlan:
    settings = CHECKS["backup.fresh"].settings(
        schedule=() if life.max_age else (life.habit.expression,),
        max_age=life.max_age,
        grace=life.grace,
    )
    fresh = Agreement(settings=settings, severity=CHECKS["backup.fresh"].severity)
    reporting = CHECKS["agent.reporting"]
    speaks = Agreement(settings=reporting.settings(), severity=reporting.severity)
    return ServerPlan(
        client=CLIENT,
        server=SERVER,
        interval=life.speaks,
        calendar=calendar,
        longest_silence=life.longest_silence,
        pauses=life.pauses,
        aside=life.aside,
        obligations=(
            Obligation(asset=SERVER_ASSET, agreements={"agent.reporting": speaks}),
            Obligation(asset=COPY_ASSET, agreements={"backup.fresh": fresh}),
        ),
    )


def _name(run: Run) -> int:
    return int(run.ended_at.timestamp())


def _point(run: Run) -> RestorePoint:
    if run.dated is not None:
        return point(_name(run), run.dated)
    return point(_name(run), run.started_at, finished_at=run.ended_at)
