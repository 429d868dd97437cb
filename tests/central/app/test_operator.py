from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest

from guardian.app.access_log import AccessLog
from guardian.app.operator import Shown, operator_app
from guardian.domain.snapshot import Snapshot
from tests.central.ingest.speaker import FakeClock

SNAPSHOT = Snapshot(judged_at=datetime(2026, 11, 21, tzinfo=UTC), findings=())


def shown(snapshot=SNAPSHOT):
    return Shown(
        snapshot=lambda: snapshot,
        results=lambda: {"accepted": 7, "malformed": 2},
        clients=["acme", "beta"],
        address="127.0.0.1:9464",
    )


def ask(app, path, method="GET"):
    sent = []
    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "client": ("127.0.0.1", 4711),
    }

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], dict(sent[0]["headers"]), body


def test_metrics_count_what_came():
    status, headers, body = ask(operator_app(shown()), "/metrics")
    assert status == 200
    assert headers[b"content-type"] == b"text/plain; version=0.0.4; charset=utf-8"
    assert b'guardian_statements_received_total{result="accepted"} 7.0' in body
    assert b'guardian_statements_received_total{result="malformed"} 2.0' in body


def test_a_client_has_metrics_of_its_own():
    app = operator_app(shown())
    assert ask(app, "/metrics/clients/acme")[0] == 200
    assert ask(app, "/metrics/clients/gamma")[0] == 404


@pytest.mark.parametrize("path", ["/metrics", "/metrics/clients/acme"])
def test_nothing_is_shown_before_the_first_judgement(path):
    assert ask(operator_app(shown(None)), path)[0] == 503


def test_discovery_health_and_landing():
    app = operator_app(shown())
    assert len(json.loads(ask(app, "/sd/prometheus")[2])) == 2
    assert ask(app, "/healthz")[2] == b"ok\n"
    assert b"/metrics" in ask(app, "/")[2]
    assert ask(app, "/v1/statements", "POST")[0] == 404


def test_the_access_log_is_one_json_object_a_line():
    lines = []
    app = AccessLog(operator_app(shown()), lines.append, FakeClock())
    ask(app, '/a\r\n{"forged": "line"}\x1b[2J\ud7ff' + "x" * 500)
    (line,) = lines
    assert line.isascii()
    assert line.count("\n") == 1
    logged = json.loads(line)
    assert (logged["event"], logged["status"], logged["peer"]) == ("request", 404, "127.0.0.1")
    assert len(logged["path"]) == 200


def test_a_broken_application_is_logged_too():
    async def broken(scope, receive, send):
        raise ZeroDivisionError

    lines = []
    with pytest.raises(ZeroDivisionError):
        ask(AccessLog(broken, lines.append, FakeClock()), "/")
    assert json.loads(lines[0])["status"] == 0
