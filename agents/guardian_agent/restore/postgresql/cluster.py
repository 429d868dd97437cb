"""Start a restored data directory: recovered to its consistent end, under our settings alone.

What came along decides nothing: its settings name programs to run (`archive_command`,
`restore_command`), libraries to load and places to write to. The log that recovery needs lies in
`pg_wal`, where the probe put it, so recovery itself runs no command either.
"""

from __future__ import annotations

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched
from guardian_agent.probing.postgresql import of_cluster
from guardian_agent.probing.tool import RESTORE_SECONDS, find_tool, run_tool
from guardian_agent.restore.handing import move_over
from guardian_agent.restore.postgresql.server import SUPERUSER, Instance
from guardian_agent.restore.room import Room
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Reason

_LEFT_BEHIND = (
    "postmaster.pid",
    "postmaster.opts",
    "recovery.signal",
    "standby.signal",
    "recovery.conf",
    "postgresql.auto.conf",
)
"""Of the server that was backed up: a running one, and how it was to recover."""
_WORDS = (
    (b"WAL ends before end of online backup", Reason.INCOMPLETE),
    (b"WAL ends before consistent recovery point", Reason.INCOMPLETE),
    (b"could not locate required checkpoint record", Reason.INCOMPLETE),
    (b"could not locate a valid checkpoint record", Reason.INCOMPLETE),
    (b"could not find redo location", Reason.INCOMPLETE),
    (b"No space left on device", Reason.QUOTA_EXCEEDED),
    (b"out of memory", Reason.QUOTA_EXCEEDED),
    (b"could not access file", Reason.TOOL_MISSING),
    (b"incompatible with server", Reason.TOOL_MISSING),
)
_CHECKS_PAGES = 12
"""The first version that brings pg_checksums."""
_BAD_PAGES = b"checksum verification failed"
_NO_CHECKSUMS = b"data checksums are not enabled"


def adopt(room: Room, fetched: Fetched) -> Instance:
    """Take over a data directory, recover it, and give it a superuser of ours.

    Raises:
        ProbeError: INCOMPLETE when log is missing; DAMAGED when it does not recover or a page's
            checksum is wrong; UNSAFE_CONTENTS when it leads outside; TOOL_MISSING without a server
            of its version.
    """
    if not fetched.own:
        raise ProbeError(Reason.INTERNAL, f"{fetched.path}: not ours to change")
    files = room.system.files
    server = Instance(room, of_cluster(room.system, fetched.path))
    _prove_closed(files, fetched.path)
    for name in _LEFT_BEHIND:
        files.remove(f"{fetched.path}/{name}")
    move_over(room, fetched.path, server.data)
    server.configure()
    _recover(server)
    _check_pages(server)
    return server


def _prove_closed(files: Files, data: str) -> None:
    """Raise when something in it is no file: a link would let the server write elsewhere."""
    waiting = [data]
    while waiting:
        for entry in files.scan(waiting.pop()):
            if entry.is_directory:
                waiting.append(entry.path)
            elif not entry.is_file:
                raise ProbeError(Reason.UNSAFE_CONTENTS, f"{entry.path}: no regular file")


def _recover(server: Instance) -> None:
    """Recover in single-user mode, which needs no role: the backup's own may have any name."""
    role = f'create role "{SUPERUSER}" superuser login'
    printf = [find_tool(server.room.system, "printf"), "%s\n", role]
    program = server.programs(server.room.system, "postgres")
    done = run_tool(
        server.room.servant,
        [program, "--single", *server.options(), "template1"],
        seconds=RESTORE_SECONDS,
        directory=server.room.workshop,
        feeder=printf,
    )
    if done.status:
        reason = next((why for words, why in _WORDS if words in done.stderr), Reason.DAMAGED)
        text = done.stderr[-500:].decode("utf-8", "backslashreplace").strip()
        raise ProbeError(reason, f"the data directory does not recover: {text}")


def _check_pages(server: Instance) -> None:
    """Verify every page's checksum, where the cluster has them; indexes and long values too."""
    if float(server.programs.major) < _CHECKS_PAGES:
        return
    program = server.programs(server.room.system, "pg_checksums")
    done = run_tool(
        server.room.servant,
        [program, "--check", "-D", server.data],
        seconds=RESTORE_SECONDS,
        directory=server.room.workshop,
    )
    if done.status and _NO_CHECKSUMS not in done.stderr:
        reason = Reason.DAMAGED if _BAD_PAGES in done.stderr else Reason.INTERNAL
        text = done.stderr[-500:].decode("utf-8", "backslashreplace").strip()
        raise ProbeError(reason, f"pg_checksums: {text}")
