"""What each copy's newest restore point holds, overheard while the pass looks at the copies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from guardian_agent.coverage import listed
from guardian_agent.coverage.listed import Listed, Listing
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnyProbe, AnySubject, PointFile
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.wire.facts.copies import RestorePoints
from guardian_agent.wire.facts.words import Reason

if TYPE_CHECKING:
    from guardian_agent.config import BackupSet
    from guardian_agent.coverage.dumps import Dump
    from guardian_agent.system import System
    from guardian_agent.wire.observations import Observation

_OWN_PLACES = ("archive", "path", "repository", "target")
"""Settings of copies that say where it keeps its backups, where that is a folder."""
_SAFE = re.compile(r"[^a-z0-9@._-]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What is known of one copy."""

    backup_set: BackupSet
    copy: str
    listed: Listed | None = None
    """What its newest restore point lists."""
    reason: Reason = Reason.NONE
    """Why that is not known, where a restore point is there."""
    dump: Dump | None = None
    """Its restore points are backups of a database server."""
    lies: tuple[str, ...] = ()
    """Where it may lie on this machine."""


class Holdings:
    """What the copies of a server hold; `folder` keeps listings between passes."""

    def __init__(self, system: System, folder: str, *, remember: bool) -> None:
        self._system = system
        self._folder = folder
        self._remember = remember
        self._known: dict[tuple[str, str], Holding] = {}

    def all(self) -> tuple[Holding, ...]:
        """Return one for each copy that was looked at."""
        return tuple(self._known.values())

    def expect(self, subject: AnySubject) -> None:
        """Take a copy of which nothing is known in this pass yet; what was kept of it counts."""
        kept = listed.recall(self._system.files, self._path(subject))
        reason = Reason.INTERRUPTED if kept is None else Reason.NONE
        self._put(subject, Holding(**_own(subject), listed=kept, reason=reason))

    def told(
        self,
        probe: AnyProbe,
        subject: AnySubject,
        answers: Answers,
        facts: Sequence[Observation],
    ) -> None:
        """Take what the tool stated of a copy."""
        points = [fact for fact in facts if isinstance(fact, RestorePoints) and fact.points]
        if not points:
            self._put(subject, Holding(**_own(subject)))
            return
        if probe.restorer is not None:
            return  # until its newest point is listed, what is expected of it stands
        from guardian_agent.coverage.dumps import dump_of  # noqa: PLC0415 - few have databases

        dump = dump_of(probe, subject, answers, facts, self._system)
        reason = Reason.NONE if dump is not None else Reason.UNSUPPORTED
        self._put(subject, Holding(**_own(subject), dump=dump, reason=reason))

    def overhearing(self, opened: OpenPoint) -> OpenPoint:
        """Return the restore point so that whoever lists it tells us, too."""
        return _Overheard(opened, self)

    def settle(self, opened: OpenPoint) -> None:
        """Know what a restore point lists: from memory where nobody listed it in this pass.

        `opened` is one that `overhearing` gave.
        """
        known = self._known[_key(opened.subject)].listed
        if known is not None and known.point == opened.point.hashed_id:
            return
        try:
            for _ in opened.contents():
                pass
        except ProbeError as error:
            self._put(opened.subject, Holding(**_own(opened.subject), reason=error.reason))

    def heard(self, opened: OpenPoint, listing: Listing) -> None:
        """Take a whole listing."""
        subject = opened.subject
        if listing.is_too_long:
            self._put(subject, Holding(**_own(subject), reason=Reason.OUTPUT_LIMIT))
            return
        found = listing.of(opened.point)
        self._put(subject, Holding(**_own(subject), listed=found))
        if self._remember:
            listed.keep(self._system.files, self._path(subject), found)

    def _put(self, subject: AnySubject, holding: Holding) -> None:
        self._known[_key(subject)] = holding

    def _path(self, subject: AnySubject) -> str:
        return f"{self._folder}/{_SAFE.sub('_', '@'.join(_key(subject)))}.listed"


class _Overheard(OpenPoint):
    """A restore point whose listing is told to `Holdings` once it was read to its end."""

    def __init__(self, opened: OpenPoint, holdings: Holdings) -> None:
        self._opened = opened
        self._holdings = holdings
        self.subject = opened.subject
        self.system = opened.system
        self.point = opened.point

    def contents(self) -> Iterator[PointFile]:
        """Yield what the point contains."""
        listing = Listing()
        for item in self._opened.contents():
            listing.add(item)
            yield item
        self._holdings.heard(self._opened, listing)


def _key(subject: AnySubject) -> tuple[str, str]:
    return subject.backup_set.name, subject.copy


def _own(subject: AnySubject) -> dict[str, Any]:
    settings = (getattr(subject.settings, name, None) for name in _OWN_PLACES)
    lies = tuple(each.rstrip("/") for each in settings if isinstance(each, str) and each[:1] == "/")
    return {"backup_set": subject.backup_set, "copy": subject.copy, "lies": lies}
