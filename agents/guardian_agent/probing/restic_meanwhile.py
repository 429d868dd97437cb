"""What happened to a restic snapshot while it was read: others forget and prune as they please.

Nothing here takes a lock, so a snapshot may go between its listing and its restore. That is no
damage: the next look finds another one, or that one vanished.
"""

from __future__ import annotations

from functools import partial
from typing import TypeVar

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Point, Subject
from guardian_agent.probing.answers import text
from guardian_agent.probing.restic_locks import is_locked
from guardian_agent.probing.restic_tool import Where, restic
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

NOT_FOUND = b"no matching ID found"
"""restic 0.14 lists nothing of such a snapshot, and exits 0."""

W = TypeVar("W", bound=Where)


def explained(subject: Subject[W], system: System, point: Point, error: ProbeError) -> ProbeError:
    """Return why a snapshot could not be read: as restic said, or because it was taken away.

    `NO_RESTORE_POINT` where it is listed no more, `LOCKED` where somebody who prunes is at work
    and nothing says that data is damaged.
    """
    if error.reason not in {Reason.EXIT_STATUS, Reason.DAMAGED}:
        return error
    ask = partial(restic, subject, system)
    try:
        listed = ask("list", "snapshots")
        if not listed.status and point.native_id not in text(listed).split():
            message = f"{error}: it was forgotten since it was listed"
            return ProbeError(Reason.NO_RESTORE_POINT, message)
        if error.reason is Reason.EXIT_STATUS and is_locked(ask, system.clock.now(), alone=True):
            return ProbeError(Reason.LOCKED, f"{error}: while another process pruned")
    except ProbeError:
        return error
    return error
