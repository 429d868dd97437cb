"""What the witness says of storage where all is well, and where restore points are taken away.

A thousand servers live for twelve simulated days each: backups of any length and pace, with or
without an end told, direct or by a mirror that comes later, forgotten and pruned by a retention of
eight days or more. Agents list and central looks every six hours, at any offset. Then, on a random
day, somebody deletes some of the young restore points while the agent goes on as before: the next
look must be red. Before that, nothing may be. Listing a folder is timed against `find -printf`.
"""

from __future__ import annotations

import random
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from guardian_agent.wire.observations import RestorePoint

from guardian.app.clock import SystemClock
from guardian.domain.disagreements import Tolerance, compare
from guardian.domain.evidence import ServerEvidence
from guardian.domain.fold import witnessed
from guardian.domain.storage import MAX_SHOWN, StorageLook, StoredPoint, Tally
from guardian.ports import Looking
from guardian.witness.folder import WITNESS, Settings
from tests.bench._result import Result, at_most, no_more
from tests.central.domain.looking import look, stored
from tests.central.domain.making import COPY, DAY, HOUR, MINUTE, SET, T0, point, points, told
from tests.contracts.witness import hashed

SEED = 2027
SERVERS = 1000
DAYS = 12
PACE = 6 * HOUR
KEEP = 7 * DAY
FILES = 40_000
RUNS = 3
TIMES_AS_LONG = 6.0
"""As find: a keyed hash, a heap and a sum for each file."""


@dataclass(slots=True)
class Life:
    """One server, its storage and what is known of both."""

    chance: random.Random
    claims: list[RestorePoint] = field(default_factory=list)
    there: dict[str, StoredPoint] = field(default_factory=dict)
    evidence: ServerEvidence | None = None
    newest: datetime | None = None
    made: int = 0

    def live(self) -> tuple[int, bool]:
        """Return the looks that were red for nothing, and whether the attack was found."""
        chance = self.chance
        pace = chance.choice((6 * HOUR, 12 * HOUR, DAY))
        lag = chance.choice((timedelta(), 10 * MINUTE, 5 * HOUR))
        tells_end, retention = chance.random() < 0.5, chance.randint(8, 40) * DAY
        tolerance = Tolerance(keep=KEEP, max_lag=max(lag + HOUR, HOUR))
        attacked = T0 + chance.randint(5, DAYS - 1) * DAY
        agent, central = (chance.random() * PACE for _ in (1, 2))
        begun, alarms = T0 - 20 * DAY, 0
        for step in range(int(DAYS * DAY / PACE)):
            now = T0 + step * PACE
            begun = self._back_up(begun, now, pace, lag, tells_end=tells_end)
            self._forget(now, retention)
            self._tell(now + agent)
            if now >= attacked:
                return alarms, self._attack(now + central, tolerance)
            alarms += bool(self._look(now + central, tolerance))
        raise AssertionError("nobody attacked")

    def _back_up(
        self, begun: datetime, now: datetime, pace: timedelta, lag: timedelta, *, tells_end: bool
    ) -> datetime:
        while begun + pace <= now:
            begun += pace
            start = begun + self.chance.random() * 10 * MINUTE
            ended = start + self.chance.random() * pace / 3
            self.made += 1
            claim = point(self.made, start, finished_at=ended if tells_end else None)
            self.claims.append(claim)
            self.there[claim.id] = stored(self.made, ended + lag * self.chance.random())
        return begun

    def _forget(self, now: datetime, retention: timedelta) -> None:
        old = {each.id for each in self.claims if each.started_at < now - retention}
        self.claims = [each for each in self.claims if each.id not in old]
        for id_ in old:
            self.there.pop(id_, None)

    def _tell(self, at: datetime) -> None:
        ended = [each for each in self.claims if self._ended(each) <= at]
        newest = sorted(ended, key=lambda each: each.started_at, reverse=True)
        listed = points(*newest[:200], total=len(newest))
        self.evidence = told(listed, after=self.evidence, at=at)

    def _ended(self, claim: RestorePoint) -> datetime:
        kept = self.there.get(claim.id)
        return claim.finished_at or (claim.started_at if kept is None else kept.stored_at)

    def _look(self, at: datetime, tolerance: Tolerance) -> tuple[str, ...]:
        assert self.evidence is not None
        self.evidence = witnessed(self.evidence, SET, COPY, self._seen(at))
        copy = self.evidence.copy(SET, COPY)
        assert copy is not None
        return compare(copy, tolerance).faults

    def _seen(self, at: datetime) -> StorageLook:
        there = [each for each in self.there.values() if each.stored_at <= at]
        there.sort(key=lambda each: each.stored_at, reverse=True)
        before = [each for each in there if self.newest and each.stored_at <= self.newest]
        self.newest = there[0].stored_at if there else self.newest
        found = look(*there[:MAX_SHOWN], at=at, total=len(there))
        tallies = [Tally(objects=5 * len(each), bytes=500 * len(each)) for each in (there, before)]
        return replace(found, data=tallies[0], data_before=tallies[1])

    def _attack(self, at: datetime, tolerance: Tolerance) -> bool:
        young = [id_ for id_, each in self.there.items() if at - KEEP < each.stored_at <= at]
        known = self._known()
        victims = [id_ for id_ in young if self.there[id_].id in known] or young
        for id_ in self.chance.sample(victims, self.chance.randint(1, len(victims))):
            del self.there[id_]
        return bool(self._look(at, tolerance))

    def _known(self) -> set[str]:
        copy = None if self.evidence is None else self.evidence.copy(SET, COPY)
        witness = None if copy is None else copy.witness
        shown = () if witness is None or witness.look is None else witness.look.points
        return {each.id for each in shown}


def measure() -> Sequence[Result]:
    """Return the alarms for nothing, the attacks that were missed, and what listing costs."""
    lives = [Life(random.Random(SEED + number)).live() for number in range(SERVERS)]
    alarms = sum(alarms for alarms, _ in lives)
    missed = sum(not found for _, found in lives)
    return (
        no_more(0, name="witness-alarms", unit="looks", ours=alarms, other=0, peer="goal"),
        no_more(0, name="witness-missed", unit="attacks", ours=missed, other=0, peer="goal"),
        _listing(),
    )


def _listing() -> Result:
    with tempfile.TemporaryDirectory(prefix="guardian-witness-") as made:
        folder = Path(made)
        for part in ("data", "snapshots", "keys", "index"):
            (folder / part).mkdir()
        (folder / "config").write_bytes(b"c")
        for number in range(FILES):
            (folder / "data" / f"{number:08x}").touch()
        ours = min(_timed(folder, ours=True) for _ in range(RUNS))
        other = min(_timed(folder, ours=False) for _ in range(RUNS))
    return at_most(
        TIMES_AS_LONG, name="witness-listing", unit="s", ours=ours, other=other, peer="find"
    )


def _timed(folder: Path, *, ours: bool) -> float:
    clock = SystemClock()
    looking = Looking(clock=clock, deadline=clock.monotonic() + 60, hashed=hashed)
    began = time.perf_counter()
    if ours:
        found = WITNESS.open(Settings(path=str(folder))).look(looking)
        assert isinstance(found, StorageLook)
        assert found.data is not None
        assert found.data.objects == FILES
    else:
        words = ["find", str(folder), "-type", "f", "-printf", "%C@ %s %P\\n"]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began
