"""A repository in a folder of central's machine: a mounted share, a disk, a pulled mirror.

The time of a file is its `ctime`: the file system sets it, and no user can set it back, as `touch`
and `rsync --times` set the `mtime`. A `chmod` or `chown` of everything shows as overwriting.
Links are not followed. A folder tells nothing of locks.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from guardian_agent.wire.names import Slug

from guardian.domain.layouts import recognise
from guardian.domain.storage import Lack, Layout, NoLook, Question, StorageLook
from guardian.domain.stored import Gathering, Version
from guardian.errors import ConfigError
from guardian.ports import Looking, WitnessKind

KIND = Slug("folder")
MAX_FILES = 2_000_000
MAX_DEPTH = 64
PERMISSION = "read and search, for central's user, on every folder of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the repository lies on central's machine."""

    path: str
    """Its folder."""
    mount: str | None = None
    """What must be mounted, or nothing is seen: a share that is not there would look emptied."""
    layout: Layout | None = None
    """What lies there, where its names do not show it."""
    shared: bool = False
    """Other backup sets are kept in the same place."""


class Folder:
    """Looks at one folder; see `guardian.ports.Witness`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def look(self, looking: Looking) -> StorageLook | NoLook:
        """Walk the folder and tell what lies there."""
        now = looking.clock.now()
        mount = self._settings.mount
        if mount is not None and not os.path.ismount(mount):
            return NoLook(looked_at=now, reason=Slug("not-mounted"))
        try:
            top = sorted(_named(each) for each in os.scandir(self._settings.path))
        except PermissionError:
            return NoLook(looked_at=now, reason=Slug("permission-missing"), permission=PERMISSION)
        except OSError:
            return NoLook(looked_at=now, reason=Slug("no-such-place"))
        layout = self._settings.layout or recognise(top)
        return self._walked(layout, looking, now)

    def _walked(self, layout: Layout, looking: Looking, now: datetime) -> StorageLook:
        gathering = Gathering(layout, looking.hashed, looking.since)
        walk = _Walk(self._settings.path, looking)
        for name, version in walk.files():
            gathering.add(name, (version,))
        lacks = [Lack(question=each, reason=reason) for reason in walk.cut for each in _INCOMPLETE]
        return StorageLook(
            looked_at=now,
            kind=KIND,
            store=KIND,
            layout=layout,
            exclusive=not self._settings.shared,
            lacks=tuple(lacks),
            **gathering.points(),
            **gathering.rest(complete=not walk.cut),
        )


_INCOMPLETE = (Question.POINTS, Question.DATA)


class _Walk:
    """One walk; `cut` tells afterwards why it may not have seen everything."""

    def __init__(self, root: str, looking: Looking) -> None:
        self._root = root
        self._looking = looking
        self._files = 0
        self.cut: set[Slug] = set()

    def files(self) -> Iterator[tuple[str, Version]]:
        """Yield each file's name below the folder."""
        waiting = [("", 0)]
        while waiting:
            below, depth = waiting.pop()
            for name, about in self._entries(below):
                if stat.S_ISDIR(about.st_mode) and depth < MAX_DEPTH:
                    waiting.append((f"{name}/", depth + 1))
                elif stat.S_ISDIR(about.st_mode):
                    self.cut.add(Slug("too-deep"))
                elif stat.S_ISREG(about.st_mode):
                    yield name, _version(about)

    def _entries(self, below: str) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(Path(self._root) / below) as entries:
                for entry in entries:
                    if self._is_over():
                        return
                    try:
                        yield below + entry.name, entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue  # a lock or a file of a backup that is under way
        except PermissionError:
            self.cut.add(Slug("permission-missing"))
        except FileNotFoundError:
            return
        except OSError:
            self.cut.add(Slug("unreadable"))

    def _is_over(self) -> bool:
        self._files += 1
        if self._files > MAX_FILES:
            self.cut.add(Slug("too-many-files"))
        elif self._looking.clock.monotonic() >= self._looking.deadline:
            self.cut.add(Slug("time-spent"))
        else:
            return False
        return True


def _named(entry: os.DirEntry[str]) -> str:
    return f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name


def _version(about: os.stat_result) -> Version:
    stored_at = datetime.fromtimestamp(about.st_ctime_ns // 1000 / 1e6, UTC)
    return Version(stored_at=stored_at, bytes=about.st_size)


def _open(settings: Settings) -> Folder:
    for path in (settings.path, settings.mount or "/"):
        if not path.startswith("/"):
            raise ConfigError(f"{path!r} is no absolute path")
    return Folder(settings)


WITNESS = WitnessKind(kind=KIND, settings=Settings, open=_open)
