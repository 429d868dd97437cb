"""The kernel's table of mounts, and which of them a path lies on. Pure.

Source of the form: proc_pid_mountinfo(5).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_ESCAPED = re.compile(r"\\([0-7]{3})")
_FIELDS_BEFORE = 6
_FIELDS_AFTER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Mount:
    """One line of mountinfo."""

    id: str
    parent: str
    number: str
    """The device's "major:minor"; major 0 where no single device lies under it."""
    root: str
    """Which folder of the file system is mounted."""
    point: str
    kind: str
    """The file system: `ext4`, `fuse.gocryptfs`."""
    source: str
    options: Mapping[str, str]
    """Of the file system, and of this mount, as one; without a value: the empty text."""


class Mounts:
    """All mounts, and the way from one to the next as the kernel goes it."""

    def __init__(self, text: str) -> None:
        self.all = tuple(_parsed(text))
        self._children: dict[tuple[str, str], Mount] = {}
        for mount in self.all:
            self._children[mount.parent, mount.point] = mount

    def at(self, path: str) -> Mount | None:
        """Return the mount that an absolute path without links lies on.

        What another mount hides is not met: at each step the kernel looks for one on top.
        """
        found = self._root()
        if found is None:
            return None
        for place in _places(path):
            found = self._top(found, place)
        return found

    def below(self, path: str) -> list[Mount]:
        """Return the mounts below a path that can be seen, without the one that it lies on."""
        start = path.rstrip("/") + "/"
        on = self.at(path)
        inside = [mount for mount in self.all if mount.point.startswith(start) and mount != on]
        return [mount for mount in inside if self.at(mount.point) == mount]

    def _root(self) -> Mount | None:
        """Return the first mount at `/`: the one whose parent is not to be seen."""
        known = {mount.id for mount in self.all}
        at_root = (mount for mount in self.all if mount.point == "/")
        return next((mount for mount in at_root if mount.parent not in known - {mount.id}), None)

    def _top(self, mount: Mount, place: str) -> Mount:
        """Go up what is mounted on top of one another at one place."""
        seen = {mount.id}
        while (above := self._children.get((mount.id, place))) and above.id not in seen:
            mount = above
            seen.add(mount.id)
        return mount


def unescaped(text: str) -> str:
    r"""Undo the kernel's octal escapes (`\040` is a blank)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 8) & 0xFF), text)


def _places(path: str) -> Iterator[str]:
    """Yield each folder on the way: `/`, `/srv`, `/srv/data`."""
    yield "/"
    place = ""
    for part in path.split("/"):
        if part:
            place = f"{place}/{part}"
            yield place


def _parsed(text: str) -> Iterator[Mount]:
    for line in text.split("\n"):
        before, dash, after = line.partition(" - ")
        first, last = before.split(" "), after.split(" ")
        if not dash or len(first) < _FIELDS_BEFORE or len(last) < _FIELDS_AFTER:
            continue
        options = ",".join((first[5], *last[2:3]))
        yield Mount(
            id=first[0],
            parent=first[1],
            number=first[2],
            root=unescaped(first[3]),
            point=unescaped(first[4]),
            kind=unescaped(last[0]),
            source=unescaped(last[1]),
            options=_options(options),
        )


def _options(text: str) -> dict[str, str]:
    pairs = (option.partition("=") for option in text.split(","))
    return {unescaped(name): unescaped(value) for name, _, value in pairs}
