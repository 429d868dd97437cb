"""Walk one area and add up what no restore point has; a walk goes on where the last one stopped."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from guardian_agent.coverage.credit import Credit
from guardian_agent.coverage.ruler import Cover, Ruler
from guardian_agent.restore.livedata import is_canary, order
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

_LOOKS_AT_THE_CLOCK = 256


@dataclass(slots=True, kw_only=True)
class Sums:
    """What was added up so far. Times of files in nanoseconds."""

    files: int = 0
    bytes: int = 0
    files_uncovered: int = 0
    bytes_uncovered: int = 0
    bytes_unproven: int = 0
    changed_ns: int = 0
    reason: Reason = Reason.NONE

    def add(self, entry: Entry, cover: Cover) -> None:
        """Take one file."""
        self.files += 1
        self.bytes += entry.size
        self.changed_ns = max(self.changed_ns, entry.modified_ns)
        if cover is Cover.OPEN:
            self.files_uncovered += 1
            self.bytes_uncovered += entry.size
        elif cover is Cover.UNPROVEN:
            self.bytes_unproven += entry.size


class Walk:
    """A walk through one area, in the order of a manifest's; it follows no link."""

    def __init__(
        self, files: Files, enters: Callable[[str], bool], sums: Sums, after: str = ""
    ) -> None:
        """Be ready to walk.

        Args:
            files: the machine's files.
            enters: whether a file or folder belongs to the area.
            sums: what was added up before, and takes what is added now.
            after: the place of the last file that was added before, in hexadecimal digits.
        """
        self._files = files
        self._enters = enters
        self._sums = sums
        self._after = bytes.fromhex(after)
        self.place = after
        """Of the last file that was added."""

    def run(self, top: str, ruler: Ruler, credit: Credit, has_time: Callable[[], bool]) -> bool:
        """Add up the files; say whether the end was reached."""
        for number, entry in enumerate(self._entries(top), 1):
            self._sums.add(entry, ruler.judge(entry, credit))
            self.place = order(entry.path).hex()
            if number % _LOOKS_AT_THE_CLOCK == 0 and not has_time():
                return False
        return True

    def _entries(self, top: str) -> Iterator[Entry]:
        waiting = [self._scan(top)]
        while waiting:
            entry = next(waiting[-1], None)
            if entry is None:
                waiting.pop()
            elif entry.is_file and self._is_next(entry.path):
                yield entry
            elif entry.is_directory and self._may_hold_more(entry.path):
                waiting.append(self._scan(entry.path))

    def _is_next(self, path: str) -> bool:
        """Say whether a file was not added before, and counts."""
        return order(path) > self._after and not is_canary(path) and self._enters(path)

    def _may_hold_more(self, folder: str) -> bool:
        """Say whether something in a folder comes after the place where the last walk stopped."""
        place = order(folder)
        is_ahead = place >= self._after or self._after.startswith(place + b"\0")
        return is_ahead and self._enters(folder)

    def _scan(self, folder: str) -> Iterator[Entry]:
        try:
            yield from self._files.scan(folder)
        except FileNotFoundError:
            return  # it went meanwhile
        except OSError:
            self._sums.reason = Reason.PERMISSION_DENIED
