"""Whoever reaches central's port, with or without a server's key: any bytes, over real HTTPS."""

from __future__ import annotations

import copy
import hashlib
import http.client
import json
import ssl
import urllib.request
from datetime import UTC, datetime, timedelta

from guardian_agent.wire import envelope
from guardian_agent.wire.encode import moment
from guardian_agent.wire.keys import SigningKey, key_id
from guardian_agent.wire.names import NO_HASH
from guardian_agent.wire.statement import PAYLOAD_TYPE
from prometheus_client.parser import text_string_to_metric_families

from tests.world.commands import run
from tests.world.guardian import Guardian
from tests.world.monitor import BackupCopy, BackupSet, Server

SECONDS = 30


def server(guardian, client, name):
    """Describe a server with one copy of one backup set."""
    settings = {"tool": "file_drop", "path": str(guardian.folder), "pattern": "*.tar"}
    files = BackupSet(name="files", copies=(BackupCopy(name="local", settings=settings),))
    return Server(client=client, name=name, folder=guardian.folder / client / name, sets=[files])


def central(folder, *servers, judging="1h"):
    """Make a central that speaks HTTPS and knows these servers, and judges that often."""
    guardian = Guardian(folder).create()
    guardian.speak_https()
    with guardian.config.open("a", encoding="utf-8") as settings:
        settings.write(f'judging = {{interval = "{judging}"}}\n')
    for client, name in servers:
        guardian.configure(server(guardian, client, name))
    return guardian


def post(guardian, body, encoding=None):
    """Send bytes as a statement; return status and answer."""
    headers = {} if encoding is None else {"Content-Encoding": encoding}
    return request(guardian, "POST", "/v1/statements", body, headers)


def request(guardian, method, path, body=None, headers=None):
    host, port = guardian.listen.rsplit(":", 1)
    context = ssl._create_unverified_context()
    line = http.client.HTTPSConnection(host, int(port), context=context, timeout=SECONDS)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


def scrape(guardian, path="/metrics"):
    """Return a live scrape's text."""
    with urllib.request.urlopen(f"http://{guardian.operator}{path}", timeout=SECONDS) as answer:
        return answer.read().decode()


def counted(guardian):
    """Return how many statements came, by result, as Prometheus reads them."""
    return {
        sample.labels["result"]: sample.value
        for family in text_string_to_metric_families(scrape(guardian))
        for sample in family.samples
        if sample.name == "guardian_statements_received_total"
    }


class Adversary:
    """A server's agent in hostile hands, with the key that its enrolment gave it."""

    def __init__(self, guardian, server):
        """Enrol the server with its own command, and take its key; central must be serving."""
        self.guardian = guardian
        guardian.connect(server)
        state = server.folder / "state"
        self.key = SigningKey.from_seed((state / "key").read_bytes())
        self.identity = json.loads((state / "identity.json").read_text())
        self.number, self.previous = 0, NO_HASH
        self.server = server

    @property
    def key_id(self):
        return key_id(self.key.public)

    def body(self, **changes):
        """Return the next statement: a restore point of this very minute, that nobody made."""
        now = datetime.now(UTC)  # noqa: TID251 - an attacker's clock is right
        return {
            "version": 1,
            "client": self.identity["client"],
            "agent": self.identity["agent"],
            "epoch": self.identity["epoch"],
            "number": self.number + 1,
            "previous": self.previous,
            "boot_id": "0" * 32,
            "wall_time": moment(now),
            "monotonic_seconds": 1.0,
            "spooled": 0,
            "dropped": 0,
            "agent_version": "0.1.0",
            "observations": [fresh_point(now - timedelta(minutes=1))],
            "failures": [],
            **copy.deepcopy(changes),
        }

    def signed(self, payload):
        """Seal a payload: a body, or a text of one's own."""
        text = payload if isinstance(payload, str) else json.dumps(payload)
        return envelope.seal(self.key, PAYLOAD_TYPE, text.encode())

    def statement(self, **changes):
        """Seal the next statement after changing it."""
        return self.signed(self.body(**changes))

    def send(self, **changes):
        """Send the next statement and see it accepted; return what was sent, and the receipt."""
        payload = json.dumps(self.body(**changes))
        raw = self.signed(payload)
        status, receipt = post(self.guardian, raw)
        assert status == 200, receipt
        self.number = json.loads(payload)["number"]
        self.previous = hashlib.sha256(payload.encode()).hexdigest()
        return raw, receipt


def fresh_point(at):
    return {
        "kind": "restore_points",
        "backup_set": "files",
        "copy": "local",
        "tool": "restic",
        "total": 1,
        "points": [{"id": "a" * 32, "started_at": moment(at), "finished_at": moment(at)}],
    }


def promtool(text):
    """Return what promtool has to say against a scrape; nothing when it is clean."""
    done = run("promtool", "check", "metrics", stdin=text)
    return f"{done.output}{done.errors}" if done.status or done.output or done.errors else ""
