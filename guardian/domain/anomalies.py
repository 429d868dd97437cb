"""What is unusual about a copy's restore points, held against their own history.

All statistics are robust (median, median absolute deviation): a few odd days do not shift them. A
day is also held against days like it (of the same weekday, at the end of the month), so what
happens each Sunday or each month end is usual. What changed the level for good stands until it is
undone or agreed to: the history gets used to anything, and must not be asked about itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from math import log
from statistics import median

from guardian.domain.days import alike
from guardian.domain.rewriting import rewritten
from guardian.domain.run_history import RunSeen
from guardian.domain.words import lasting, many, size

WINDOW = 7
"""Runs whose median is the present level."""
DEVIATIONS = 6.0
"""What is further away than so many standard deviations is no noise."""
TO_DEVIATION = 1.4826
"""A normal distribution's standard deviation, in median absolute deviations."""
NOISIEST = log(10)
"""However much a size varies: tenfold, or a tenth, is always told."""
SLOWER = 3.0
"""Times as long as usual, twice in a row,"""
WORTH_TELLING = 600.0
"""and so many seconds longer."""
STANDS = timedelta(days=14)
"""What nobody undid or agreed to is told for so long: the history before it must still be there."""
SPAN = timedelta(days=15)
"""So long a history has two days of each weekday before the newest."""
SEEN_BEFORE = 2
"""Days of one kind with such a value, for it to be usual on them."""

Value = Callable[[RunSeen], float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """From which change on a level is another: shares, and how many runs make a history."""

    growth: float
    loss: float
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomaly:
    """One unusual thing, in words, and the run in which it began."""

    said: str
    run: RunSeen


@lru_cache(maxsize=8192)  # runs come once a day, and findings are judged all the time
def anomalies(
    runs: tuple[RunSeen, ...], bounds: Bounds, settled: datetime | None, since: datetime | None
) -> tuple[Anomaly, ...]:
    """Return what is unusual now.

    Args:
        runs: newest first.
        bounds: what counts as a change.
        settled: what central heard of up to then is agreed to.
        since: when central first heard of the copy; older runs are history, and not judged.
    """
    if not is_known(runs, bounds):
        return ()
    return tuple(_History(tuple(reversed(runs)), bounds, settled, since).all())


def is_known(runs: Sequence[RunSeen], bounds: Bounds) -> bool:
    """Say whether there is history enough to say what is usual of the newest run."""
    sized = [run for run in runs if run.bytes is not None or run.files is not None]
    return len(sized) > bounds.after and sized[0].started_at - sized[-1].started_at >= SPAN


class _History:
    """Runs, oldest first, and what of them is judged."""

    def __init__(
        self,
        runs: tuple[RunSeen, ...],
        bounds: Bounds,
        settled: datetime | None,
        since: datetime | None,
    ) -> None:
        self._runs = runs
        self._bounds = bounds
        self._settled = settled
        self._since = since

    def all(self) -> Iterator[Anomaly]:
        """Yield everything unusual."""
        yield from self._level(lambda run: run.bytes, "size", lambda n: size(int(n)))
        yield from self._level(lambda run: run.files, "content", lambda n: many(int(n), "file"))
        yield from self._rewritten()
        yield from self._slow()

    def _level(self, of: Value, what: str, said: Callable[[float], str]) -> Iterator[Anomaly]:
        """Yield the first lasting change of a level that nobody agreed to."""
        series = [(run, value) for run in self._runs if (value := of(run)) is not None]
        for place in range(self._bounds.after, len(series)):
            run, value = series[place]
            earlier = series[:place]
            if self._is_judged(run) and self._is_another(run, value, earlier, series[-1][1]):
                base = self._base(earlier)
                yield Anomaly(said=f"{what} {said(value)}, usually {said(base)}", run=run)
                return

    def _is_another(
        self, run: RunSeen, value: float, earlier: Sequence[tuple[RunSeen, float]], now: float
    ) -> bool:
        """Say whether a run has another level than before, which is the level still."""
        base = self._base(earlier)
        if not self._is_outside(value, base, 0.0):
            return False
        noise = _noise([each for _, each in earlier])
        lasting_one = all(self._is_outside(each, base, noise) for each in (value, now))
        return lasting_one and not self._is_like(run, value, earlier, noise)

    def _rewritten(self) -> Iterator[Anomaly]:
        told = [each for each in rewritten(self._runs, self._bounds.after) if each.is_unusual]
        for each in told:
            if self._is_judged(each.run):
                yield Anomaly(said=each.said, run=each.run)
                return

    def _slow(self) -> Iterator[Anomaly]:
        """Yield that the two newest runs both took far longer than usual, for what they read."""
        timed = [run for run in self._runs if run.seconds is not None]
        earlier, newest = timed[:-2], timed[-2:]
        if len(earlier) < self._bounds.after or not all(map(self._is_judged, newest)):
            return
        usual = median(run.seconds or 0.0 for run in earlier)
        if all(self._is_slow(run, usual, earlier) for run in newest):
            took, rate = lasting(newest[-1].seconds or 0.0), _rate(newest[-1])
            said = f"took {took}{rate}, usually {lasting(usual)}"
            yield Anomaly(said=said, run=newest[0])

    def _is_slow(self, run: RunSeen, usual: float, earlier: Sequence[RunSeen]) -> bool:
        seconds = run.seconds or 0.0
        spread = _deviation([each.seconds or 0.0 for each in earlier])
        if seconds < max(usual * SLOWER, usual + WORTH_TELLING, usual + DEVIATIONS * spread):
            return False
        such = [each.seconds or 0.0 for each in earlier if alike(each.started_at, run.started_at)]
        return not any(seconds < each * SLOWER for each in such if each > usual * SLOWER)

    def _is_judged(self, run: RunSeen) -> bool:
        if self._settled is not None and run.seen_at <= self._settled:
            return False
        first, newest = self._runs[0], self._runs[-1]
        if run is newest:
            return True
        is_new = self._since is None or run.seen_at > self._since
        is_young = newest.started_at - run.started_at <= STANDS
        return is_new and is_young and run.started_at - first.started_at >= SPAN

    def _base(self, earlier: Sequence[tuple[RunSeen, float]]) -> float:
        """Return the level before a run: of what was agreed to, only the last run tells it."""
        settled = self._settled
        agreed = 0
        if settled is not None:
            agreed = sum(run.seen_at <= settled for run, _ in earlier)
        return median(value for _, value in earlier[max(agreed - 1, 0) :][-WINDOW:])

    def _is_outside(self, value: float, base: float, noise: float) -> bool:
        change = log((value + 1) / (base + 1))
        slack = min(DEVIATIONS * noise, NOISIEST)
        up, down = log(1 + self._bounds.growth), -log(1 - self._bounds.loss)
        return change > max(up, slack) or -change > max(down, slack)

    def _is_like(
        self, run: RunSeen, value: float, earlier: Sequence[tuple[RunSeen, float]], noise: float
    ) -> bool:
        """Say whether such days have had such a value before."""
        up = value > self._base(earlier)
        such = [
            place
            for place in range(1, len(earlier))
            if alike(earlier[place][0].started_at, run.started_at)
        ]
        return sum(self._was_so(earlier, place, noise, up=up) for place in such) >= SEEN_BEFORE

    def _was_so(
        self, series: Sequence[tuple[RunSeen, float]], place: int, noise: float, *, up: bool
    ) -> bool:
        """Say whether a run had another level than those before it, up or down."""
        value, base = series[place][1], self._base(series[:place])
        return self._is_outside(value, base, noise) and up == (value > base)


def _rate(run: RunSeen) -> str:
    if not run.bytes or not run.seconds:
        return ""
    return f" ({size(int(run.bytes / run.seconds))} a second)"


def _noise(values: Sequence[float]) -> float:
    """Return by how much a level varies from run to run, as a logarithm's standard deviation."""
    return _deviation([log((after + 1) / (before + 1)) for before, after in pairwise(values)])


def _deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of values, whatever a few odd ones among them are."""
    if not values:
        return 0.0
    middle = median(values)
    return TO_DEVIATION * median(abs(each - middle) for each in values)
