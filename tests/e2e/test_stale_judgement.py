"""A green that nobody renews is not shown, however long judging fails."""

from __future__ import annotations

import contextlib
import sqlite3
import time
import urllib.error

import pytest

from tests.e2e.adversary import Adversary, central, scrape, server
from tests.world.serving import serving

pytestmark = pytest.mark.tools

SECONDS = 60
REPORTS = 'control="agent.reporting",copy="",server="web1",severity="critical",status="pass"'


def test_metrics_are_withheld_while_nothing_can_be_judged(tmp_path):
    guardian = central(tmp_path, judging="1s")
    web1 = server(guardian, "acme", "web1")
    web1.policy["agent.reporting"] = {"intervals": 0, "grace": "5s"}
    guardian.configure(web1)
    with serving(guardian), contextlib.closing(database(guardian)) as other:
        Adversary(guardian, web1).send()
        await_that(lambda: REPORTS in shown(guardian))

        other.execute("BEGIN IMMEDIATE")  # what a stuck command does, or a full disk
        await_that(lambda: shown(guardian) == "withheld")

        other.execute("ROLLBACK")
        await_that(lambda: 'control="agent.reporting"' in shown(guardian))
        assert REPORTS not in shown(guardian)


def database(guardian):
    path = guardian.folder / "store" / "guardian.db"
    return sqlite3.connect(path, isolation_level=None, timeout=SECONDS)


def shown(guardian):
    try:
        return scrape(guardian)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code != 503:
            raise
        return "withheld"


def await_that(holds):
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.1)
