"""The PostgreSQL engine's decisions, without a server: what is asked of which program, and why."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from guardian_agent.probe import Fetched, Form
from guardian_agent.probing.postgresql import newest, of_cluster, of_major
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.engines.postgresql import ENGINE
from guardian_agent.restore.room import Room
from guardian_agent.wire.observations import Reason

from tests.agent.fakes import Call, Completed, FakeSystem
from tests.agent.probes.subjects import machine, refused

BINARIES = "/usr/lib/postgresql/15/bin"
PLAIN = (
    b"--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'LATIN1';\n"
    + b"INSERT INTO orders VALUES (1);\n" * 9
    + b"--\n-- PostgreSQL database dump complete\n--\n\n"
)
CLUSTER = (
    b"--\n-- PostgreSQL database cluster dump\n--\n\n"
    + PLAIN
    + b"--\n-- PostgreSQL database cluster dump complete\n--\n\n"
)
ARCHIVE = b"PGDMP\x01\x0e\x00" + bytes(100)
SIZES = "guardian_restored,9000000\npostgres,8000000\n"


class Scene:
    """A machine whose server is scripted by the SQL that it is sent."""

    def __init__(self) -> None:
        self.system = machine()
        self.system.files.put(f"{BINARIES}/postgres", b"")
        for program in ("initdb", "postgres", "pg_ctl", "psql", "pg_restore", "pg_checksums"):
            self.system.processes.install(f"{BINARIES}/{program}")
        self.system.processes.install("prlimit", "cat", "head", "tail", "gzip", "chmod")
        for tool in ("initdb", "pg_ctl", "pg_checksums", "chmod", "cat"):
            self.system.processes.answer(tool)
        self.system.processes.answer("postgres", seconds=10**6)
        self.system.processes.answer_with(self.client, "prlimit")
        for folder in ("/room/back", "/room/workshop"):
            self.system.files.make_directory(folder)
        self.room = Room(
            folder="/room/back",
            workshop="/room/workshop",
            limit=10**9,
            system=self.system,
            servant=self.system,
        )
        self.sql: dict[str, str] = {
            "select datname from": "postgres\n",
            "select count(*) from pg_class": "0\n",
            "select datname, pg_database_size": SIZES,
            "select format('select count": "select count(*) from only public.orders;\n",
            "select pg_database_size(": "9000000\n",
            "show server_version_num": "150018\n",
        }
        self.counts = b"5000\n200\n"
        self.loads: list[tuple[str, ...]] = []
        self.on_load: list[Callable[[], Completed]] = []
        self.asked: list[str] = []

    def client(self, call: Call) -> Completed:
        words = call.arguments
        if "pg_restore" in words[3] or "-f" in words:
            return self.load_call(words)
        if "-c" not in words:
            return done(stdout=self.counts)
        sql = words[words.index("-c") + 1]
        self.asked.append(sql)
        found = next((text for start, text in self.sql.items() if sql.startswith(start)), "")
        return done(stdout=found.encode())

    def load_call(self, words: tuple[str, ...]) -> Completed:
        if "--list" in words:
            return done(stdout=b";     dbname: shop\n")
        self.loads.append(words)
        return self.on_load.pop(0)() if self.on_load else done()

    def logged(self, text: str) -> None:
        """Let the server log something."""
        path = "/room/back/server.log"
        self.system.files.put(path, self.system.files.tree()[path] + text.encode())

    def failing(self, *lines: str, status: int = 0, stderr: bytes = b"") -> None:
        """Let a load go wrong: what the server logs, how the client ends."""

        def act() -> Completed:
            for line in lines:
                self.logged(f"{line}\n")
            return done(status=status, stderr=stderr)

        self.on_load.append(act)

    def load(
        self,
        dump: bytes = PLAIN,
        form: Form = Form.PLAIN,
        *asked: str,
        database: str | None = None,
    ) -> Loaded:
        self.system.files.put("/dumps/shop", dump)
        fetched = Fetched(path="/dumps/shop", form=form)
        return ENGINE.load(fetched, self.room, database, asked, lambda *_: None)


def done(*, stdout: bytes = b"", stderr: bytes = b"", status: int = 0) -> Completed:
    return Completed(status=status, stdout=stdout, stderr=stderr, seconds=0.1)


BENIGN = '42704 ERROR:  role "shopkeeper" does not exist'
REAL = "22P02 ERROR:  invalid input syntax"


class TestPlain:
    def test_is_loaded_until_the_first_error(self):
        scene = Scene()
        loaded = scene.load()
        (words,) = scene.loads
        assert "ON_ERROR_STOP=1" in words
        assert not {"--single-transaction", "-1"} & set(words)
        assert {"--nproc=0", "--fsize=0"} < set(words)
        contents = loaded.contents
        assert (contents.tables, contents.rows, contents.engine_version) == (2, 5200, "15.18")
        assert contents.notices == 0

    def test_a_benign_error_begins_it_again_and_judges_all(self):
        scene = Scene()
        scene.failing(BENIGN, status=3)
        scene.failing(BENIGN, BENIGN)
        assert scene.load().contents.notices == 2
        assert ["ON_ERROR_STOP=0" in words for words in scene.loads] == [False, True]

    def test_a_real_one_behind_a_benign_one_fails(self):
        scene = Scene()
        scene.failing(BENIGN, status=3)
        scene.failing(BENIGN, REAL, BENIGN)
        with refused(Reason.STATEMENT_FAILED):
            scene.load()

    def test_a_real_one_fails_at_once(self):
        scene = Scene()
        scene.failing(REAL, status=3)
        with refused(Reason.STATEMENT_FAILED):
            scene.load()
        assert len(scene.loads) == 1

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"psql:<stdin>:7: error: \\!: failed\n", Reason.UNSAFE_CONTENTS),
            (b"psql:<stdin>:7: error: /x: Permission denied\n", Reason.UNSAFE_CONTENTS),
            (b"psql:<stdin>:7: error: invalid command \\x\n", Reason.STATEMENT_FAILED),
            (b"psql:<stdin>:5: error: invalid command \\restrict\n", Reason.UNSUPPORTED),
            (b"psql: error: connection to server was lost\n", Reason.INTERNAL),
        ],
    )
    def test_what_the_client_alone_knows(self, stderr, reason):
        scene = Scene()
        scene.failing(status=3, stderr=stderr)
        with refused(reason):
            scene.load()

    def test_a_complaint_counts_although_the_client_goes_on(self):
        scene = Scene()
        scene.failing(BENIGN, status=3)
        scene.failing(BENIGN, stderr=b"psql:<stdin>:7: error: \\!: failed\n")
        with refused(Reason.UNSAFE_CONTENTS):
            scene.load()

    def test_an_end_that_nobody_explains_proves_nothing(self):
        scene = Scene()
        scene.failing(status=-9)
        with refused(Reason.INTERNAL):
            scene.load()

    @pytest.mark.parametrize("dump", [PLAIN[:-30], CLUSTER[:-40]])
    def test_one_without_its_end_is_not_loaded(self, dump):
        scene = Scene()
        with refused(Reason.INCOMPLETE):
            scene.load(dump)
        assert scene.loads == []

    def test_its_own_encoding(self):
        scene = Scene()
        scene.load()
        assert any("encoding 'LATIN1'" in sql for sql in scene.asked)

    def test_one_of_all_databases_makes_its_own(self):
        scene = Scene()
        scene.sql["select datname, pg_database_size"] = "crm,9\npostgres,8\nshop,99\n"
        scene.load(CLUSTER)
        assert scene.loads[0][-4:] == ("-d", "postgres", "-f", "-")
        assert not any("create database" in sql for sql in scene.asked)

    def test_something_else(self):
        with refused(Reason.UNSUPPORTED):
            Scene().load(b"-- MySQL dump 10.13\n")

    def test_packed_it_is_fed_by_its_unpacker(self):
        scene = Scene()
        scene.system.processes.answer("gzip")
        scene.system.processes.answer("head", stdout=PLAIN)
        scene.system.processes.answer("tail", stdout=PLAIN[-100:])
        scene.load(gzip.compress(PLAIN))
        fed = [call for call in scene.system.processes.calls if "-f" in call.arguments]
        assert fed[0].feeder == ("/usr/bin/gzip", "-dc", "/dumps/shop")

    def test_packed_and_cut_short(self):
        scene = Scene()
        scene.system.processes.answer("gzip", status=1)
        scene.system.processes.answer("head", stdout=PLAIN)
        scene.system.processes.answer("tail", stdout=PLAIN[-100:])
        with refused(Reason.DAMAGED):
            scene.load(gzip.compress(PLAIN))


class TestArchive:
    def test_is_restored_without_owners(self):
        scene = Scene()
        scene.load(ARCHIVE, Form.ARCHIVE)
        (words,) = scene.loads
        assert {"--no-owner", "--no-privileges", "--no-tablespaces"} < set(words)

    def test_benign_messages_are_counted(self):
        scene = Scene()
        repeated = b'pg_restore: error: could not execute query: ERROR:  role "a" does not exist\n'
        scene.failing(BENIGN, status=1, stderr=repeated)
        assert scene.load(ARCHIVE, Form.ARCHIVE).contents.notices == 1

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"pg_restore: error: could not read from input file: end of file\n", Reason.DAMAGED),
            (b"pg_restore: error: unsupported version (1.99)\n", Reason.UNSUPPORTED),
        ],
    )
    def test_the_cause_weighs_more_than_what_follows(self, stderr, reason):
        scene = Scene()
        scene.failing("08P01 ERROR:  unexpected EOF on client connection", status=1, stderr=stderr)
        with refused(reason):
            scene.load(ARCHIVE, Form.ARCHIVE)

    def test_of_another_database(self):
        scene = Scene()
        with refused(Reason.INCOMPLETE):
            scene.load(ARCHIVE, Form.ARCHIVE, database="crm")
        assert scene.loads == []

    def test_of_the_named_database(self):
        assert Scene().load(ARCHIVE, Form.ARCHIVE, database="shop").contents.rows == 5200


class TestTarget:
    @pytest.mark.parametrize(
        ("start", "text"),
        [("select datname from", "postgres\nshop\n"), ("select count(*) from pg_class", "3\n")],
    )
    def test_that_is_not_empty_proves_nothing(self, start, text):
        scene = Scene()
        scene.sql[start] = text
        with refused(Reason.NOT_EMPTY):
            scene.load()
        assert scene.loads == []

    def test_in_which_nothing_stands_after_all(self):
        scene = Scene()
        scene.counts = b""
        with refused(Reason.NOTHING_RESTORED):
            scene.load()

    def test_is_asked_under_its_own_search_path_by_us(self):
        scene = Scene()
        scene.load()
        options = {
            call.environment.get("PGOPTIONS")
            for call in scene.system.processes.calls
            if "--csv" in call.arguments
        }
        assert options == {"-c search_path=pg_catalog"}


class TestChoosing:
    def chosen(self, sizes: str, database: str | None = None, dump: bytes = PLAIN) -> str:
        scene = Scene()
        scene.sql["select datname, pg_database_size"] = sizes
        scene.load(dump, Form.PLAIN, "select 1", database=database)
        asked = [call.arguments for call in scene.system.processes.calls]
        (words,) = [each for each in asked if each[-1] == "select 1"]
        return words[words.index("-d") + 1]

    def test_the_largest(self):
        assert self.chosen("crm,9\npostgres,8\nshop,99\n") == "shop"

    def test_a_dump_that_makes_its_own(self):
        assert self.chosen("guardian_restored,50\npostgres,8\nshop,40\n") == "shop"

    def test_the_named_one(self):
        assert self.chosen("crm,9\npostgres,8\nshop,99\n", "crm") == "crm"

    def test_a_dump_of_one_that_does_not_say_its_name(self):
        assert self.chosen(SIZES, "shop") == "guardian_restored"

    def test_one_that_is_not_in_it(self):
        with refused(Reason.INCOMPLETE):
            self.chosen("crm,9\npostgres,8\n", "shop")


class TestQuestions:
    def answered(self, done_with: Completed) -> Reason:
        scene = Scene()
        usual = scene.client

        def client(call: Call) -> Completed:
            return done_with if call.arguments[-1] == "select 1" else usual(call)

        scene.system.processes.answer_with(client, "prlimit")
        (value,) = scene.load(PLAIN, Form.PLAIN, "select 1").values
        return value.reason

    @pytest.mark.parametrize("text", [b"", b"1\n2\n", b"1,2\n", b"\n", b"Smith\n"])
    def test_no_answer(self, text):
        assert self.answered(done(stdout=text)) is Reason.NO_ANSWER

    def test_a_refused_statement(self):
        failed = done(status=1, stderr=b"ERROR:  42P01\n")
        assert self.answered(failed) is Reason.STATEMENT_FAILED

    def test_damage(self):
        assert self.answered(done(status=1, stderr=b"ERROR:  XX001\n")) is Reason.DAMAGED

    def test_a_number(self):
        assert self.answered(done(stdout=b"42\n")) is Reason.NONE

    def test_far_more_than_one_value(self):
        # A field that is longer than any reader takes.
        assert self.answered(done(stdout=b"x" * 200_000)) is Reason.NO_ANSWER


class TestStarting:
    def test_a_server_that_ends_at_once(self):
        scene = Scene()
        scene.system.processes.answer("postgres", seconds=0, stdout=b"42501 FATAL:  no\n")
        scene.system.processes.answer("prlimit", status=2)
        with refused(Reason.INTERNAL):
            scene.load()

    def test_a_server_that_is_never_ready(self):
        scene = Scene()
        scene.system.processes.answer("prlimit", status=2)
        with refused(Reason.INTERNAL):
            scene.load()

    def test_it_is_ended(self):
        scene = Scene()
        scene.load()
        stops = [c.arguments for c in scene.system.processes.calls if "immediate" in c.arguments]
        assert len(stops) == 1

    def test_an_unknown_form(self):
        with refused(Reason.UNSUPPORTED):
            Scene().load(b"x", Form.FILE)


class TestCluster:
    def start(self, scene: Scene, *, own: bool = True) -> Loaded:
        scene.system.files.put("/room/back/data/PG_VERSION", b"15\n")
        scene.system.files.put("/room/back/data/recovery.signal", b"")
        scene.system.files.put("/room/back/data/postgresql.auto.conf", b"archive_mode = on\n")
        fetched = Fetched(path="/room/back/data", form=Form.CLUSTER, own=own)
        return ENGINE.load(fetched, scene.room, None, [], lambda *_: None)

    def scene(self, *, stderr: bytes = b"", status: int = 0) -> Scene:
        scene = Scene()
        scene.system.processes.install("printf", "chown")
        scene.system.processes.answer("printf")
        scene.system.processes.answer("chown")
        scene.system.processes.answer("postgres", "--single", status=status, stderr=stderr)
        return scene

    def test_starts_under_our_settings_alone(self):
        scene = self.scene()
        assert self.start(scene).contents.rows == 5200
        kept = scene.system.files.tree("/room/workshop")
        assert "/room/workshop/data/recovery.signal" not in kept
        assert "/room/workshop/data/postgresql.auto.conf" not in kept
        single = next(c for c in scene.system.processes.calls if "--single" in c.arguments)
        assert "config_file=/room/workshop/server.conf" in single.arguments

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"FATAL:  WAL ends before end of online backup", Reason.INCOMPLETE),
            (b"PANIC:  could not locate a valid checkpoint record", Reason.INCOMPLETE),
            (b"FATAL:  could not write: No space left on device", Reason.QUOTA_EXCEEDED),
            (b"PANIC:  who knows", Reason.DAMAGED),
        ],
    )
    def test_that_does_not_recover(self, stderr, reason):
        with refused(reason):
            self.start(self.scene(status=1, stderr=stderr))

    @pytest.mark.parametrize(
        ("stderr", "reason"),
        [
            (b"pg_checksums: error: checksum verification failed in file", Reason.DAMAGED),
            (b"pg_checksums: error: who knows", Reason.INTERNAL),
        ],
    )
    def test_whose_pages_are_bad(self, stderr, reason):
        scene = self.scene()
        scene.system.processes.answer("pg_checksums", status=1, stderr=stderr)
        with refused(reason):
            self.start(scene)

    def test_whose_pages_have_no_checksums(self):
        scene = self.scene()
        said = b"pg_checksums: error: data checksums are not enabled in cluster"
        scene.system.processes.answer("pg_checksums", status=1, stderr=said)
        assert self.start(scene).contents.rows == 5200

    def test_that_leads_outside(self):
        scene = self.scene()
        scene.system.files.link("/room/back/data/pg_wal", "/var/lib/postgresql")
        with refused(Reason.UNSAFE_CONTENTS):
            self.start(scene)

    def test_that_is_not_ours_to_change(self):
        with refused(Reason.INTERNAL):
            self.start(self.scene(), own=False)


class TestPrograms:
    def installed(self, *folders: str) -> FakeSystem:
        system = machine()
        for folder in folders:
            system.files.put(f"{folder}/postgres", b"")
        return system

    def test_the_newest_reads_the_dumps_of_all_before(self):
        system = self.installed(BINARIES, "/usr/lib/postgresql/9.6/bin", "/usr/pgsql-16/bin")
        assert newest(system).folder == "/usr/pgsql-16/bin"

    def test_a_data_directory_needs_its_own(self):
        system = self.installed(BINARIES, "/usr/lib/postgresql/9.6/bin")
        system.files.put("/data/PG_VERSION", b"9.6\n")
        assert of_cluster(system, "/data").folder == "/usr/lib/postgresql/9.6/bin"
        with refused(Reason.TOOL_MISSING):
            of_major(system, "14")

    def test_one_that_does_not_say_its_version(self):
        system = self.installed(BINARIES)
        system.files.put("/data/PG_VERSION", b"../../tmp\n")
        with refused(Reason.DAMAGED):
            of_cluster(system, "/data")

    def test_clients_alone_are_no_server(self):
        system = machine()
        system.files.put(f"{BINARIES}/psql", b"")
        with refused(Reason.TOOL_MISSING):
            newest(system)

    def test_a_program_that_is_missing(self):
        system = self.installed(BINARIES)
        with refused(Reason.TOOL_MISSING):
            newest(system)(system, "initdb")
