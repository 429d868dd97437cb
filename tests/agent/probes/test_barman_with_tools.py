from __future__ import annotations

import os
import pwd
import shutil
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import pytest
from guardian_agent.probes.barman import PROBE
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Outcome,
    PointContents,
    RestorePoints,
)

from tests.agent.probes.real import Asked
from tests.agent.probes.subjects import fact
from tests.world.commands import run
from tests.world.postgresql import postgresql

pytestmark = pytest.mark.tools
CONFIGURATION = """\
[barman]
barman_home={folder}/home
barman_user={user}
log_file={folder}/barman.log
configuration_files_directory={folder}/none
[shop]
description=shop
conninfo=host={socket} user=postgres dbname=postgres
streaming_conninfo=host={socket} user=postgres
backup_method=postgres
archiver=on
immediate_checkpoint=true
path_prefix={programs}
"""


@pytest.fixture
def folder():
    made = Path(tempfile.mkdtemp(prefix="guardian-barman-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def test_a_backup_with_its_log_verified_and_damaged(folder, tmp_path):
    incoming = folder / "home" / "shop" / "incoming"
    shipping = f"archive_command = 'mkdir -p {incoming} && cp %p {incoming}/%f'"
    with postgresql("archive_mode = on", shipping, "fsync = off") as server:
        _configure(folder, server)
        _wait(server, incoming)
        _barman(folder, server, "backup", "shop").checked()
        asked = Asked(PROBE, tmp_path, {"server": "shop", "config": str(folder / "barman.conf")})

        facts = asked.facts()
        now = asked.system.clock.now()
        (point,) = fact(facts, RestorePoints).points
        assert timedelta(0) <= now - (point.finished_at or now) < timedelta(minutes=2)
        assert fact(facts, PointContents).valid is None
        assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT
        verified = asked.verify()
        assert (verified.outcome, verified.data_read) == (Outcome.PASSED, 1.0)

        damaged = next((folder / "home/shop/base").glob("*/data/base/*/1259"))
        damaged.write_bytes(b"\x00" * damaged.stat().st_size)
        assert asked.verify().outcome is Outcome.FAILED


def _configure(folder, server):
    user = server.user or pwd.getpwuid(os.geteuid()).pw_name
    (folder / "home").mkdir()
    (folder / "none").mkdir()
    text = CONFIGURATION.format(
        folder=folder, user=user, socket=server.folder, programs=server.programs
    )
    (folder / "barman.conf").write_text(text)
    if server.user is not None:
        who = pwd.getpwnam(server.user)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, who.pw_uid, who.pw_gid)


def _wait(server, incoming):
    """Barman starts no backup before it has seen log come in."""
    server.sql("select pg_switch_wal()")
    until = time.monotonic() + 20
    while not list(incoming.glob("*")) and time.monotonic() < until:
        time.sleep(0.1)


def _barman(folder, server, *words):
    _run(folder, server, "archive-wal", "shop")
    return _run(folder, server, *words)


def _run(folder, server, *words):
    return run("barman", "-c", folder / "barman.conf", *words, user=server.user)
