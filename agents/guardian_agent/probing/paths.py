"""Paths inside a restore point and where they lie on the live server."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.wire.facts.words import Reason


def overlap(one: str, other: str) -> bool:
    """Say whether one path equals, contains or lies under the other."""
    return holds(posixpath.normpath(one), posixpath.normpath(other)) or holds(
        posixpath.normpath(other), posixpath.normpath(one)
    )


def live_path(root: str, name: str) -> str:
    """Return where the entry `name` of a restore point lies on the live server.

    Args:
        root: the folder that names are relative to.
        name: as the tool lists it: "srv/files/a", "./a", "/srv/files/a".

    Raises:
        ProbeError: UNSAFE_CONTENTS for a name that leaves `root`; whoever restored it by its name
            would write elsewhere.
    """
    root = posixpath.normpath(root)
    if ".." in name.split("/") or "\0" in name:
        raise _unsafe(name, root)
    if not name.startswith("/"):
        return posixpath.normpath(posixpath.join(root, name))
    path = posixpath.normpath("/" + name.lstrip("/"))
    if not holds(root, path):
        raise _unsafe(name, root)
    return path


def name_in_point(root: str, path: str) -> str | None:
    """Return the name, relative to `root`, of a live path; None where it lies elsewhere."""
    root, path = posixpath.normpath(root), posixpath.normpath(path)
    if not holds(root, path):
        return None
    return path[len(root) :].lstrip("/")


def place_in(root: str, target: str, path: str) -> str | None:
    """Return where a live path comes back below `target` when names are restored as they stand.

    What lies in a folder comes back in that folder's place. None where the path is outside `root`.
    """
    name = name_in_point(root, path)
    return None if name is None else f"{target}/{name}".rstrip("/")


def parts(root: str, paths: Sequence[str]) -> list[str] | None:
    """Return the names in a point, relative to `root`, of a backup set's paths; None for all.

    All of a point belongs to a set without paths, and to one that holds `root` itself.
    """
    if not paths or any(
        holds(posixpath.normpath(path), posixpath.normpath(root)) for path in paths
    ):
        return None
    inside = (name_in_point(root, path) for path in paths)
    return sorted({name for name in inside if name is not None})


def holds(folder: str, path: str) -> bool:
    """Say whether `path` (normal, absolute) is `folder` or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unsafe(name: str, root: str) -> ProbeError:
    return ProbeError(Reason.UNSAFE_CONTENTS, f"{name!a} lies outside {root}")
