from __future__ import annotations

import json
import sqlite3


def test_evidence_that_agrees(guardian):
    guardian.client()
    guardian("check")

    done = guardian("audit", "verify", "--output", "json")

    (log,) = json.loads(done.stdout)["logs"]
    assert done.exit_code == 0
    assert log["client"] == "acme"
    assert log["leaves"] > 0
    assert (log["status"], log["problem"]) == ("pass", None)


def test_evidence_that_was_changed(guardian):
    guardian.client()
    guardian("check")
    database = sqlite3.connect(guardian.folder / "store" / "guardian.db")
    tables = [
        row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type='table'")
    ]
    log = next(name for name in tables if "log" in name or "leaves" in name)
    column = database.execute(f"SELECT * FROM {log}").description
    assert "digest" in [each[0] for each in column]
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type='trigger'"):
        database.execute(f"DROP TRIGGER {trigger}")
    database.execute(f"UPDATE {log} SET digest = '{'0' * 64}'")
    database.commit()
    database.close()

    done = guardian("audit", "verify", "acme")

    assert done.exit_code == 1
    assert "fail" in done.stdout


def test_nothing_to_verify_is_no_proof(guardian):
    guardian.client()

    done = guardian("audit", "verify")

    assert done.exit_code == 3
    assert "nothing is proven" in done.stderr


def test_a_client_that_nobody_knows(guardian):
    done = guardian("audit", "verify", "nobody")

    assert done.exit_code == 2
    assert "No client 'nobody' is configured or ever had an agent" in done.stderr
