"""Which paths the newest restore point of a copy has, kept in the agent's state in little room.

Of each path eight bytes of its hash are kept, sorted: a million paths cost 8 MB on disk, and are
read where something must be measured. What two paths share by chance hides one file among 10^12.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from array import array
from bisect import bisect_left
from dataclasses import dataclass

from guardian_agent.probe import Point, PointFile
from guardian_agent.restore.livedata import folder_of, nanoseconds
from guardian_agent.system.ports import Files

MOST_PATHS = 2_000_000
_FORM = "guardian-listed/1"
_HEADER_BYTES = 1024
_WIDTH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What one restore point lists."""

    point: str
    """The hash of its id."""
    began_ns: int
    paths: array[int]

    def __contains__(self, path: str) -> bool:
        wanted = _hash(path)
        at = bisect_left(self.paths, wanted)
        return at < len(self.paths) and self.paths[at] == wanted


class Listing:
    """Takes the entries of one listing."""

    def __init__(self) -> None:
        self._paths = array("Q")
        self._last = ""

    @property
    def is_too_long(self) -> bool:
        """Say whether it has more paths than are kept."""
        return len(self._paths) > MOST_PATHS

    def add(self, item: PointFile) -> None:
        """Take one entry, and the folders above where they are others than those before."""
        if self.is_too_long:
            return
        path = item.path.rstrip("/") or "/"
        self._paths.append(_hash(path))
        folder = folder_of(path)
        if folder != self._last:
            self._last = folder
            while folder != "/":
                self._paths.append(_hash(folder))
                folder = folder_of(folder)

    def of(self, point: Point) -> Listed:
        """Return all of it."""
        paths = array("Q", sorted(self._paths))
        return Listed(point=point.hashed_id, began_ns=nanoseconds(point.started_at), paths=paths)


def keep(files: Files, path: str, listed: Listed) -> None:
    """Keep a listing; a full disk costs the memory of it."""
    head = [_FORM, listed.point, listed.began_ns, len(listed.paths)]
    with contextlib.suppress(OSError):
        files.make_directory(folder_of(path))
        with files.create(f"{path}.fresh") as out:
            out.write(json.dumps(head).encode() + b"\n")
            out.write(listed.paths.tobytes())
        files.rename(f"{path}.fresh", path)


def recall(files: Files, path: str) -> Listed | None:
    """Return what was kept; None where it is not whole."""
    try:
        with files.open(path) as source:
            line = source.read(_HEADER_BYTES).split(b"\n", 1)[0]
            form, point, began_ns, count = json.loads(line)
            if form != _FORM or not 0 <= count <= 2 * MOST_PATHS:
                return None
            source.seek(len(line) + 1)
            data = source.read(count * _WIDTH)
    except (OSError, ValueError, TypeError):
        return None
    if len(data) != count * _WIDTH:
        return None
    return Listed(point=str(point), began_ns=int(began_ns), paths=array("Q", data))


def _hash(path: str) -> int:
    data = path.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=_WIDTH).digest())
