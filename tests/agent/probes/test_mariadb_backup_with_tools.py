from __future__ import annotations

import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from guardian_agent.probe import Fetched
from guardian_agent.probes.mariadb_backup import PROBE
from guardian_agent.probing.look import classify_file
from guardian_agent.restore.engine import Loaded
from guardian_agent.restore.engines.mariadb import ENGINE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.probes.real import Asked
from tests.agent.probes.subjects import fact, refused
from tests.agent.restore.rooms import passable, room
from tests.world.commands import run
from tests.world.mariadb import SHOP, mariadb

pytestmark = pytest.mark.tools

MORE = "INSERT INTO orders SELECT seq, 1, 1, '2026-11-21 09:00:00', '' FROM seq_{}_to_{};"


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """Make a full backup and two incremental ones, each with 1000 orders more."""
    folder: Path = tmp_path_factory.mktemp("backups")
    with mariadb() as server:
        server.back_up(folder / "full")
        server.sql(MORE.format(5001, 6000), "shop")
        server.back_up(folder / "one", base=folder / "full")
        server.sql(MORE.format(6001, 7000), "shop")
        server.back_up(folder / "two", base=folder / "one")
    return folder


@pytest.fixture
def backups(made, tmp_path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "backups"))


def asked(backups: Path) -> Asked:
    return Asked(PROBE, backups.parent, {"path": str(backups)})


def validity(backups: Path) -> tuple[bool | None, Reason]:
    found = fact(asked(backups).facts(), PointContents)
    return found.valid, found.reason


def restored(backups: Path, *questions: str) -> Loaded:
    ask = asked(backups)
    assert PROBE.database is not None
    point = PROBE.database.newest(ask.subject, ask.gather())
    assert point is not None
    with passable() as plot, room(plot) as here:
        fetched: Fetched = PROBE.database.fetch(
            ask.subject, here.system, point, here.folder, here.limit
        )
        return ENGINE.load(fetched, here, None, questions, lambda _text, _share: None)


def test_the_backups_are_listed_with_their_times(backups):
    points = fact(asked(backups).facts(), RestorePoints)
    assert points.total == 3
    assert points.tool_version is not None
    now = asked(backups).system.clock.now()
    for point in points.points:
        assert point.finished_at is not None
        assert now - timedelta(minutes=10) < point.started_at <= point.finished_at <= now
        assert (point.bytes or 0) > 1_000_000
        assert (point.files or 0) > 50


def test_the_newest_is_whole_and_readable(backups):
    facts = asked(backups).facts()
    assert fact(facts, PointContents).valid is True
    found = fact(facts, CopyEncryption)
    assert (found.state, found.rule) == (Encryption.PLAINTEXT, "innodb-page")


@pytest.mark.parametrize(("gone", "orders"), [(("one", "two"), 5000), (("two",), 6000), ((), 7000)])
def test_a_backup_comes_to_life(backups, gone, orders):
    for name in gone:
        shutil.rmtree(backups / name)
    loaded = restored(backups, "SELECT COUNT(*) FROM orders", "SELECT twice(21)")
    assert [value.number for value in loaded.values] == [orders, 42]
    assert (loaded.contents.tables, loaded.contents.rows) == (2, orders + 200)
    assert loaded.contents.bytes > 300_000


def test_one_that_was_prepared_where_it_lies(backups):
    shutil.rmtree(backups / "one")
    shutil.rmtree(backups / "two")
    before = fact(asked(backups).facts(), RestorePoints).points[0].id
    words = ("--no-defaults", "--prepare", f"--target-dir={backups / 'full'}")
    run("mariadb-backup", *words).checked()
    assert fact(asked(backups).facts(), RestorePoints).points[0].id == before
    assert restored(backups).contents.rows == 5200


def test_an_incremental_one_without_what_it_builds_upon(backups):
    shutil.rmtree(backups / "full")
    assert validity(backups) == (False, Reason.INCOMPLETE)
    with refused(Reason.INCOMPLETE):
        restored(backups)


def test_one_that_was_never_ended_is_no_restore_point(backups):
    (backups / "two" / "xtrabackup_info").unlink()
    assert fact(asked(backups).facts(), RestorePoints).total == 2


def test_one_that_lacks_its_data(backups):
    (backups / "two" / "ibdata1.delta").unlink()
    assert validity(backups) == (False, Reason.INCOMPLETE)


def test_pages_are_verified(backups):
    found = asked(backups).verify()
    assert found.outcome is Outcome.PASSED
    assert 0.9 < found.data_read < 1.0
    shutil.rmtree(backups / "one")
    shutil.rmtree(backups / "two")
    assert asked(backups).verify().data_read == 1.0


@pytest.mark.parametrize("damage", ["flip", "cut"])
def test_a_damaged_page_is_found(backups, damage):
    path = backups / "full" / "ibdata1"
    data = bytearray(path.read_bytes())
    data[100_000] ^= 0x40
    path.write_bytes(bytes(data) if damage == "flip" else bytes(data[:-1000]))
    found = asked(backups).verify()
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("damage", ["cut", "flip", "zero", "noise"])
def test_a_damaged_table_does_not_come_to_life(backups, damage):
    for name in ("one", "two"):
        shutil.rmtree(backups / name)
    words = ("--no-defaults", "--prepare", f"--target-dir={backups / 'full'}")
    run("mariadb-backup", *words).checked()
    table = backups / "full" / "shop" / "orders.ibd"
    data = bytearray(table.read_bytes())
    middle = range(10 * 16384, 11 * 16384)
    match damage:
        case "cut":
            del data[65536:]
        case "flip":
            data[middle.start + 5000] ^= 0x40
        case "zero":
            data[middle.start : middle.stop] = bytes(16384)
        case _:
            data[middle.start : middle.stop] = random.Random(1).randbytes(16384)
    table.write_bytes(bytes(data))
    with refused(Reason.DAMAGED):
        restored(backups)


def test_one_with_a_link_is_refused(backups):
    (backups / "two" / "shop" / "passwd.frm").symlink_to("/etc/passwd")
    with refused(Reason.UNSAFE_CONTENTS):
        asked(backups).facts()


def test_what_its_server_encrypted_is_not_taken_for_readable_or_damaged(tmp_path):
    keys = tmp_path / "keys"
    keys.write_text(f"1;{'ab' * 32}\n")
    with passable() as place:
        shutil.move(keys, place / "keys")
        (place / "keys").chmod(0o644)
        options = (
            "--plugin-load-add=file_key_management",
            f"--file-key-management-filename={place / 'keys'}",
            "--innodb-encrypt-tables=FORCE",
        )
        with mariadb(SHOP, *options) as server:
            server.back_up(tmp_path / "backups" / "full")
    files = asked(tmp_path / "backups").system.files
    tables = [*(tmp_path / "backups" / "full" / "shop").glob("*.[in][be][dw]")]
    assert len(tables) == 2
    assert not {classify_file(files, str(path)).state for path in tables} & {Encryption.PLAINTEXT}
    assert asked(tmp_path / "backups").verify().outcome is Outcome.PASSED
    with refused(Reason.UNSUPPORTED):
        restored(tmp_path / "backups")
