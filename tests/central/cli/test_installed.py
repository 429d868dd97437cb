"""The installed command's exit statuses, and that its secrets stay off the command line."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from datetime import timedelta
from pathlib import Path

import pytest

from tests.central.cli.central import BUT_SILENCE

PROGRAM = Path(sys.executable).parent / "guardian"

pytestmark = pytest.mark.tools


def run(guardian, *words: str, stdout=subprocess.PIPE, **more) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROGRAM, "--config", guardian.config, *words],
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        **more,
    )


def test_0_all_pass(guardian):
    guardian.client(exempt=BUT_SILENCE)
    guardian.heard()

    done = run(guardian, "check", "--output", "json")

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"]


def test_1_something_fails(guardian):
    guardian.client()
    guardian.heard(timedelta(days=3))

    assert run(guardian, "check").returncode == 1


def test_2_wrong_usage(guardian):
    assert run(guardian, "check", "--bogus").returncode == 2


def test_2_broken_configuration(guardian):
    guardian.client("bogus = 1\n")

    assert run(guardian, "check").returncode == 2


def test_3_something_is_unknown_and_nothing_fails(guardian):
    guardian.client()

    assert run(guardian, "check").returncode == 3


@pytest.mark.parametrize("output", ["table", "json", "csv"])
def test_a_full_disk_is_told(guardian, output):
    guardian.client()
    with Path("/dev/full").open("wb") as full:
        done = run(guardian, "check", "--output", output, stdout=full)

    assert done.returncode == 1
    assert done.stderr == "Error: stdout cannot be written: No space left on device\n"


def test_a_plugin_on_a_full_disk_knows_nothing(guardian):
    guardian.client()
    with Path("/dev/full").open("wb") as full:
        done = run(guardian, "check", "--nagios", stdout=full)

    assert (done.returncode, done.stderr) == (3, "")


def test_a_reader_that_has_gone_ends_it_quietly(guardian):
    guardian.client()
    reading, writing = os.pipe()
    os.close(reading)
    done = run(guardian, "check", stdout=writing)
    os.close(writing)

    assert (done.returncode, done.stderr) == (1, "")


def test_a_closed_stdout_changes_nothing(guardian):
    guardian.client()

    done = run(guardian, "check", stdout=None, preexec_fn=lambda: os.close(1))

    assert (done.returncode, done.stderr) == (3, "")


def test_the_module_is_the_command(guardian):
    done = subprocess.run(
        [sys.executable, "-m", "guardian", "--config", guardian.config, "config", "check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "can be used" in done.stdout


def test_a_live_scrape_is_clean(guardian):
    guardian.client()
    settings = guardian.config.read_text()
    guardian.config.write_text(re.sub(r"(127[.]0[.]0[.]1):[0-9]+", r"\1:0", settings))
    words = [PROGRAM, "--config", guardian.config, "serve"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as central:
        try:
            operator = json.loads(central.stdout.readline())["operator"]
            body = scraped(f"http://{operator}/metrics")
        finally:
            central.send_signal(signal.SIGTERM)
        assert central.wait(30) == 0

    promtool = shutil.which("promtool")
    assert promtool is not None
    done = subprocess.run(
        [promtool, "check", "metrics"], input=body, capture_output=True, timeout=30, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert b'guardian_finding{backup_set="",client="acme"' in body


def scraped(url: str) -> bytes:
    """Return what is served there, once central has judged for the first time (503 before)."""
    for _ in range(1000):
        with (
            contextlib.suppress(urllib.error.HTTPError),
            urllib.request.urlopen(url, timeout=10) as answer,
        ):
            return answer.read()
    raise AssertionError("never judged")
