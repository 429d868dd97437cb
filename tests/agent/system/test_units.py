from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from guardian_agent.cli._main import commands
from guardian_agent.config import RestoreTests

FOLDER = Path(__file__).parents[3] / "deploy" / "systemd"
SERVICES = sorted(FOLDER.glob("*.service"))
TIMERS = sorted(FOLDER.glob("*.timer"))

needs_systemd = [
    pytest.mark.tools,
    pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze"),
]


def name(path):
    return path.name


def test_all_units_are_there():
    assert [path.name for path in SERVICES] == [
        "guardian-agent-restore-test.service",
        "guardian-agent.service",
        "guardian.service",
    ]
    assert [path.name for path in TIMERS] == [
        "guardian-agent-restore-test.timer",
        "guardian-agent.timer",
    ]


@pytest.mark.parametrize("path", SERVICES, ids=name)
def test_service_calls_a_command_that_exists(path):
    (line,) = re.findall("^ExecStart=(.*)$", path.read_text(), re.MULTILINE)
    program, command = line.split()
    assert program in ("/usr/bin/guardian", "/usr/bin/guardian-agent")
    assert command in (commands() if program.endswith("-agent") else ["serve"])


@pytest.mark.parametrize("path", TIMERS, ids=name)
def test_timer_spreads_and_makes_up(path):
    text = path.read_text()
    assert "RandomizedDelaySec=" in text
    assert "Persistent=yes" in text
    assert path.with_suffix(".service").exists()


class TestRestoreTests:
    """The unit's limits stand behind the agent's own, which end in a result."""

    TEXT = (FOLDER / "guardian-agent-restore-test.service").read_text()

    def setting(self, name):
        (value,) = re.findall(f"^{name}=(.*)$", self.TEXT, re.MULTILINE)
        return value

    def test_memory_and_processes(self):
        own = RestoreTests()
        assert int(self.setting("MemoryMax").removesuffix("G")) * 1024**3 > own.memory_bytes
        assert int(self.setting("TasksMax")) > own.processes
        assert self.setting("OOMPolicy") == "continue"

    def test_a_stopped_test_that_tidied_up_is_no_failure(self):
        assert self.setting("SuccessExitStatus").split() == ["3", "143"]

    def test_landlock_is_within_reach(self):
        assert "landlock_restrict_self" in self.TEXT


def verify(path, folder):
    """Return what systemd says against a unit; its program stands in for ours."""
    for unit in (*SERVICES, *TIMERS):
        text = re.sub("^ExecStart=.*$", "ExecStart=/bin/true", unit.read_text(), flags=re.MULTILINE)
        if not (folder / unit.name).exists():
            (folder / unit.name).write_text(text)
    command = ["systemd-analyze", "verify", str(folder / path.name)]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).stderr.decode()


class TestBySystemd:
    pytestmark = needs_systemd

    @pytest.mark.parametrize("path", [*SERVICES, *TIMERS], ids=name)
    def test_unit_is_understood(self, path, tmp_path):
        assert verify(path, tmp_path) == ""

    def test_a_mistake_would_show(self, tmp_path):
        text = (FOLDER / "guardian-agent.service").read_text()
        (tmp_path / "guardian-agent.service").write_text(text + "ProtectEverything=yes\n")
        assert "ProtectEverything" in verify(FOLDER / "guardian-agent.service", tmp_path)

    @pytest.mark.parametrize("path", SERVICES, ids=name)
    def test_exposure_is_low(self, path):
        command = ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(path)]
        done = subprocess.run(command, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout.decode().splitlines()[-1]
