"""What a kind of restore test is: one way to show that a restore point comes back.

A kind is a module in `restore/kinds/` with one constant `KIND`; its name is the kind's name in
`agent.toml` and on the wire. Nothing else lives in that folder, and no list is edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from guardian_agent.probe import AnyProbe, AnySubject
from guardian_agent.restore.room import Plot
from guardian_agent.system import System
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.names import Hash

S = TypeVar("S")

Progress = Callable[[str, "float | None"], None]
"""Told what is going on, and what share of it (0 to 1) is done where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a test stands on: central's checkpoint, what was signed, where it may restore.

    `checkpoint` is (tree size, root in hexadecimal), None before central's first receipt.
    """

    checkpoint: tuple[int, Hash] | None
    manifest: str
    """The signed manifest of the backup set; its index lies beside it."""
    ledger: str
    """The file in which the copy's tested files are kept, between tests."""
    marker: str | None
    """Of the set's canary."""
    plot: Plot
    canary_since: datetime | None = None
    """When the set's first canary was planted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Generic[S]):
    """One restore test to make."""

    probe: AnyProbe
    subject: AnySubject
    settings: S
    ground: Ground
    system: System
    """Its commands end at the test's deadline."""
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S]):
    """One kind of restore test."""

    name: str
    settings: type[S]
    fits: Callable[[AnyProbe], bool]
    """Whether copies of this probe's tool can be tested so."""
    by_default: bool
    """Whether a set that plans no tests gets it wherever it fits."""
    every: timedelta
    """How often, where nothing is agreed."""
    test: Callable[[Task[S]], RestoreTest]
    """Make one test; whatever happens is told in its outcome and reason, never raised."""
    fits_with: Callable[[AnyProbe, S], bool] | None = None
    """Whether a planned test fits by its settings where the kind alone does not."""

    def suits(self, probe: AnyProbe, settings: S) -> bool:
        """Say whether copies of this probe's tool can be tested so with these settings."""
        if self.fits(probe):
            return True
        return self.fits_with is not None and self.fits_with(probe, settings)


AnyKind = Kind[Any]
AnyTask = Task[Any]
