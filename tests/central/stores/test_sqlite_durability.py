"""What only a store on a disk must do: settings, modes, locks, migrations, damage."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from guardian.errors import StoreError, StoreFailure
from guardian.stores.sqlite import SqliteStore, connection
from guardian.stores.sqlite.connection import connect, one
from guardian.stores.sqlite.schema import migrate, steps
from tests.contracts.store import evidence, finding, key

FIRST = "CREATE TABLE a (x INTEGER) STRICT;\nINSERT INTO a VALUES (1);\n"
SECOND = "CREATE TABLE b (x INTEGER) STRICT;\n"
BROKEN = "CREATE TABLE c (x INTEGER) STRICT;\nINSERT INTO nowhere VALUES (1);\n"


@pytest.fixture
def store(tmp_path):
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def edit(folder, *commands):
    """Plant a fault past the store."""
    planted = sqlite3.connect(folder / "guardian.db")
    for command in commands:
        planted.execute(command)
    planted.commit()
    planted.close()


def tables(opened):
    return {row[0] for row in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def test_every_connection_waits_for_the_disk(store):
    for opened in (store._writer, store._reader):
        assert one(opened, "PRAGMA journal_mode") == "wal"
        assert one(opened, "PRAGMA synchronous") == 2
        assert one(opened, "PRAGMA foreign_keys") == 1
        assert one(opened, "PRAGMA busy_timeout") == connection.BUSY_SECONDS * 1000


def test_a_setting_that_sqlite_refuses_is_told():
    with pytest.raises(StoreError, match="journal_mode is 'memory'"):
        connect(":memory:")


def test_the_database_is_private(tmp_path, store):
    with store.unit() as unit:
        unit.put_key(key())
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0, file


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StoreError, match="cannot be written"):
        SqliteStore(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="no store can be kept"):
        SqliteStore(tmp_path / "nowhere", central=True)


def test_what_was_committed_is_there_after_reopening(tmp_path, store):
    with store.unit() as unit:
        unit.put_evidence(evidence())
    again = SqliteStore(tmp_path)
    assert again.all_evidence() == [evidence()]
    again.close()


def test_a_second_central_refuses_and_names_the_first(tmp_path):
    first = SqliteStore(tmp_path, central=True)
    with pytest.raises(StoreError, match=f"another central \\(process {os.getpid()}\\)"):
        SqliteStore(tmp_path, central=True)
    first.close()
    SqliteStore(tmp_path, central=True).close()


def test_commands_write_beside_central(tmp_path):
    central, command = SqliteStore(tmp_path, central=True), SqliteStore(tmp_path)
    with command.unit() as unit:
        unit.put_key(key())
    with central.unit() as unit:
        assert unit.keys_of("acme", "web1") == [key()]
    central.close()
    command.close()


def test_a_central_that_lost_the_store_is_fenced_off(tmp_path):
    old = SqliteStore(tmp_path, central=True)
    edit(tmp_path, "UPDATE writer SET epoch = epoch + 1")
    with pytest.raises(StoreFailure, match="another central took this store over"), old.unit():
        pytest.fail("the unit must not begin")
    old.close()


def test_a_unit_within_a_unit_of_another_process_is_busy(tmp_path, store, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_SECONDS", 0.01)
    impatient = SqliteStore(tmp_path)
    with store.unit(), pytest.raises(StoreError, match="locked"), impatient.unit():
        pytest.fail("the unit must not begin")
    impatient.close()


def test_a_database_of_a_newer_guardian_is_refused(tmp_path):
    SqliteStore(tmp_path).close()
    edit(tmp_path, f"PRAGMA user_version = {len(steps()) + 1}")
    with pytest.raises(StoreError, match="written by a newer Guardian"):
        SqliteStore(tmp_path)


def test_steps_are_applied_once_and_in_order(tmp_path):
    path = tmp_path / "guardian.db"
    opened = connect(path)
    migrate(opened, path, [FIRST])
    migrate(opened, path, [FIRST, SECOND])
    migrate(opened, path, [FIRST, SECOND])
    assert tables(opened) == {"a", "b"}
    assert one(opened, "SELECT count(*) FROM a") == 1
    assert one(opened, "PRAGMA user_version") == 2
    opened.close()


def test_a_step_that_fails_leaves_the_old_schema(tmp_path):
    path = tmp_path / "guardian.db"
    opened = connect(path)
    migrate(opened, path, [FIRST])
    with pytest.raises(StoreError, match="nowhere"):
        migrate(opened, path, [FIRST, SECOND, BROKEN])
    assert tables(opened) == {"a"}
    assert one(opened, "PRAGMA user_version") == 1
    opened.close()


def test_each_step_is_numbered():
    assert len(steps()) >= 1
    assert all("CREATE TABLE" in script for script in steps()[:1])


@pytest.mark.parametrize(
    ("table", "read"),
    [("evidence", SqliteStore.all_evidence), ("findings", SqliteStore.findings)],
)
def test_a_flipped_bit_in_a_body_is_found(tmp_path, store, table, read):
    with store.unit() as unit:
        unit.put_evidence(evidence())
        unit.put_finding(finding())
    edit(tmp_path, f"UPDATE {table} SET body = replace(body, 'web1', 'web2')")
    with pytest.raises(StoreFailure, match="digest differs"):
        read(store)


def test_a_flipped_bit_in_a_checkpoint_is_found(tmp_path, store):
    with store.unit() as unit:
        unit.put_evidence(evidence())
    edit(tmp_path, "UPDATE evidence SET checkpoints = zeroblob(48)")
    with pytest.raises(StoreFailure, match="digest differs"):
        store.all_evidence()


def test_a_finding_of_another_form_is_found(tmp_path, store):
    with store.unit() as unit:
        unit.put_finding(finding())
    nothing = hashlib.sha256(b"{}").hexdigest()
    edit(tmp_path, f"UPDATE findings SET body = '{{}}', digest = '{nothing}'")
    with pytest.raises(StoreFailure, match="'asset' is missing"):
        store.findings()


def test_a_body_of_another_form_is_found(tmp_path, store):
    with store.unit() as unit:
        unit.put_evidence(evidence())
    nothing = hashlib.sha256(hashlib.sha256(b"{}").digest()).hexdigest()
    edit(tmp_path, f"UPDATE evidence SET body = '{{}}', checkpoints = x'', digest = '{nothing}'")
    with pytest.raises(StoreFailure, match="'client' is missing"):
        store.all_evidence()


def test_a_changed_public_key_is_found(tmp_path, store):
    with store.unit() as unit:
        unit.put_key(key())
    edit(tmp_path, "UPDATE keys SET public_key = zeroblob(32)")
    with pytest.raises(StoreFailure, match="does not have its own id"):
        store.keys()


def test_a_damaged_page_keeps_central_from_starting(tmp_path):
    store = SqliteStore(tmp_path)
    with store.unit() as unit:
        unit.put_key(key())
    store.close()
    path = tmp_path / "guardian.db"
    pages = bytearray(path.read_bytes())
    pages[4096 * 3 : 4096 * 4] = b"\xff" * 4096
    path.write_bytes(pages)
    with pytest.raises(StoreFailure):
        SqliteStore(tmp_path, central=True)


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "guardian.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreFailure, match="not a database"):
        SqliteStore(tmp_path, central=True)
    (tmp_path / "guardian.db").unlink()
    SqliteStore(tmp_path, central=True).close()


COMMITS = """
import sys
from pathlib import Path
from guardian.stores.sqlite import SqliteStore
store = SqliteStore(Path(sys.argv[1]))
for _ in range(50):
    store.count_refusal("malformed")
"""


@pytest.mark.tools
def test_each_commit_waits_for_the_disk(tmp_path):
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    trace = tmp_path / "trace"
    words = [strace, "-f", "-e", "trace=fsync,fdatasync", "-o", trace, sys.executable, "-c"]
    subprocess.run([*words, COMMITS, tmp_path], check=True, timeout=60)
    assert trace.read_text().count("sync(") >= 50
