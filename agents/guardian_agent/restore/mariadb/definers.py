"""Users whom a dump's views and routines name, and who are in no dump of a database.

A server takes a view whose definer it does not know, but no second view that reads the first. The
users belong to the server that was dumped and prove nothing of the data, so they are made up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from guardian_agent.probing.tool import RESTORE_SECONDS, find_tool, run_tool
from guardian_agent.restore.mariadb.server import Client
from guardian_agent.restore.room import Room

MOST = 100
"""More users than any honest dump's views have."""

_CREATES = "CREATE "
_PATTERN = f"DEFINER=`[^`]{{1,80}}`@`[^`]{{0,255}}`|^{_CREATES}[^;(]{{0,40}}USER"
_DEFINER = re.compile(r"DEFINER=(`[^`]{1,80}`@`[^`]{0,255}`)")


def make_definers(client: Client, room: Room, feeder: Sequence[str]) -> int:
    """Make the users whom a dump names, unless it makes users itself; return how many.

    Raises:
        ProbeError: the dump cannot be looked through; they cannot be made.
    """
    grep = find_tool(room.system, "grep")
    done = run_tool(
        room.servant,
        [grep, "-aoE", _PATTERN],
        environment={"LC_ALL": "C"},
        seconds=RESTORE_SECONDS,
        feeder=feeder,
    )
    lines = set(done.stdout.decode("utf-8", "surrogateescape").splitlines())
    if any(line.startswith(_CREATES) for line in lines):
        return 0
    found = sorted(match[1] for line in lines if (match := _DEFINER.fullmatch(line)))[:MOST]
    made = [name for name in found if _make(client, name)]
    return len(made)


def _make(client: Client, name: str) -> bool:
    """Make a user; one that is there already, or cannot be, is passed over."""
    script = f"CREATE USER {name};\nGRANT ALL PRIVILEGES ON *.* TO {name};\n"
    return client.run(script).status == 0
