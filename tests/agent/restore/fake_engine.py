"""A database engine in memory, a probe whose restore points are databases, and a room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnySubject, Fetched, Form, Point, Probe
from guardian_agent.restore.engine import Loaded, Value
from guardian_agent.restore.kind import Progress
from guardian_agent.restore.room import Plot, Room
from guardian_agent.system import System
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import DatabaseContents, Reason

from tests.agent.restore.fake_tool import FakeTool

PLOT = Plot(folder="/sandbox", limit=10_000, user="nobody", memory_bytes=10**9, processes=100)
CONTENTS = DatabaseContents(
    engine=Slug("fake"),
    engine_version=Slug("1.0"),
    tables=2,
    rows=5200,
    bytes=65536,
    notices=0,
)


@dataclass
class FakeEngine:
    """What it answers is planted; what it was asked is kept."""

    contents: DatabaseContents = CONTENTS
    values: dict[str, Value] = field(default_factory=dict)
    canary: bytes | None = None
    failing: Reason | None = None
    asked: list[tuple[Fetched, str | None, tuple[str, ...]]] = field(default_factory=list)

    def load(
        self,
        fetched: Fetched,
        room: Room,
        database: str | None,
        asked: Sequence[str],
        progress: Progress,
    ) -> Loaded:
        self.asked.append((fetched, database, tuple(asked)))
        if self.failing is not None:
            raise ProbeError(self.failing, "planted in load")
        values = tuple(self.values.get(sql, Value(reason=Reason.NO_ANSWER)) for sql in asked)
        return Loaded(
            contents=self.contents,
            values=values,
            canary=self.canary,
            seconds=3.0,
            fixed_seconds=1.0,
        )

    def find(self, name: str) -> FakeEngine | None:
        return self if name == "fake" else None


@dataclass
class FakeDumps(FakeTool):
    """A tool whose restore points are dumps that lie in a folder."""

    engine: str = "fake"

    def database_probe(self) -> Probe:
        plain = self.probe()
        return Probe(
            tool=plain.tool,
            settings=plain.settings,
            gather=plain.gather,
            parse=plain.parse,
            database=self,
        )

    def fetch(
        self, subject: AnySubject, system: System, point: Point, folder: str, limit: int
    ) -> Fetched:
        self._meet("fetch")
        system.clock.advance(seconds=self.seconds)
        system.files.put("/dumps/shop.sql", b"x" * 700)
        return Fetched(path="/dumps/shop.sql", form=Form.PLAIN)


@contextmanager
def enter(plot: Plot, system: System, wanted: int) -> Iterator[Room]:
    """Make a room in memory."""
    folder, workshop = f"{plot.folder}/room/back", f"{plot.folder}/room/workshop"
    system.files.make_directory(folder)
    system.files.make_directory(workshop)
    try:
        yield Room(folder=folder, workshop=workshop, limit=wanted, system=system, servant=system)
    finally:
        system.files.remove_tree(f"{plot.folder}/room")
