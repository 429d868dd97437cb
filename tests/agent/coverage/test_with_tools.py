"""A machine's live data, planted and left out of its backups one by one, with real servers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from guardian_agent.config import AgentConfig, parse_config
from guardian_agent.coverage.look import paths_of
from guardian_agent.run.observe import observe
from guardian_agent.system.real import real_system
from guardian_agent.wire.facts.livedata import LiveAreas

from tests.world import live, toml
from tests.world.mariadb import MariaDB, mariadb
from tests.world.postgresql import PostgreSQL, postgresql
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

KEY = b"k" * 32
FOLDERS = {
    "home": "home/ada",
    "srv": "srv/projects",
    "container_volume": "var/lib/docker/volumes/crm/_data",
}
PARTS = (*FOLDERS, "postgresql", "mariadb")


@dataclass
class Machine:
    """An image of a machine below `root`; its database servers run, wherever their data lies."""

    root: Path
    postgres: PostgreSQL
    maria: MariaDB

    def plant(self) -> None:
        for kind, folder in FOLDERS.items():
            live.office(self.root / folder, seed=kind)
        lock = self.root / "run/postgresql/.s.PGSQL.5432.lock"
        lock.parent.mkdir(parents=True)
        lock.write_bytes((self.postgres.folder / lock.name).read_bytes())
        configured = self.root / "etc/mysql/mariadb.conf.d/50-server.cnf"
        configured.parent.mkdir(parents=True)
        configured.write_text(f"[mysqld]\ndatadir = {self.maria.folder / 'data'}\n")
        self.postgres.dump(self.root / "backup/postgresql/shop.dump")
        self.maria.dump(self.root / "backup/mariadb/shop.sql", "shop")

    def place(self, kind: str) -> str:
        if kind == "postgresql":
            return str(self.postgres.data)
        if kind == "mariadb":
            return str(self.maria.folder / "data")
        return str(self.root / FOLDERS[kind])

    def config(self, left_out: str | None) -> AgentConfig:
        """Back up all but one part, and return what the agent then is told."""
        folders = [self.root / each for kind, each in FOLDERS.items() if kind != left_out]
        name = left_out or "all"
        restic = Restic(self.root / f"restic-{name}", self.root / "restic-home").create()
        restic.backup(*folders).checked()
        sets = [_set("files", dict(restic.settings), [str(each) for each in folders])]
        for engine, tool, pattern in (
            ("postgresql", "postgres_dump", "*.dump"),
            ("mariadb", "mariadb_dump", "*.sql"),
        ):
            if engine != left_out:
                path = str(self.root / "backup" / engine)
                sets.append(_set(engine, {"tool": tool, "path": path, "pattern": pattern}, []))
        text = toml.dumps(
            {
                "central": {"url": "file:///nowhere"},
                "state": {"dir": str(self.root / f"state-{name}")},
                "coverage": {"roots": [str(self.root)]},
                "backup_set": sets,
            }
        )
        return parse_config(text)


def _set(name: str, settings: dict[str, object], paths: list[str]) -> dict[str, object]:
    return {"name": name, "paths": paths, "copy": [{"name": "local", **settings}]}


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with postgresql() as postgres, mariadb() as maria:
        made = Machine(tmp_path_factory.mktemp("machine"), postgres, maria)
        made.plant()
        yield made


def opened(config: AgentConfig) -> dict[str, str]:
    """Return what is in no restore point: kinds by path."""
    system = real_system()
    facts = observe(config, system, KEY)
    assert facts.notes == ()
    (look,) = [fact for fact in facts.observations if isinstance(fact, LiveAreas)]
    assert look.complete
    assert not any(area.bytes_unproven or area.reason.value != "none" for area in look.areas)
    paths = paths_of(config, system, KEY)
    return {paths[area.area]: area.kind for area in look.areas if area.bytes_uncovered}


def test_a_machine_with_everything_in_its_backups_has_nothing_open(machine: Machine) -> None:
    assert opened(machine.config(None)) == {}


@pytest.mark.parametrize("kind", PARTS)
def test_each_part_that_is_left_out_is_named_and_nothing_else(machine: Machine, kind: str) -> None:
    found = opened(machine.config(kind))
    place = machine.place(kind)
    assert place in found
    assert all(path == place or path.startswith(f"{place}/") for path in found)
    assert set(found.values()) == {kind}
