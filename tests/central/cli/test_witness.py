from __future__ import annotations

import json

import pytest

from guardian.app.clock import SystemClock
from guardian.cli.examine import Health
from guardian.cli.examine_storage import MEND, OTHERWISE, examine_storage
from guardian.config import load_config
from guardian.domain.asset import Asset
from guardian.domain.storage import Lack, Question
from guardian.ingest.witnessing import keep
from tests.central.cli.central import COPY, Central
from tests.central.domain.looking import look, stored

WITNESS = """
    [server.backup_set.copy.local.witness]
    kind = "folder"
    path = "{path}"
"""
ASSET = Asset(client="acme", server="web1", backup_set="files", copy="local")


@pytest.fixture
def folder(guardian: Central, tmp_path):
    """A folder with one dump, which central looks at."""
    made = tmp_path / "dumps"
    made.mkdir()
    (made / "orders.sql").write_text("CREATE TABLE")
    guardian.client(COPY + WITNESS.format(path=made))
    return made


def looks(guardian: Central, *words: str) -> list[dict[str, object]]:
    return json.loads(guardian("witness", "run", *words, "--output", "json").stdout)["looks"]


def examined(guardian: Central) -> list[object]:
    return list(examine_storage(load_config(guardian.config), SystemClock().now()))


def test_one_pass_shows_what_lies_there(guardian, folder):
    (one,) = looks(guardian)

    assert (one["client"], one["copy"]) == ("acme", "local")
    assert (one["saw"], one["restore_points"]) == ("files", 1)
    assert one["newest"]
    assert (one["locked"], one["not_known"]) == (None, None)
    assert "orders" not in json.dumps(one)


def test_it_is_evidence_at_once(guardian, folder):
    assert guardian("witness", "run").exit_code == 0
    found = json.loads(guardian("check", "--output", "json").stdout)["findings"]
    (one,) = [each for each in found if each["control"] == "backup.witnessed"]
    assert one["status"] == "unknown"
    assert "the agent has listed no restore points yet" in one["reason"]
    assert guardian("audit", "verify").exit_code == 0


def test_a_place_that_shows_nothing_is_unknown(guardian, folder):
    (folder / "orders.sql").unlink()
    folder.rmdir()
    done = guardian("witness", "run")
    assert done.exit_code == 3
    assert "no-such-place" in done.stdout


def test_only_the_client_that_is_named(guardian, folder):
    assert len(looks(guardian, "acme")) == 1
    done = guardian("witness", "run", "acne")
    assert done.exit_code == 2
    assert "did you mean 'acme'?" in done.stderr


@pytest.mark.parametrize("words", [("witness", "run"), ("config", "check"), ("check",)])
@pytest.mark.parametrize(
    ("witness", "said"),
    [
        ('kind = "folder"\npath = "dumps"', "'dumps' is no absolute path"),
        ('kind = "folder"\npfad = "/dumps"', "unknown key 'pfad'"),
        ('kind = "tape"', "no kind 'tape' of witness; there are: folder, s3, ssh"),
        ('kind = "s3"', "expected"),
    ],
)
def test_a_witness_that_cannot_be_used_is_refused(guardian, words, witness, said):
    head = "[server.backup_set.copy.local.witness]\n"
    guardian.client(f"{COPY}{head}{witness}\n")
    done = guardian(*words)
    assert done.exit_code == 2
    assert "clients.d/acme.toml: [server.backup_set.copy.local.witness]" in done.stderr
    assert said in done.stderr or "missing" in done.stderr


def test_the_doctor_says_when_nobody_has_looked(guardian, folder):
    (one,) = examined(guardian)
    assert (one.health, one.mend) == (Health.WARNING, "run `guardian witness run`")


def test_the_doctor_is_content_with_an_answered_look(guardian, folder):
    looks(guardian)
    (one,) = examined(guardian)
    assert one.health is Health.OK
    assert guardian("doctor", "--output", "json").stdout.count('"witness"') == 1


def test_the_doctor_says_why_nothing_was_seen(guardian, folder):
    (folder / "orders.sql").unlink()
    folder.rmdir()
    looks(guardian)
    (one,) = examined(guardian)
    assert (one.health, one.mend) == (Health.FAIL, MEND["no-such-place"])
    assert guardian("doctor").exit_code == 1


def known(guardian: Central, *lacks: Lack) -> None:
    from contextlib import closing

    from guardian.app import open_app

    with closing(open_app(guardian.config)) as app:
        now = app.clock.now()
        keep(app.store, ASSET, look(stored(1), at=now, lacks=lacks), now)


@pytest.mark.parametrize(
    ("lack", "health", "mend"),
    [
        (
            Lack(
                question=Question.RETENTION,
                reason="permission-missing",
                permission="s3:GetObjectRetention",
            ),
            Health.WARNING,
            "give central's credential s3:GetObjectRetention",
        ),
        (
            Lack(question=Question.LIFECYCLE, reason="not-implemented"),
            Health.WARNING,
            MEND["not-implemented"],
        ),
        (
            Lack(question=Question.ABSENCE, reason="invents-answers"),
            Health.FAIL,
            MEND["invents-answers"],
        ),
        (Lack(question=Question.POINTS, reason="server-error"), Health.FAIL, OTHERWISE),
    ],
)
def test_the_doctor_tells_how_stores_differ(guardian, folder, lack, health, mend):
    known(guardian, lack)
    (one,) = examined(guardian)
    assert (one.health, one.mend) == (health, mend)
    assert str(lack.question) in one.found
    assert "seaweedfs" in one.found


S3 = """
    [server.backup_set.copy.local.witness]
    kind = "s3"
    bucket = "acme"
    credentials_file = "{path}"
"""


def test_the_doctor_looks_at_who_may_read_a_credential(guardian, tmp_path):
    path = tmp_path / "central.ini"
    guardian.client(COPY + S3.format(path=path))
    missing, _ = examined(guardian)
    assert (missing.health, missing.mend) == (Health.FAIL, MEND["credentials-unreadable"])
    path.write_text("[default]")
    path.chmod(0o644)
    open_, _ = examined(guardian)
    assert (open_.health, "644" in open_.found) == (Health.FAIL, True)
    path.chmod(0o600)
    assert len(examined(guardian)) == 1


def test_the_doctor_leaves_a_broken_store_to_another_examination(guardian, folder):
    database = load_config(guardian.config).store_dir / "guardian.db"
    assert database.exists()
    database.write_bytes(b"x" * 8192)
    (one,) = examined(guardian)
    assert one.health is Health.WARNING
    database.unlink()
    assert examined(guardian) == []


def test_without_a_witness_there_is_nothing_to_say(guardian):
    guardian.client(COPY)
    assert examined(guardian) == []
    assert looks(guardian) == []
