"""A central made by `guardian init` in a test's folder, and what its store can be made to know."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from click.testing import CliRunner, Result
from guardian_agent.wire.names import Name, Slug

from guardian.app import open_app
from guardian.cli import main
from guardian.domain.evidence import AgentEvidence, CopyEvidence, ServerEvidence
from tests.central.domain.making import of_kind, seen

OF_A_SERVER = (
    "agent.clock",
    "agent.key",
    "agent.reporting",
    "backup.coverage",
    "data.encrypted",
    "data.exposed",
    "data.personal",
)
"""Every control about a server whose data is its own client's."""
BUT_SILENCE = tuple(control for control in OF_A_SERVER if control != "agent.reporting")

CLIENT = """
[client]
id = "acme"
name = "ACME GmbH"
[[server]]
id = "web1"
{more}
"""

EXEMPT = """
[[server.exempt]]
control = "{control}"
reason = "tried out"
owner = "Eve"
expires = {expires}
"""

COPY = """
[[server.backup_set]]
name = "files"
copies = ["local"]
"""


@dataclass(frozen=True, slots=True)
class Central:
    """A folder with guardian.toml and a store."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / "guardian.toml"

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(main, ["--config", str(self.config), *words])

    def client(self, more: str = "", *, exempt: tuple[str, ...] = (), expires: str = "") -> None:
        """Configure acme with one server."""
        end = expires or "2099-01-01"
        tables = "".join(EXEMPT.format(control=each, expires=end) for each in exempt)
        text = CLIENT.format(more=tables + more)
        (self.folder / "clients.d" / "acme.toml").write_text(text, encoding="utf-8")

    def heard(self, ago: timedelta = timedelta()) -> None:
        """Let web1's agent have spoken, that long ago."""
        with closing(open_app(self.config)) as app:
            at = app.clock.now() - ago
        self._know(at)

    def tested(self, ago: timedelta) -> None:
        """Let a copy of web1 have been restored with its canary, that long ago."""
        with closing(open_app(self.config)) as app:
            at = app.clock.now() - ago
        canary = {"proven_not_older_than": at, "point_started_at": at}
        tests = (of_kind(seen(started_at=at, **canary)),)
        copy = CopyEvidence(backup_set=Name("files"), copy=Name("local"), tests=tests)
        self._know(at, copies=(copy,))

    def _know(self, at: datetime, **known: object) -> None:
        agent = AgentEvidence(
            last_received_at=at,
            epoch=1,
            number=1,
            clock_skew_seconds=0.0,
            agent_version=Slug("0.1.0"),
            dropped=0,
        )
        evidence = ServerEvidence(
            client=Name("acme"), server=Name("web1"), enrolled_at=at, agent=agent, **known
        )
        with closing(open_app(self.config)) as app, app.store.unit() as unit:
            unit.put_evidence(evidence)


def central(folder: Path, *words: str) -> Central:
    """Make a central whose agents use a drop folder."""
    made = Central(folder)
    drop = folder / "drop"
    drop.mkdir(mode=0o750, parents=True)
    done = made("init", "--url", f"file://{drop}", *words)
    assert done.exit_code == 0, done.output
    return made
