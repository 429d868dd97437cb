"""Central and agent as processes that can be started quickly and killed at any moment.

Both run the very code of `guardian serve` and `guardian-agent run`. A fork server keeps their
modules loaded, so that hundreds of starts take seconds and kills fall into work, not into imports.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import sys
import time
from pathlib import Path

CONTEXT = multiprocessing.get_context("forkserver")
PASSES = 3
SECONDS = 120


def preload():
    CONTEXT.set_forkserver_preload(
        ["guardian.app.serving", "guardian_agent.run.turn", "guardian_agent.cli.run", __name__]
    )


def central(config, log):
    """What `guardian serve` does."""
    from guardian.app import open_app
    from guardian.app.serving import serve

    with Path(log).open("a", encoding="utf-8", buffering=1) as lines:
        sys.exit(serve(open_app(Path(config), central=True), lines.write))


def agent(log, *words, times=1):
    """What `guardian-agent` does, some times over."""
    from guardian_agent.cli import main

    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    for _ in range(times):
        status = main(list(words))
    sys.stdout.flush()
    sys.exit(status)


def start(target, *arguments, **options):
    process = CONTEXT.Process(target=target, args=arguments, kwargs=options)
    process.start()
    return process


def finish(process):
    """Wait for the end; return the exit status."""
    process.join(SECONDS)
    if process.exitcode is None:
        process.kill()
        process.join()
    return process.exitcode


def await_port(port):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.005)
    raise TimeoutError(f"nobody listens on port {port}")
