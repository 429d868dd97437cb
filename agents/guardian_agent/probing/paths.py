"""Paths inside a restore point and where they lie on the live server."""

from __future__ import annotations

import posixpath

from guardian_agent.errors import ProbeError
from guardian_agent.wire.facts.words import Reason


def overlap(one: str, other: str) -> bool:
    """Say whether one path equals, contains or lies under the other."""
    return _holds(posixpath.normpath(one), posixpath.normpath(other)) or _holds(
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
    if not _holds(root, path):
        raise _unsafe(name, root)
    return path


def name_in_point(root: str, path: str) -> str | None:
    """Return the name, relative to `root`, of a live path; None where it lies elsewhere."""
    root, path = posixpath.normpath(root), posixpath.normpath(path)
    if not _holds(root, path):
        return None
    return path[len(root) :].lstrip("/")


def _holds(folder: str, path: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _unsafe(name: str, root: str) -> ProbeError:
    return ProbeError(Reason.UNSAFE_CONTENTS, f"{name!a} lies outside {root}")
