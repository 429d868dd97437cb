"""Doors of what a scan comes by: the empty password and published ones, on cheap locks alone.

A scan meets files by the thousand, so kinds that make a key costly on purpose (LUKS, age, restic)
are left to whoever looks at one copy; PDF's password the classifier tries itself.
"""

from __future__ import annotations

from collections.abc import Callable

from guardian_agent.magic import Classified, Read
from guardian_agent.magic.answer import weak
from guardian_agent.system.ports import Clock
from guardian_agent.wire.facts.words import Encryption

MOST_TRIED = 200
"""Containers of one scan; each costs a fraction of a second."""
SHARE = 0.05
"""Of the time that the scan has taken, beside the first second."""
FREE_SECONDS = 1.0
_CHEAP = frozenset({"aescrypt", "ooxml", "openpgp", "openssl", "zip"})


class Trying:
    """A classifier that calls `weak` what opens for everybody."""

    def __init__(self, classify: Callable[..., Classified], clock: Clock) -> None:
        self._classify = classify
        self._clock = clock
        self._left = MOST_TRIED
        self._began = clock.monotonic()
        self._spent = 0.0

    def halve(self) -> None:
        """Leave half of what may be tried to another process."""
        self._left //= 2

    def classify(self, head: bytes, tail: bytes, size: int, read: Read) -> Classified:
        """Say whether data can be read without a key; see `guardian_agent.magic.classify`."""
        found = self._classify(head, tail, size, read)
        if found.state is not Encryption.ENCRYPTED or found.kind not in _CHEAP:
            return found
        began = self._clock.monotonic()
        if not self._left or self._spent > FREE_SECONDS + SHARE * (began - self._began):
            return found
        # Ciphers of a dozen formats: imported where something encrypted is met.
        from guardian_agent.exposure.doors import Look, of_bytes  # noqa: PLC0415

        self._left -= 1
        tried = of_bytes(Look(head=head, size=size, read=read)).tried(self._clock)
        self._spent += self._clock.monotonic() - began
        return found if tried.opened is None else weak(found.kind, tried.opened)
