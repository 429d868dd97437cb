"""What the tests of probes share: a subject, recorded outputs, a look at all facts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from guardian_agent.config import BackupSet
from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnyProbe, AnySubject, Subject
from guardian_agent.wire.names import Name
from guardian_agent.wire.observations import Observation, Reason

from tests.agent.fakes import FakeSystem

FIXTURES = Path(__file__).parents[2] / "fixtures"
SCRATCH = "/state/scratch"
KEY = b"k" * 32
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

F = TypeVar("F")


def subject(
    probe: AnyProbe, *, paths: Sequence[str] = ("/srv/files",), memory: str = "", **settings: object
) -> AnySubject:
    """Return a copy called files/local with these settings of the probe."""
    return Subject(
        backup_set=BackupSet(name=Name("files"), paths=tuple(paths)),
        copy="local",
        settings=probe.settings(**settings),
        key=KEY,
        scratch=SCRATCH,
        memory=memory,
    )


def machine() -> FakeSystem:
    """Return a machine in memory with a scratch folder."""
    system = FakeSystem()
    system.files.make_directory(SCRATCH)
    return system


def at_noon() -> FakeSystem:
    """Return such a machine on the day after most answers were recorded."""
    system = machine()
    system.clock.wall = NOON
    return system


def recorded(folder: str, name: str) -> bytes:
    """Return what a tool of some version printed."""
    return (FIXTURES / folder / name).read_bytes()


def fact(facts: Sequence[Observation], kind: type[F]) -> F:
    """Return the one fact of a kind."""
    (found,) = [item for item in facts if isinstance(item, kind)]
    return found


@contextmanager
def refused(reason: Reason) -> Iterator[None]:
    """Expect a `ProbeError` with this reason."""
    with pytest.raises(ProbeError) as caught:
        yield
    assert caught.value.reason is reason
