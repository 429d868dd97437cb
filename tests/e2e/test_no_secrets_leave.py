"""Sixty secrets and personal values on one server, and no trace of any in what leaves it.

Looked through is every byte that the agent or central say to anybody: statements, logs, metrics,
reports, what the commands print, and all that central keeps. One name that the operator chose must
be found in each, so that none is empty or packed in a way that hides what is in it.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.e2e.planted import Planted, leaks, of_folder, planted
from tests.world.archive import Archive
from tests.world.guardian import Guardian, agent
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.restic import Restic
from tests.world.serving import serving

pytestmark = pytest.mark.tools

CHOSEN = "operator-chose-this"
VALUES = planted()
IN_FILES = [each for each in VALUES.values() if each.line and not each.in_path]
IN_PATHS = [each for each in VALUES.values() if each.in_path]


@dataclass(slots=True)
class Told:
    """What was said, by where; `local` stays on the server, for whoever runs a command there."""

    said: dict[str, bytes] = field(default_factory=dict)
    local: dict[str, bytes] = field(default_factory=dict)
    canaries: list[Planted] = field(default_factory=list)


@pytest.fixture
def told():
    with tempfile.TemporaryDirectory(prefix="guardian-leak-") as name:
        yield _story(Path(name))


def _story(folder: Path) -> Told:
    guardian = Guardian(folder / "central").create()
    guardian.speak_https()
    server = _server(folder)
    told = Told()
    guardian.configure(server)
    with serving(guardian), _processes():
        guardian.connect(server)
        _speak(server, told)
        _keep(guardian, told)
    told.said["log"] = (guardian.folder / "serve.log").read_bytes()
    told.said["kept"] = of_folder(guardian.folder / "store")
    told.local["state"] = of_folder(server.folder / "state")
    for path in (server.folder / "state" / "canaries").iterdir():
        told.canaries.append(Planted(name=path.name, value=path.read_text().split()[0], line=""))
    return told


def _speak(server: Server, told: Told) -> None:
    """Let every command of the agent say what it says, at its most talkative."""
    job = (sys.executable, "-c", _job(), VALUES["job-words"].value)
    agent(server, "exec", CHOSEN, "--", *job)
    places = [str(path) for path in server.exposures.values()]
    for name, words in {
        "run": ("run",),
        "restore-test": ("restore-test", "--all", "--verbose"),
        "run-again": ("run",),
        "show-json": ("show", "--json"),
        "doctor": ("doctor",),
        "scan-json": ("scan", "--json", *places),
    }.items():
        done = agent(server, *words)
        told.local[f"{name}-stdout"] = done.output.encode()
        told.local[f"{name}-stderr"] = done.errors.encode()
    told.said["show-json"] = told.local["show-json-stdout"]
    lines = [json.loads(each) for each in told.local["scan-json-stdout"].splitlines()]
    told.said["scan-json"] = json.dumps([{**each, "path": ""} for each in lines]).encode()


def _job() -> str:
    return f"import sys; print({VALUES['job-output'].value!r}); sys.exit('failed: ' + sys.argv[1])"


def _keep(guardian: Guardian, told: Told) -> None:
    """Collect what central shows and writes for others."""
    for path in ("/metrics", "/metrics/clients/acme"):
        with urllib.request.urlopen(f"http://{guardian.operator}{path}", timeout=30) as answer:
            told.said[path[1:].replace("/", "-")] = answer.read()
    month = f"{datetime.now(UTC):%Y-%m}"  # noqa: TID251
    words = ("report", "build", "acme", "--month", month, "--out", str(guardian.folder / "out"))
    guardian(*words).checked()
    told.said["report"] = of_folder(guardian.folder / "out")
    for words in (("status",), ("check",), ("agent", "list"), ("audit", "verify"), ("doctor",)):
        done = guardian(*words)
        told.said["-".join(words)] = (done.output + done.errors).encode()
    told.said["check-json"] = guardian("check", "--output", "json").output.encode()


def _server(folder: Path) -> Server:
    """Make a server with the values in its live data, exports, dumps, jobs and settings."""
    server = Server(client="acme", name="web1", folder=folder / "web1")
    server.folder.mkdir()
    live, exports = folder / "srv" / "files", folder / "srv" / "exports"
    _fill(live)
    _fill(exports)
    _pack(exports)
    copies = _copies(folder, live)
    server.sets.append(BackupSet(name=CHOSEN, paths=(live,), copies=copies))
    server.exposures = {CHOSEN: exports, "live": live, "archives": folder / "archives"}
    server.volumes = {CHOSEN: live}
    server.jobs = {"paths": [str(_jobs(server.folder / "cron.d"))]}
    server.databases = {CHOSEN: {
        "engine": "postgresql", "host": "127.0.0.1", "port": 9, "user": "guardian",
        "password_file": _file(server.folder / "db.password", "database-password"),
    }}  # fmt: skip
    credentials = "[default]\naws_access_key_id = guardian\naws_secret_access_key = "
    server.buckets = {"offsite": {
        "bucket": "acme", "endpoint": "https://127.0.0.1:9", "region": "eu-north-1",
        "credentials_file": _file(server.folder / "s3.ini", "store-secret", credentials),
    }}  # fmt: skip
    return server


def _copies(folder: Path, live: Path) -> tuple[BackupCopy, ...]:
    """Return copies that are sound, and copies whose failures tempt a tool to quote secrets."""
    good = Restic(folder / "restic", folder / "home", password=VALUES["repository-password"].value)
    good.create().backup(live).checked()
    archive = Archive(folder / "archives")
    archive.make(live, name=live)
    wrong = _file(folder / "wrong.password", "wrong-password")
    address = f"rest:https://acme:{VALUES['repository-address'].value}@127.0.0.1:9/acme/"
    settings = {
        CHOSEN: good.settings,
        "archive": archive.settings(folder.parent),
        "wrong": {**good.settings, "password_file": wrong},
        "away": {**good.settings, "repository": address},
        "nowhere": {**good.settings, "repository": str(folder / IN_PATHS[0].value)},
    }
    return tuple(BackupCopy(name=name, settings=dict(each)) for name, each in settings.items())


def _fill(folder: Path) -> None:
    """Write each value into a file of its own, all into one, and names into paths."""
    folder.mkdir(parents=True)
    for each in IN_FILES:
        (folder / f"{each.name}.txt").write_text(f"{each.line}\n" * 3)
    whole = "\n".join(each.line for each in IN_FILES)
    (folder / "all.csv").write_text(whole)
    (folder / "all-utf16.txt").write_text(whole, encoding="utf-16")
    for each in IN_PATHS:
        (folder / each.value).mkdir()
        (folder / each.value / f"{each.value}.docx").write_bytes(os.urandom(6000))
        (folder / each.value / f"{each.value}.sql").write_text(
            f"-- PostgreSQL database dump\n{whole}"
        )


def _pack(folder: Path) -> None:
    """Pack the same text in every way that is opened, and some of it damaged."""
    whole = (folder / "all.csv").read_bytes()
    (folder / "dump.sql.gz").write_bytes(gzip.compress(whole * 40))
    (folder / "cut.sql.gz").write_bytes(gzip.compress(whole * 40)[:-300])
    with zipfile.ZipFile(folder / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for each in (*IN_FILES, *IN_PATHS):
            archive.writestr(f"{each.value.replace('/', '_')}.txt", whole)
    (folder / "cut.zip").write_bytes((folder / "all.zip").read_bytes()[:-400])
    with tarfile.open(folder / "all.tar", "w") as archive:
        archive.add(folder / "all.csv", arcname=f"{IN_PATHS[1].value}/all.csv")
    with closing(sqlite3.connect(folder / "crm.sqlite")) as database:
        database.execute("create table person (line text)")
        database.executemany("insert into person values (?)", [(each.line,) for each in IN_FILES])
        database.commit()


def _jobs(folder: Path) -> Path:
    folder.mkdir()
    for name, line in {
        "cron-password": "0 3 * * * root RESTIC_PASSWORD={} restic -r /backup backup /srv",
        "unit-passphrase": "[Service]\nEnvironment=BORG_PASSPHRASE={}\nExecStart=borg create",
        "script-password": "#!/bin/sh\nmysqldump --password={} --all-databases",
    }.items():
        (folder / name).write_text(line.format(VALUES[name].value) + "\n")
    return folder


def _file(path: Path, name: str, before: str = "") -> str:
    path.write_text(f"{before}{VALUES[name].value}\n")
    path.chmod(0o600)
    return str(path)


@contextlib.contextmanager
def _processes() -> Iterator[None]:
    """Run two that hold a password, one in its environment, one among its words."""
    sleeping = [sys.executable, "-c", "import time; time.sleep(600)"]
    secret = {"PGPASSWORD": VALUES["process-environment"].value}
    words = [f"--password={VALUES['process-words'].value}"]
    running = [
        subprocess.Popen(sleeping, env={**os.environ, **secret}),
        subprocess.Popen([*sleeping, *words]),
    ]
    try:
        yield
    finally:
        for each in running:
            each.kill()
            each.wait()


PLACES_OF_NAMES = ("show-json", "kept", "report", "check-json", "metrics", "metrics-clients-acme")
"""Where the name that the operator chose is said: looking there is looking at what is said."""
KINDS = ("private-key", "card", "iban", "personal_data", "reach", "exposure", "posture")


def test_no_trace_of_any_value_leaves(told):
    found = {where: leaks(VALUES.values(), output) for where, output in told.said.items()}
    assert {where: names for where, names in found.items() if names} == {}

    # Whoever knows a set's marker can make up a restore of it.
    assert told.canaries
    assert [where for where, output in told.said.items() if leaks(told.canaries, output)] == []

    # Whoever runs a command on the server may see paths there, and nothing that stands in files.
    values = [each for each in VALUES.values() if not each.in_path]
    found = {where: leaks(values, output) for where, output in told.local.items()}
    assert {where: names for where, names in found.items() if names} == {}

    # All of it was looked at, and said in a way that this test can read.
    chosen = [Planted(name="chosen", value=CHOSEN, line="")]
    assert [where for where in PLACES_OF_NAMES if not leaks(chosen, told.said[where])] == []
    assert [kind for kind in KINDS if f'"{kind}"'.encode() not in told.said["show-json"]] == []
