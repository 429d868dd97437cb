"""What each copy is tested with: as `agent.toml` plans for its set, else the kinds that fit it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from guardian_agent.config import AgentConfig, BackupSet, Limits, PlannedTest
from guardian_agent.errors import ConfigError, DecodeError
from guardian_agent.probe import verifier
from guardian_agent.restore import kinds
from guardian_agent.restore.kind import AnyKind
from guardian_agent.run.copies import KnownCopy, state_name
from guardian_agent.run.diary import CHECK
from guardian_agent.wire.decode import build
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.scalars import suggestion

FALLBACK = "sample"
"""What a copy is tested with that no kind fits: it states that this is not possible."""


class Kinds(Protocol):
    """The kinds of restore test there are."""

    def names(self) -> Sequence[str]:
        """Return the names of all kinds."""

    def find(self, name: str) -> AnyKind | None:
        """Return a kind by its name, or None where there is none."""

    def load(self) -> Sequence[AnyKind]:
        """Return every kind."""


INSTALLED_KINDS: Kinds = kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """What is done to one copy again and again: a kind of restore test, or the check of its data.

    `kind` None is the check, which keeps its tool's own deadline.
    """

    known: KnownCopy
    every: timedelta
    kind: AnyKind | None = None
    settings: object = None
    within: timedelta = timedelta()
    """How long a test may take."""
    room_bytes: int = 0
    """What a test may restore at once."""

    @property
    def name(self) -> Slug:
        """Name what is done ("sample", "integrity")."""
        return CHECK if self.kind is None else Slug(self.kind.name)

    @property
    def backup_set(self) -> Name:
        """Name whose copy it is."""
        return self.known.subject.backup_set.name

    @property
    def copy(self) -> Name:
        """Name the copy."""
        return Name(self.known.subject.copy)

    @property
    def names(self) -> tuple[Name, Name, Slug]:
        """Name what is done to which copy of which set."""
        return self.backup_set, self.copy, self.name

    @property
    def storage(self) -> str:
        """Name the storage that the copy lies on; of the chores on one only one is at work."""
        backup_set = self.known.subject.backup_set
        said = {each.name: each.storage for each in backup_set.copies}.get(self.copy)
        return said or state_name(self.backup_set, self.copy)

    def __str__(self) -> str:
        """Name it for the operator ("files/local sample")."""
        return f"{self.backup_set}/{self.copy} {self.name}"


def chores(
    config: AgentConfig,
    copies: Sequence[KnownCopy],
    installed: Kinds = INSTALLED_KINDS,
    extra: str | None = None,
) -> list[Chore]:
    """Return all that is to be done, copy by copy, restore tests before the check of the data.

    Args:
        config: what is configured.
        copies: its copies.
        installed: the kinds there are.
        extra: a kind that every copy that it fits gets too, without settings where it is not
            planned.

    Raises:
        ConfigError: a kind that is not there or fits no copy, or settings that it refuses.
    """
    found: list[Chore] = []
    for number, backup_set in enumerate(config.backup_sets):
        of_set = [each for each in copies if each.subject.backup_set is backup_set]
        plan = _Plan(backup_set, config.limits, installed, f"$.backup_set[{number}]")
        plan.check(of_set)
        for known in of_set:
            found += plan.tests(known, extra)
            if verifier(known.probe) is not None:
                found.append(Chore(known=known, every=config.restore_tests.check_every))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Test:
    """A planned test understood."""

    planned: PlannedTest
    kind: AnyKind
    settings: object

    def is_for(self, known: KnownCopy) -> bool:
        meant = self.planned.copy in (None, known.subject.copy)
        return meant and self.kind.suits(known.probe, self.settings)


class _Plan:
    """The plan of one backup set; `path` is where the set stands in the file."""

    def __init__(self, backup_set: BackupSet, limits: Limits, installed: Kinds, path: str) -> None:
        self._name = backup_set.name
        self._limits = limits
        self._installed = installed
        self._path = path
        self._tests = [
            self._understood(test, f"{path}.test[{index}]")
            for index, test in enumerate(backup_set.tests)
        ]

    def check(self, copies: Sequence[KnownCopy]) -> None:
        """Refuse a planned test that none of the set's copies can be tested with."""
        for index, test in enumerate(self._tests):
            if not any(test.is_for(known) for known in copies):
                copy = test.planned.copy
                whom = "no copy of it can" if copy is None else f"copy {copy!r} cannot"
                said = f"{whom} be tested by kind {test.kind.name!r}"
                raise ConfigError(
                    f"backup set {self._name!r}: at {self._path}.test[{index}]: {said}"
                )

    def tests(self, known: KnownCopy, extra: str | None) -> Iterator[Chore]:
        """Yield the restore tests of one copy, `extra` among them where it fits."""
        planned = [test for test in self._tests if test.is_for(known)]
        if not self._tests:
            planned = self._by_default(known)
        if extra is not None and extra not in [test.kind.name for test in planned]:
            planned += self._unplanned(known, extra)
        for test in planned:
            yield self._chore(known, test)

    def _by_default(self, known: KnownCopy) -> list[_Test]:
        usual = [self._plain(kind) for kind in self._installed.load() if kind.by_default]
        fitting = [test for test in usual if test.is_for(known)]
        return fitting or [self._plain(self._kind(FALLBACK, self._path))]

    def _unplanned(self, known: KnownCopy, name: str) -> list[_Test]:
        kind = self._kind(name, "--kind")
        try:
            test = self._plain(kind)
        except ConfigError:  # a kind that cannot do without settings
            return []
        return [test] if test.is_for(known) else []

    def _chore(self, known: KnownCopy, test: _Test) -> Chore:
        return Chore(
            known=known,
            every=test.planned.every or test.kind.every,
            kind=test.kind,
            settings=test.settings,
            within=test.planned.within or timedelta(seconds=self._limits.restore_seconds),
            room_bytes=test.planned.room_bytes or self._limits.restore_bytes,
        )

    def _plain(self, kind: AnyKind) -> _Test:
        return self._understood(PlannedTest(kind=Slug(kind.name), settings={}), self._path)

    def _understood(self, test: PlannedTest, path: str) -> _Test:
        kind = self._kind(test.kind, f"{path}.kind")
        try:
            settings = build(kind.settings, test.settings, path=path)
        except DecodeError as error:
            said = f"backup set {self._name!r}, test of kind {kind.name!r}: {error}"
            raise ConfigError(said) from error
        return _Test(planned=test, kind=kind, settings=settings)

    def _kind(self, name: str, path: str) -> AnyKind:
        found = self._installed.find(name)
        if found is None:
            names = self._installed.names()
            hint = suggestion(name, names) or f"; there are: {', '.join(names)}"
            raise ConfigError(f"at {path}: no kind of restore test {name!r}{hint}")
        return found
