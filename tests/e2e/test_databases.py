"""A database test from end to end: the installed agent restores and asks, central judges."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.world.guardian import Guardian, agent
from tests.world.monitor import BackupCopy, BackupSet, Finding, Server
from tests.world.postgresql import postgresql
from tests.world.restic import Restic

pytestmark = pytest.mark.tools

GIGABYTE = 10**9
LARGE = """
create table events as
  select n as id, now() - n * interval '1 ms' as happened, repeat(md5(n::text), 31) as detail
  from generate_series(1, 1000000) n;
alter table events add primary key (id);
"""


class Provider:
    """A central, and one server whose backup set `shop-db` is a folder of dumps."""

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)
        self.dumps = folder / "dumps"
        self.central = Guardian(folder / "central").create()
        self.server = Server(client="acme", name="db1", folder=folder / "db1")

    def agree(self, *questions: dict[str, object], **test: object) -> None:
        settings: dict[str, object] = {
            "tool": "postgres_dump",
            "path": str(self.dumps),
            "pattern": "*",
        }
        self.server.sets[:] = [
            BackupSet(
                name="shop-db",
                copies=(BackupCopy(name="dumps", settings=settings),),
                tests=({"kind": "database", "question": list(questions), **test},),
            )
        ]
        self.central.configure(self.server)

    def connect(self) -> None:
        self.central.connect(self.server)
        self.central.look(self.server)

    def test(self) -> tuple[int, dict[str, object]]:
        """Return the exit status of a test made now, and what it stated."""
        done = agent(self.server, "restore-test", "shop-db", "--kind", "database", "--json")
        self.central.look(self.server)
        return done.status, json.loads(done.output)

    def finding(self, control: str = "restore.tested") -> Finding:
        (found,) = [each for each in self.central.findings() if each.control == control]
        return found


@pytest.fixture
def provider(tmp_path):
    return Provider(tmp_path)


def test_a_wrong_answer_fails_the_test_and_the_next_right_one_clears_it(provider):
    with postgresql() as server:
        server.dump(provider.dumps / "shop.dump").checked()
    question = {"name": "orders", "sql": "select count(*) from orders"}
    provider.agree({**question, "at_least": 5001})
    provider.connect()
    status, stated = provider.test()
    assert status == 1
    assert (stated["outcome"], stated["reason"]) == ("failed", "wrong_answer")
    assert stated["answers"] == [
        {
            "question": "orders",
            "comparison": "at_least",
            "expected": 5001.0,
            "number": 5000.0,
            "reason": "none",
        }
    ]
    wrong = provider.finding()
    assert wrong.status == "fail"
    assert "orders" in wrong.reason

    provider.agree({**question, "at_least": 5000})
    assert provider.test()[0] == 0
    assert provider.finding().status == "pass"


def test_a_gigabyte_comes_back_and_answers(provider):
    with postgresql("max_wal_size = '8GB'", "wal_level = minimal", "max_wal_senders = 0") as server:
        server.sql(LARGE)
        server.dump(provider.dumps / "shop.dump", "-Z0").checked()
    assert (provider.dumps / "shop.dump").stat().st_size > GIGABYTE
    provider.agree(
        {"name": "events", "sql": "select count(*) from events", "equal": 1_000_000},
        {"name": "newest", "sql": "select max(happened) from events", "newer_than": "1h"},
        room_bytes=4 * GIGABYTE,
    )
    provider.connect()
    status, stated = provider.test()
    assert (status, stated["outcome"], stated["reason"]) == (0, "passed", "none")
    assert stated["database"]["rows"] == 1_005_200
    assert stated["bytes_restored"] > GIGABYTE
    assert provider.finding().status == "pass"


def test_a_dump_among_the_files_of_a_repository(provider, tmp_path):
    live = tmp_path / "srv"
    live.mkdir()
    (live / "notes.txt").write_text("not a dump")
    with postgresql() as server:
        server.dump(live / "shop-1.sql", form="plain").checked()
        server.sql("delete from orders where id > 10")
        server.dump(live / "shop-2.sql", form="plain").checked()
    restic = Restic(tmp_path / "restic", tmp_path / "home").create()
    restic.backup(live).checked()
    question = {"name": "orders", "sql": "select count(*) from orders", "equal": 10}
    test = {"kind": "database", "path": f"{live}/shop-*.sql", "engine": "postgresql"}
    provider.server.sets.append(
        BackupSet(
            name="shop-db",
            paths=(live,),
            copies=(BackupCopy(name="local", settings=dict(restic.settings)),),
            tests=({**test, "question": [question]},),
        )
    )
    provider.central.configure(provider.server)
    provider.connect()
    status, stated = provider.test()
    assert (status, stated["outcome"], stated["reason"]) == (0, "passed", "none")
    assert stated["files_restored"] == 1
    assert provider.finding().status == "pass"
