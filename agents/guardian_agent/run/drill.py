"""Restore tests: which are due, made one after the other, their facts left for the next pass."""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from guardian_agent.config import AgentConfig
from guardian_agent.delivery import checkpoint, pending
from guardian_agent.delivery.drain import deliver
from guardian_agent.delivery.identity import Identity, load_identity
from guardian_agent.delivery.records import load as load_record
from guardian_agent.delivery.records import place, save
from guardian_agent.errors import ConfigError, StateError
from guardian_agent.restore.canary import known_marker, planted_since
from guardian_agent.restore.integrity import check_integrity
from guardian_agent.restore.kind import Ground, Task
from guardian_agent.restore.kinds.sample import KIND
from guardian_agent.restore.manifest import manifest_file
from guardian_agent.restore.result import not_performed
from guardian_agent.restore.room import Plot
from guardian_agent.run.attempt import Attempts, Step
from guardian_agent.run.bounds import bounded
from guardian_agent.run.copies import (
    INSTALLED,
    KnownCopy,
    Toolbox,
    known_copies,
    prepare,
    state_name,
)
from guardian_agent.run.facts import Facts
from guardian_agent.run.places import (
    clear,
    ledger_file,
    pass_lock,
    restore_lock,
    sandbox_folder,
    scratch_folder,
)
from guardian_agent.system import System
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Name, Slug
from guardian_agent.wire.observations import Observation

DUE_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which copies to test: the named ones, or all, or those that are due."""

    backup_set: str | None = None
    copy: str | None = None
    all: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTests:
    """`restore-tests.json`: when each copy (`set@copy`) was last tested to an outcome."""

    at: dict[str, datetime] = field(default_factory=dict)


def drill(
    config: AgentConfig,
    system: System,
    wanted: Wanted,
    progress: Callable[[str], None],
    toolbox: Toolbox = INSTALLED,
) -> Iterator[Facts]:
    """Make the restore tests that are wanted and yield what each copy's gave.

    Receipts that lie ready are taken first, so that the newest checkpoint draws the files. Every
    fact is left for the next pass before it is yielded.

    Args:
        config: what is configured.
        system: the machine.
        wanted: which copies.
        progress: told in words what is going on.
        toolbox: the probes there are.

    Raises:
        StateError: not enrolled, or another restore test is at work.
        ConfigError: no such backup set or copy, or a tool that no probe knows.
    """
    identity = load_identity(config, system)
    with system.files.lock(restore_lock(config)):
        _collect_receipts(config, system, identity)
        clear(scratch_folder(config, "restore-test"), system.files)
        copies = known_copies(config, identity.secret, toolbox, "restore-test")
        for known in _chosen(copies, wanted, _last_tests(config, system), system.clock.now()):
            facts = _tested(config, system, known, progress)
            for fact in facts.observations:
                pending.add(config, system, fact)
            _note_done(config, system, known, facts.observations)
            yield facts


def _collect_receipts(config: AgentConfig, system: System, identity: Identity) -> None:
    # A pass at work collects them itself.
    with contextlib.suppress(StateError), system.files.lock(pass_lock(config)):
        deliver(config, system, identity)


def _tested(
    config: AgentConfig, system: System, known: KnownCopy, progress: Callable[[str], None]
) -> Facts:
    subject = known.subject
    name = Name(subject.copy)
    step = Step(probe=Slug(known.probe.tool), backup_set=subject.backup_set.name, copy=name)
    attempts = Attempts(system.files, None)
    started_at = system.clock.now()
    facts = attempts.attempt(step, _facts(config, system, known, progress))
    if any(isinstance(fact, RestoreTest) for fact in facts.observations):
        return facts
    broken = not_performed(subject, KIND.name, started_at, Reason.INTERNAL)
    return replace(facts, observations=(broken, *facts.observations))


def _facts(
    config: AgentConfig, system: System, known: KnownCopy, progress: Callable[[str], None]
) -> Iterator[Observation]:
    subject, limits = known.subject, config.limits
    where = f"{subject.backup_set.name}/{subject.copy}"
    prepare(known, system.files)
    progress(f"{where}: restoring a sample")
    within = bounded(system, seconds=limits.restore_seconds, output_bytes=limits.output_bytes)
    yield KIND.test(
        Task(
            probe=known.probe,
            subject=subject,
            settings=KIND.settings(),
            ground=_ground(config, system, known),
            system=within,
            progress=lambda text, _: progress(text),
        )
    )
    progress(f"{where}: reading the repository's data")
    integrity = check_integrity(known.probe, subject, system)
    if integrity is not None:
        yield integrity


def _ground(config: AgentConfig, system: System, known: KnownCopy) -> Ground:
    backup_set = known.subject.backup_set.name
    newest = checkpoint.newest(config, system)
    limits, tests = config.limits, config.restore_tests
    return Ground(
        checkpoint=None if newest is None else (newest.tree_size, newest.root),
        manifest=manifest_file(config.state.dir, backup_set).signed,
        ledger=ledger_file(config, state_name(backup_set, known.subject.copy)),
        marker=known_marker(config.state.dir, backup_set, system.files),
        canary_since=planted_since(config.state.dir, backup_set, system.files),
        plot=Plot(
            folder=sandbox_folder(config),
            limit=limits.restore_bytes,
            user=tests.user,
            memory_bytes=tests.memory_bytes,
            processes=tests.processes,
            writable=(known.subject.scratch,),
        ),
    )


def _chosen(
    copies: Sequence[KnownCopy], wanted: Wanted, last: LastTests, now: datetime
) -> list[KnownCopy]:
    if wanted.backup_set is None and wanted.copy is None:
        return [known for known in copies if wanted.all or _is_due(known, last, now)]
    found = [known for known in copies if _is_named(known, wanted)]
    if not found:
        raise ConfigError(_no_such(copies, wanted))
    return found


def _is_named(known: KnownCopy, wanted: Wanted) -> bool:
    of_set = wanted.backup_set in (None, known.subject.backup_set.name)
    return of_set and wanted.copy in (None, known.subject.copy)


def _no_such(copies: Sequence[KnownCopy], wanted: Wanted) -> str:
    names = [f"{known.subject.backup_set.name}/{known.subject.copy}" for known in copies]
    asked = "/".join(part or "*" for part in (wanted.backup_set, wanted.copy))
    close = difflib.get_close_matches(asked, names, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(names)}"
    return f"no copy {asked!r} is configured{hint}"


def _is_due(known: KnownCopy, last: LastTests, now: datetime) -> bool:
    tested_at = last.at.get(_key(known))
    # A test dated in the future was made by a clock that was wrong.
    return tested_at is None or not timedelta(0) <= now - tested_at < DUE_AFTER


def _note_done(
    config: AgentConfig, system: System, known: KnownCopy, facts: Sequence[Observation]
) -> None:
    """Note that the copy was tested; a test that could not be made stays due."""
    if any(_has_outcome(fact) for fact in facts):
        last = _last_tests(config, system)
        known_now = {**last.at, _key(known): system.clock.now()}
        save(place(config, "restore-tests.json"), LastTests(at=known_now), system)


def _has_outcome(fact: Observation) -> bool:
    return isinstance(fact, RestoreTest) and fact.outcome is not Outcome.NOT_PERFORMED


def _last_tests(config: AgentConfig, system: System) -> LastTests:
    try:
        found = load_record(LastTests, place(config, "restore-tests.json"), system)
    except StateError:  # damaged: everything is due
        found = None
    return found or LastTests()


def _key(known: KnownCopy) -> str:
    return state_name(known.subject.backup_set.name, known.subject.copy)
