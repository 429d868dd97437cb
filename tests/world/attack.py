"""What an attacker does to Guardian's protocol who holds a server's key, its disk or its wire.

The traps that use this module are about statements; a monitor without a protocol of its own has
nothing to put in their place.
"""

from __future__ import annotations

import base64
import http.client
import json
import shutil
import ssl
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

from guardian_agent.wire import envelope
from guardian_agent.wire.encode import moment
from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.statement import PAYLOAD_TYPE

from tests.world.guardian import Guardian, agent
from tests.world.monitor import BackupCopy, BackupSet, Server
from tests.world.serving import serving
from tests.world.world import World

BOMB = 64 * 1024 * 1024
"""Zeros that pack to a thousandth: small on the wire, ratio far above any honest statement."""


def record(world: World, *, ago: str) -> bytes:
    """Let the agent look `ago`, keep a copy of what it sent, and let central have it."""
    held = held_back(world, ago=ago)
    send(world, held, ago=ago)
    return held


def held_back(world: World, *, ago: str | None = None) -> bytes:
    """Let the agent look, and take its newest statement off the wire."""
    world.protect()
    agent(world.server, "run", shift=None if ago is None else f"-{ago}").checked()
    waiting = sorted(_inbox(world).glob("*.dsse"))
    taken = waiting[-1].read_bytes()
    for path in waiting:
        path.unlink()
    return taken


def send(world: World, raw: bytes, *, name: str | None = None, ago: str | None = None) -> None:
    """Put an envelope into the drop folder and let central read it."""
    number = _number(raw)
    path = _inbox(world, _signer(raw)) / (name or f"{1:010d}-{number:020d}.dsse")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    _guardian(world).ingest(shift=None if ago is None else f"-{ago}")


def forged(
    world: World,
    *,
    number: int | None = None,
    previous: str | None = None,
    agent: str | None = None,
    key_of: Server | None = None,
) -> bytes:
    """Sign a statement of one's own making with a stolen key."""
    body = _next(world)
    body["number"] = number or body["number"]
    body["previous"] = previous or body["previous"]
    body["agent"] = agent or body["agent"]
    return _sign(key_of or world.server, json.dumps(body))


def signed(world: World, change: Callable[[str], str]) -> bytes:
    """Sign the next statement's text after changing it."""
    return _sign(world.server, change(json.dumps(_next(world))))


def stating(world: World, *facts: dict[str, object]) -> bytes:
    """Sign a statement of facts that the agent never found out."""
    return _sign(world.server, json.dumps(_next(world) | {"observations": list(facts)}))


def facts_in(raw: bytes, kind: str) -> list[dict[str, object]]:
    """Return the facts of one kind that a statement carries."""
    payload = json.loads(base64.b64decode(json.loads(raw)["payload"]))
    return [fact for fact in payload["observations"] if fact["kind"] == kind]


def restore_tested(world: World, *, ago: str) -> dict[str, object]:
    """Let the agent make a restore test `ago` and state it; return the fact."""
    agent(world.server, "restore-test", "--all", "--kind", "sample", shift=f"-{ago}")
    (fact,) = facts_in(record(world, ago=ago), "restore_test")
    return fact


def now() -> str:
    """Return the present as statements write it."""
    return moment(datetime.now(UTC))  # noqa: TID251 - an attacker's clock is right


def twice_the_number(text: str) -> str:
    """Say `number` twice; a lax reader takes the last."""
    return text[:-1] + ', "number": 1}'


def lone_surrogate(text: str) -> str:
    """Name a client with half a character; a lax exporter dies of it."""
    return text.replace('"acme"', '"\\ud800"')


def cloned(world: World) -> Server:
    """Copy the server's whole disk to another machine."""
    folder = world.folder / "clone"
    shutil.copytree(world.server.folder / "state", folder / "state")
    clone = replace(world.server, folder=folder)
    original = (world.server.folder / "agent.toml").read_text()
    text = original.replace(str(world.server.folder / "state"), str(folder / "state"))
    (folder / "agent.toml").write_text(text)
    return clone


def write_as(world: World, server: Server) -> None:
    """Let another machine make two passes of its own.

    Its first finds the true machine's receipt in the drop folder and clears it out of the way.
    """
    for _ in range(2):
        agent(server, "run")
        _guardian(world).ingest()


def other_client(world: World) -> Server:
    """Bring a second client's server into the same central."""
    folder = world.folder / "other"
    (folder / "drop").mkdir(parents=True)
    settings: dict[str, object] = {"tool": "file_drop", "path": str(folder / "drop")}
    copy = BackupCopy(name="local", settings={**settings, "pattern": "*.tar"})
    sets = [BackupSet(name="files", copies=(copy,))]
    other = Server(client="umbrella", name="mail1", folder=folder, sets=sets)
    world.monitor.protect(other)
    return other


def sent(world: World) -> str:
    """Return everything that leaves the server in its next pass, in clear."""
    raw = held_back(world)
    payload = base64.b64decode(json.loads(raw)["payload"])
    return raw.decode() + payload.decode()


def post_bomb(world: World) -> int:
    """Post a body that unpacks to far more than it is; return the HTTP status."""
    with serving(_guardian(world)) as address:
        host, port = address.rsplit(":", 1)
        context = ssl._create_unverified_context()
        line = http.client.HTTPSConnection(host, int(port), context=context, timeout=30)
        body = zlib.compress(bytes(BOMB), 9)
        line.request("POST", "/v1/statements", body, {"Content-Encoding": "deflate"})
        return line.getresponse().status


def _guardian(world: World) -> Guardian:
    return cast("Guardian", world.monitor)


def _identity(server: Server) -> dict[str, object]:
    return dict(json.loads((server.folder / "state" / "identity.json").read_text()))


def _inbox(world: World, key_id: str | None = None) -> Path:
    name = key_id or str(_identity(world.server)["key_id"])
    return _guardian(world).drop / "inbox" / name


def _next(world: World) -> dict[str, object]:
    """Return the next honest statement of the server, with no facts in it."""
    identity = _identity(world.server)
    stream = json.loads((world.server.folder / "state" / "stream.json").read_text())
    return {
        "version": 1,
        "client": identity["client"],
        "agent": identity["agent"],
        "epoch": identity["epoch"],
        "number": stream["number"] + 1,
        "previous": stream["previous"],
        "boot_id": "0" * 32,
        "wall_time": now(),
        "monotonic_seconds": 1.0,
        "spooled": 0,
        "dropped": 0,
        "agent_version": "0.1.0",
        "observations": [],
        "failures": [],
    }


def _sign(server: Server, payload: str) -> bytes:
    key = SigningKey.from_seed((server.folder / "state" / "key").read_bytes())
    return envelope.seal(key, PAYLOAD_TYPE, payload.encode())


def _signer(raw: bytes) -> str:
    return str(json.loads(raw)["signatures"][0]["keyid"])


def _number(raw: bytes) -> int:
    payload = json.loads(base64.b64decode(json.loads(raw)["payload"]))
    return int(payload["number"])
