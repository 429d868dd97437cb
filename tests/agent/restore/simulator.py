"""A backup of some thousand files with a known share of bad ones, restored as often as wanted.

It stands in the place of a tool (the port `Restorer`): what is asked for comes back as the live
files are, but for the bad ones, which come back altered or cut short, not at all, or end the
restore with damage as a broken pack does. Everything before and behind it is the real thing: the
manifest, the draw, the comparison, the ledger.
`test_simulator_with_tools.py` holds it against a real restic repository.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum

from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, AnySubject, Point, PointFile, Probe, Turn
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.sample import Settings, sample_test
from guardian_agent.restore.livedata import walk
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.restore.room import Plot
from guardian_agent.system import Entry, System
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.observations import Integrity, Manifest, Reason, RestoreTest

from tests.agent.fakes import FakeClock, FakeFiles, FakeSystem
from tests.agent.restore.fake_tool import KEY, put_old, subject_of

FILES = BackupSet(name=Name("files"), paths=("/srv",))
WHERE = manifest_file("/state", "files")
LEDGER = "/state/ledger"


class Fault(Enum):
    """What is wrong with a bad file."""

    ALTERED = "altered"
    CUT_SHORT = "cut short"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass
class Simulator:
    """The tool: the live data, the restore point, and what is bad in it."""

    live: Mapping[str, bytes]
    entries: Mapping[str, Entry]
    point: Point
    bad: Mapping[str, Fault] = field(default_factory=dict)

    def probe(self) -> Probe[Settings]:
        return Probe(
            tool="simulator",
            settings=Settings,
            gather=lambda subject, system: {},
            parse=lambda subject, answers, now: (),
            restorer=self,
        )

    def newest(self, subject: AnySubject, answers: Answers) -> Point | None:
        return self.point

    def contents(self, subject: AnySubject, system: System, point: Point) -> Iterator[PointFile]:
        for path, entry in self.entries.items():
            if self.bad.get(path) is not Fault.MISSING:
                size = len(self.stored(path)) if entry.is_file else 0
                yield PointFile(
                    path=path, size=size, modified_ns=entry.modified_ns, is_file=entry.is_file
                )

    def stored(self, path: str) -> bytes:
        """Return what the point has of a file."""
        match self.bad.get(path):
            case Fault.ALTERED:
                return self.live[path][:-1] + b"!"
            case Fault.CUT_SHORT:
                return self.live[path][:-1]
            case _:
                return self.live[path]

    def restore(
        self,
        subject: AnySubject,
        system: System,
        point: Point,
        paths: Sequence[str],
        target: str,
        limit: int,
    ) -> Mapping[str, str]:
        back = {}
        for path in paths:
            fault = self.bad.get(path)
            if fault is Fault.UNREADABLE:
                raise ProbeError(Reason.DAMAGED, "a pack is damaged")
            if path in self.live and fault is not Fault.MISSING:
                back[path] = f"{target}{path}"
                modified = self.entries[path].modified_ns
                system.files.put(back[path], self.stored(path), modified_ns=modified)
        return back

    def place(self, subject: AnySubject, target: str, path: str) -> str | None:
        return f"{target}{path}"

    def restore_all(
        self, subject: AnySubject, system: System, point: Point, target: str, limit: int
    ) -> None:
        self.restore(subject, system, point, list(self.live), target, limit)

    def verify(self, subject: AnySubject, system: System, turn: Turn = ...) -> Integrity:
        raise ProbeError(Reason.UNSUPPORTED, "nothing is stored")


class _Files(FakeFiles):
    """The agent's state and sandbox; the live data is another machine's files, only looked at."""

    def __init__(self, clock: FakeClock, live: FakeFiles) -> None:
        super().__init__(clock)
        self._live = live

    def stat(self, path: str, *, follow: bool = False) -> Entry:
        if path.startswith("/srv"):
            return self._live.stat(path, follow=follow)
        return super().stat(path, follow=follow)


class Population:
    """Live files, their signed manifest, and a restore point that began after it."""

    def __init__(self, count: int) -> None:
        self._system = FakeSystem()
        for number in range(count):
            path = f"/srv/{number:05}"
            put_old(self._system, path, f"letter {number}".encode())
        self.manifest: Manifest = take_manifest(FILES, KEY, self._system, Budget(10**9), WHERE)
        WHERE.keep(self._system.files)
        self.signed_at: datetime = self._system.clock.now()
        self._system.clock.advance(hours=1)
        began = self._system.clock.now()
        self._system.clock.advance(hours=1)
        self.now: datetime = self._system.clock.now()
        entries = {entry.path: entry for entry in walk(FILES, self._system.files)}
        self.simulator = Simulator(
            live=self._system.files.tree("/srv"),
            entries=entries,
            point=Point(native_id="p", hashed_id="ab" * 16, started_at=began),
        )

    @property
    def paths(self) -> list[str]:
        return sorted(self.simulator.live)

    def test(
        self,
        checkpoint: tuple[int, Hash],
        bad: Mapping[str, Fault],
        settings: Settings | None = None,
    ) -> RestoreTest:
        """Make one sample test under this checkpoint, with nothing remembered of others."""
        files = _Files(self._system.clock, self._system.files)
        for path, data in self._system.files.tree("/state").items():
            files.put(path, data)
        plot = Plot(folder="/box", limit=10**9, user="nobody", memory_bytes=10**9, processes=9)
        task = Task(
            probe=replace_bad(self.simulator, bad).probe(),
            subject=subject_of(FILES),
            settings=settings or Settings(),
            ground=Ground(
                checkpoint=checkpoint,
                manifest=WHERE.signed,
                ledger=LEDGER,
                marker=None,
                plot=plot,
            ),
            system=replace(self._system, files=files),
            progress=lambda text, share: None,
        )
        return sample_test(task)


def replace_bad(simulator: Simulator, bad: Mapping[str, Fault]) -> Simulator:
    """Return the same backup with other bad files."""
    return replace(simulator, bad=dict(bad))
