"""Is the canary readable in a copy's raw bytes? Then anyone who has the bytes reads the data.

The same file answers both questions: with the key the data comes back, without it nothing should.
A header can claim encryption; the canary cannot be talked away.
"""

from __future__ import annotations

from collections.abc import Iterable

from guardian_agent.system.ports import Files

BUDGET_BYTES = 64 * 1024 * 1024
"""Raw bytes searched in one pass, newest first: the newest backup holds the newest canary."""
BLOCK_BYTES = 1024 * 1024


def in_clear(marker: str, paths: Iterable[str], files: Files) -> bool | None:
    """Say whether `marker` stands in one of the files.

    Returns:
        True when it was found; None when it was not, because compression hides it as well as
        encryption does: not finding it proves nothing.
    """
    left = BUDGET_BYTES
    for path in paths:
        searched = _search(marker.encode("ascii"), path, files, left)
        if searched is None:
            return True
        left -= searched
        if left <= 0:
            break
    return None


def _search(marker: bytes, path: str, files: Files, limit: int) -> int | None:
    """Return how many bytes were searched in vain; None when the marker was found."""
    done, tail = 0, b""
    try:
        with files.open(path) as source:
            while done < limit and (block := source.read(BLOCK_BYTES)):
                if marker in tail + block:
                    return None
                done += len(block)
                tail = block[-len(marker) :]
    except OSError:
        return done
    return done
