"""The ledger of a copy: when each file was last brought back by a restore test, as it was signed.

One number of four bytes a file, at the place that the manifest's index gives the file. It never
leaves the server. A ledger of another numbering is of other files, and counts as empty; so does a
damaged one: what was tested is then tested again.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.restore.index import MAX_NUMBERS, Summary
from guardian_agent.restore.livedata import folder_of
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash, ShortHash

BAD = 1
"""Second 1 of 1970 stands for a file that came back bad; no file was ever first seen before it."""
_FORM = "I"
_BYTES = 4
_MAX_BYTES = MAX_NUMBERS * _BYTES + 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    numbering: ShortHash
    digest: Hash


class Ledger:
    """When each file was last tested, in seconds since 1970, by its number."""

    def __init__(self, numbering: ShortHash, tested: array[int]) -> None:
        self._numbering = numbering
        self._tested = tested

    def times(self) -> Sequence[int]:
        """Return when each file was last tested, by its number.

        A test before the file was first seen was of the file that had its number before, or none
        at all (0); one in the future was dated by a clock that was wrong. Neither counts. `BAD`
        stands for a file that was bad when it was tested last.
        """
        return self._tested

    def mark(self, number: int, at: int) -> None:
        """Note that the file of this number was tested."""
        self._tested[number] = at

    def mark_bad(self, number: int) -> None:
        """Note that the file of this number came back wrong or not at all: it counts as untested.

        Unlike what was never tested it comes first in the next test, or the luck of the next draw
        would hide what is known to be bad.
        """
        self._tested[number] = BAD

    def newest(self, now: int) -> int | None:
        """Return when a file was last tested at all; None when none ever was."""
        newest = max(self._tested, default=0)
        return newest if BAD < newest <= now else None

    def write(self, files: Files, path: str) -> None:
        """Keep the ledger; raise `OSError`."""
        data = self._tested.tobytes()
        head = _Head(numbering=self._numbering, digest=Hash(hashlib.sha256(data).hexdigest()))
        files.make_directory(folder_of(path))
        files.write(path, to_json(head) + b"\n" + data)


def read_ledger(files: Files, path: str, summary: Summary) -> Ledger:
    """Return the ledger at `path`, with room for every file of the index; a new one without it."""
    tested = _tested(files, path, summary.numbering)
    missing = summary.numbers - len(tested)
    if missing > 0:
        tested.frombytes(bytes(missing * _BYTES))
    return Ledger(summary.numbering, tested)


def _tested(files: Files, path: str, numbering: ShortHash) -> array[int]:
    known = array(_FORM)
    try:
        text, _, data = files.read(path, _MAX_BYTES).partition(b"\n")
        head = build(_Head, read_json(text))
    except (OSError, StateError, DecodeError):
        return known
    digest = hashlib.sha256(data).hexdigest()
    if (head.numbering, head.digest) == (numbering, digest) and len(data) % _BYTES == 0:
        known.frombytes(data)
    return known
