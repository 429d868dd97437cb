"""The agent installed by itself: one small package and what it stands on, nothing of central."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.world import toml

pytestmark = pytest.mark.tools

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 300
ALLOWED = {"guardian-agent", "cryptography", "cffi", "pycparser"}
INSTALLERS = {"pip", "setuptools"}


def run(*words):
    done = subprocess.run(
        [str(word) for word in words],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The agent's wheel, built from this tree, in an environment of its own."""
    folder = tmp_path_factory.mktemp("alone")
    pip = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation"]
    run(*pip, "--wheel-dir", folder, ROOT / "agents")
    (wheel,) = folder.glob("guardian_agent-*.whl")
    run(sys.executable, "-m", "venv", folder / "venv")
    own = [folder / "venv" / "bin" / "python", "-m", "pip", "install", "-q"]
    run(*own, "--no-deps", "--require-hashes", "-r", ROOT / "requirements" / "agent.lock")
    run(*own, "--no-deps", "--no-index", wheel)
    return folder / "venv" / "bin"


def test_it_brings_cryptography_and_nothing_else(alone):
    listed = json.loads(run(alone / "python", "-m", "pip", "list", "--format", "json"))
    names = {each["name"].lower().replace("_", "-") for each in listed}

    assert names - INSTALLERS == ALLOWED
    run(alone / "python", "-m", "pip", "check")


def test_it_says_its_version(alone):
    assert run(alone / "guardian-agent", "--version").split()[-1] == "0.1.0"


def test_it_shows_what_it_would_send(alone, tmp_path):
    drop = tmp_path / "drop"
    drop.mkdir()
    copy = {"name": "local", "tool": "file_drop", "path": str(drop), "pattern": "*.tar"}
    config = tmp_path / "agent.toml"
    config.write_text(
        toml.dumps(
            {
                "central": {"url": "https://127.0.0.1:1"},
                "state": {"dir": str(tmp_path / "state")},
                "backup_set": [{"name": "files", "paths": [str(tmp_path)], "copy": [copy]}],
            }
        )
    )

    shown = run(alone / "guardian-agent", "--config", config, "show")

    assert "restore points  files/local" in shown
