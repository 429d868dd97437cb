"""Whether a live file is in a restore point: by what those list, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from guardian_agent.coverage.credit import Credit
from guardian_agent.coverage.holdings import Holding
from guardian_agent.restore.livedata import folder_of, is_below, is_excluded, roots
from guardian_agent.system import Entry
from guardian_agent.wire.facts.words import Reason

WAITS_NS = 8 * 24 * 3600 * 10**9
"""How long a new file may wait for the next backup: a week and a day, as backups are weekly."""
_AHEAD_NS = 24 * 3600 * 10**9
"""Times that lie further ahead tell nothing: such a file would wait for ever."""


class Cover(Enum):
    """What is known of one file."""

    HELD = 0
    UNPROVEN = 1
    OPEN = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    """A backup set's paths, and how one of its copies stands."""

    holding: Holding
    tops: tuple[str, ...]

    def covers(self, path: str) -> bool:
        return any(is_below(path, top) for top in self.tops)


class Ruler:
    """Judges files one by one."""

    def __init__(self, holdings: Sequence[Holding], now_ns: int) -> None:
        self._lists = [each.listed for each in holdings if each.listed is not None]
        self._by_set = [(each.backup_set.name, each.listed) for each in holdings if each.listed]
        self._claims = [
            _Claim(holding=each, tops=tuple(roots(each.backup_set))) for each in holdings
        ]
        self._old_ns = now_ns - WAITS_NS
        self._ahead_ns = now_ns + _AHEAD_NS

    def is_left_out(self, path: str) -> bool:
        """Say whether a backup set that has this path rightly leaves it out."""
        return any(
            claim.covers(path) and is_excluded(path, claim.holding.backup_set.exclude)
            for claim in self._claims
        )

    def sets(self, path: str) -> set[str]:
        """Return the backup sets whose newest restore point has something of a folder."""
        return {name for name, known in self._by_set if path in known}

    def judge(self, entry: Entry, credit: Credit) -> Cover:
        """Say what is known of one file, `credit` given by backups of databases."""
        if credit is Credit.KEPT or any(entry.path in known for known in self._lists):
            return Cover.HELD
        if self._waits(entry):
            return Cover.HELD
        if credit is Credit.PERHAPS or self._is_claimed_unseen(entry.path):
            return Cover.UNPROVEN
        return Cover.OPEN

    def _waits(self, entry: Entry) -> bool:
        """Say whether it is newer than a restore point, and belongs to what that is of."""
        times = (entry.modified_ns, entry.changed_ns)
        changed = max((each for each in times if each < self._ahead_ns), default=0)
        if changed < self._old_ns:
            return False
        folder = folder_of(entry.path)
        return any(
            claim.holding.listed is not None
            and changed >= claim.holding.listed.began_ns
            and (folder in claim.holding.listed or claim.covers(entry.path))
            for claim in self._claims
        )

    def _is_claimed_unseen(self, path: str) -> bool:
        unseen = (claim for claim in self._claims if claim.holding.reason is not Reason.NONE)
        return any(claim.covers(path) for claim in unseen)
