"""Live data that turned into ciphertext: the opposite alarm of the same look."""

from __future__ import annotations

from guardian_agent.magic import Classified


def has_turned(path: str, before: str | None, now: Classified) -> bool:
    """Say whether a file that a reader made sense of looks like ciphertext now.

    Args:
        path: its name says what it is expected to be, where it was not seen before.
        before: the kind it had when it was last read and was `plaintext`; None for a new file.
        now: what the classifier says.
    """
    raise NotImplementedError
