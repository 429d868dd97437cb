"""The look: find the areas, measure those whose turn it is, state what is known of all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from guardian_agent.config import AgentConfig
from guardian_agent.coverage import memory as kept
from guardian_agent.coverage import places
from guardian_agent.coverage.area import Area
from guardian_agent.coverage.clusters import ENGINES
from guardian_agent.coverage.credit import Credit, credited
from guardian_agent.coverage.holdings import Holding
from guardian_agent.coverage.measure import Sums, Walk
from guardian_agent.coverage.memory import Begun, Known, Memory
from guardian_agent.coverage.ruler import Ruler
from guardian_agent.probe import keyed_hash
from guardian_agent.restore.livedata import is_below, nanoseconds, roots
from guardian_agent.system import System
from guardian_agent.wire.facts.livedata import LiveArea, LiveAreas
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import ShortHash, Slug

MOST_SAID = 64
"""Areas that one statement names."""
EVERY = timedelta(days=1)
"""How often an area is measured whose backups did not change."""


def look(
    config: AgentConfig,
    system: System,
    secret: bytes,
    holdings: Sequence[Holding],
    *,
    remember: bool,
) -> LiveAreas:
    """Look for live data that is in no restore point.

    Args:
        config: where to look, and what is backed up.
        system: the machine.
        secret: the key for the hashes that stand for paths.
        holdings: what the copies hold.
        remember: keep what was measured for the next pass.
    """
    found = places.find(config, system)
    looking = _Look(config, system, secret, holdings, found)
    path = f"{config.state.dir}/coverage/areas.json"
    memory = kept.recall(system.files, path).only(set(looking.names))
    with system.files.giving_way():
        memory = looking.measured(memory)
    if remember:
        kept.keep(system.files, path, memory)
    return _stated(system.clock.now(), memory, found.reason, looking.names)


def paths_of(config: AgentConfig, system: System, secret: bytes) -> dict[str, str]:
    """Return where each area lies, by its name: for this server's own terminal alone."""
    found = places.find(config, system)
    return {keyed_hash(secret, area.path): area.path for area in found.areas}


class _Look:
    def __init__(
        self,
        config: AgentConfig,
        system: System,
        secret: bytes,
        holdings: Sequence[Holding],
        found: places.Places,
    ) -> None:
        self._config = config
        self._system = system
        self._secret = secret
        self._holdings = holdings
        self._found = found
        self._now = system.clock.now()
        self._ruler = Ruler(holdings, nanoseconds(self._now))
        self._ends = system.clock.monotonic() + config.coverage.seconds
        self._asked = _question(config, holdings)
        self._own = _own_places(config, holdings)
        self._areas = [area for area in found.areas if area.path not in self._own]
        self._others = frozenset(area.path for area in found.areas)
        self._credits = self._credited()

    @property
    def names(self) -> list[ShortHash]:
        """Return what the areas are called that hold live data."""
        return [self.name(area) for area in self._areas]

    def name(self, area: Area) -> ShortHash:
        """Return what an area is called outside this server."""
        return keyed_hash(self._secret, area.path)

    def measured(self, memory: Memory) -> Memory:
        """Measure the areas whose turn it is, those first that wait for longest."""
        known = dict(memory.areas)
        waiting = [(self.name(a), a) for a in self._areas if self._is_due(known, self.name(a))]
        waiting.sort(key=lambda pair: _measured_at(known.get(pair[0])))
        for name, area in waiting:
            if not self._has_time():
                break
            known[name] = self._walked(area, known.get(name, Known()))
        return Memory(areas=known)

    def _is_due(self, known: Mapping[str, Known], name: str) -> bool:
        one = known.get(name)
        if one is None or one.fact is None or one.begun is not None or one.asked != self._asked:
            return True
        return not timedelta() <= self._now - _measured_at(one) < EVERY

    def _has_time(self) -> bool:
        return self._system.clock.monotonic() < self._ends

    def _walked(self, area: Area, known: Known) -> Known:
        begun = known.begun or Begun(place="", sums=Sums())
        walk = Walk(self._system.files, self._enters(area), begun.sums, begun.place)
        credit = self._credits.get(area.path, Credit.NONE)
        if not walk.run(area.path, self._ruler, credit, self._has_time):
            rest = Begun(place=walk.place, sums=begun.sums)
            return Known(fact=known.fact, asked=known.asked, begun=rest)
        return Known(fact=self._fact(area, begun.sums, credit), asked=self._asked)

    def _enters(self, area: Area) -> Callable[[str], bool]:
        """Return what says whether a path below an area counts there."""
        inside = {place for place in self._own if is_below(place, area.path)}
        not_here = self._others | self._found.elsewhere | inside
        return lambda path: path not in not_here and not self._ruler.is_left_out(path)

    def _fact(self, area: Area, sums: Sums, credit: Credit) -> LiveArea:
        sets = len(self._ruler.sets(area.path)) + (credit is Credit.KEPT)
        return LiveArea(
            area=self.name(area),
            kind=Slug(area.kind),
            files=sums.files,
            bytes=sums.bytes,
            files_uncovered=sums.files_uncovered,
            bytes_uncovered=sums.bytes_uncovered,
            bytes_unproven=sums.bytes_unproven,
            sets=sets,
            measured_at=self._now,
            changed_at=_moment(sums.changed_ns, self._now) if sums.files else None,
            reason=sums.reason,
        )

    def _credited(self) -> dict[str, Credit]:
        databases = [area for area in self._found.areas if area.kind in ENGINES]
        if not databases:
            return {}
        backups = [
            (each.backup_set.name, each.dump)
            for each in self._holdings
            if each.dump is not None and each.dump.series
        ]
        sizes = {area.path: self._about(area.path) for area in databases}
        return credited(databases, backups, self._config.coverage.databases, sizes)

    def _about(self, folder: str) -> int:
        """Return the size of the files in a folder, without those in folders below."""
        try:
            return sum(entry.size for entry in self._system.files.scan(folder) if entry.is_file)
        except OSError:
            return 0


def _own_places(config: AgentConfig, holdings: Sequence[Holding]) -> frozenset[str]:
    """Return where backups and the agent's own state lie: no live data, unless a set says so."""
    live = {path for each in config.backup_sets for path in roots(each)}
    own = {place for each in holdings for place in each.lies}
    return frozenset({config.state.dir.rstrip("/"), *(own - live)})


def _question(config: AgentConfig, holdings: Sequence[Holding]) -> str:
    """Return what stands for what an area is held against: another answer needs another walk."""
    of_copies = sorted(
        (
            each.backup_set.name,
            each.copy,
            each.backup_set.paths,
            each.backup_set.exclude,
            "" if each.listed is None else each.listed.point,
            each.reason.value,
            ascii(each.dump and (each.dump.whole, sorted(each.dump.names), each.dump.series)),
        )
        for each in holdings
    )
    asked = ascii((config.coverage, of_copies))
    return hashlib.sha256(asked.encode("ascii")).hexdigest()


def _measured_at(known: Known | None) -> datetime:
    never = datetime.min.replace(tzinfo=UTC)
    if known is None or known.fact is None or known.fact.measured_at is None:
        return never
    return known.fact.measured_at


def _moment(of_file_ns: int, now: datetime) -> datetime:
    """Return a file's time; one that lies ahead, or before all calendars, is now."""
    known = 0 <= of_file_ns <= nanoseconds(now)
    return datetime.fromtimestamp(of_file_ns // 10**9, UTC) if known else now


def _stated(now: datetime, memory: Memory, reason: Reason, names: Sequence[ShortHash]) -> LiveAreas:
    facts = [memory.areas.get(name, Known()).fact or _never(name) for name in names]
    there = [fact for fact in facts if fact.files or _in_doubt(fact)]
    there.sort(key=_matters, reverse=True)
    rest = there[MOST_SAID:]
    return LiveAreas(
        looked_at=now,
        complete=reason is Reason.NONE,
        reason=reason,
        total=len(there),
        areas=tuple(there[:MOST_SAID]),
        rest_bytes_uncovered=sum(fact.bytes_uncovered for fact in rest),
        rest_bytes_unproven=sum(fact.bytes_unproven for fact in rest),
    )


def _matters(fact: LiveArea) -> tuple[bool, bool, int, int, int]:
    """Return the sorting key: what is not known comes first, then what is in no backup."""
    never = fact.measured_at is None
    return never, _in_doubt(fact), fact.bytes_uncovered, fact.bytes_unproven, fact.bytes


def _in_doubt(fact: LiveArea) -> bool:
    return fact.measured_at is None or fact.reason is not Reason.NONE


def _never(name: ShortHash) -> LiveArea:
    return LiveArea(
        area=name,
        kind=Slug("unmeasured"),
        files=0,
        bytes=0,
        files_uncovered=0,
        bytes_uncovered=0,
        bytes_unproven=0,
        sets=0,
        measured_at=None,
    )
