"""Decrypted views of encrypted folders that are mounted for everybody.

While it is mounted a view is plain. Without `allow_other` only its owner sees it, with
`default_permissions` its files' modes decide as anywhere; else every user reads all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from guardian_agent.exposure.volumes.found import Found, safe, unsafe
from guardian_agent.exposure.volumes.lies_on import VIEWS
from guardian_agent.exposure.volumes.mounts import Mount


def views(mounts: Iterable[Mount], paths: Sequence[str]) -> list[Found]:
    """Look at the views at or below the paths, and at those of folders there."""
    seen = [mount for mount in mounts if mount.kind in VIEWS and _concerns(mount, paths)]
    return [_view(mount) for mount in seen] or [safe("no-view")]


def _view(mount: Mount) -> Found:
    if "allow_other" not in mount.options:
        return safe("view-of-owner")
    by_modes = "default_permissions" in mount.options
    return safe("view-by-modes") if by_modes else unsafe("view-of-all")


def _concerns(mount: Mount, paths: Sequence[str]) -> bool:
    folder = mount.source.rpartition("@")[2]  # CryFS says "cryfs@/folder"
    places = (mount.point, folder)
    return any(_is_in(place, path) or _is_in(path, place) for place in places for path in paths)


def _is_in(place: str, folder: str) -> bool:
    return (place.rstrip("/") + "/").startswith(folder.rstrip("/") + "/")
