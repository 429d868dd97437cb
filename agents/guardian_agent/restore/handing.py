"""Bring what we hold into the workshop, as the servant's own."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.probing.tool import RESTORE_SECONDS, Failures, find_tool, run_tool
from guardian_agent.restore.room import Room
from guardian_agent.wire.facts.words import Reason

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"File too large", Reason.QUOTA_EXCEEDED),
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"", Reason.INTERNAL),
    ),
)


def copy_over(room: Room, path: str, place: str) -> None:
    """Copy a folder that lies anywhere to `place`, links as links.

    Raises:
        ProbeError: it cannot be read, or there is no room.
    """
    _run(room, ["cp", "-R", "--preserve=timestamps", "--", path, place])
    _give(room, place)


def move_over(room: Room, path: str, place: str) -> None:
    """Move a folder out of the room's own part.

    Raises:
        ProbeError: it cannot be given to the servant.
        OSError: it cannot be moved.
    """
    room.system.files.rename(path, place)
    _give(room, place)


def _give(room: Room, place: str) -> None:
    """Make it the servant's, who owns the workshop; a link is given, never what it leads to."""
    if room.system.files.user_id() == 0:
        _run(room, ["chown", "-R", "-h", "-P", f"--reference={room.workshop}", "--", place])
    _run(room, ["chmod", "-R", "u+rwX,go-rwx", "--", place])


def _run(room: Room, words: Sequence[str]) -> None:
    tool, *rest = words
    arguments = [find_tool(room.system, tool), *rest]
    done = run_tool(room.system, arguments, seconds=RESTORE_SECONDS)
    if done.status:
        raise _FAILURES.error(done, tool)
