"""The families about central's own looks at storage; absent where it does not look.

Whether a look agrees with the agent, and whether what lies there can be deleted, are findings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from guardian.domain.snapshot import CopyFigures
from guardian.domain.storage import LockMode, StorageLook
from guardian.metrics.family import Family
from guardian.metrics.of_copies import COPY, of_copies


def _of_look(value: Callable[[StorageLook], float | None]) -> Callable[[CopyFigures], float | None]:
    """Return what asks the newest look that saw anything."""

    def asked(copy: CopyFigures) -> float | None:
        look = None if copy.witness is None else copy.witness.look
        return None if look is None else value(look)

    return asked


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _succeeded(copy: CopyFigures) -> float | None:
    return None if copy.witness is None else float(copy.witness.failure is None)


def _newest(look: StorageLook) -> float | None:
    return _seconds(look.points[0].stored_at if look.points else look.newest_at)


def _locked_until(look: StorageLook) -> float | None:
    """Return until when all of the newest objects are locked so that nobody can delete them."""
    if not look.locks or any(lock.mode is LockMode.UNKNOWN for lock in look.locks):
        return None
    ends = [
        lock.retain_until.timestamp()
        if lock.mode is LockMode.COMPLIANCE and lock.retain_until is not None
        else 0.0
        for lock in look.locks
    ]
    return min(ends)


WITNESSES = (
    Family(
        name="guardian_witness_success",
        help="1 if central's newest look at the storage saw anything, 0 if it saw nothing.",
        labels=COPY,
        samples=of_copies(_succeeded),
    ),
    Family(
        name="guardian_witness_look_timestamp_seconds",
        help="When central last saw the storage, in Unix seconds.",
        labels=COPY,
        samples=of_copies(_of_look(lambda look: look.looked_at.timestamp())),
    ),
    Family(
        name="guardian_witness_newest_timestamp_seconds",
        help="When the newest restore point was stored, by the storage's own time.",
        labels=COPY,
        samples=of_copies(_of_look(_newest)),
    ),
    Family(
        name="guardian_witness_restore_points",
        help="Restore points in the storage; absent where its layout does not show them.",
        labels=COPY,
        samples=of_copies(_of_look(lambda look: look.total)),
    ),
    Family(
        name="guardian_witness_data_bytes",
        help="Size of what restore points rest on; absent where not all could be listed.",
        labels=COPY,
        samples=of_copies(_of_look(lambda look: None if look.data is None else look.data.bytes)),
    ),
    Family(
        name="guardian_witness_locked_until_timestamp_seconds",
        help="Until when nobody can delete the newest objects (COMPLIANCE), in Unix seconds; 0: "
        "they are not so locked; absent where that is not known.",
        labels=COPY,
        samples=of_copies(_of_look(_locked_until)),
    ),
)
