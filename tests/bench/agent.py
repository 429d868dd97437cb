"""What a pass of the agent costs beyond restic: CPU time and peak memory of its own process.

The limit is a Python process that merely imports the standard library's parts an agent needs, and
cryptography. Both are cold processes that count themselves alone (restic is a child and not
counted), run in turn. The least of each is compared: what another run takes beyond it is the work
of others on the same machine.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench._result import Result, at_most
from tests.world import live, toml
from tests.world.commands import run
from tests.world.restic import Restic

ROUNDS = 20
GOAL = 1.5
COUNT_SELF = """
import json, resource, sys
def count():
    used = resource.getrusage(resource.RUSAGE_SELF)
    with open("/proc/self/status") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print("\\n" + json.dumps({"cpu": used.ru_utime + used.ru_stime, "kib": peak}))
"""
LIMIT = """
import argparse, base64, dataclasses, datetime, enum, hashlib, hmac, http.client, json, re
import ssl, subprocess, tomllib, zlib
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
count()
"""
OURS = """
from guardian_agent.cli import main
status = main(sys.argv[1:])
count()
sys.exit(status)
"""


def measure() -> Sequence[Result]:
    """Return the ratios of CPU time and of peak memory."""
    with tempfile.TemporaryDirectory(prefix="guardian-bench-") as name:
        config = _server(Path(name))
        _process(OURS, "--config", str(config), "show", "--json")  # warms the disk, not the process
        pairs = [(_ours(config), _process(LIMIT)) for _ in range(ROUNDS)]
    cpu = [min(each[side]["cpu"] for each in pairs) * 1000 for side in (0, 1)]
    peak = [min(each[side]["kib"] for each in pairs) / 1024 for side in (0, 1)]
    peer = "imports alone"
    return (
        at_most(GOAL, name="agent-show-cpu", unit="ms", ours=cpu[0], other=cpu[1], peer=peer),
        at_most(GOAL, name="agent-show-memory", unit="MiB", ours=peak[0], other=peak[1], peer=peer),
    )


def _ours(config: Path) -> dict[str, float]:
    return _process(OURS, "--config", str(config), "show", "--json")


def _process(program: str, *words: str) -> dict[str, float]:
    done = run(sys.executable, "-c", COUNT_SELF + program, *words).checked()
    return dict(json.loads(done.output.splitlines()[-1]))


def _server(folder: Path) -> Path:
    files = live.office(folder / "srv")
    restic = Restic(folder / "restic", folder / "home").create()
    restic.backup(files).checked()
    copy = {"name": "local", **restic.settings}
    config = folder / "agent.toml"
    settings = {
        "central": {"url": "https://127.0.0.1:8443"},
        "state": {"dir": str(folder / "state")},
        "backup_set": [{"name": "files", "paths": [str(files)], "copy": [copy]}],
    }
    config.write_text(toml.dumps(settings))
    return config
