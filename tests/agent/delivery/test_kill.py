"""The writer of the spool is killed at any moment, on real files: nothing half-written is read."""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
from pathlib import Path

import pytest
from guardian_agent.config import AgentConfig, Central, State
from guardian_agent.delivery import spool
from guardian_agent.delivery.drain import deliver
from guardian_agent.delivery.enrolment import enroll
from guardian_agent.system import System
from guardian_agent.system.files import RealFiles
from guardian_agent.wire.envelope import open_envelope, read_envelope
from guardian_agent.wire.names import NO_HASH
from guardian_agent.wire.statement import PAYLOAD_TYPE

from tests.agent.delivery.central import URL, FakeCentral
from tests.agent.fakes import FakeClock, FakeNetwork, FakeProcesses, FakeRandomness, FakeVolumes

ROOT = Path(__file__).parents[3]
ROUNDS = 25

WRITER = """
import sys
sys.path.insert(0, {root!r})
from tests.agent.delivery.test_kill import machine
from guardian_agent.delivery import stream
from guardian_agent.delivery.identity import load_identity
config, system = machine({folder!r})
identity = load_identity(config, system)
print("ready", flush=True)
while True:
    stream.append(config, system, identity, [], [])
"""


def machine(folder):
    """Return a configuration and a machine whose files alone are real."""
    system = System(
        clock=FakeClock(),
        files=RealFiles(),
        processes=FakeProcesses(),
        volumes=FakeVolumes(),
        network=FakeNetwork(),
        randomness=FakeRandomness(),
    )
    return AgentConfig(central=Central(url=URL), state=State(dir=f"{folder}/state")), system


def write_and_kill(folder, seconds):
    code = WRITER.format(root=str(ROOT), folder=str(folder))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as writer:
        try:
            assert writer.stdout.readline() == b"ready\n"
            writer.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            writer.kill()
        assert writer.wait() == -9


@pytest.mark.tools
def test_killed_at_random_moments(tmp_path):
    config, system = machine(tmp_path)
    central = FakeCentral()
    system.network.handler = central.handle
    identity = enroll(config, system, central.token())
    moments = random.Random(20261121)
    for _ in range(ROUNDS):
        write_and_kill(tmp_path, moments.uniform(0, 0.05))
        previous = NO_HASH if not central.receipts else list(central.receipts)[-1]
        for item in spool.waiting(config, system):
            envelope = read_envelope(spool.read(config, system, item.name))
            payload = open_envelope(envelope, identity.key.public, PAYLOAD_TYPE)
            assert f'"previous":"{previous}"'.encode() in payload
            previous = hashlib.sha256(payload).hexdigest()
        while deliver(config, system, identity).waiting:
            pass
    assert [s.number for s in central.statements] == list(range(1, len(central.statements) + 1))
    assert len(central.statements) > ROUNDS
