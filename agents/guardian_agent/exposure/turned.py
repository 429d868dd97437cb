"""Live data that turned into ciphertext: the opposite alarm of the same look."""

from __future__ import annotations

from guardian_agent.magic import Classified, Read


def has_turned(path: str, before: str | None, now: Classified, size: int, read: Read) -> bool:
    """Say whether a file that a reader made sense of looks like ciphertext now, whole or in part.

    Args:
        path: its name says what it is expected to be, where it was not seen before.
        before: the kind it had when it was last read and was `plaintext`; None for a new file.
        now: what the classifier says.
        size: bytes in all.
        read: reads the file as the classifier did; asked for at most 256 KiB, and for nothing
            where neither its name nor its past promises a readable file.
    """
    raise NotImplementedError
