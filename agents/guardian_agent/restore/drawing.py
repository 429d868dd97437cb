"""Which files a restore test compares: the seed draws them, nobody chooses.

Files are drawn until enough of them are comparable. Which are shows only when they have come back:
files of a live server change between the manifest and the backup, and a change is no failure of the
backup. So as many are restored as are expected to do, and more only when those did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from guardian_agent.restore.records import Record
from guardian_agent.wire.facts.restores import DrawResult
from guardian_agent.wire.sampling import MAX_DRAWS, SAMPLE_FILES, draw

NOT_COMPARED = frozenset({DrawResult.CHANGED, DrawResult.NOT_HASHED, DrawResult.NOT_IN_POINT})


def drawn_places(seed: bytes, population: int) -> list[int]:
    """Return the places in the manifest that the seed draws, in its order: all that may count."""
    return list(islice(draw(seed, population), MAX_DRAWS))


def enough(places: Sequence[int], records: Mapping[int, Record], before_ns: int) -> int:
    """Return how many draws are expected to give enough comparable files.

    What was touched after `before_ns`, when the restore point was begun, is not expected to.
    """
    comparable = 0
    for count, place in enumerate(places, 1):
        record = records[place]
        touched = max(record.modified_ns, record.changed_ns)
        comparable += record.content is not None and touched < before_ns
        if comparable == SAMPLE_FILES:
            return count
    return len(places)


def counting(results: Sequence[DrawResult]) -> int | None:
    """Return how many of the draws count: up to the last comparable one that was needed.

    None where all of them together are not enough.
    """
    comparable = 0
    for count, result in enumerate(results, 1):
        comparable += result not in NOT_COMPARED
        if comparable == SAMPLE_FILES:
            return count
    return None
