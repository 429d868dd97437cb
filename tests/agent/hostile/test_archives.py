"""Hostile archives, each read by every kind of restore test of a real server.

Whatever an archive is, the test ends in a typed result, nothing around it changes, nothing is left
over, and the limits of memory and disk are kept: on a file system of fixed size as well as where a
guard stands in for it.
"""

from __future__ import annotations

import subprocess
import sys

import pytest
from guardian_agent.system.volumes import RealVolumes

from tests.agent.hostile import sevens, tars, zips
from tests.agent.hostile.attacked import AGENT_MEMORY, SECONDS, Attacked
from tests.world import live

pytestmark = pytest.mark.tools

CAN_MOUNT = RealVolumes().protections().fixed_size
WAYS = [
    pytest.param("mounted", marks=pytest.mark.skipif(not CAN_MOUNT, reason="no mounts here")),
    "guarded",
]
KINDS = ("sample", "full", "archive")
RESTORING = {
    "exit_status",
    "mismatch",
    "missing_file",
    "nothing_comparable",
    "path_missing",
    "permission_denied",
    "quota_exceeded",
    "unsafe_contents",
}
"""What comparing may add to what reading says."""


@pytest.fixture(scope="module", params=WAYS)
def attacked(request):
    attacked = Attacked(request.param)
    drop = attacked.folder / "backups"
    drop.mkdir()
    copy = {"tool": "file_drop", "path": str(drop), "pattern": "*", "root": "/"}
    attacked.configure("drop", copy, KINDS)
    attacked.server.enroll()
    attacked.server.look()
    attacked.server.look()
    yield attacked
    attacked.remove()


def read_all(attacked, make):
    """Let the newest backup be what `make` makes, and make every kind of test of it."""
    target = attacked.folder / "backups" / "nightly"
    target.unlink(missing_ok=True)
    make(attacked.server.files, target)
    live.settle(target.parent, 60)
    before = attacked.surroundings()
    result = attacked.test()
    attacked.assert_harmless(result, before)
    return {kind: result.outcome(kind) for kind in KINDS}


def judge(found, reasons):
    """Hold outcomes against the reasons that reading alone may end with."""
    outcome, reason = found["archive"]
    assert reason in reasons
    assert (outcome == "passed") == (reason == "none")
    for kind in ("sample", "full"):
        assert found[kind][1] in reasons | RESTORING | {"none"}


@pytest.mark.parametrize(
    ("make", "reasons"), [c[1:] for c in tars.CASES], ids=[c[0] for c in tars.CASES]
)
def test_tar(attacked, make, reasons):
    judge(read_all(attacked, make), reasons)


@pytest.mark.parametrize(
    ("make", "reasons"), [c[1:] for c in zips.CASES], ids=[c[0] for c in zips.CASES]
)
def test_zip(attacked, make, reasons):
    judge(read_all(attacked, make), reasons)


@pytest.mark.parametrize(
    ("make", "reasons"), [c[1:] for c in sevens.CASES], ids=[c[0] for c in sevens.CASES]
)
def test_seven_zip(attacked, make, reasons):
    outcome, reason = read_all(attacked, make)["archive"]
    assert reason in reasons
    assert (outcome == "passed") == (reason == "none")


READ = """
import resource, sys
from guardian_agent.errors import ProbeError
from guardian_agent.probing.archive import Archive
from guardian_agent.system.real import real_system
system = real_system()
deadline = system.clock.monotonic() + 20
archive = Archive(system=system, path=sys.argv[1], root="/", deadline=deadline)
try:
    count, ended = sum(1 for _ in archive.entries()), "none"
except ProbeError as error:
    count, ended = None, str(error.reason)
print(ended, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""


def test_ten_million_names_are_read_one_by_one_until_time_is_up(tmp_path):
    tars.ten_million_names(tmp_path, tmp_path / "names")
    command = [sys.executable, "-c", READ, str(tmp_path / "names")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=True)
    ended, memory = done.stdout.split()
    assert ended in {"timeout", "none"}
    assert int(memory) <= AGENT_MEMORY
