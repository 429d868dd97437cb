"""Agents' requests over real HTTP messages, without a socket."""

from __future__ import annotations

import asyncio
import json
import threading

import pytest

from guardian.errors import StoreError, StoreFailure
from guardian.ingest.enrolment import NotEnrolledError
from guardian.ingest.trust import UnknownKey
from guardian.sources import http
from guardian.sources.http import agents_app

LIMIT = 256 * 1024


class FakeIngest:
    """Answers what it was told to, and remembers what it was asked."""

    def __init__(self):
        self.error = None
        self.bodies = []
        self.refused = []
        self.gate = threading.Event()
        self.gate.set()

    def accept(self, body, encoding=None):
        self.gate.wait(10)
        self.bodies.append((body, encoding))
        if self.error is not None:
            raise self.error
        return b"guardian-receipt/1 ..."

    def enrol(self, raw):
        return self.accept(raw).replace(b"receipt", b"grant")

    def refuse(self, reason):
        self.refused.append(reason)


class Central:
    def __init__(self):
        self.ingest = FakeIngest()
        self.failures = []
        self.not_ready = None
        self.app = agents_app(self.ingest, self.ready, self.failures.append)

    def ready(self):
        if self.not_ready is not None:
            raise self.not_ready

    def ask(self, method, path, *chunks, headers=()):
        return asyncio.run(self.asked(method, path, *chunks, headers=headers))

    async def asked(self, method, path, *chunks, headers=(), stall=False):
        """Send one request in chunks; return (status, headers, body)."""
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(name.encode(), value.encode()) for name, value in headers],
            "client": ("192.0.2.1", 4711),
        }
        pending, sent = list(chunks), []

        async def receive():
            if pending:
                return {"type": "http.request", "body": pending.pop(0), "more_body": True}
            if stall:
                await asyncio.sleep(3600)
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message):
            sent.append(message)

        self.sent, self.unread = sent, pending
        await self.app(scope, receive, send)
        return answer(sent)


def answer(sent):
    body = b"".join(message.get("body", b"") for message in sent[1:])
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, body


@pytest.fixture
def central():
    return Central()


def test_a_statement_is_answered_by_its_receipt(central):
    status, headers, body = central.ask("POST", "/v1/statements", b"enve", b"lope")
    assert (status, body) == (200, b"guardian-receipt/1 ...")
    assert headers["content-type"].startswith("text/plain")
    assert central.ingest.bodies == [(b"envelope", None)]


def test_the_content_encoding_is_handed_on(central):
    central.ask("POST", "/v1/statements", b"x", headers=[("content-encoding", "deflate")])
    assert central.ingest.bodies == [(b"x", "deflate")]


def test_an_enrolment_is_answered_by_its_grant(central):
    status, headers, body = central.ask("POST", "/v1/enroll", b"request")
    assert (status, body) == (200, b"guardian-grant/1 ...")
    assert headers["content-type"] == "application/json"


def test_a_body_over_the_limit_is_refused_while_it_comes(central):
    half = b"x" * (LIMIT // 2)
    status, headers, body = central.ask("POST", "/v1/statements", half, half, b"x", half, half)
    assert (status, json.loads(body)) == (413, {"reason": "too_large"})
    assert headers["connection"] == "close"
    assert len(central.unread) == 2
    assert central.ingest.bodies == []
    assert central.ingest.refused == ["too_large"]


def test_a_body_of_the_limit_is_read(central):
    assert central.ask("POST", "/v1/statements", b"x" * LIMIT)[0] == 200


@pytest.mark.parametrize("length", [str(LIMIT + 1), "9" * 5000])
def test_an_announced_length_over_the_limit_is_refused_unread(central, length):
    headers = [("content-length", length)]
    status, _, body = central.ask("POST", "/v1/statements", b"x", headers=headers)
    assert (status, json.loads(body)) == (413, {"reason": "too_large"})
    assert central.unread == [b"x"]


@pytest.mark.parametrize("length", ["-1", "٤", "word", ""])
def test_a_senseless_length_is_not_believed(central, length):
    headers = [("content-length", length)] if length.isascii() else []
    assert central.ask("POST", "/v1/statements", b"x", headers=headers)[0] == 200


def test_an_enrolment_has_a_smaller_limit(central):
    status, _, body = central.ask("POST", "/v1/enroll", b"x" * 4097)
    assert (status, json.loads(body)) == (413, {"reason": "too_large"})
    assert central.ingest.refused == []


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (UnknownKey("no agent is enrolled"), 403, "unknown_key"),
        (NotEnrolledError("used_token", "used before"), 403, "used_token"),
        (StoreError("disk full"), 503, "not_stored"),
    ],
)
def test_an_error_becomes_a_status_and_a_reason(central, error, status, reason):
    central.ingest.error = error
    found = central.ask("POST", "/v1/statements", b"x")
    assert (found[0], json.loads(found[2])) == (status, {"reason": reason})
    assert ("retry-after" in found[1]) == (status == 503)
    assert central.failures == []


def test_a_bug_is_answered_without_a_word_and_logged_by_the_server(central):
    central.ingest.error = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        central.ask("POST", "/v1/statements", b"x")
    status, _, body = answer(central.sent)
    assert (status, json.loads(body)) == (500, {"reason": "internal"})


def test_a_failed_disk_is_told_to_the_process(central):
    central.ingest.error = StoreFailure("fsync")
    status, _, body = central.ask("POST", "/v1/statements", b"x")
    assert (status, json.loads(body)) == (503, {"reason": "not_stored"})
    assert central.failures == [central.ingest.error]


@pytest.mark.parametrize(
    ("method", "path", "status", "reason"),
    [
        ("GET", "/v1/statements", 405, "method_not_allowed"),
        ("POST", "/healthz", 405, "method_not_allowed"),
        ("GET", "/docs", 404, "not_found"),
        ("POST", "/v1/statements/", 404, "not_found"),
        ("GET", "/metrics", 404, "not_found"),
        ("GET", "/", 404, "not_found"),
    ],
)
def test_there_is_nothing_else(central, method, path, status, reason):
    found = central.ask(method, path)
    assert (found[0], json.loads(found[2])) == (status, {"reason": reason})


def test_health_and_readiness(central):
    assert central.ask("GET", "/healthz")[0] == 200
    assert central.ask("GET", "/readyz")[0] == 200
    central.not_ready = StoreError("gone")
    assert central.ask("GET", "/healthz")[0] == 200
    assert central.ask("GET", "/readyz")[0] == 503


def test_a_body_that_dawdles_is_given_up(central, monkeypatch):
    monkeypatch.setattr(http, "BODY_SECONDS", 0.01)
    found = asyncio.run(central.asked("POST", "/v1/statements", b"x", stall=True))
    assert (found[0], json.loads(found[2])) == (408, {"reason": "too_slow"})


def test_too_many_at_once_are_asked_to_come_again(central, monkeypatch):
    monkeypatch.setattr(http, "MAX_WAITING", 2)
    central.ingest.gate.clear()

    async def three():
        waiting = [
            asyncio.create_task(central.asked("POST", "/v1/statements", b"x")) for _ in range(2)
        ]
        for _ in range(50):  # let both reach the store's queue
            await asyncio.sleep(0)
        third = await central.asked("POST", "/v1/statements", b"x")
        central.ingest.gate.set()
        return [*await asyncio.gather(*waiting), third]

    first, second, third = asyncio.run(three())
    assert [first[0], second[0], third[0]] == [200, 200, 503]
    assert third[1]["retry-after"] == "10"
    assert len(central.ingest.bodies) == 2
    assert central.ask("POST", "/v1/statements", b"x")[0] == 200
