"""Which command writes a file, unpacked, to its standard output: what feeds a database's client."""

from __future__ import annotations

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import reading
from guardian_agent.probing.tool import find_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Reason

_UNPACKERS = (
    (b"\x1f\x8b", ("gzip", "-dcq")),
    (b"BZh", ("bzip2", "-dcq")),
    (b"\xfd7zXZ\x00", ("xz", "-dcq")),
    (b"\x28\xb5\x2f\xfd", ("zstd", "-dcq")),
)
_SIGPIPE = frozenset({-13, 128 + 13})
"""Nobody read on: whoever was fed ended first, and says why."""


def unpacker(system: System, path: str) -> list[str]:
    """Return the command that writes the file's contents, unpacked by what its first bytes tell.

    Raises:
        ProbeError: TOOL_MISSING; the file cannot be read.
    """
    with reading(path), system.files.open(path) as file:
        head = file.read(8)
    for magic, (tool, *options) in _UNPACKERS:
        if head.startswith(magic):
            return [find_tool(system, tool), *options, path]
    return [find_tool(system, "cat"), path]


def prove_unpacked(done: Completed, path: str) -> None:
    """Refuse what could not be read and unpacked to its end.

    Raises:
        ProbeError: DAMAGED.
    """
    if done.feeder_status and done.feeder_status not in _SIGPIPE:
        raise ProbeError(Reason.DAMAGED, f"{path}: it cannot be unpacked to its end")
