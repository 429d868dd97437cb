from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import guardian_agent
import pytest
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.sqlite_copy import SqliteCopy
from guardian_agent.restore.engine import Loaded, Value
from guardian_agent.restore.engines.sqlite import ENGINE
from guardian_agent.wire.observations import Reason

from tests.agent.probes.subjects import refused
from tests.agent.restore.rooms import passable, room
from tests.world import sqlite
from tests.world.commands import run

pytestmark = pytest.mark.tools


def load(path: Path, *asked: str, own: bool = False, database: str | None = None) -> Loaded:
    with passable() as plot, room(plot) as made:
        if own:
            deadline = made.system.clock.monotonic() + 60
            copy = SqliteCopy(system=made.system, path=str(path), deadline=deadline)
            path = Path(copy.bring(made.folder, made.limit))
        fetched = Fetched(path=str(path), form=Form.FILE, own=own)
        return ENGINE.load(fetched, made, database, asked, lambda _text, _share: None)


@pytest.fixture
def shop(tmp_path) -> Path:
    sqlite.make_shop(tmp_path / "shop.db")
    return tmp_path / "shop.db"


def test_a_database_comes_to_life(shop):
    with sqlite.opened(shop) as database:
        database.execute("create table guardian_canary (canary text)")
        rows = [(f"canary {n}",) for n in (99, 1000, 998)]
        database.executemany("insert into guardian_canary values (?)", rows)
    before = shop.read_bytes()
    loaded = load(shop, "select count(*) from orders")
    found = loaded.contents
    assert (found.engine, found.tables, found.rows, found.notices) == ("sqlite", 2, 5200, 0)
    assert found.bytes == len(before)
    assert loaded.values == (Value(number=5000.0),)
    assert loaded.canary == b"canary 1000"
    assert loaded.seconds > 0
    assert shop.read_bytes() == before


def test_the_values(shop):
    pairs = (
        ("select count(*) from orders;", Value(number=5000.0)),
        ("select avg(euros) from orders", Value(number=2975.595)),
        ("select max(placed) from orders", Value(moment=datetime(2026, 11, 20, 8, tzinfo=UTC))),
        ("select date(max(placed)) from orders", Value(moment=datetime(2026, 11, 20, tzinfo=UTC))),
        ("select '2026-11-20T08:00:00+02:00'", Value(moment=datetime(2026, 11, 20, 6, tzinfo=UTC))),
        ("select '17'", Value(number=17.0)),
        ("select note from orders limit 1", Value(reason=Reason.NO_ANSWER)),
        ("select x'00ff'", Value(reason=Reason.NO_ANSWER)),
        ("select id, customer from orders limit 1", Value(reason=Reason.NO_ANSWER)),
        ("select id from orders limit 2", Value(reason=Reason.NO_ANSWER)),
        ("select id from orders where id < 0", Value(reason=Reason.NO_ANSWER)),
        ("select max(id) from orders where id < 0", Value(reason=Reason.NO_ANSWER)),
        ("select 9e999", Value(reason=Reason.NO_ANSWER)),
        ("select count(*) from nowhere", Value(reason=Reason.STATEMENT_FAILED)),
        ("select 1; select 2", Value(reason=Reason.STATEMENT_FAILED)),
        ("delete from orders", Value(reason=Reason.STATEMENT_FAILED)),
        ("pragma user_version = 3", Value(reason=Reason.STATEMENT_FAILED)),
        ("select load_extension('/tmp/x.so')", Value(reason=Reason.STATEMENT_FAILED)),
        ("update sqlite_master set name = 'x'", Value(reason=Reason.STATEMENT_FAILED)),
        ("attach '/tmp/guardian-attached' as a", Value(reason=Reason.STATEMENT_FAILED)),
        ("", Value(reason=Reason.NO_ANSWER)),
        ("select count(*) from orders", Value(number=5000.0)),
    )
    loaded = load(shop, *(sql for sql, _ in pairs))
    assert loaded.values == tuple(value for _, value in pairs)


def test_a_torn_copy(shop, tmp_path):
    sqlite.copy_while_written(shop, tmp_path / "torn.db")
    with refused(Reason.DAMAGED):
        load(tmp_path / "torn.db", "select 1")


def test_an_empty_file_is_no_empty_database(tmp_path):
    (tmp_path / "empty.db").write_bytes(b"")
    with refused(Reason.DAMAGED):
        load(tmp_path / "empty.db")


def test_a_database_without_a_table(tmp_path):
    with sqlite.opened(tmp_path / "empty.db") as database:
        database.execute("create table t (a)")
        database.execute("drop table t")
    with refused(Reason.NOTHING_RESTORED):
        load(tmp_path / "empty.db")


def test_a_schema_without_rows_is_told_as_such(tmp_path):
    with sqlite.opened(tmp_path / "schema.db") as database:
        database.execute("create table t (a)")
    found = load(tmp_path / "schema.db").contents
    assert (found.tables, found.rows) == (1, 0)


@pytest.mark.parametrize(("log", "day"), [(True, 21), (False, 20)])
def test_orders_that_are_in_the_log_alone(tmp_path, log, day):
    sqlite.make_shop(tmp_path / "shop.db", wal=True)
    sqlite.copy_with_log(tmp_path / "shop.db", tmp_path / "copy.db", log=log)
    (value,) = load(tmp_path / "copy.db", "select max(placed) from orders", own=True).values
    assert value.moment is not None
    assert value.moment.day == day


def test_references_to_nothing_are_noted(shop):
    with sqlite.opened(shop) as database:
        database.execute("delete from customers where id <= 3")
    found = load(shop).contents
    assert found.notices == 75
    assert found.rows == 5197


def test_names_that_want_quoting(tmp_path):
    with sqlite.opened(tmp_path / "odd.db") as database:
        database.execute('create table "odd ""name"" \'; drop table x; --" (a)')
        database.execute('insert into "odd ""name"" \'; drop table x; --" values (1)')
        database.execute("create virtual table words using fts5 (text)")
        database.execute("insert into words values ('hello')")
    found = load(tmp_path / "odd.db", "select count(*) from words where words match 'hello'")
    assert found.contents.rows >= 1
    assert found.values[0].number == 1


def test_a_file_has_one_database(shop):
    with refused(Reason.UNSUPPORTED):
        load(shop, database="other")


def test_the_servant_reads_where_it_may_run_the_interpreter(tmp_path):
    sqlite.make_shop(tmp_path / "shop.db", wal=True)
    sqlite.copy_with_log(tmp_path / "shop.db", tmp_path / "copy.db")
    script = Path(__file__).with_name("as_servant.py")
    with passable() as place:
        run("/usr/bin/python3", "-m", "venv", "--without-pip", place / "venv").checked()
        package = Path(guardian_agent.__file__).parent
        shutil.copytree(package, place / "lib" / "guardian_agent")
        (packages,) = (place / "venv" / "lib").glob("python3*/site-packages")
        (packages / "guardian.pth").write_text(f"{place / 'lib'}\n")
        (place / "rooms").mkdir(mode=0o711)
        words = (place / "venv" / "bin" / "python", script, tmp_path / "copy.db", place / "rooms")
        repository = {"PYTHONPATH": str(script.parents[3])}
        assert run(*words, environment=repository).checked().output == "5201 5001.0\n"
