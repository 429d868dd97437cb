"""A tool's recorded answers on a machine in memory: what must hold for every probe is tried on it.

The test of each probe, `test_<tool>.py`, has them under the name `RECORDED`.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from guardian_agent.probe import Answers, AnyProbe, AnySubject
from guardian_agent.wire.observations import Observation

from tests.agent.fakes import FakeSystem


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One healthy copy: `machine` makes the machine that answers of it as the tool did."""

    probe: AnyProbe
    subject: AnySubject
    machine: Callable[[], FakeSystem]

    def gather(self, system: FakeSystem | None = None) -> Answers:
        return self.probe.gather(self.subject, system or self.machine())

    def look(self, system: FakeSystem | None = None) -> Sequence[Observation]:
        system = system or self.machine()
        answers = self.probe.gather(self.subject, system)
        return self.probe.parse(self.subject, answers, system.clock.now())


def recordings(tool: str) -> Sequence[Recording]:
    """Return what the test of a probe recorded; there is something of each."""
    found: Sequence[Recording] = importlib.import_module(f"tests.agent.probes.test_{tool}").RECORDED
    assert found, tool
    return found
