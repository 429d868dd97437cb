"""What `rclone lsjson -R` lists, and which restore points are in it.

Source: rclone's manual and recorded answers of 1.60 and 1.75. It prints one object a line. What a
crypt remote cannot decrypt it leaves out, and exits 0: nothing listed is not nothing there.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnySubject
from guardian_agent.probing.answers import nanoseconds
from guardian_agent.probing.dated import of_nanoseconds
from guardian_agent.probing.points import Listed
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

MAX_POINTS = 100_000
_QUOTE = "\u201b"
_SHOWN = re.compile(f"{_QUOTE}?[\u2400-\u241f\u2421]")
_HIDDEN = re.compile("[\x01-\x1f\x7f\u2400-\u241f\u2421]")
_DELETE, _PICTURES = "\x7f", 0x2400
"""rclone shows control characters as their pictures, and a picture behind a quote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file or folder, by its path below the remote; `modified_ns` None: not told."""

    path: str
    size: int
    modified_ns: int | None
    is_file: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One restore point: a folder or file of the remote, or ("") all of it.

    `at_ns` is the date of its newest file, or of the file that the job writes last: it was
    complete no earlier.
    """

    name: Any
    files: int
    bytes: int
    at_ns: int
    newest: Any
    """The path of the file that `at_ns` is the date of."""

    def listed(self) -> Listed:
        """Return it as a restore point; what is written over becomes another one.

        Raises:
            ProbeError: a time out of range.
        """
        at = of_nanoseconds(self.at_ns)
        return Listed(
            native_id=f"{self.at_ns} {self.bytes} {self.name}",
            started_at=at,
            finished_at=at,
            files=self.files,
            bytes=self.bytes,
        )


def live_name(shown: str) -> str:
    """Return a name as it is on a disk."""

    def plain(found: re.Match[str]) -> str:
        sign = found[0][-1]
        if found[0][0] == _QUOTE:
            return sign
        return _DELETE if sign == "\u2421" else chr(ord(sign) - _PICTURES)

    return _SHOWN.sub(plain, shown)


def stored_name(name: str) -> str:
    """Return a name as rclone takes and shows it."""

    def picture(found: re.Match[str]) -> str:
        sign = found[0]
        if ord(sign) >= _PICTURES:
            return _QUOTE + sign
        return "\u2421" if sign == _DELETE else chr(ord(sign) + _PICTURES)

    return _HIDDEN.sub(picture, name)


def items(subject: AnySubject, system: System, ask: Callable[[str], None]) -> Iterator[Item]:
    """Yield all that is listed; `ask` has rclone write the listing to a new file.

    Raises:
        ProbeError: as `ask`; UNREADABLE_ANSWER for a listing without its end.
    """
    with scratch_folder(subject, system) as folder:
        place, closed = f"{folder}/listing", False
        ask(place)
        with system.files.open(place) as lines:
            for line in lines:
                told = line.strip().rstrip(b",")
                if closed and told:
                    raise _unreadable()
                closed = closed or told in (b"]", b"[]")
                if told and told not in (b"[", b"]", b"[]"):
                    yield _item(told)
        if not closed:
            raise _unreadable()


def grouped(
    listed: Iterable[Item], pattern: str | None, marker: str | None, now_ns: int
) -> list[Group]:
    """Return the restore points of a listing.

    Args:
        listed: everything below the remote.
        pattern: of the names, directly below the remote, that are points; None: all is one.
        marker: path in a point of the file that dates it; None: the newest dates it.
        now_ns: later dates tell nothing of when a point was made.

    Raises:
        ProbeError: OUTPUT_LIMIT when there are too many.
    """
    found: dict[str, Group] = {}
    for item in listed:
        name, _, inside = item.path.partition("/")
        if pattern is None:
            name, inside = "", item.path
        elif not fnmatch.fnmatchcase(name, pattern):
            continue
        if not item.is_file:
            continue
        dates = inside == marker if marker is not None else (item.modified_ns or 0) <= now_ns
        known = found.get(name) or Group(name=name, files=0, bytes=0, at_ns=-1, newest="")
        found[name] = _with(known, item, dates=dates)
        if len(found) > MAX_POINTS:
            raise ProbeError(Reason.OUTPUT_LIMIT, f"rclone: over {MAX_POINTS} names match")
    return [group for group in found.values() if group.at_ns >= 0]


def _with(group: Group, item: Item, *, dates: bool) -> Group:
    newer = dates and item.modified_ns is not None and item.modified_ns > group.at_ns
    return Group(
        name=group.name,
        files=group.files + 1,
        bytes=group.bytes + item.size,
        at_ns=item.modified_ns if newer and item.modified_ns is not None else group.at_ns,
        newest=item.path if newer else group.newest,
    )


def _item(line: bytes) -> Item:
    try:
        told = json.loads(line)
        path, size, is_folder = told["Path"], told["Size"], told["IsDir"]
        if not (isinstance(path, str) and type(size) is int and isinstance(is_folder, bool)):
            raise _unreadable()
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise _unreadable() from error
    return Item(
        path=path,
        size=max(0, size),  # -1: not known
        modified_ns=nanoseconds(told.get("ModTime")),
        is_file=not is_folder,
    )


def _unreadable() -> ProbeError:
    return ProbeError(Reason.UNREADABLE_ANSWER, "rclone lsjson: expected a list of files")
