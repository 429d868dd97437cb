"""The client of the ingest benchmark, in a process of its own (`-m tests.bench._posting`).

It reads a job (JSON) from standard input, posts every agent's statements in order over one
connection each, and prints how many were accepted in how many seconds.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

RECEIPT = b"guardian-receipt/1 "


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of it."""

    accepted: int
    seconds: float


def job(address: str, seconds: float, streams: list[tuple[bytes, ...]]) -> str:
    """Return what this process is to be given: end after `seconds`, finished or not."""
    encoded = [[base64.b64encode(body).decode() for body in stream] for stream in streams]
    return json.dumps({"address": address, "seconds": seconds, "streams": encoded})


def _post(address: str, stream: list[bytes], deadline: float) -> int:
    host, port = address.rsplit(":", 1)
    context = ssl._create_unverified_context()
    line = http.client.HTTPSConnection(host, int(port), context=context, timeout=30)
    accepted = 0
    for body in stream:
        if time.monotonic() >= deadline:
            break
        line.request("POST", "/v1/statements", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        said = answer.read()
        if answer.status != http.HTTPStatus.OK or not said.startswith(RECEIPT):
            raise RuntimeError(f"HTTP {answer.status}: {said[:200]!r}")
        accepted += 1
    line.close()
    return accepted


def main() -> None:
    given = json.load(sys.stdin)
    streams = [[base64.b64decode(body) for body in stream] for stream in given["streams"]]
    started = time.monotonic()
    deadline = started + given["seconds"]
    with ThreadPoolExecutor(len(streams)) as threads:
        counts = list(threads.map(lambda each: _post(given["address"], each, deadline), streams))
    print(json.dumps({"accepted": sum(counts), "seconds": time.monotonic() - started}))


if __name__ == "__main__":
    main()
