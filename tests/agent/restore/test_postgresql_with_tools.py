"""The PostgreSQL engine with a real server: what comes to life, what does not, and what is told."""

from __future__ import annotations

import contextlib
import gzip
import shutil
from pathlib import Path

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Fetched
from guardian_agent.probing.form import form_of
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.engines.postgresql import ENGINE
from guardian_agent.system.real import real_system
from guardian_agent.wire.observations import Reason

from tests.agent.restore.rooms import GIGABYTE, passable, room
from tests.world.commands import run
from tests.world.postgresql import postgresql
from tests.world.processes import of_folder

pytestmark = pytest.mark.tools

ORDERS = "select count(*) from orders"
FORMS = ("custom", "directory", "plain", "tar")
PACKERS = {"gz": "gzip", "bz2": "bzip2", "xz": "xz", "zst": "zstd"}


@pytest.fixture(scope="module")
def server():
    with postgresql() as running:
        yield running


@pytest.fixture(scope="module")
def dumps(server, tmp_path_factory) -> Path:
    """Dump the shop in every form, owned by a role that no other server has."""
    folder = tmp_path_factory.mktemp("dumps")
    server.sql("create role shopkeeper; alter table orders owner to shopkeeper")
    for form in FORMS:
        server.dump(folder / form, form=form).checked()
    server.dump_all(folder / "all").checked()
    server.dump(folder / "clean", "--clean", form="plain").checked()
    server.dump(folder / "create", "--create", form="plain").checked()
    for suffix, tool in PACKERS.items():
        packed = folder / f"plain.{suffix}"
        shutil.copy(folder / "plain", folder / "packing")
        run(tool, "-q", folder / "packing").checked()
        shutil.move(folder / f"packing.{suffix}", packed)
        (folder / "packing").unlink(missing_ok=True)
    for path in folder.iterdir():
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


def load(path: Path, *asked: str, database: str | None = None, limit: int = GIGABYTE) -> Loaded:
    with passable() as plot:
        try:
            with room(plot, limit) as made:
                fetched = Fetched(path=str(path), form=form_of(real_system().files, str(path)))
                return ENGINE.load(fetched, made, database, asked, lambda *_: None)
        finally:
            assert of_folder(plot) == []


def refused(path: Path, **words: object) -> Reason:
    with pytest.raises(ProbeError) as caught:
        load(path, **words)
    return caught.value.reason


def shop(loaded: Loaded) -> tuple[int, int]:
    return loaded.contents.tables, loaded.contents.rows


def edited(source: Path, target: Path, *changes: tuple[str, str]) -> Path:
    """Write a plain dump with texts replaced; each must be there."""
    text = source.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    target.write_text(text)
    return target


class TestWhole:
    @pytest.mark.parametrize(
        "name", [*FORMS, "all", "clean", "create", *(f"plain.{suffix}" for suffix in PACKERS)]
    )
    def test_a_dump_of_every_form(self, dumps, name):
        loaded = load(dumps / name, ORDERS)
        assert shop(loaded) == (2, 5200)
        assert loaded.values[0].number == 5000
        assert loaded.contents.engine_version
        assert loaded.contents.engine_version.startswith("15.")
        assert loaded.canary is None

    def test_a_role_that_is_not_here_is_benign(self, dumps):
        assert load(dumps / "plain").contents.notices == 2
        assert load(dumps / "custom").contents.notices == 0

    def test_removing_what_an_empty_database_lacks_is_benign(self, dumps):
        assert load(dumps / "clean").contents.notices > 4

    def test_a_schema_that_exists_already_is_benign(self, dumps, tmp_path):
        head = "SET row_security = off;\n"
        dump = edited(dumps / "plain", tmp_path / "d", (head, f"{head}CREATE SCHEMA public;\n"))
        loaded = load(dump)
        assert (shop(loaded), loaded.contents.notices) == ((2, 5200), 3)

    def test_a_setting_of_a_newer_server_is_benign(self, dumps, tmp_path):
        head = "SET row_security = off;\n"
        change = (head, f"{head}SET transaction_timeout = 0;\n")
        assert shop(load(edited(dumps / "plain", tmp_path / "d", change))) == (2, 5200)

    def test_the_named_database_of_several(self, server, dumps, tmp_path):
        with server.database("archive"):
            server.sql("create table old (id int); insert into old values (1)", "archive")
            server.dump_all(tmp_path / "all").checked()
            assert load(tmp_path / "all", database="archive").contents.rows == 1
            assert load(tmp_path / "all").contents.rows == 5200
            assert refused(tmp_path / "all", database="crm") is Reason.INCOMPLETE

    @pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
    def test_bytes_that_are_no_utf8(self, server, tmp_path, encoding):
        name = f"legacy_{encoding.lower()}"
        with server.database(name, "-E", encoding, "-T", "template0", "--locale=C"):
            server.sql("create table t (v varchar(4))", name)
            server.sql(r"insert into t values (E'caf\xe9')", name)
            for form in ("plain", "custom", "directory"):
                server.dump(tmp_path / form, form=form, database=name).checked()
                assert load(tmp_path / form).contents.rows == 1

    def test_a_dump_in_an_encoding_of_clients_alone(self, server, tmp_path):
        server.dump(tmp_path / "d", "-E", "SJIS", form="plain").checked()
        assert shop(load(tmp_path / "d")) == (2, 5200)

    def test_a_canary_is_given_back(self, server, tmp_path):
        with server.database("watched"):
            line = f"guardian-canary/1 {'cd' * 32} {{}} {'ef' * 32}"
            rows = ", ".join(f"('{line.format(size)}')" for size in (9, 100, 20))
            server.sql("create table guardian_canary (canary text)", "watched")
            server.sql(f"insert into guardian_canary values {rows}", "watched")
            server.sql("create table t (id int); insert into t values (1)", "watched")
            server.dump(tmp_path / "d", database="watched").checked()
            loaded = load(tmp_path / "d")
            assert loaded.canary == line.format(100).encode()
            assert shop(loaded) == (1, 1)

    def test_times_are_measured(self, dumps):
        loaded = load(dumps / "custom")
        assert loaded.seconds > 0
        assert loaded.fixed_seconds > 0


class TestQuestions:
    def test_values_of_every_kind(self, dumps):
        loaded = load(
            dumps / "custom",
            "select max(euros) from orders",
            "select timestamptz '2026-11-21 12:00+01'",
            "select count(*) > 5 from orders",
            "select 'Customer'",
            "select id from orders",
            "select id, id from orders limit 1",
            "select max(id) from orders where false",
            "select count(*) from refunds",
            "delete from orders returning 1",
            "select repeat('x', 200000)",
        )
        told = [value.number or value.moment or value.reason for value in loaded.values]
        assert told[0] == 5950.0
        assert str(told[1]) == "2026-11-21 11:00:00+00:00"
        assert told[2] == 1.0
        assert set(told[3:7]) == {Reason.NO_ANSWER}
        assert told[7:] == [Reason.STATEMENT_FAILED, Reason.STATEMENT_FAILED, Reason.NO_ANSWER]


class TestBroken:
    def test_a_row_that_does_not_fit(self, dumps, tmp_path):
        dump = edited(dumps / "plain", tmp_path / "d", ("\n7\tCustomer 7\n", "\nx7\tCustomer 7\n"))
        assert refused(dump) is Reason.STATEMENT_FAILED

    def test_a_statement_that_is_refused(self, dumps, tmp_path):
        dump = edited(dumps / "plain", tmp_path / "d", ("ADD CONSTRAINT", "ADD KONSTRAINT"))
        assert refused(dump) is Reason.STATEMENT_FAILED

    def test_one_behind_a_benign_message(self, dumps, tmp_path):
        head = "SET row_security = off;\n"
        changes = ((head, f"{head}CREATE SCHEMA public;\n"), ("ADD CONSTRAINT", "ADD KONSTRAINT"))
        assert refused(edited(dumps / "plain", tmp_path / "d", *changes)) is Reason.STATEMENT_FAILED

    @pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
    @pytest.mark.parametrize(
        ("name", "reason"),
        [("plain", Reason.INCOMPLETE), ("custom", Reason.DAMAGED), ("plain.gz", Reason.DAMAGED)],
    )
    def test_one_cut_short(self, dumps, tmp_path, name, share, reason):
        data = (dumps / name).read_bytes()
        (tmp_path / "d").write_bytes(data[: int(len(data) * share)])
        assert refused(tmp_path / "d") is reason

    def test_one_cut_short_before_it_was_packed(self, dumps, tmp_path):
        data = (dumps / "plain").read_bytes()
        (tmp_path / "d.gz").write_bytes(gzip.compress(data[: len(data) // 2]))
        assert refused(tmp_path / "d.gz") is Reason.INCOMPLETE

    def test_an_empty_database(self, server, tmp_path):
        with server.database("empty"):
            for form in FORMS:
                server.dump(tmp_path / form, form=form, database="empty").checked()
                assert refused(tmp_path / form) is Reason.NOTHING_RESTORED

    def test_a_schema_without_rows_has_none(self, server, tmp_path):
        server.dump(tmp_path / "d", "--schema-only").checked()
        assert shop(load(tmp_path / "d")) == (2, 0)

    def test_an_archive_of_another_database(self, dumps):
        assert load(dumps / "custom", database="shop").contents.rows == 5200
        for form in ("custom", "directory", "tar"):
            assert refused(dumps / form, database="crm") is Reason.INCOMPLETE

    def test_a_folder_that_lacks_a_table(self, dumps, tmp_path):
        shutil.copytree(dumps / "directory", tmp_path / "d")
        max((tmp_path / "d").glob("*.dat.gz"), key=lambda path: path.stat().st_size).unlink()
        assert refused(tmp_path / "d") is Reason.DAMAGED

    def test_something_else(self, tmp_path):
        (tmp_path / "d").write_bytes(b"-- MySQL dump 10.13\n" * 100)
        assert refused(tmp_path / "d") is Reason.UNSUPPORTED


class TestThisMachineLacks:
    """Nothing is known of the backup then: it is no failure of it."""

    def test_an_extension(self, dumps, tmp_path):
        head = "SET row_security = off;\n"
        change = (head, f"{head}CREATE EXTENSION postgis;\nCREATE TABLE g (shape geometry);\n")
        dump = edited(dumps / "plain", tmp_path / "d", change)
        assert refused(dump) is Reason.TOOL_MISSING

    def test_an_extension_of_an_archive(self, server, tmp_path):
        with server.database("maps"):
            server.sql("create table g (id int); insert into g values (1)", "maps")
            server.sql("create extension hstore", "maps")
            server.dump(tmp_path / "d", "-Z0", database="maps").checked()
            data = (tmp_path / "d").read_bytes()
            (tmp_path / "d").write_bytes(data.replace(b"hstore", b"hsture"))
            assert refused(tmp_path / "d") is Reason.TOOL_MISSING

    def test_room(self, server, tmp_path):
        with server.database("large"):
            rows = "select repeat('x', 500) from generate_series(1, 400000)"
            server.sql(f"create table t as {rows}", "large")
            server.dump(tmp_path / "d", "-Z0", database="large").checked()
            assert refused(tmp_path / "d", limit=150_000_000) is Reason.QUOTA_EXCEEDED


HOSTILE = {
    "shell": r"\! touch {mark}",
    "shell, in another line": "select 1 \\! touch {mark}\n;",
    "pipe": r"\o |touch {mark}",
    "file": r"\o {mark}",
    "query to a pipe": r"select 1 \g |touch {mark}",
    "query to a file": r"select 1 \g {mark}",
    "copy to a program": r"\copy customers to program 'touch {mark}'",
    "copy to a file": r"\copy customers to {mark}",
    "backticks": r"\set x `touch {mark}`",
    "written query": "select 1\n\\w {mark}\n;",
    "log": r"\s {mark}",
    "large object": r"\lo_export 1 {mark}",
}
OF_THE_SERVER = {
    "program": "copy (select 1) to program 'touch {mark}';",
    "file": "copy (select 1) to '{mark}';",
    "large object": "select lo_export(lo_from_bytea(0, 'x'), '{mark}');",
    "library": "create function f() returns void language c as '{mark}', 'f';",
    "settings": "alter system set archive_command = 'touch {mark}';",
    "kill": "copy (select 1) to program 'kill -9 -1';",
}


class TestHostile:
    """A stranger's dump harms nothing, and never passes for what it is not."""

    def write(self, dumps: Path, folder: Path, text: str) -> tuple[Path, Path]:
        outside = folder / "outside"
        outside.mkdir(mode=0o777)
        outside.chmod(0o777)
        for each in (folder, *folder.parents):
            if each.stat().st_mode & 0o001 == 0:
                each.chmod(each.stat().st_mode | 0o011)
        mark = outside / "mark"
        head = "SET row_security = off;\n"
        line = text.replace("{mark}", str(mark)) + "\n"
        return edited(dumps / "plain", folder / "d", (head, head + line)), mark

    @pytest.mark.parametrize("name", HOSTILE)
    def test_what_psql_would_do(self, dumps, tmp_path, name):
        dump, mark = self.write(dumps, tmp_path, HOSTILE[name])
        assert refused(dump) is Reason.UNSAFE_CONTENTS
        assert not mark.exists()

    @pytest.mark.parametrize("name", OF_THE_SERVER)
    def test_what_the_server_would_do(self, dumps, tmp_path, name):
        dump, mark = self.write(dumps, tmp_path, OF_THE_SERVER[name])
        with contextlib.suppress(ProbeError):
            load(dump)
        assert not mark.exists()
