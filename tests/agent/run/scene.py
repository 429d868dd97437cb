"""An enrolled server in memory, with one backup set in one copy of the fake tool."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from guardian_agent.config import AgentConfig, BackupSet, Copy, Watch
from guardian_agent.delivery.enrolment import enroll
from guardian_agent.probe import AnyProbe
from guardian_agent.run.turn import Turn, take_turn
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.statement import Statement

from tests.agent.delivery.central import STATE, FakeCentral, config
from tests.agent.fakes import FakeSystem
from tests.agent.restore.fake_tool import FakeTool, put_old

LOCAL = Copy(name=Name("local"), tool=Slug("fake"), settings={"repository": "/repository"})
FILES = BackupSet(name=Name("files"), paths=("/srv",), copies=(LOCAL,))
EXPORTS = Watch(name=Name("exports"), paths=("/exports",))


def configured(*sets: BackupSet, exposures: tuple[Watch, ...] = ()) -> AgentConfig:
    known = config()
    return replace(known, backup_sets=sets, exposures=exposures)


@dataclass
class Toolbox:
    """One probe, for whatever is called "fake"."""

    probe: AnyProbe

    def names(self) -> list[str]:
        return ["fake"]

    def find(self, tool: str) -> AnyProbe | None:
        return self.probe if tool == "fake" else None


@dataclass
class Scene:
    """The server, its tool, and central."""

    config: AgentConfig = field(default_factory=lambda: configured(FILES))
    system: FakeSystem = field(default_factory=FakeSystem)
    tool: FakeTool = field(default_factory=FakeTool)
    central: FakeCentral = field(default_factory=FakeCentral)

    def __post_init__(self) -> None:
        for number in range(5):
            put_old(self.system, f"/srv/letter-{number}", f"letter {number}".encode())
        self.system.network.handler = self.central.handle
        enroll(self.config, self.system, self.central.token())

    @property
    def toolbox(self) -> Toolbox:
        return Toolbox(self.tool.probe())

    def backup(self) -> None:
        self.system.clock.advance(minutes=10)
        self.tool.backup(FILES, self.system)
        self.system.clock.advance(minutes=10)

    def turn(self) -> Turn:
        done = take_turn(self.config, self.system, self.toolbox)
        self.system.clock.advance(hours=1)
        return done

    def newest(self) -> Statement:
        """Return the statement that central accepted last."""
        return self.central.statements[-1]

    def kinds(self) -> list[str]:
        return [fact.KIND for fact in self.newest().observations]

    def state(self, *parts: str) -> str:
        return "/".join((STATE, *parts))
