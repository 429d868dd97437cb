"""A real server: real files, real tools, the real commands, and a small central behind a folder."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from guardian_agent.cli import main
from guardian_agent.wire.observations import Observation

from tests.agent.delivery.central import FakeCentral
from tests.world import live, toml


@dataclass
class Server:
    """Live data in `files`, copies as given, enrolled and ready."""

    folder: Path
    copies: dict[str, dict[str, object]] = field(default_factory=dict)
    limits: dict[str, object] = field(default_factory=dict)
    tests: list[dict[str, object]] = field(default_factory=list)
    central: FakeCentral = field(default_factory=FakeCentral)

    def __post_init__(self) -> None:
        self.central.url = f"file://{self.drop}"
        self.drop.mkdir()
        live.office(self.files)

    @property
    def files(self) -> Path:
        return self.folder / "srv" / "files"

    @property
    def drop(self) -> Path:
        return self.folder / "drop"

    @property
    def sandbox(self) -> Path:
        return self.folder / "state" / "sandbox"

    def configure(self) -> Server:
        copies = [{"name": name, **settings} for name, settings in self.copies.items()]
        backup_set: dict[str, object] = {
            "name": "files",
            "paths": [str(self.files)],
            "copy": copies,
        }
        if self.tests:
            backup_set["test"] = self.tests
        text = toml.dumps(
            {
                "central": {"url": self.central.url},
                "state": {"dir": str(self.folder / "state")},
                "limits": self.limits,
                "coverage": {"roots": [str(self.folder)]},
                "backup_set": [backup_set],
            }
        )
        (self.folder / "agent.toml").write_text(text)
        return self

    def enroll(self) -> Server:
        token = self.folder / "token"
        token.write_text(self.central.token())
        token.chmod(0o600)
        for _ in range(2):
            self.agent("enroll", "--token-file", str(token))
            self.ingest()
        return self

    def look(self) -> None:
        """Make one pass, and let central answer."""
        self.agent("run")
        self.ingest()

    def agent(self, *words: str) -> int:
        return main(["--config", str(self.folder / "agent.toml"), *words])

    def ingest(self) -> None:
        """Let central read the drop folder."""
        answers = self.drop / "outbox" / "enrol"
        for request in self.drop.glob("enrol/*.json"):
            _put(answers / request.name, self.central.enroll(request.read_bytes()))
            request.unlink()
        for statement in sorted(self.drop.glob("inbox/*/*.dsse")):
            receipt = self.central.accept(statement.read_bytes())
            outbox = self.drop / "outbox" / statement.parent.name
            _put(outbox / f"{statement.stem}.receipt", receipt + b"\n")
            statement.unlink()

    def stated(self, kind: type[Observation]) -> list[Observation]:
        """Return all facts of a kind that central has, oldest first."""
        facts = [fact for each in self.central.statements for fact in each.observations]
        return [fact for fact in facts if isinstance(fact, kind)]


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
