"""Physical backups of PostgreSQL: fetched by their probes, started by the engine, verified."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.probes.pg_basebackup import PROBE as PG_BASEBACKUP
from guardian_agent.probes.pgbackrest import PROBE as PGBACKREST
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.engines.postgresql import ENGINE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Integrity,
    Outcome,
    PointContents,
    Reason,
)

from tests.agent.probes.real import Asked
from tests.agent.probes.subjects import fact, refused
from tests.agent.restore.rooms import GIGABYTE, passable, room
from tests.world.commands import run
from tests.world.damage import break_page
from tests.world.pgbackrest import pgbackrest
from tests.world.postgresql import postgresql
from tests.world.processes import of_folder

pytestmark = pytest.mark.tools

ORDERS = "select count(*) from orders"
LATE = "select count(*) from late"


def started(asked: Asked, *questions: str, database: str | None = "shop") -> Loaded:
    """Fetch the newest point and bring it to life, as a test does."""
    restorer = asked.probe.database
    assert restorer is not None
    point = restorer.newest(asked.subject, asked.gather())
    assert point is not None
    with passable() as plot:
        try:
            with room(plot, GIGABYTE) as made:
                fetched = restorer.fetch(asked.subject, made.system, point, made.folder, made.limit)
                return ENGINE.load(fetched, made, database, questions, lambda *_: None)
        finally:
            assert of_folder(plot) == []


def why_not(asked: Asked) -> Reason:
    with pytest.raises(ProbeError) as caught:
        started(asked)
    return caught.value.reason


def validity(asked: Asked) -> tuple[bool | None, Reason]:
    found = fact(asked.facts(), PointContents)
    return found.valid, found.reason


@pytest.fixture(scope="module")
def base_backups(tmp_path_factory):
    """Make backups of every form, the log archived beside them, and write on meanwhile."""
    folder = tmp_path_factory.mktemp("base")
    archive = folder / "archive"
    archive.mkdir(mode=0o777)
    archive.chmod(0o777)
    for parent in list(archive.parents)[:4]:
        parent.chmod(parent.stat().st_mode | 0o011)
    lines = ("archive_mode = on", f"archive_command = 'cp %p {archive}/%f'")
    with postgresql(*lines, "wal_level = replica", checksums=True) as server:
        server.base_backup(folder / "plain")
        server.base_backup(folder / "tar", "-Ft", "-z")
        server.base_backup(folder / "fetched", "-Xnone")
        server.sql("create table late as select n from generate_series(1, 77) n")
        server.sql("select pg_switch_wal()")
        server.sql("create table later (id int)")
        server.sql("select pg_switch_wal()")
        server.sql("create role odd superuser; checkpoint")
        server.stop("fast")
        server.start()
    return folder


@pytest.fixture(scope="module")
def stanza():
    with pgbackrest() as repository:
        repository.backup().checked()
        repository.server.sql("create table late as select n from generate_series(1, 77) n")
        repository.backup("incr").checked()
        yield repository


class TestBaseBackups:
    @pytest.fixture
    def asked(self, base_backups, tmp_path):
        def ask(form: str, *, archive: bool = False) -> tuple[Path, Path, Asked]:
            drop, log = tmp_path / "drop", tmp_path / "archive"
            shutil.copytree(base_backups / form, drop / form, copy_function=shutil.copy2)
            shutil.copytree(base_backups / "archive", log)
            settings = {"path": str(drop)} | ({"archive": str(log)} if archive else {})
            return drop / form, log, Asked(PG_BASEBACKUP, tmp_path, settings)

        return ask

    @pytest.mark.parametrize("form", ["plain", "tar"])
    def test_one_with_its_own_log(self, asked, form):
        _, _, copy = asked(form)
        loaded = started(copy, ORDERS, LATE)
        assert (loaded.contents.tables, loaded.contents.rows) == (2, 5200)
        assert loaded.values[0].number == 5000
        assert loaded.values[1].reason is Reason.STATEMENT_FAILED

    @pytest.mark.parametrize("form", ["plain", "tar", "fetched"])
    def test_one_with_archived_log_comes_back_as_of_the_last_segment(self, asked, form):
        _, _, copy = asked(form, archive=True)
        assert started(copy, LATE).values[0].number == 77

    def test_packed_log(self, asked):
        _, log, copy = asked("fetched", archive=True)
        for segment in log.glob("0*[0-9A-F]"):
            run("gzip", segment).checked()
        assert started(copy, LATE).values[0].number == 77

    def test_one_without_any_log_is_incomplete(self, asked):
        _, _, copy = asked("fetched")
        assert validity(copy) == (False, Reason.INCOMPLETE)
        assert why_not(copy) is Reason.INCOMPLETE

    def test_a_gap_in_the_archived_log(self, asked):
        _, log, copy = asked("plain", archive=True)
        assert validity(copy) == (True, Reason.NONE)
        segments = sorted(path for path in log.iterdir() if len(path.name) == 24)
        segments[-2].unlink()
        assert validity(copy) == (False, Reason.INCOMPLETE)
        assert copy.verify().reason is Reason.INCOMPLETE

    def test_what_is_told_of_a_plain_one(self, asked):
        _, _, copy = asked("plain")
        (point,) = copy.points().points
        assert copy.system.clock.now() - point.started_at < timedelta(minutes=10)
        assert point.bytes is not None
        assert point.bytes > 20_000_000
        assert validity(copy) == (True, Reason.NONE)
        assert fact(copy.facts(), CopyEncryption).state is Encryption.PLAINTEXT
        assert (copy.verify().outcome, copy.verify().data_read) == (Outcome.PASSED, 1.0)

    def test_what_is_told_of_tar_files(self, asked):
        _, _, copy = asked("tar")
        (point,) = copy.points().points
        assert copy.system.clock.now() - point.started_at < timedelta(minutes=10)
        assert validity(copy) == (None, Reason.UNSUPPORTED)
        with refused(Reason.UNSUPPORTED):
            copy.verify()

    def test_a_flipped_bit(self, asked):
        backup, _, copy = asked("plain")
        table = max((backup / "base").rglob("*[0-9]"), key=lambda path: path.stat().st_size)
        data = bytearray(table.read_bytes())
        data[9000] ^= 1
        table.write_bytes(data)
        assert copy.verify().reason is Reason.DAMAGED
        assert why_not(copy) is Reason.DAMAGED

    def test_a_file_that_is_missing(self, asked):
        backup, _, copy = asked("plain")
        next((backup / "base").rglob("1255")).unlink()
        assert validity(copy) == (False, Reason.DAMAGED)

    def test_a_tar_file_cut_short(self, asked):
        backup, _, copy = asked("tar")
        tar = backup / "base.tar.gz"
        tar.write_bytes(tar.read_bytes()[:-100_000])
        assert why_not(copy) is Reason.DAMAGED

    def test_one_that_leads_outside(self, asked, tmp_path):
        backup, _, copy = asked("plain")
        shutil.move(backup / "pg_wal", tmp_path / "wal")
        (backup / "pg_wal").symlink_to(tmp_path / "wal")
        (backup / "backup_manifest").unlink()
        assert why_not(copy) in {Reason.UNSAFE_CONTENTS, Reason.INCOMPLETE}

    def test_settings_that_came_along_run_nothing(self, asked, tmp_path):
        backup, _, copy = asked("plain")
        mark = tmp_path / "mark"
        with (backup / "postgresql.auto.conf").open("a") as file:
            file.write(f"restore_command = 'touch {mark}'\narchive_mode = on\n")
            file.write(f"archive_command = 'touch {mark}'\nshared_preload_libraries = 'nix'\n")
        (backup / "recovery.signal").touch()
        assert started(copy, ORDERS).values[0].number == 5000
        assert not mark.exists()

    def test_another_database_than_is_in_it(self, asked):
        _, _, copy = asked("plain")
        with pytest.raises(ProbeError) as caught:
            started(copy, database="crm")
        assert caught.value.reason is Reason.INCOMPLETE
        assert started(copy, database=None).contents.rows == 5200

    def test_a_folder_without_backups(self, tmp_path):
        (tmp_path / "drop" / "other").mkdir(parents=True)
        copy = Asked(PG_BASEBACKUP, tmp_path, {"path": str(tmp_path / "drop")})
        assert copy.points().total == 0


class TestPgBackRest:
    @pytest.fixture
    def asked(self, stanza, tmp_path):
        """Ask about a copy of the repository."""
        shutil.copytree(stanza.folder, tmp_path / "kept", symlinks=True)
        config = tmp_path / "kept" / "pgbackrest.conf"
        text = stanza.configuration.read_text().replace(str(stanza.folder), str(tmp_path / "kept"))
        config.write_text(text)
        settings = {**stanza.settings, "config": str(config)}
        return Asked(PGBACKREST, tmp_path, settings)

    def test_the_newest_comes_back(self, asked):
        loaded = started(asked, ORDERS, LATE)
        assert [value.number for value in loaded.values] == [5000, 77]
        assert loaded.contents.rows == 5277

    def test_what_is_told(self, asked):
        points = asked.points()
        assert (points.total, points.tool_version) == (2, "2.45")
        assert points.points[0].finished_at is not None
        assert validity(asked) == (True, Reason.NONE)
        assert fact(asked.facts(), CopyEncryption).state is Encryption.PLAINTEXT
        assert asked.verify().outcome is Outcome.PASSED
        assert asked.verify().data_read == 1.0

    def test_a_damaged_file(self, asked, tmp_path):
        kept = (tmp_path / "kept" / "repository" / "backup" / "shop").glob("*F/**/*")
        file = max((path for path in kept if path.is_file()), key=lambda path: path.stat().st_size)
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 0x40
        file.write_bytes(data)
        assert (asked.verify().outcome, asked.verify().reason) == (
            Outcome.FAILED,
            Reason.DAMAGED,
        )
        assert why_not(asked) is Reason.DAMAGED

    def test_log_that_is_missing(self, asked, tmp_path):
        log = tmp_path / "kept" / "repository" / "archive" / "shop" / "15-1"
        newest = max(path for path in log.rglob("0*") if path.is_file() and "-" in path.name)
        for path in log.rglob(f"{newest.name[:24]}*"):
            path.unlink()
        assert why_not(asked) is Reason.INCOMPLETE

    def test_another_stanza(self, asked, tmp_path):
        other = Asked(
            PGBACKREST,
            tmp_path,
            {"stanza": "crm", "config": asked.subject.settings.config},
        )
        with refused(Reason.NO_REPOSITORY):
            other.facts()


def test_a_page_that_was_bad_when_it_was_backed_up(tmp_path):
    with pgbackrest() as repository:
        break_page(repository.server, "orders")
        repository.backup().checked()
        copy = Asked(PGBACKREST, tmp_path, repository.settings)
        assert validity(copy) == (False, Reason.DAMAGED)
        assert fact(copy.facts(), Integrity).reason is Reason.DAMAGED
        assert copy.verify().reason is Reason.DAMAGED
        assert why_not(copy) is Reason.DAMAGED


def test_an_encrypted_repository(tmp_path):
    with pgbackrest("repo1-cipher-type=aes-256-cbc", "repo1-cipher-pass=secret") as repository:
        repository.backup().checked()
        copy = Asked(PGBACKREST, tmp_path, repository.settings)
        assert fact(copy.facts(), CopyEncryption).state is Encryption.ENCRYPTED
        assert started(copy, ORDERS).values[0].number == 5000
