"""Watch that all commands together keep to their confinement while one is followed."""

from __future__ import annotations

import time

from guardian_agent.system import family
from guardian_agent.system.diskuse import DiskUse
from guardian_agent.system.ports import Confinement

_EVERY = 0.25
"""Seconds between two looks."""


class Watch:
    """Says, when asked often, whether more is taken than the confinement gives."""

    def __init__(self, confinement: Confinement | None) -> None:
        self._confinement = confinement
        self._disk = DiskUse(() if confinement is None else confinement.writable)
        self._next = 0.0
        self.breach = ""
        """What was exceeded, in words."""

    def exceeded(self) -> bool:
        """Look again, if it is time to, and say whether a limit was exceeded."""
        now = time.monotonic()
        if self._confinement is None or now < self._next:
            return False
        self._next = now + _EVERY
        if self._confinement.tick is not None:
            self._confinement.tick()
        self.breach = _processes(self._confinement) or self._disk.breach(self._confinement)
        return bool(self.breach)

    def has_overdrawn(self) -> bool:
        """Say whether more disk was taken by what has ended; counted anew."""
        if self._confinement is None:
            return False
        self.breach = self._disk.breach(self._confinement, anew=True)
        return bool(self.breach)


def _processes(confinement: Confinement) -> str:
    taken = family.taken()
    if confinement.processes is not None and taken.processes > confinement.processes:
        return f"{taken.processes} processes, {confinement.processes} may run"
    if confinement.memory_bytes is not None and taken.memory > confinement.memory_bytes:
        return f"{taken.memory} bytes of memory, {confinement.memory_bytes} may be taken"
    return ""
