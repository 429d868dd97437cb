from __future__ import annotations

import bz2
import gzip
import lzma
import shutil

import pytest
from guardian_agent.probes.sqlite_copy import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Outcome,
    PointContents,
    Reason,
    RestorePoints,
)

from tests.agent.probes.real import Asked
from tests.agent.probes.subjects import fact
from tests.world import sqlite
from tests.world.commands import run

pytestmark = pytest.mark.tools


@pytest.fixture
def shop(tmp_path):
    sqlite.make_shop(tmp_path / "live" / "shop.db")
    return tmp_path / "live" / "shop.db"


@pytest.fixture
def copies(tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def asked(copies) -> Asked:
    return Asked(PROBE, copies.parent, {"path": str(copies), "pattern": "*.db*"})


def validity(copies) -> tuple[bool | None, Reason]:
    found = fact(asked(copies).facts(), PointContents)
    return found.valid, found.reason


def test_a_copy_by_backup_is_whole(shop, copies):
    sqlite.back_up(shop, copies / "shop.db")
    facts = asked(copies).facts()
    assert (fact(facts, PointContents).valid, fact(facts, PointContents).files) == (True, 1)
    assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT
    assert asked(copies).verify().outcome is Outcome.PASSED


def test_a_copy_of_a_file_in_use_is_torn(shop, copies):
    sqlite.copy_while_written(shop, copies / "shop.db")
    assert validity(copies) == (False, Reason.DAMAGED)
    found = asked(copies).verify()
    assert (found.outcome, found.reason) == (Outcome.FAILED, Reason.DAMAGED)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_packed_copies(shop, copies, pack):
    sqlite.back_up(shop, copies / "plain")
    packed = pack((copies / "plain").read_bytes())
    (copies / "shop.db.packed").write_bytes(packed)
    assert validity(copies) == (True, Reason.NONE)
    (copies / "shop.db.packed").write_bytes(packed[:-20])
    assert validity(copies) == (False, Reason.DAMAGED)


def test_a_copy_packed_by_zstd(shop, copies):
    sqlite.back_up(shop, copies / "plain")
    run("zstd", "-q", copies / "plain", "-o", copies / "shop.db.zst").checked()
    assert validity(copies) == (True, Reason.NONE)
    packed = (copies / "shop.db.zst").read_bytes()
    (copies / "shop.db.zst").write_bytes(packed[: len(packed) // 2])
    assert validity(copies) == (False, Reason.DAMAGED)


@pytest.mark.parametrize("share", [0, 0.0001, 0.5, 0.99])
def test_a_copy_cut_short(shop, copies, share):
    whole = shop.read_bytes()
    (copies / "shop.db").write_bytes(whole[: int(len(whole) * share)])
    assert validity(copies) == (False, Reason.DAMAGED)


def test_a_page_overwritten(shop, copies):
    data = bytearray(shop.read_bytes())
    data[40960:45056] = b"\xa5" * 4096
    (copies / "shop.db").write_bytes(bytes(data))
    assert validity(copies) == (False, Reason.DAMAGED)


def test_a_name_that_is_no_text_is_damage(shop, copies):
    data = shop.read_bytes().replace(b"CREATE TABLE customers", b"CREATE TABL\xac customers")
    assert data != shop.read_bytes()
    (copies / "shop.db").write_bytes(data)
    assert validity(copies) == (False, Reason.DAMAGED)


def test_rows_that_break_a_rule_are_no_damage(shop, copies):
    with sqlite.opened(shop) as database:
        database.execute("create table t (a check (a > 0))")
        database.execute("pragma ignore_check_constraints = on")
        database.execute("insert into t values (-1)")
    sqlite.back_up(shop, copies / "shop.db")
    assert validity(copies) == (True, Reason.NONE)


def test_what_is_no_database_is_not_known_to_be_one(copies):
    (copies / "shop.db").write_bytes(b"no database" * 1000)
    assert validity(copies) == (None, Reason.UNSUPPORTED)


def test_one_that_wants_a_collation_of_its_program_is_not_known(shop, copies):
    with sqlite.opened(shop) as database:
        database.create_collation("ours", lambda a, b: (a > b) - (a < b))
        database.execute("create table t (a text collate ours)")
        database.execute("create index t_by_a on t (a)")
        database.execute("insert into t values ('x'), ('y')")
    sqlite.back_up(shop, copies / "shop.db")
    assert validity(copies) == (None, Reason.UNSUPPORTED)


class TestLog:
    def test_a_copy_with_its_log_is_read_with_it_and_left_as_it_is(self, tmp_path, copies):
        sqlite.make_shop(tmp_path / "shop.db", wal=True)
        sqlite.copy_with_log(tmp_path / "shop.db", copies / "shop.db")
        before = {path.name: path.read_bytes() for path in copies.iterdir()}
        assert set(before) == {"shop.db", "shop.db-wal"}
        facts = asked(copies).facts()
        assert (fact(facts, PointContents).valid, fact(facts, PointContents).files) == (True, 2)
        points = fact(facts, RestorePoints)
        assert (points.total, points.points[0].bytes) == (1, sum(map(len, before.values())))
        assert {path.name: path.read_bytes() for path in copies.iterdir()} == before

    def test_a_journal_that_undoes_a_transaction_is_played_back(self, shop, copies):
        sqlite.copy_while_written(shop, copies / "shop.db", journal=True)
        assert {path.name for path in copies.iterdir()} == {"shop.db", "shop.db-journal"}
        assert validity(copies) == (True, Reason.NONE)

    def test_a_log_of_another_moment_is_found_out(self, tmp_path, copies):
        sqlite.make_shop(tmp_path / "shop.db", wal=True)
        sqlite.copy_with_log(tmp_path / "shop.db", copies / "shop.db")
        with sqlite.opened(tmp_path / "shop.db") as database:
            database.execute("update orders set note = 'x' || id")
            database.execute("vacuum")
        shutil.copy(tmp_path / "shop.db", copies / "shop.db")
        with open(copies / "shop.db", "r+b") as file:  # noqa: PTH123
            file.truncate(40960)
        assert validity(copies) == (False, Reason.DAMAGED)
