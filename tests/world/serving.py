"""A central that runs: started on loopback, waited for, stopped at the end."""

from __future__ import annotations

import contextlib
import http.client
import signal
import ssl
import subprocess
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tests.world.commands import PROGRAMS

if TYPE_CHECKING:
    from tests.world.guardian import Guardian

SECONDS = 30


@contextlib.contextmanager
def serving(guardian: Guardian) -> Iterator[str]:
    """Run `guardian serve`; yield the address that agents speak to."""
    words = [str(PROGRAMS / "guardian"), "--config", str(guardian.config), "serve"]
    with (guardian.folder / "serve.log").open("ab") as log:
        running = subprocess.Popen(words, stdout=log, stderr=log, cwd="/")
    try:
        _await(guardian, running)
        yield guardian.listen
    finally:
        running.send_signal(signal.SIGTERM)
        try:
            running.wait(SECONDS)
        except subprocess.TimeoutExpired:
            running.kill()
            running.wait()


def _await(guardian: Guardian, running: subprocess.Popen[bytes]) -> None:
    host, port = guardian.listen.rsplit(":", 1)
    context = ssl._create_unverified_context()
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and running.poll() is None:
        line = http.client.HTTPSConnection(host, int(port), context=context, timeout=2)
        try:
            line.request("GET", "/readyz")
            if line.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            line.close()
    log = (guardian.folder / "serve.log").read_text()
    raise RuntimeError(f"guardian serve did not become ready:\n{log}")
