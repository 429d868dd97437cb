"""What `borg list --json-lines` lists of an archive, line by line."""

from __future__ import annotations

from typing import Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import PointFile
from guardian_agent.probing.answers import nanoseconds
from guardian_agent.probing.long_listing import size_of
from guardian_agent.probing.paths import live_path
from guardian_agent.wire.facts.words import Reason


def entry(item: dict[str, Any], root: str, sizes: dict[str, int]) -> PointFile:
    """Return the file or folder that a line lists; a hard link has the size of its first name.

    Args:
        item: the line.
        root: the folder that names are relative to.
        sizes: those of the files listed so far, by name.

    Raises:
        ProbeError: UNREADABLE_ANSWER; UNSAFE_CONTENTS for a name that leaves `root`.
    """
    try:
        name, size = str(item["path"]), size_of(item)
        first = item["source"] if str(item["mode"]).startswith("h") else None
        is_file = item["type"] == "-"
    except KeyError as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, f"borg list: no {error}") from error
    if isinstance(first, str):
        size = sizes.get(first, size)
    elif is_file:
        sizes[name] = size
    modified = nanoseconds(item.get("mtime"))
    path = live_path(root, name)
    return PointFile(path=path, size=size, modified_ns=modified, is_file=is_file)
