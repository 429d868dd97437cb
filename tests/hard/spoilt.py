"""Every probe reads ten thousand spoilt answers: each is answered for, or refused."""

from __future__ import annotations

import faulthandler
import time
from collections.abc import Iterator

from guardian_agent import probes

from tests.agent.probes.mutation import violations
from tests.agent.probes.recording import recordings
from tests.hard.result import Result

ANSWERS = 10_000
SECONDS = 1800
"""A probe that hangs ends the run with a trace of where it does."""


def spoilt_answers() -> Iterator[Result]:
    """Spoil the recorded answers of each probe, and print what it made of them."""
    for tool in probes.names():
        began = time.monotonic()
        faulthandler.dump_traceback_later(SECONDS, exit=True)
        found = [
            wrong
            for recording in recordings(tool)
            for wrong in violations(recording, range(-(-ANSWERS // len(recordings(tool)))))
        ]
        faulthandler.cancel_dump_traceback_later()
        seconds = time.monotonic() - began
        print(f"{'BROKEN' if found else 'holds '}  {tool}: {ANSWERS} answers in {seconds:.0f} s")
        for wrong in found:
            print(f"        number {wrong.number}: {wrong.what}")
        yield Result(
            name=f"spoilt answers of {tool}",
            runs=ANSWERS,
            violations=len(found),
            goal=0,
            seed=0,
            holds=not found,
        )
