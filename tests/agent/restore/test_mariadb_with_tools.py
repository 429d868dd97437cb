from __future__ import annotations

import bz2
import gzip
import lzma
from datetime import UTC, datetime
from pathlib import Path

import pytest
from guardian_agent.probe import Fetched, Form
from guardian_agent.restore.engine import Loaded, Value
from guardian_agent.restore.engines.mariadb import ENGINE
from guardian_agent.wire.observations import Reason

from tests.agent.probes.subjects import refused
from tests.agent.restore.rooms import passable, room
from tests.world.commands import run
from tests.world.mariadb import MariaDB, mariadb

pytestmark = pytest.mark.tools

CANARY = """
CREATE TABLE guardian_canary (canary TEXT);
INSERT INTO guardian_canary VALUES ('canary 99'), ('canary 1000'), ('canary 998');
"""


@pytest.fixture(scope="module")
def server():
    with mariadb() as running:
        running.sql(CANARY, "shop")
        yield running


@pytest.fixture(scope="module")
def dumps(server: MariaDB, tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("dumps")
    server.dump(folder / "shop.sql", "shop")
    server.dump(folder / "named.sql", "--databases", "shop")
    server.dump(folder / "all.sql", "--all-databases", "--flush-privileges", "--events")
    return folder


@pytest.fixture
def place():
    with passable() as folder:
        yield folder


def load(place: Path, path: Path, *asked: str, database: str | None = None) -> Loaded:
    with room(place) as made:
        fetched = Fetched(path=str(path), form=Form.PLAIN)
        return ENGINE.load(fetched, made, database, asked, lambda _text, _share: None)


def written(folder: Path, text: str) -> Path:
    """Write what mariadb-dump might have written."""
    head = "-- MariaDB dump 10.19  Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)\n--\n"
    names = "-- Host: localhost    Database: shop\n-- Server version\t10.11.1-MariaDB\n"
    path = folder / "made.sql"
    path.write_text(f"{head}{names}{text}\n-- Dump completed on 2026-11-21 12:00:00\n")
    return path


class TestLoading:
    @pytest.mark.parametrize("name", ["shop.sql", "named.sql", "all.sql"])
    def test_a_dump_comes_to_life(self, dumps, place, name):
        loaded = load(place, dumps / name, "SELECT COUNT(*) FROM orders")
        found = loaded.contents
        assert (found.engine, found.tables, found.rows, found.notices) == ("mariadb", 2, 5200, 0)
        assert found.bytes > 100_000
        assert found.engine_version is not None
        assert found.engine_version.count(".") == 2
        assert loaded.values == (Value(number=5000.0),)
        assert loaded.canary == b"canary 1000"
        assert loaded.seconds > 0
        assert loaded.fixed_seconds > 0

    @pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
    def test_a_packed_one(self, dumps, place, tmp_path, pack):
        packed = tmp_path / "shop.sql.packed"
        packed.write_bytes(pack((dumps / "shop.sql").read_bytes()))
        assert load(place, packed).contents.rows == 5200

    def test_one_packed_by_zstd(self, dumps, place, tmp_path):
        run("zstd", "-q", dumps / "shop.sql", "-o", tmp_path / "shop.sql.zst").checked()
        assert load(place, tmp_path / "shop.sql.zst").contents.rows == 5200

    def test_the_database_that_is_wanted(self, dumps, place, tmp_path):
        text = "CREATE DATABASE b; USE b; CREATE TABLE t (a INT); INSERT INTO t VALUES (1);\n"
        both = tmp_path / "both.sql"
        both.write_bytes((dumps / "named.sql").read_bytes() + written(tmp_path, text).read_bytes())
        assert load(place, both, "SELECT COUNT(*) FROM orders").values[0].number == 5000
        loaded = load(place, both, "SELECT COUNT(*) FROM t", database="b")
        assert (loaded.contents.tables, loaded.contents.rows) == (1, 1)
        assert loaded.values[0].number == 1
        with refused(Reason.INCOMPLETE):
            load(place, both, database="c")

    def test_a_dump_of_one_database_has_its_name(self, dumps, place, tmp_path):
        assert load(place, dumps / "shop.sql", database="shop").contents.rows == 5200
        with refused(Reason.INCOMPLETE):
            load(place, dumps / "shop.sql", database="other")
        text = (dumps / "shop.sql").read_text().replace("    Database: shop", "    Database: ")
        (tmp_path / "nameless.sql").write_text(text)
        assert load(place, tmp_path / "nameless.sql", database="my`shop").contents.rows == 5200

    def test_users_whom_views_name_are_made_up_and_noted(self, place, tmp_path):
        with mariadb() as server:
            server.sql(
                "CREATE USER app@'%'; GRANT ALL ON *.* TO app@'%';"
                "CREATE DEFINER=app@'%' VIEW one AS SELECT * FROM orders;"
                "CREATE DEFINER=app@'%' VIEW two AS SELECT * FROM one;"
                "CREATE DEFINER=app@'%' TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET @a = 1;",
                "shop",
            )
            server.dump(tmp_path / "shop.sql", "shop")
            server.dump(tmp_path / "all.sql", "--all-databases")
            server.dump(tmp_path / "users.sql", "--system=users", "--databases", "shop")
        loaded = load(place, tmp_path / "shop.sql", "SELECT COUNT(*) FROM two")
        assert (loaded.contents.notices, loaded.values[0].number) == (1, 5000)
        assert load(place, tmp_path / "all.sql").contents.rows == 5200
        with refused(Reason.STATEMENT_FAILED):  # it makes its users too late, on any server
            load(place, tmp_path / "users.sql")

    def test_a_view_of_a_table_that_is_not_in_the_dump_fails(self, place, tmp_path):
        text = (
            "CREATE TABLE t (a INT); INSERT INTO t VALUES (1);"
            "CREATE DEFINER=`gone`@`%` VIEW v AS SELECT * FROM nowhere.t;"
        )
        with refused(Reason.STATEMENT_FAILED):
            load(place, written(tmp_path, text))


class TestFailing:
    def test_a_dump_cut_short(self, dumps, place, tmp_path):
        whole = (dumps / "shop.sql").read_bytes()
        (tmp_path / "cut.sql").write_bytes(whole[: whole.index(b"-- Dump completed")])
        with refused(Reason.INCOMPLETE):
            load(place, tmp_path / "cut.sql")

    def test_a_packed_dump_that_is_damaged(self, dumps, place, tmp_path):
        packed = gzip.compress((dumps / "shop.sql").read_bytes())
        (tmp_path / "cut.sql.gz").write_bytes(packed[:-4])
        with refused(Reason.DAMAGED):
            load(place, tmp_path / "cut.sql.gz")

    def test_an_empty_database(self, place, tmp_path):
        with mariadb("CREATE DATABASE shop;") as server:
            server.dump(tmp_path / "empty.sql", "--databases", "shop")
        with refused(Reason.NOTHING_RESTORED):
            load(place, tmp_path / "empty.sql")

    def test_a_schema_without_rows_is_told_as_such(self, server, place, tmp_path):
        server.dump(tmp_path / "schema.sql", "--no-data", "shop")
        found = load(place, tmp_path / "schema.sql").contents
        assert (found.tables, found.rows) == (2, 0)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("INSERT INTO nowhere VALUES (1);", Reason.STATEMENT_FAILED),
            ("CREATE TABLE t (a INT) COLLATE utf8mb4_0900_ai_ci;", Reason.UNSUPPORTED),
            ("INSTALL SONAME 'auth_pam';", Reason.UNSUPPORTED),
            ("SELECT 1 INTO OUTFILE '/tmp/guardian-escaped';", Reason.UNSAFE_CONTENTS),
            ("CREATE TABLE t (a TEXT); LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE t;",
             Reason.UNSAFE_CONTENTS),
            ("system touch /tmp/guardian-escaped\n;", Reason.STATEMENT_FAILED),
            ("\\! touch /tmp/guardian-escaped\n;", Reason.STATEMENT_FAILED),
            ("SHUTDOWN; CREATE TABLE t (a INT);", Reason.INTERRUPTED),
        ],
    )  # fmt: skip
    def test_a_statement_that_fails(self, place, tmp_path, text, reason):
        with refused(reason):
            load(place, written(tmp_path, text))
        assert not Path("/tmp/guardian-escaped").exists()

    def test_a_dump_of_a_newer_server_says_nothing_when_it_fails(self, place, tmp_path):
        path = written(tmp_path, "CREATE TABLE t (a NEWTYPE);")
        path.write_text(path.read_text().replace("10.11.1-MariaDB", "99.1.2-MariaDB"))
        with refused(Reason.UNSUPPORTED):
            load(place, path)


class TestHarmless:
    def test_nothing_outside_is_written_or_read(self, place, tmp_path):
        folder = place / "victim"
        folder.mkdir()
        folder.chmod(0o777)
        text = (
            f"CREATE TABLE t (a INT) DATA DIRECTORY='{folder}';"
            "CREATE TABLE s (a TEXT); INSERT INTO s VALUES (LOAD_FILE('/etc/passwd')), ('x');"
            "CREATE EVENT e ON SCHEDULE EVERY 1 SECOND DO DELETE FROM s;"
        )
        asked = "SELECT COUNT(*) FROM s WHERE a IS NOT NULL"
        assert load(place, written(tmp_path, text), asked).values == (Value(number=1.0),)
        assert list(folder.iterdir()) == []

    def test_nothing_is_left_over(self, dumps, place):
        load(place, dumps / "shop.sql")
        assert list(place.rglob("*")) == []


class TestAsking:
    def test_the_values(self, dumps, place):
        pairs = (
            ("SELECT SUM(euros) > 1000 FROM orders;", Value(number=1.0)),
            ("SELECT MAX(placed) FROM orders",
             Value(moment=datetime(2026, 11, 20, 8, tzinfo=UTC))),
            ("SELECT DATE(MAX(placed)) FROM orders -- the last",
             Value(moment=datetime(2026, 11, 20, tzinfo=UTC))),
            ("SELECT twice(21)", Value(number=42.0)),
            ("SELECT AVG(euros) FROM orders", Value(number=2975.595)),
            ("SELECT COUNT(*) FROM dear", Value(number=4160.0)),
            ("SELECT note FROM orders LIMIT 1", Value(reason=Reason.NO_ANSWER)),
            ("SELECT id, customer FROM orders LIMIT 1", Value(reason=Reason.NO_ANSWER)),
            ("SELECT id FROM orders LIMIT 2", Value(reason=Reason.NO_ANSWER)),
            ("SELECT id FROM orders WHERE id < 0", Value(reason=Reason.NO_ANSWER)),
            ("SELECT MAX(id) FROM orders WHERE id < 0", Value(reason=Reason.NO_ANSWER)),
            ("SELECT COUNT(*) FROM nowhere", Value(reason=Reason.STATEMENT_FAILED)),
            ("DELETE FROM orders", Value(reason=Reason.STATEMENT_FAILED)),
            ("SELECT", Value(reason=Reason.STATEMENT_FAILED)),
            ("SELECT COUNT(*) FROM orders", Value(number=5000.0)),
        )  # fmt: skip
        loaded = load(place, dumps / "shop.sql", *(sql for sql, _ in pairs))
        assert loaded.values == tuple(value for _, value in pairs)
