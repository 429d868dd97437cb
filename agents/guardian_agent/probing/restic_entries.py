"""What `restic ls --json` lists, line by line."""

from __future__ import annotations

from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.answers import nanoseconds
from guardian_agent.probing.long_listing import size_of
from guardian_agent.probing.paths import live_path
from guardian_agent.wire.facts.words import Reason


def is_entry(line: dict[str, Any]) -> bool:
    """Say whether a line lists a file or folder: the first is the snapshot itself.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    return _told(line, "struct_type") == "node"


def entry(node: dict[str, Any], root: str) -> PointFile:
    """Return the file or folder that a line lists.

    Raises:
        ProbeError: UNREADABLE_ANSWER; UNSAFE_CONTENTS for a name that leaves `root`.
    """
    path = live_path(root, str(_told(node, "path")).lstrip("/"))
    return PointFile(
        path=path,
        size=size_of(node, 0),
        modified_ns=nanoseconds(node.get("mtime")),
        is_file=_told(node, "type") == "file",
    )


def _told(node: dict[str, Any], key: str) -> object:
    if key not in node:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"restic ls: no {key}")
    return node[key]
