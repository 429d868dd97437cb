from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from guardian_agent import __version__
from guardian_agent.cli._frame import printable
from guardian_agent.cli._main import _import, commands


def test_every_command_has_a_line_of_help():
    assert {"doctor", "enroll", "exec"} <= set(commands())
    for name in commands():
        line = _import(name).HELP
        assert line
        assert "\n" not in line
        assert not line.endswith(".")


@pytest.mark.parametrize("name", commands())
def test_every_command_explains_itself(call, name):
    status, out, _ = call(name, "--help")
    assert status == 0
    assert "usage: guardian-agent" in out
    assert "--config FILE" in out


def test_help_names_every_command(call):
    status, out, _ = call("--help")
    assert status == 0
    for name in commands():
        assert f"  {name} " in out


def test_version(call):
    assert call("--version") == (0, f"guardian-agent {__version__}\n", "")


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--config",),
        ("nonsense",),
        ("_main",),
        ("enroll",),
        ("enroll", "--token", "x"),
        ("doctor", "--nonsense"),
        ("--nonsense", "doctor"),
    ],
)
def test_wrong_usage_is_2(call, words):
    status, out, err = call(*words)
    assert (status, out) == (2, "")
    assert "error: " in err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "No such file"),
        (b"\xff", "UTF-8 text"),
        (b"x" * 2_000_000, "at most 1 MiB"),
        (b"central = 5", "expected an object"),
        (b"[central]\nurl = 'x'\nhost = 'y'", "unknown key 'host'"),
        (b"[", "not TOML"),
    ],
)
def test_configuration_that_cannot_be_used_is_2(call, system, text, words):
    system.files.remove("/etc/guardian/agent.toml")
    if text is not None:
        system.files.put("/etc/guardian/agent.toml", text)
    status, out, err = call("enroll", "--token-file", "/secrets/token")
    assert (status, out) == (2, "")
    assert words in err
    assert err.startswith("guardian-agent: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("place", ["before", "after"])
def test_configuration_elsewhere(call, system, central, place):
    system.files.rename("/etc/guardian/agent.toml", "/etc/other.toml")
    system.files.put("/secrets/token", central.token().encode())
    words = ["enroll", "--token-file", "/secrets/token"]
    where = ["--config", "/etc/other.toml"]
    assert call(*(where + words if place == "before" else words + where))[0] == 0


def test_other_errors_are_1(call, system):
    system.files.put("/secrets/token", b"gdn1.nonsense")
    status, out, err = call("enroll", "--token-file", "/secrets/token")
    assert (status, out) == (1, "")
    assert "no whole enrolment token" in err


def test_interrupt_is_130(call, system):
    class Interrupting:
        def read(self, path, limit):
            raise KeyboardInterrupt

    object.__setattr__(system, "files", Interrupting())
    assert call("enroll", "--token-file", "/secrets/token")[0] == 130


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ä 漢", "plain ä 漢"),
        ("\x1b[2J", r"\x1b[2J"),
        ("a\nb\r", r"a\nb\r"),
        ("\x9b31m\u202e", r"\x9b31m\u202e"),
        ("\udcff", r"\udcff"),
    ],
)
def test_nothing_steers_the_terminal(text, shown):
    assert printable(text) == shown


@pytest.mark.tools
def test_module_runs():
    done = subprocess.run(
        [sys.executable, "-m", "guardian_agent", "--version"],
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.decode() == f"guardian-agent {__version__}\n"


@pytest.fixture
def scan(tmp_path):
    """Scan a folder with one file, with a stdout of the caller's choice."""
    (tmp_path / "file").write_bytes(b"text " * 100)
    words = [sys.executable, "-m", "guardian_agent", "scan", str(tmp_path)]

    def scan(stdout, **more):
        return subprocess.run(
            words, stdout=stdout, stderr=subprocess.PIPE, check=False, timeout=60, **more
        )

    return scan


@pytest.mark.tools
def test_a_reader_that_has_gone_ends_it_quietly(scan):
    reading, writing = os.pipe()
    os.close(reading)
    done = scan(writing)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.tools
def test_a_full_disk_is_told(scan):
    with Path("/dev/full").open("wb") as full:
        done = scan(full)
    assert done.returncode == 1
    assert done.stderr == (b"guardian-agent: stdout cannot be written: No space left on device\n")


@pytest.mark.tools
def test_a_closed_stdout_changes_nothing(scan):
    done = scan(None, preexec_fn=lambda: os.close(1))
    assert (done.returncode, done.stderr) == (1, b"")
