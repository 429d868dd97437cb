"""A small honest central for tests: real signatures, a growing log, both ways in."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime

from guardian_agent.config import AgentConfig, Central, Coverage, State
from guardian_agent.system.response import Response
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.enrolment import (
    EnrolmentGrant,
    check_request,
    read_request,
    seal_grant,
)
from guardian_agent.wire.envelope import open_envelope, read_envelope
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import Hash, Name
from guardian_agent.wire.packing import unpack
from guardian_agent.wire.receipt import Receipt, sign_receipt
from guardian_agent.wire.statement import PAYLOAD_TYPE, Statement
from guardian_agent.wire.token import Token, format_token

from tests.agent.fakes import FakeSystem, Request

URL = "https://central.example:8443"
STATE = "/var/lib/guardian-agent"
PIN = Hash("11" * 32)
NOW = datetime(2026, 11, 21, 12, 0, 0, 123000, tzinfo=UTC)


def config(url: str = URL, **state: object) -> AgentConfig:
    off = Coverage(enabled=False)
    return AgentConfig(central=Central(url=url), state=State(dir=STATE, **state), coverage=off)


@dataclass
class FakeCentral:
    """Grants every token once and accepts statements in order; `refuse` answers in its place."""

    key: SigningKey = field(default_factory=lambda: SigningKey.from_seed(b"c" * 32))
    pin: Hash = PIN
    url: str = URL
    refuse: str | None = None
    tree_size: int = 0
    epoch: int = 0
    keys: dict[str, bytes] = field(default_factory=dict)
    granted: dict[str, bytes] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    receipts: dict[str, bytes] = field(default_factory=dict)

    def token(self, secret: bytes = b"s" * 32) -> str:
        return format_token(
            Token(url=self.url, pin=self.pin, signer=self.key.public, secret=secret)
        )

    def handle(self, request: Request) -> Response:
        """Answer a POST, as `FakeNetwork.handler`."""
        if self.refuse is not None:
            return self.refusal(self.refuse)
        if request.url.endswith("/healthz"):
            return Response(status=405, body=b"")
        if request.url.endswith("/v1/enroll"):
            return Response(status=200, body=self.enroll(request.body))
        body = unpack(request.body, request.headers.get("Content-Encoding"))
        return Response(status=200, body=self.accept(body) + b"\n")

    def refusal(self, reason: str) -> Response:
        return Response(status=403, body=json.dumps({"reason": reason}).encode())

    def enroll(self, body: bytes) -> bytes:
        request = read_request(body)
        secret_hash = check_request(request, self.key.public)
        if secret_hash not in self.granted:
            self.epoch += 1
            new = key_id(request.public_key)
            self.keys[new] = request.public_key
            grant = EnrolmentGrant(
                client=Name("acme"), agent=Name("web1"), epoch=self.epoch, key_id=new
            )
            self.granted[secret_hash] = seal_grant(grant, self.key)
        return self.granted[secret_hash]

    def accept(self, raw: bytes) -> bytes:
        envelope = read_envelope(raw)
        payload = open_envelope(envelope, self.keys[envelope.key_id], PAYLOAD_TYPE)
        payload_hash = Hash(hashlib.sha256(payload).hexdigest())
        if payload_hash not in self.receipts:
            statement = build(Statement, read_json(payload), lenient=True)
            self.statements.append(statement)
            self.tree_size += 1
            self.receipts[payload_hash] = self.receipt(envelope.key_id, statement, payload_hash)
        return self.receipts[payload_hash]

    def receipt(self, sender: Hash, statement: Statement, payload_hash: Hash) -> bytes:
        receipt = Receipt(
            key_id=sender,
            epoch=statement.epoch,
            number=statement.number,
            payload_hash=payload_hash,
            received_at=NOW,
            tree_size=self.tree_size,
            root=Hash(hashlib.sha256(b"%d" % self.tree_size).hexdigest()),
        )
        return sign_receipt(receipt, self.key)

    def ingest(self, system: FakeSystem, folder: str) -> None:
        """Make one pass over a drop folder; with `refuse` it removes without an answer."""
        for path, data in system.files.tree(f"{folder}/enrol").items():
            name = path.rpartition("/")[2]
            system.files.put(f"{folder}/outbox/enrol/{name}", self.enroll(data))
            system.files.remove(path)
        for path, data in system.files.tree(f"{folder}/inbox").items():
            if self.refuse is None:
                outbox = path.replace("/inbox/", "/outbox/").replace(".dsse", ".receipt")
                system.files.put(outbox, self.accept(data) + b"\n")
            system.files.remove(path)
