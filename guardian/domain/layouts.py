"""Repository layouts, told by the names of what lies in a storage.

Sources: restic's design document (repository layout), borg's internals (segments below `data/`),
kopia's architecture page (blobs by their first letters, `kopia.repository`).
"""

from __future__ import annotations

from collections.abc import Collection
from enum import Enum

from guardian.domain.storage import Layout

RESTIC_PARTS = frozenset({"config", "data/", "index/", "keys/", "snapshots/"})
RESTIC_BEGUN = frozenset({"config", "keys/"})
"""In a bucket, before the first backup."""
BORG_PARTS = frozenset({"config", "data/", "README"})
BORG_FILES = ("hints.", "index.", "integrity.")
KOPIA_FILES = ("kopia.repository", "kopia.blobcfg", "kopia.maintenance")
_UNFINISHED = frozenset("-.")
"""In restic's names, which are hashes, only while an object is written (`...-tmp-7`)."""
ENOUGH = 3
"""Parts of restic's layout that make one, however much of it was deleted since."""


class Part(Enum):
    """What one object is to the restore points."""

    POINT = "point"
    DATA = "data"
    KEY = "key"
    OTHER = "other"
    """Locks, indexes, caches: they come and go."""


def recognise(top: Collection[str]) -> Layout:
    """Return the layout of a place by the names at its top; folders end in "/"."""
    if any(name.startswith(KOPIA_FILES) for name in top):
        return Layout.KOPIA
    if len(RESTIC_PARTS.intersection(top)) >= ENOUGH and "snapshots/" in top:
        return Layout.RESTIC
    if len(RESTIC_PARTS.intersection(top)) > ENOUGH or set(top) == RESTIC_BEGUN:
        return Layout.RESTIC
    if BORG_PARTS.issubset(top) or ("data/" in top and _has_borg_files(top)):
        return Layout.BORG
    return Layout.FILES


def _has_borg_files(top: Collection[str]) -> bool:
    return any(name.startswith(BORG_FILES) for name in top)


def part(layout: Layout, name: str) -> Part:
    """Say what an object is, by its name below the place."""
    match layout:
        case Layout.RESTIC:
            return _of_restic(name)
        case Layout.BORG:
            return _of_borg(name)
        case Layout.KOPIA:
            return _of_kopia(name)
        case Layout.FILES:  # pragma: no branch - there is no other
            # A name that ends so stands for a folder; hidden files are what tools leave behind.
            is_point = not name.endswith("/") and not name.rpartition("/")[2].startswith(".")
            return Part.POINT if is_point else Part.OTHER


def needed(layout: Layout) -> dict[str, str]:
    """Return what every restore needs, by its word: an object's name, or how names begin."""
    match layout:
        case Layout.RESTIC:
            return {"config": "config", "keys": "keys/", "data": "data/"}
        case Layout.BORG:
            return {"config": "config", "data": "data/"}
        case Layout.KOPIA:
            return {"config": "kopia.repository"}
        case Layout.FILES:  # pragma: no branch - there is no other
            return {}


def _of_restic(name: str) -> Part:
    if name == "config":
        return Part.KEY
    if not _UNFINISHED.isdisjoint(name.rpartition("/")[2]):
        return Part.OTHER  # what is being written bears another name until it is whole
    if name.startswith("keys/"):
        return Part.KEY
    if name.startswith("snapshots/"):
        return Part.POINT
    return Part.DATA if name.startswith("data/") else Part.OTHER


def _of_borg(name: str) -> Part:
    # Its configuration changes with each check that is done in parts.
    return Part.DATA if name.startswith("data/") else Part.OTHER


def _of_kopia(name: str) -> Part:
    if name.startswith("kopia.repository"):
        return Part.KEY
    return Part.DATA if name.startswith(("p", "q")) else Part.OTHER
