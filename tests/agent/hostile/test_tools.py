"""A backup tool that was broken into, in a restore test of a real server.

It runs as root and does its worst when it should restore. What it can reach is its room; what it
takes is limited; nothing of it is left; and its attack is never taken for a restore that passed.
"""

from __future__ import annotations

import pytest
from guardian_agent.system import landlock

from tests.agent.hostile import tools
from tests.agent.hostile.attacked import Attacked
from tests.agent.hostile.test_archives import WAYS

pytestmark = [
    pytest.mark.tools,
    pytest.mark.skipif(not landlock.version(), reason="this kernel has no Landlock"),
]

KINDS = ("sample", "full")
EXHAUSTING = {
    "fills the disk",
    "fills it with names",
    "takes all memory",
    "takes memory in many processes",
    "forks without end",
}


@pytest.fixture(scope="module", params=WAYS)
def attacked(request):
    attacked = Attacked(request.param)
    (attacked.folder / "password").write_text("secret\n")
    copy = {
        "tool": "restic",
        "repository": str(attacked.folder / "repository"),
        "password_file": str(attacked.folder / "password"),
        "binary": str(attacked.folder / "restic"),
    }
    attacked.configure("local", copy, KINDS)
    write(attacked, "exit 1")
    attacked.server.enroll()
    attacked.server.look()
    attacked.server.look()
    yield attacked
    attacked.remove()


def write(attacked, attack):
    state = attacked.folder / "state"
    tools.write(attacked.folder / "restic", attack, attacked.server.files, state)


SIGNALS_SCOPED = 6
"""From this version on Landlock keeps signals from processes outside."""


@pytest.mark.parametrize("attack", tools.ATTACKS)
def test_tool(attacked, attack):
    apart = attacked.way == "mounted" or landlock.version() >= SIGNALS_SCOPED
    if attack == "ends the agent" and not apart:
        pytest.skip("this kernel would let it end every process of the machine")
    write(attacked, tools.ATTACKS[attack])
    before = attacked.surroundings()
    keys = own_files(attacked)
    result = attacked.test()
    attacked.assert_harmless(result, before)
    for kind in KINDS:
        outcome, reason = result.outcome(kind)
        assert outcome != "passed"
        if attack in EXHAUSTING:
            assert (outcome, reason) == ("not_performed", "quota_exceeded")
    assert own_files(attacked) == keys


def own_files(attacked):
    """Return what of the agent's state no restore test changes, with its rights."""
    names = ("key", "secret", "identity.json")
    paths = [attacked.folder / "state" / name for name in names]
    return [(path.read_bytes(), path.stat().st_mode) for path in paths]
