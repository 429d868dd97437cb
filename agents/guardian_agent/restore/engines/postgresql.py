"""PostgreSQL: a dump is loaded into an empty server, a data directory is started as it is."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.postgresql import newest
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.kind import Progress
from guardian_agent.restore.postgresql import asking, loading
from guardian_agent.restore.postgresql.cluster import adopt
from guardian_agent.restore.postgresql.server import Instance
from guardian_agent.restore.room import Room
from guardian_agent.wire.facts.words import Reason

_DUMPS = (Form.PLAIN, Form.ARCHIVE, Form.DIRECTORY)


class _PostgreSQL:
    """See `guardian_agent.restore.engine.Engine`."""

    def load(
        self,
        fetched: Fetched,
        room: Room,
        database: str | None,
        asked: Sequence[str],
        progress: Progress,
    ) -> Loaded:
        """Load or start the backup, count, and ask."""
        if fetched.form in _DUMPS:
            return _load_dump(fetched, room, database, asked, progress)
        if fetched.form is Form.CLUSTER:
            return _start_cluster(fetched, room, database, asked, progress)
        raise ProbeError(Reason.UNSUPPORTED, f"PostgreSQL knows no backup of form {fetched.form}")


ENGINE = _PostgreSQL()


def _load_dump(
    fetched: Fetched,
    room: Room,
    database: str | None,
    asked: Sequence[str],
    progress: Progress,
) -> Loaded:
    clock = room.system.clock
    begun = clock.monotonic()
    server = Instance(room, newest(room.system))
    server.create()
    server.configure()
    with server.running():
        ready = clock.monotonic()
        notices = loading.load(server, fetched, database)
        chosen = asking.choose(server, database)
        answered = clock.monotonic()
        return _answers(
            server, chosen, asked, progress, notices, times=(ready - begun, answered - ready)
        )


def _start_cluster(
    fetched: Fetched,
    room: Room,
    database: str | None,
    asked: Sequence[str],
    progress: Progress,
) -> Loaded:
    clock = room.system.clock
    begun = clock.monotonic()
    server = adopt(room, fetched)
    with server.running():
        chosen = asking.choose(server, database)
        return _answers(server, chosen, asked, progress, 0, times=(0.0, clock.monotonic() - begun))


def _answers(
    server: Instance,
    database: str,
    asked: Sequence[str],
    progress: Progress,
    notices: int,
    *,
    times: tuple[float, float],
) -> Loaded:
    progress("counting rows and asking", None)
    contents = asking.contents(server, database, notices)
    if not contents.tables:
        raise ProbeError(Reason.NOTHING_RESTORED, "the database has no table")
    return Loaded(
        contents=contents,
        values=tuple(asking.value(server, database, sql) for sql in asked),
        canary=asking.canary(server, database),
        seconds=times[1],
        fixed_seconds=times[0],
    )
