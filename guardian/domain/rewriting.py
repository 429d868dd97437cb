"""How much of the data a run found rewritten: what no growth explains.

Whoever encrypts a server's files rewrites most of them at once, often under new names: nearly all
files are new or changed, their number stays, the repository has almost none of the data yet
(deduplication collapses), and what is new does not compress any more. Growth adds files and bytes,
and rewrites nothing; a rename alone brings new names and no new data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from guardian.domain.days import alike
from guardian.domain.run_history import RunSeen
from guardian.domain.words import at_least

MUCH = 0.4
"""Of the files and of the bytes, rewritten at once,"""
MORE_THAN_USUAL = 0.3
"""and by so much more than in other runs."""
SOME = 0.05
"""Of the bytes rewritten: enough to tell whether they compress,"""
ENOUGH_BYTES = 128 * 1024
"""and so many."""
TIGHT = 0.97
"""What takes up so much of its size when compressed was encrypted, or compressed before,"""
LOOSE = 0.85
"""where usually it takes up no more than so much."""
OFTEN = 0.2
"""Of the data, rewritten on two days of one kind: then as much as on the worse is usual on them."""
FEWEST = 3
"""Runs whose compression was told, to say what is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewritten:
    """How one run differs from the one before it."""

    run: RunSeen
    share: float
    """Of files and of bytes, whichever is less."""
    packed: float | None
    """How much of its size the new data takes up when compressed; None: too little to tell."""
    usual_share: float
    usual_packed: float | None

    @property
    def is_tight(self) -> bool:
        """Say whether the new data stopped compressing."""
        if self.packed is None or self.usual_packed is None:
            return False
        return self.packed >= TIGHT and self.usual_packed <= LOOSE

    @property
    def is_unusual(self) -> bool:
        """Say whether this is no ordinary change."""
        much = self.share > max(MUCH, self.usual_share + MORE_THAN_USUAL)
        return much or self.is_tight

    @property
    def said(self) -> str:
        """Say it in words."""
        much = at_least(int(self.share * 100), 100)
        said = f"{much} of the files were rewritten at once or renamed"
        if self.share <= MUCH:
            said = "part of the data was rewritten"
        return f"{said}, and it does not compress any more" if self.is_tight else said


def rewritten(runs: Sequence[RunSeen], after: int) -> Iterator[Rewritten]:
    """Yield each run that may be unusual, once `after` runs have told how they differ.

    Args:
        runs: oldest first.
        after: how many runs make a history.
    """
    shares: list[tuple[RunSeen, float]] = []
    packings: list[float] = []
    for before, run in pairwise(runs):
        share, of_bytes = _shares(before, run)
        if share is None:
            continue
        packed = _packing(run)
        if len(shares) >= after and (share > MUCH or (packed or 0.0) >= TIGHT):
            yield Rewritten(
                run=run,
                share=share,
                packed=packed if of_bytes > SOME else None,
                usual_share=_usual(shares, run),
                usual_packed=median(packings) if len(packings) >= FEWEST else None,
            )
        shares.append((run, share))
        packings += [] if packed is None else [packed]


def _usual(shares: Sequence[tuple[RunSeen, float]], run: RunSeen) -> float:
    """Return the share that is usual, on all days or on such days."""
    such = [share for other, share in shares if alike(other.started_at, run.started_at)]
    highest = sorted((0.0, 0.0, *such), reverse=True)
    on_such = highest[0] if highest[1] > OFTEN else (highest[0] + highest[1]) / 2
    return max(median(share for _, share in shares), on_such)


def _shares(before: RunSeen, run: RunSeen) -> tuple[float | None, float]:
    """Return which share of files and bytes is rewritten, the lesser; and that of the bytes."""
    touched = (run.files_new, run.files_changed, run.bytes_added)
    if None in touched or not run.files or not run.bytes:
        return None, 0.0
    new, changed, added = (each or 0 for each in touched)
    more_files = max(run.files - (before.files or 0), 0)
    more_bytes = max(run.bytes - (before.bytes or 0), 0)
    of_files = _share(new + changed - more_files, run.files)
    of_bytes = _share(added - more_bytes, run.bytes)
    return min(of_files, of_bytes), of_bytes


def _share(part: int, whole: int) -> float:
    return min(max(part / whole, 0.0), 1.0)


def _packing(run: RunSeen) -> float | None:
    """Return how much of its size the new data takes up; None where it is too little to tell."""
    if run.bytes_packed is None or not run.bytes_added or run.bytes_added < ENOUGH_BYTES:
        return None
    return run.bytes_packed / run.bytes_added
