"""A server in memory with live data in the usual places, and a backup tool in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from guardian_agent.config import AgentConfig, BackupSet, Central, Copy, Coverage
from guardian_agent.probe import AnyProbe, keyed_hash
from guardian_agent.run.observe import observe
from guardian_agent.wire.facts.livedata import LiveArea, LiveAreas
from guardian_agent.wire.names import Name, Slug

from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import KEY, FakeTool, put_old

MOUNTS = "/proc/self/mountinfo"
ROOT_DISK = "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
LOCAL = Copy(name=Name("local"), tool=Slug("fake"), settings={})


@dataclass
class Live:
    """The server; what is backed up is one set `files` of some paths."""

    paths: tuple[str, ...] = ("/srv/files",)
    exclude: tuple[str, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    system: FakeSystem = field(default_factory=FakeSystem)
    tool: FakeTool = field(default_factory=FakeTool)
    probe: AnyProbe | None = None

    def __post_init__(self) -> None:
        self.system.files.put(MOUNTS, ROOT_DISK.encode())

    def put(self, path: str, size: int = 1000) -> None:
        """Place a file that has not changed for long."""
        put_old(self.system, path, b"x" * size)

    @property
    def config(self) -> AgentConfig:
        files = BackupSet(
            name=Name("files"), paths=self.paths, exclude=self.exclude, copies=(LOCAL,)
        )
        central = Central(url="https://guardian.example:8443")
        return AgentConfig(central=central, backup_sets=(files,), coverage=self.coverage)

    def backup(self) -> None:
        """Back up what the set has now, and let an hour pass."""
        self.tool.backup(self.config.backup_sets[0], self.system)
        self.system.clock.advance(hours=1)

    def look(self, *, remember: bool = True) -> LiveAreas:
        facts = observe(self.config, self.system, KEY, remember=remember, toolbox=self)
        (found,) = [fact for fact in facts.observations if isinstance(fact, LiveAreas)]
        return found

    def open(self, look: LiveAreas | None = None) -> dict[str, int]:
        """Return the bytes in no restore point, by path."""
        found = look or self.look()
        return {
            path: each.bytes_uncovered
            for each in found.areas
            for path in self.system.files._nodes
            if keyed_hash(KEY, path) == each.area and each.bytes_uncovered
        }

    def area(self, path: str, look: LiveAreas | None = None) -> LiveArea:
        found = look or self.look()
        (area,) = [each for each in found.areas if each.area == keyed_hash(KEY, path)]
        return area

    def use(self, **changed: object) -> None:
        self.coverage = replace(self.coverage, **changed)

    def names(self) -> list[str]:
        return ["fake"]

    def find(self, tool: str) -> AnyProbe | None:
        return (self.probe or self.tool.probe()) if tool == "fake" else None
