from __future__ import annotations

import io
import json
import os
import pty
import select
import signal
import sys

import pytest
from guardian_agent.cli import main
from guardian_agent.cli._progress import Progress
from guardian_agent.config import parse_config
from guardian_agent.wire.observations import Integrity, RestoreTest

from tests.agent.delivery.central import STATE, URL
from tests.agent.fakes import FakeClock

RESTIC = """
  [[backup_set.copy]]
  name = "local"
  tool = "restic"
  repository = "/backup"
  password_file = "/etc/guardian/password"
"""
CONFIG = f"""
[central]
url = "{URL}"
[state]
dir = "{STATE}"
[restore_tests]
window = ["22:00-05:00"]
[[backup_set]]
name = "files"
paths = ["/srv/files"]
{RESTIC}
"""


@pytest.fixture
def with_copy(system, enrolled):
    """A server with one copy whose tool is not installed."""
    system.files.put("/etc/guardian/agent.toml", CONFIG.encode())
    system.files.put("/etc/guardian/password", b"secret", mode=0o600)
    return enrolled


def test_what_was_not_performed_has_its_own_exit_status_and_says_what_to_do(call, with_copy):
    status, out, err = call("restore-test", "--all")
    assert status == 3
    assert out.splitlines() == [
        "files/local  sample     not performed: no checkpoint",
        f"{'':24}run `guardian-agent run` first; central's receipt brings a checkpoint",
        "files/local  integrity  not performed: tool missing",
        "                        0% of the data read in 0.0 s",
        "                        install the tool; guardian-agent doctor names it",
    ]
    assert err == "guardian-agent: files/local: reading the stored data\n"


def test_facts_are_printed_as_they_are_stated(call, with_copy):
    status, out, _ = call("restore-test", "files", "--json")
    assert status == 3
    kinds = [json.loads(line)["kind"] for line in out.splitlines()]
    assert kinds == [RestoreTest.KIND, Integrity.KIND]


def test_one_kind_alone(call, with_copy):
    _, out, _ = call("restore-test", "--copy", "local", "--kind", "integrity", "--json")
    assert [json.loads(line)["kind"] for line in out.splitlines()] == [Integrity.KIND]


def test_what_is_put_off_was_not_performed(call, with_copy, system):
    system.files.make_directory(f"{STATE}/storages")
    with system.files.lock(f"{STATE}/storages/files@local.lock"):
        status, out, err = call("restore-test", "files", "--kind", "integrity")
    assert (status, out) == (3, "")
    assert "files/local integrity: put off, it stays due: " in err


def test_when_nothing_is_due_it_says_so(call, with_copy):
    assert call("restore-test") == (0, "no restore test is due\n", "")
    assert call("restore-test", "--json") == (0, "", "")


def test_what_falls_due_is_listed(call, with_copy, system):
    call("restore-test")
    status, out, _ = call("restore-test", "--due")
    assert status == 0
    *rows, window = out.splitlines()
    assert len(rows) == 2
    assert all("never done" in row and " in " in row for row in rows)
    assert window == "Tests may begin 22:00-05:00: next on Sat 22:00."
    system.clock.advance(days=30, hours=11)
    _, out, _ = call("restore-test", "--due")
    assert all("DUE for" in row for row in out.splitlines()[:2])
    assert out.endswith("Tests may begin 22:00-05:00: now.\n")
    call("restore-test")
    _, out, _ = call("restore-test", "--due", "--kind", "sample")
    assert "never done; could not be performed 1 x" in out


def test_what_falls_due_is_listed_for_programs(call, with_copy):
    call("restore-test")
    _, out, _ = call("restore-test", "files", "--due", "--json")
    first, second = (json.loads(line) for line in out.splitlines())
    assert (first["backup_set"], first["copy"], first["kind"]) == ("files", "local", "sample")
    assert second["every"] == "7d"
    assert second["missed"] == 0
    assert second["due_at"].endswith("Z")


def test_listing_leaves_no_trace(call, with_copy, system):
    before = system.files.tree(STATE)
    call("restore-test", "--due")
    assert system.files.tree(STATE) == before


def test_without_windows_or_copies_that_is_said(call, enrolled, system):
    text = CONFIG.replace('"22:00-05:00"', "").replace(RESTIC, "")
    assert parse_config(text).restore_tests.window == ()
    system.files.put("/etc/guardian/agent.toml", text.encode())
    assert call("restore-test", "--due") == (
        0,
        "no restore test is planned\nTests may begin at any time.\n",
        "",
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("files", "--all"), "not both"),
        (("filse",), "no copy 'filse/*' is configured; did you mean 'files'"),
        (("--copy", "locla"), "did you mean 'local'"),
        (("--kind", "sampel"), "invalid choice"),
        (("files", "--due", "--copy", "tape"), "no copy 'files/tape' is configured"),
    ],
)
def test_mistakes_are_told(call, with_copy, words, said):
    status, _, err = call("restore-test", *words)
    assert status == 2
    assert said in err


def test_a_mistake_in_a_planned_test_is_told_with_its_place(call, with_copy, system):
    text = CONFIG + '  [[backup_set.test]]\n  kind = "sampel"\n'
    system.files.put("/etc/guardian/agent.toml", text.encode())
    status, _, err = call("restore-test")
    assert status == 2
    assert "at $.backup_set[0].test[0].kind: no kind of restore test 'sampel'" in err


def test_verbose_says_what_is_done(call, with_copy):
    _, _, err = call("restore-test", "--all", "--kind", "integrity", "--verbose")
    assert err.splitlines()[0] == "files/local: reading the stored data"


class Terminal:
    """A terminal in place of stderr, and what it was sent."""

    def __init__(self) -> None:
        self.master, slave = pty.openpty()
        self.slave = os.fdopen(slave, "w")

    def shown(self) -> str:
        text = b""
        while select.select([self.master], [], [], 0)[0]:
            text += os.read(self.master, 65536)
        return text.decode()

    def close(self) -> None:
        os.close(self.master)
        self.slave.close()


@pytest.fixture
def terminal():
    terminal = Terminal()
    yield terminal
    terminal.close()


def test_on_a_terminal_one_line_is_redrawn_and_wiped(terminal, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal.slave)
    clock = FakeClock()
    progress = Progress(clock, verbose=True)
    with progress.ticking():
        progress.tell("files/local: restoring", None)
        clock.advance(seconds=61)
        progress.tell("files/local: comparing", 0.5)
        signal.raise_signal(signal.SIGALRM)
    shown = terminal.shown()
    assert "\n" not in shown
    assert shown.split("\r\x1b[K") == [
        "",
        "files/local: restoring  0:00",
        "files/local: comparing  50%  1:01",
        "files/local: comparing  50%  1:01",
        "",
    ]
    assert signal.getsignal(signal.SIGALRM) is signal.SIG_DFL
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_line_fits_and_cannot_steer_the_terminal():
    clock = FakeClock()
    progress = Progress(clock, verbose=False)
    progress.tell("files/local: \x1b[2J" + "x" * 100, 0.07)
    clock.advance(hours=3, seconds=7)
    line = progress.line(40)
    assert len(line) == 39
    assert "\x1b" not in line
    assert line.endswith("...   7%  3:00:07")


def test_where_nobody_looks_nothing_is_shown_and_the_last_is_known(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    progress = Progress(FakeClock(), verbose=False)
    with progress.ticking():
        progress.tell("a", None)
        assert progress.last == "a"
        progress.restart()
        assert progress.last is None
    assert sys.stderr.getvalue() == ""


def test_without_a_terminal_verbose_says_each_thing_once(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    progress = Progress(FakeClock(), verbose=True)
    for share in (0.1, 0.2):
        progress.tell("a", share)
    progress.tell("b", None)
    assert sys.stderr.getvalue() == "a\nb\n"


def test_before_enrolment_nothing_can_be_tested(call):
    assert call("restore-test")[0] == 1
    assert call("restore-test", "--due")[0] == 1


def test_help_names_the_kinds(capsys):
    assert main(["restore-test", "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "sample" in shown
    assert "integrity" in shown
