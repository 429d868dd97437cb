"""A pass is a new process each time: what a command does without, it must not import."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.world import live, toml
from tests.world.restic import Restic

NEVER_TO_LOOK = {
    "asyncio",
    "cryptography",
    "difflib",
    "email",
    "http.client",
    "logging",
    "pathlib",
    "shutil",
    "socket",
    "sqlite3",
    "ssl",
    "tempfile",
    "urllib.parse",
    "guardian_agent.delivery.drain",
    "guardian_agent.exposure.scan",
    "guardian_agent.magic.classify",
    "guardian_agent.probes.borg",
    "guardian_agent.restore.kinds.sample",
    "guardian_agent.run.drill",
    "guardian_agent.wire.observations",
}
NEVER_TO_BEGIN = NEVER_TO_LOOK | {
    "ctypes",
    "json",
    "subprocess",
    "tomllib",
    "guardian_agent.config",
    "guardian_agent.system.real",
}
PROGRAM = """
import sys
from guardian_agent.cli import main
status = main(sys.argv[1:])
print(*sys.modules, file=sys.stderr)
sys.exit(status)
"""


def imported(*words: str, status: int = 0) -> set[str]:
    """Run a command in a process of its own and return the modules that were imported."""
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, *words],
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == status, done.stderr.decode()
    return set(done.stderr.decode().splitlines()[-1].split())


@pytest.mark.tools
def test_the_frame_imports_little():
    assert not imported("--version") & (NEVER_TO_BEGIN | {"dataclasses", "inspect"})


@pytest.mark.tools
@pytest.mark.parametrize(("words", "status"), [(["exec", "--help"], 0), (["nonsense"], 2)])
def test_a_command_that_only_speaks_imports_little(words, status):
    assert not imported(*words, status=status) & NEVER_TO_BEGIN


@pytest.mark.tools
def test_a_look_imports_only_what_it_looks_with(tmp_path):
    files = live.office(tmp_path / "srv")
    restic = Restic(tmp_path / "restic", tmp_path / "home").create()
    restic.backup(files).checked()
    copy = {"name": "local", **restic.settings}
    config = tmp_path / "agent.toml"
    settings = {
        "central": {"url": "https://127.0.0.1:8443"},
        "state": {"dir": str(tmp_path / "state")},
        "backup_set": [{"name": "files", "paths": [str(files)], "copy": [copy]}],
    }
    config.write_text(toml.dumps(settings))
    found = imported("--config", str(config), "show", "--json")
    assert "guardian_agent.probes.restic" in found
    assert not found & NEVER_TO_LOOK
