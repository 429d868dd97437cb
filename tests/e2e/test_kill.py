"""`kill -9` of central and of the agent, at any moment of a delivery.

Whatever is killed when: each statement whose receipt the agent has is in the store exactly once,
under its own number, and everything that is read afterwards is whole.
"""

from __future__ import annotations

import os
import random
import time
from datetime import timedelta

import pytest
from guardian_agent.wire.receipt import read_receipt

from guardian.app import open_app
from guardian.app.setup import initialise
from guardian.audit.verify import verify
from tests.e2e import killing
from tests.world.ports import reserve_one

ROUNDS = int(os.environ.get("GUARDIAN_KILL_ROUNDS", "200"))
SEED = int(os.environ.get("GUARDIAN_KILL_SEED", "1"))
LONGEST_WAIT = 0.4
"""Seconds; about what starting and the agent's passes of one round take."""
TAIL = 2000
"""Characters of the log that a failure shows."""

GUARDIAN = """
[provider]
name = "Provider"
[store]
dir = "store"
[listen]
address = "127.0.0.1:{port}"
[operator]
address = "127.0.0.1:0"
[judging]
interval = "1s"
"""
CLIENT = """
[client]
id = "acme"
name = "ACME"
[[server]]
id = "web1"
"""
AGENT = """
[central]
url = "https://127.0.0.1:{port}"
[state]
dir = "{state}"
"""


class World:
    """One central, one agent, and every receipt that the agent was ever seen to have."""

    def __init__(self, folder):
        self.port = reserve_one()
        self.config, self.agent_config = folder / "guardian.toml", folder / "agent.toml"
        self.log, self.state = folder / "log", folder / "state"
        self.config.write_text(GUARDIAN.format(port=self.port))
        (folder / "clients.d").mkdir()
        (folder / "clients.d" / "acme.toml").write_text(CLIENT)
        self.agent_config.write_text(AGENT.format(port=self.port, state=self.state))
        initialise(folder / "store", f"https://127.0.0.1:{self.port}")
        self.receipts = {}
        self.central = None
        self.enrol(folder / "token")

    def enrol(self, token_file):
        app = open_app(self.config)
        token_file.write_text(app.create_token("acme", "web1", timedelta(hours=1)))
        self.signer = app.key.public
        app.close()
        self.ensure_central()
        enrolling = self.agent("enroll", "--token-file", str(token_file), times=1)
        assert killing.finish(enrolling) == 0, self.log.read_text()[-TAIL:]

    def ensure_central(self):
        if self.central is None or not self.central.is_alive():
            self.central = killing.start(killing.central, str(self.config), str(self.log))
            killing.await_port(self.port)

    def agent(self, *words, times=killing.PASSES):
        arguments = (str(self.log), "--config", str(self.agent_config), *words)
        return killing.start(killing.agent, *arguments, times=times)

    def deliver_the_rest(self):
        """Let the agent speak in peace until nothing waits; one pass delivers only so much."""
        self.ensure_central()
        waiting = self.spooled()
        while waiting:
            assert killing.finish(self.agent("run", times=1)) == 0, self.log.read_text()[-TAIL:]
            self.collect()
            before, waiting = waiting, self.spooled()
            assert len(waiting) < len(before)

    def spooled(self):
        return list((self.state / "spool").glob("[0-9]*.dsse"))

    def collect(self):
        """Note which receipts the agent has; each must be whole and central's."""
        for path in (self.state / "receipts").glob("[0-9]*.receipt"):
            line = path.read_bytes().removesuffix(b"\n")
            receipt = read_receipt(line, self.signer)
            known = self.receipts.setdefault(receipt.number, line)
            assert known == line, "two receipts for one statement"


@pytest.fixture
def world(tmp_path):
    killing.preload()
    world = World(tmp_path)
    yield world
    if world.central.is_alive():
        world.central.terminate()
        assert killing.finish(world.central) == 0


def disturb(world, chance, number):
    """Let the agent speak, and kill central (even numbers) or the agent in the midst of it."""
    world.ensure_central()
    speaking = world.agent("run")
    time.sleep(chance.uniform(0, LONGEST_WAIT))
    victim = speaking if number % 2 else world.central
    victim.kill()
    killing.finish(victim)
    killing.finish(speaking)
    world.collect()


def check(world):
    app = open_app(world.config)
    try:
        app.store.check()
        (record,) = app.store.keys()
        kept = app.store.statements(record.key_id)
        found = verify(app.store, "acme", app.key.public)
        refusals = dict(app.store.refusals())
    finally:
        app.close()
    assert found.holds, found.problem
    assert refusals.keys() <= {"duplicate"}
    numbers = [statement.number for statement in kept]
    assert numbers == list(range(1, len(numbers) + 1))
    stored = {statement.number: statement.receipt for statement in kept}
    for number, line in world.receipts.items():
        assert stored[number] == line
    return len(kept), refusals.get("duplicate", 0)


@pytest.mark.tools
def test_a_receipt_is_never_a_lie(world):
    chance = random.Random(SEED)
    for number in range(ROUNDS):
        disturb(world, chance, number)
        if number % 20 == 0:
            check(world)
    world.deliver_the_rest()
    kept, duplicates = check(world)
    assert kept >= ROUNDS
    print(f"{ROUNDS} kills, {kept} statements kept, {duplicates} answered again, seed {SEED}")
