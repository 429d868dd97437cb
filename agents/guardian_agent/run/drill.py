"""Restore tests and checks of the stored data: those that are wanted, one after the other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from guardian_agent.config import AgentConfig
from guardian_agent.delivery.drain import deliver
from guardian_agent.delivery.identity import Identity, load_identity
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.restore.kind import Progress
from guardian_agent.run.agenda import Item, agenda, by_urgency, calendar
from guardian_agent.run.copies import INSTALLED, Toolbox, known_copies
from guardian_agent.run.diary import CHECK, Diary
from guardian_agent.run.facts import Facts
from guardian_agent.run.kept_off import refuse_overlap
from guardian_agent.run.left_overs import clear_restores
from guardian_agent.run.perform import perform
from guardian_agent.run.places import pass_lock, restore_lock, storage_lock
from guardian_agent.run.planned import INSTALLED_KINDS, Chore, Kinds, chores
from guardian_agent.system import System
from guardian_agent.wire.scalars import suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to test: the named copies, or all, or what is due in the open window.

    `kind` narrows it to one kind of restore test, or `integrity`.
    """

    backup_set: str | None = None
    copy: str | None = None
    kind: str | None = None
    all: bool = False

    @property
    def only_due(self) -> bool:
        """Say whether nobody named anything."""
        return self.backup_set is None and self.copy is None and not self.all

    def includes(self, chore: Chore) -> bool:
        """Say whether the chore is of a copy that is meant."""
        of_set = self.backup_set in (None, chore.backup_set)
        return of_set and self.copy in (None, chore.copy)


def drill(
    config: AgentConfig,
    system: System,
    wanted: Wanted,
    progress: Progress,
    toolbox: Toolbox = INSTALLED,
    installed: Kinds = INSTALLED_KINDS,
) -> Iterator[Facts]:
    """Do what is wanted and yield what each chore gave: one fact, or notes why it was put off.

    Receipts that lie ready are taken first, so that the newest checkpoint draws the files. Every
    fact is left for the next pass before it is yielded.

    Args:
        config: what is configured.
        system: the machine.
        wanted: which tests.
        progress: told what is going on.
        toolbox: the probes there are.
        installed: the kinds of restore test there are.

    Raises:
        StateError: not enrolled, or another restore test is at work.
        ConfigError: no such backup set or copy, a tool that no probe knows, a planned test that
            cannot be made, or a sandbox folder in which something lives.
    """
    refuse_overlap(config, system.files)
    identity = load_identity(config, system)
    with system.files.lock(restore_lock(config)):
        notes = clear_restores(config, system)
        if notes:
            yield Facts(notes=notes)
        _collect_receipts(config, system, identity)
        copies = known_copies(config, identity.secret, toolbox, "restore-test")
        known = chores(config, copies, installed, _unplanned(wanted))
        yield from _Drill(config, system, progress, identity).run(known, wanted)


def look_ahead(
    config: AgentConfig,
    system: System,
    wanted: Wanted,
    toolbox: Toolbox = INSTALLED,
    installed: Kinds = INSTALLED_KINDS,
) -> list[Item]:
    """Return what of the planned is meant, with its dates; nothing is done, kept or locked.

    Raises:
        StateError: not enrolled.
        ConfigError: as `drill`.
    """
    identity = load_identity(config, system)
    copies = known_copies(config, identity.secret, toolbox)
    known = chores(config, copies, installed)
    items = agenda(config, system, identity, known, Diary(config, system))
    return _named(items, wanted)


def _unplanned(wanted: Wanted) -> str | None:
    """Return the kind that copies get also where it is not planned: one that somebody asked for."""
    return None if wanted.only_due or wanted.kind == CHECK else wanted.kind


def _collect_receipts(config: AgentConfig, system: System, identity: Identity) -> None:
    # A pass at work collects them itself.
    with contextlib.suppress(StateError), system.files.lock(pass_lock(config)):
        deliver(config, system, identity)


class _Drill:
    """One call of `drill`."""

    def __init__(
        self, config: AgentConfig, system: System, progress: Progress, identity: Identity
    ) -> None:
        self._config = config
        self._system = system
        self._progress = progress
        self._identity = identity
        self._diary = Diary(config, system)
        self._calendar = calendar(config, system)

    def run(self, known: Sequence[Chore], wanted: Wanted) -> Iterator[Facts]:
        """Do what is wanted, as it stands in the configuration or what is due longest first."""
        items = agenda(self._config, self._system, self._identity, known, self._diary)
        self._diary.keep({item.chore.names: item.past for item in items})
        if not wanted.only_due:
            for item in _named(items, wanted):
                yield self._done(item)
            return
        yield from self._due([item for item in items if wanted.kind in (None, item.chore.name)])

    def _due(self, items: Sequence[Item]) -> Iterator[Facts]:
        now = self._system.clock.now()
        waiting = by_urgency(item for item in items if item.is_due(now))
        for index, item in enumerate(waiting):
            if not self._calendar.is_open(self._system.clock.now()):
                yield self._waiting(len(waiting) - index)
                return
            yield self._done(item)

    def _waiting(self, waiting: int) -> Facts:
        now = self._system.clock.now()
        opens = self._calendar.next_opening(now).astimezone(self._calendar.zone)
        return Facts(notes=(f"due and waiting for the window of {opens:%a %H:%M}: {waiting}",))

    def _done(self, item: Item) -> Facts:
        """Do it, unless something heavy is done on its storage."""
        path = storage_lock(self._config, item.chore.storage)
        with contextlib.ExitStack() as held:
            try:
                self._system.files.make_directory(path.rpartition("/")[0])
                held.enter_context(self._system.files.lock(path))
            except (OSError, StateError) as error:
                return Facts(notes=(f"{item.chore}: put off, it stays due: {error}",), put_off=True)
            return perform(self._config, self._system, item, self._diary, self._progress)


def _named(items: Sequence[Item], wanted: Wanted) -> list[Item]:
    """Return the items that somebody asked for."""
    of_copies = [item for item in items if wanted.includes(item.chore)]
    if not of_copies and items:
        raise ConfigError(_no_such(items, wanted))
    found = [item for item in of_copies if wanted.kind in (None, item.chore.name)]
    if not found and of_copies:
        which = ", ".join(
            sorted({f"{each.chore.backup_set}/{each.chore.copy}" for each in of_copies})
        )
        advice = "if that kind needs settings, plan it in agent.toml"
        raise ConfigError(f"{which}: cannot be tested by kind {wanted.kind!r}; {advice}")
    return found


def _no_such(items: Sequence[Item], wanted: Wanted) -> str:
    pairs = [(str(item.chore.backup_set), str(item.chore.copy)) for item in items]
    asked = (wanted.backup_set, wanted.copy)
    known = sorted({_spell(pair, asked) for pair in pairs})
    hint = suggestion("/".join(filter(None, asked)), known) or f"; there are: {', '.join(known)}"
    return f"no copy '{'/'.join(part or '*' for part in asked)}' is configured{hint}"


def _spell(pair: tuple[str, str], asked: tuple[str | None, str | None]) -> str:
    """Name a copy by those parts of its name that were asked for."""
    return "/".join(part for part, name in zip(pair, asked, strict=True) if name is not None)
