"""Walk folders in one fixed order, from any place in it, and never out of them.

A folder's files come first, then its folders, names in byte order: so a place in the walk is a
folder and a name in it, two walks can be merged while both are streamed, and a walk that was cut
short goes on where it stopped. Links are never followed, also not those that take a folder's place
meanwhile; a folder that is mounted into itself is entered once; what the kernel makes up (`/proc`,
`/sys`) is no data.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.exposure.without_data import WITHOUT_DATA
from guardian_agent.system.ports import Entry, Files, Folder
from guardian_agent.wire.facts.words import Reason

_MOUNTS = "/proc/self/mountinfo"
_MOUNTS_BYTES = 16 * 1024 * 1024
_ESCAPE = re.compile(r"\\(040|011|012|134)")

Given = tuple[str, str]
"""A path without links, and what the operator wrote for it."""


class Position(NamedTuple):
    """A place in the walk, in its order: a folder's sort key, and a file's name in bytes."""

    folder: bytes
    name: bytes


BEGINNING = Position(b"", b"")


class _Root(NamedTuple):
    """What a path leads to, and the path as the operator wrote it."""

    entry: Entry
    given: str


class _Level(NamedTuple):
    """The folders of one folder that are still to be entered."""

    path: str
    """What stands before their names."""
    names: Iterator[str]
    above: tuple[object, ...]
    """The folders that they lie in, by device and inode, the nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One folder and the names of its files that are to be looked at."""

    folder: Folder
    path: str
    key: bytes
    names: Sequence[str]
    given: Given
    """Which path of the operator leads here."""

    def shown(self, name: str) -> str:
        """Return the path of one of its files, as it begins in what the operator wrote."""
        real, given = self.given
        path = f"{self.path.rstrip('/')}/{name}"
        return given + path[len(real) :]


def key_of(folder: str) -> bytes:
    """Return what sorts folders as the walk meets them: no name holds a zero byte."""
    return as_bytes(folder.rstrip("/")).replace(b"/", b"\0")


def all_as_bytes(names: Sequence[str]) -> Sequence[bytes]:
    """Return some names as the kernel has them: none holds a zero byte."""
    return as_bytes("\0".join(names)).split(b"\0") if names else ()


def as_bytes(name: str) -> bytes:
    """Return a name as the kernel has it, which may be no text."""
    return name.encode("utf-8", "surrogateescape")


class Walk:
    """One walk; `trouble` is the first thing that could not be looked into."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._made_up = _made_up(files)
        self.trouble: ProbeError | None = None

    def places(self, paths: Sequence[str], begin: Position = BEGINNING) -> Iterator[Place]:
        """Yield every folder at or below `paths`, with its files that come after `begin`.

        Args:
            paths: files or folders; a link among them is followed, for the operator named it.
            begin: the last place that is not looked at again.
        """
        for root in self._roots(paths):
            real = root.entry.path
            given = (real.rstrip("/"), root.given.rstrip("/"))
            if root.entry.is_directory:
                yield from self._below(real, given, begin)
            elif root.entry.is_file:
                folder, _, name = real.rpartition("/")
                yield from self._in_folder(folder or "/", name, given, begin)
            else:
                unfit = ProbeError(Reason.UNSUPPORTED, f"{root.given}: no file and no folder")
                self.trouble = self.trouble or unfit

    def note_shut(self, error: OSError, path: str) -> None:
        """Note what keeps a folder below shut; one that has gone meanwhile is none."""
        self._note_below(error, path, is_top=False)

    def _roots(self, paths: Sequence[str]) -> list[_Root]:
        """Return what the paths lead to in walking order, none inside another."""
        found = [root for path in paths for root in self._root(path)]
        kept: list[_Root] = []
        for root in sorted(found, key=_place_of_root):
            if not any(_is_below(root.entry.path, other.entry.path) for other in kept):
                kept.append(root)
        return kept

    def _root(self, path: str) -> list[_Root]:
        try:
            return [_Root(self._files.stat(self._files.real(path)), path)]
        except OSError as error:
            self._note(error, path)
            return []

    def _below(self, top: str, given: Given, begin: Position) -> Iterator[Place]:
        levels = [_Level("", iter((top,)), ())]
        while levels:
            name = next(levels[-1].names, None)
            if name is None:
                levels.pop()
                continue
            path = levels[-1].path + name
            if path in self._made_up or _is_before(path, begin):
                continue
            try:
                with self._files.folder(path) as folder:
                    itself = (folder.entry.device, folder.entry.inode)
                    if _is_among(itself, levels[-1].above):
                        continue
                    names, folders = folder.names()
                    joint = path if path == "/" else f"{path}/"
                    levels.append(_Level(joint, iter(folders), (itself, levels[-1].above)))
                    yield from _place(folder, path, given, names, begin)
            except OSError as error:
                self._note_below(error, path, is_top=path == top)

    def _in_folder(self, path: str, name: str, given: Given, begin: Position) -> Iterator[Place]:
        try:
            with self._files.folder(path) as folder:
                yield from _place(folder, path, given, [name], begin)
        except OSError as error:
            self._note(error, path)

    def _note_below(self, error: OSError, path: str, *, is_top: bool) -> None:
        """Note what keeps a folder shut; one that has gone, or is a link by now, is none."""
        gone = isinstance(error, FileNotFoundError | NotADirectoryError) or _is_link(error)
        if is_top or not gone:
            self._note(error, path)

    def _note(self, error: OSError, path: str) -> None:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError) or _is_link(error)
        reason = Reason.PATH_MISSING if missing else Reason.PERMISSION_DENIED
        self.trouble = self.trouble or ProbeError(reason, f"{path}: {error.strerror}")


def _place(
    folder: Folder, path: str, given: Given, names: Sequence[str], begin: Position
) -> Iterator[Place]:
    key = key_of(path)
    if key < begin.folder:
        return
    if key == begin.folder:
        names = [name for name in names if as_bytes(name) > begin.name]
    yield Place(folder=folder, path=path, key=key, names=names, given=given)


def _is_before(folder: str, begin: Position) -> bool:
    """Say whether everything below a folder comes before a place."""
    key = key_of(folder)
    return key < begin.folder and not begin.folder.startswith(key + b"\0")


def _is_among(itself: object, above: tuple[object, ...]) -> bool:
    while above:
        if above[0] == itself:
            return True
        above = above[1]  # type: ignore[assignment]
    return False


def _place_of_root(root: _Root) -> tuple[bytes, bytes]:
    entry = root.entry
    if entry.is_directory:
        return key_of(entry.path), b""
    folder, _, name = entry.path.rpartition("/")
    return key_of(folder), as_bytes(name)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _is_link(error: OSError) -> bool:
    return error.errno == errno.ELOOP


def _made_up(files: Files) -> frozenset[str]:
    """Return where file systems are mounted that the kernel makes up."""
    try:
        table = files.read(_MOUNTS, _MOUNTS_BYTES).decode("utf-8", "surrogateescape")
    except (OSError, StateError):
        return frozenset()
    return frozenset(_made_up_in(table))


def _made_up_in(table: str) -> Iterator[str]:
    """Yield the mount points of proc_pid_mountinfo(5): the type follows a lone dash."""
    for line in table.split("\n"):
        before, dash, after = line.partition(" - ")
        fields = before.split(" ")
        if dash and len(fields) > 4 and after.split(" ")[0] in WITHOUT_DATA:  # noqa: PLR2004
            yield _unescaped(fields[4])


def _unescaped(path: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)), path)
