"""Guardian as its users reach it: two commands, their configuration files, a drop folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.world import toml
from tests.world.commands import Ran, run
from tests.world.monitor import ConfigRefused, Finding, Server
from tests.world.ports import reserve_one

OWNER = "ops@provider.example"
USAGE = 2
"""The exit status of wrong usage or configuration."""


@dataclass(slots=True)
class Guardian:
    """A central in `folder`; statements come by drop folder until `speak_https` is called."""

    folder: Path
    servers: list[Server] = field(default_factory=list)
    listen: str = field(default_factory=lambda: f"127.0.0.1:{reserve_one()}")
    operator: str = field(default_factory=lambda: f"127.0.0.1:{reserve_one()}")
    https: bool = False

    @property
    def config(self) -> Path:
        return self.folder / "guardian.toml"

    @property
    def drop(self) -> Path:
        return self.folder / "drop"

    @property
    def url(self) -> str:
        return f"https://{self.listen}" if self.https else f"file://{self.drop}"

    def create(self) -> Guardian:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.drop.mkdir(exist_ok=True)
        self._write_settings()
        self("init").checked()
        return self

    def speak_https(self) -> None:
        """From now on, tokens and configurations name the HTTPS address."""
        self.https = True
        self._write_settings()

    def _write_settings(self) -> None:
        settings = {
            "provider": {"name": "North Wind IT"},
            "store": {"dir": str(self.folder / "store")},
            "listen": {"address": self.listen},
            "operator": {"address": self.operator},
            "central": {"url": self.url},
        }
        self.config.write_text(toml.dumps(settings))

    def protect(self, server: Server) -> None:
        self.configure(server)
        self.connect(server)

    def configure(self, server: Server) -> None:
        """Write the client's and the server's configuration."""
        if server not in self.servers:
            self.servers.append(server)
        self._write_client(server.client)
        server.folder.mkdir(parents=True, exist_ok=True)
        agent_config(server).write_text(toml.dumps(agent_settings(server, self.url)))

    def connect(self, server: Server) -> None:
        """Enrol the server's agent with a token."""
        words = ("--client", server.client, "--server", server.name)
        done = self("agent", "token", *words)
        if done.status == USAGE:
            raise ConfigRefused(done.errors)
        token = done.checked().output
        agent(server, "enroll", "--token-file", "-", stdin=token)
        if not self.https:
            self.ingest()
            agent(server, "enroll", "--token-file", "-", stdin=token).checked()

    def look(
        self,
        server: Server,
        *,
        ago: str | None = None,
        skew: str | None = None,
        zone: str | None = None,
    ) -> None:
        past = None if ago is None else f"-{ago}"
        agent(server, "run", shift=skew or past, zone=zone)
        if not self.https:
            self.ingest(shift=past)

    def restore_test(self, server: Server, *, ago: str | None = None) -> None:
        agent(server, "restore-test", "--all", shift=None if ago is None else f"-{ago}")
        self.look(server, ago=ago)

    def job(self, server: Server, backup_set: str, *words: str) -> None:
        agent(server, "exec", backup_set, "--", *words)

    def ingest(self, *, shift: str | None = None) -> Ran:
        return self("ingest", str(self.drop), shift=shift).checked()

    def witness(self) -> None:
        self("witness", "run")

    def findings(self, *, ago: str | None = None) -> list[Finding]:
        past = None if ago is None else f"-{ago}"
        done = self("check", "--output", "json", shift=past)
        if done.status == USAGE:
            raise ConfigRefused(done.errors)
        names = [field.name for field in fields(Finding)]
        found = json.loads(done.output)["findings"]
        judged = [Finding(**{name: each[name] for name in names}) for each in found]
        return [*judged, *self._requirements()]

    def _requirements(self) -> list[Finding]:
        """Ask for the standards, where one is named."""
        if not any(server.standards for server in self.servers):
            return []
        done = self("standards", "--output", "json")
        if done.status == USAGE:
            raise ConfigRefused(done.errors)
        return [_requirement(each) for each in json.loads(done.output)["requirements"]]

    def report(self, server: Server) -> bytes:
        month = f"{datetime.now(UTC):%Y-%m}"  # noqa: TID251 - a trap happens now
        out = self.folder / "reports"
        words = ("--month", month, "--format", "pdf", "--out", str(out))
        self("report", "build", server.client, *words).checked()
        return (out / f"{server.client}-{month}.pdf").read_bytes()

    def _write_client(self, client: str) -> None:
        folder = self.folder / "clients.d"
        folder.mkdir(exist_ok=True)
        servers = [server for server in self.servers if server.client == client]
        (folder / f"{client}.toml").write_text(toml.dumps(client_settings(client, servers)))

    def __call__(self, *words: str, shift: str | None = None) -> Ran:
        return run("guardian", "--config", self.config, *words, shift=shift)


def _requirement(answered: dict[str, str]) -> Finding:
    """Return an answer as the traps know it; whatever is not for or against is not known."""
    return Finding(
        client=answered["client"],
        server="",
        backup_set=None,
        copy=None,
        control=f"{answered['standard']}/{answered['requirement']}",
        status={"evidence": "pass", "contrary": "fail"}.get(answered["answer"], "unknown"),
        reason=answered["reason"],
    )


def agent(
    server: Server,
    *words: str,
    shift: str | None = None,
    stdin: str | None = None,
    zone: str | None = None,
) -> Ran:
    """Run the server's agent, its clock moved by `shift`, in the time zone `zone`."""
    return run(
        "guardian-agent",
        "--config",
        agent_config(server),
        *words,
        shift=shift,
        stdin=stdin,
        environment={"HOME": str(server.folder), "TZ": zone or "UTC"},
    )


def agent_config(server: Server) -> Path:
    """Return where the server's agent.toml lies."""
    return server.folder / "agent.toml"


def agent_settings(server: Server, url: str) -> dict[str, object]:
    """Return agent.toml as plain data."""
    settings: dict[str, object] = {
        "central": {"url": url},
        "state": {"dir": str(server.folder / "state")},
        "backup_set": [
            {
                "name": each.name,
                "paths": [str(path) for path in each.paths],
                "copy": [{"name": copy.name, **copy.settings} for copy in each.copies],
                "test": list(each.tests),
            }
            for each in server.sets
        ],
        "exposure": [
            {"name": name, "paths": [str(path)], **server.watched.get(name, {})}
            for name, path in server.exposures.items()
        ],
        "volume": [
            *({"name": name, "paths": [str(path)]} for name, path in server.volumes.items()),
            *(
                {"name": name, "bitlocker_file": str(path)}
                for name, path in server.exported.items()
            ),
        ],
        "database": [{"name": name, **more} for name, more in server.databases.items()],
        "bucket": [{"name": name, **more} for name, more in server.buckets.items()],
        # Its disk is the folder that its own files lie in, not this machine's.
        "coverage": {"roots": [str(server.folder.parent)]},
    }
    if server.limits:
        settings["limits"] = server.limits
    if server.jobs is not None:
        settings["jobs"] = server.jobs
    return settings


def client_settings(client: str, servers: list[Server]) -> dict[str, object]:
    """Return clients.d/<client>.toml as plain data."""
    names = [server.client_name for server in servers if server.client_name is not None]
    name = names[0] if names else client.replace("-", " ").title()
    table: dict[str, object] = {"id": client, "name": name}
    left = [server.offboarded for server in servers if server.offboarded is not None]
    if left:
        table["offboarded"] = min(left)
    named = dict.fromkeys(name for server in servers for name in server.standards)
    if named:
        table["standards"] = list(named)
    return {
        "client": table,
        "certified_means": [each for server in servers for each in server.certified],
        "server": [_server_settings(server) for server in servers],
    }


def _server_settings(server: Server) -> dict[str, object]:
    expires = (datetime.now(UTC) + timedelta(days=30)).date()  # noqa: TID251
    held = {"custody_of": server.custody_of, "gone_by": server.gone_by}
    return {
        "id": server.name,
        "exposures": list(server.exposures),
        "volumes": [*server.volumes, *server.exported],
        "databases": list(server.databases),
        "buckets": list(server.buckets),
        **{key: value for key, value in held.items() if value is not None},
        **server.told,
        "policy": server.policy,
        "exempt": [
            {"control": control, "reason": reason, "owner": OWNER}
            | ({} if server.exempt_without_end else {"expires": expires})
            for control, reason in server.exempt.items()
        ],
        "backup_set": [
            {
                "name": each.name,
                "copies": [copy.name for copy in each.copies],
                "copy": {
                    copy.name: {"witness": copy.witness}
                    for copy in each.copies
                    if copy.witness is not None
                },
            }
            for each in server.sets
        ],
    }
