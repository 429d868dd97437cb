"""A central's ingest on any store, and an agent that speaks to it, for tests."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from guardian_agent.wire.encode import to_json
from guardian_agent.wire.enrolment import make_request, open_grant
from guardian_agent.wire.envelope import seal
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.statement import PAYLOAD_TYPE, Statement
from guardian_agent.wire.token import parse_token

from guardian.ingest.enrolment import Address, create_token
from guardian.ingest.service import Ingest

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
CENTRAL_KEY = SigningKey.from_seed(b"c" * 32)
ADDRESS = Address(url="https://127.0.0.1:8443", pin=Hash("ab" * 32), signer=CENTRAL_KEY.public)


class FakeClock:
    """Stands still until it is told."""

    def __init__(self, now=NOON):
        self.time = now

    def now(self):
        return self.time

    def monotonic(self):
        return self.time.timestamp()


class FakeRandomness:
    """Counts instead of guessing; never the same bytes twice."""

    def __init__(self):
        self._numbers = itertools.count(1)

    def bytes(self, count):
        return hashlib.sha256(b"%d" % next(self._numbers)).digest()[:count]


class Central:
    """Ingest on a store, with a clock in hand."""

    def __init__(self, store):
        self.store = store
        self.clock = FakeClock()
        self.randomness = FakeRandomness()
        self.ingest = Ingest(store, CENTRAL_KEY, self.clock)

    def token(self, client="acme", server="web1", life=HOUR):
        text = create_token(
            self.store,
            ADDRESS,
            self.randomness,
            client=client,
            server=server,
            now=self.clock.time,
            life=life,
        )
        return parse_token(text)

    def enrol(self, client="acme", server="web1", key=None):
        """Return a new agent that central knows."""
        speaker = Speaker(key or SigningKey.from_seed(self.randomness.bytes(32)))
        speaker.enrol(self, self.token(client, server))
        return speaker


class Speaker:
    """An agent's key, identity and stream."""

    def __init__(self, key):
        self.key = key
        self.key_id = key_id(key.public)
        self.number = 0
        self.previous = NO_HASH
        self.grant = None

    def enrol(self, central, token):
        sealed = central.ingest.enrol(make_request(token, self.key))
        self.grant = open_grant(sealed, CENTRAL_KEY.public, self.key_id)
        return sealed

    def statement(self, **changes):
        fields = {
            "version": 1,
            "client": self.grant.client,
            "agent": self.grant.agent,
            "epoch": self.grant.epoch,
            "number": self.number + 1,
            "previous": Hash(self.previous),
            "boot_id": ShortHash("b0" * 16),
            "wall_time": NOON,
            "monotonic_seconds": 1.5,
            "spooled": 0,
            "dropped": 0,
            "agent_version": Slug("0.1.0"),
        }
        return Statement(**{**fields, **changes})

    def envelope(self, **changes):
        """Return a signed statement; the stream does not move on."""
        return seal(self.key, PAYLOAD_TYPE, to_json(self.statement(**changes)))

    def say(self, **changes):
        """Return the next signed statement, and move the stream on."""
        statement = self.statement(**changes)
        payload = to_json(statement)
        self.number = statement.number
        self.previous = hashlib.sha256(payload).hexdigest()
        return seal(self.key, PAYLOAD_TYPE, payload)


def renamed(grant, **changes):
    return replace(grant, **{name: Name(value) for name, value in changes.items()})
