"""Do one chore: a restore test on its ground, or the check of the part whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardian_agent.config import AgentConfig
from guardian_agent.delivery import checkpoint
from guardian_agent.restore.canary import known_marker, planted_since
from guardian_agent.restore.integrity import check_integrity, turn_after
from guardian_agent.restore.kind import Ground, Progress, Task
from guardian_agent.restore.manifest import manifest_file
from guardian_agent.restore.room import Plot
from guardian_agent.run import marker
from guardian_agent.run.agenda import Item
from guardian_agent.run.attempt import Attempts, Step
from guardian_agent.run.bounds import bounded
from guardian_agent.run.copies import prepare, state_name
from guardian_agent.run.diary import Diary, Result
from guardian_agent.run.facts import Facts
from guardian_agent.run.marker import Begun
from guardian_agent.run.places import ledger_file, sandbox_folder
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Observation


def perform(
    config: AgentConfig, system: System, item: Item, diary: Diary, progress: Progress
) -> Facts:
    """Do it; its one fact is left for the next pass and noted before this returns.

    Raises:
        StateError: the state cannot be written; nothing is done that could not be told.
    """
    chore = item.chore
    work = _Work(config, system, item, progress)
    begun = work.begun()
    marker.begin(config, system, begun)
    step = Step(probe=Slug(chore.known.probe.tool), backup_set=chore.backup_set, copy=chore.copy)
    facts = Attempts(system.files, None).attempt(step, work.facts())
    result = _result(facts) or marker.not_done(begun, _why(facts))
    marker.end(config, system, result)
    diary.note(result, work.turn)
    return replace(facts, observations=(result,))


def _result(facts: Facts) -> Result | None:
    for fact in facts.observations:
        if isinstance(fact, RestoreTest | Integrity):
            return fact
    return None


def _why(facts: Facts) -> Reason:
    """Return why an attempt stated nothing."""
    return facts.failures[0].reason if facts.failures else Reason.UNSUPPORTED


class _Work:
    """One chore with all that it needs."""

    def __init__(self, config: AgentConfig, system: System, item: Item, progress: Progress) -> None:
        self._config = config
        self._system = system
        self._chore = item.chore
        self._progress = progress
        self._checkpoint = checkpoint.newest(config, system)
        known = item.chore.known
        self.turn = turn_after(known.probe, known.subject, item.past.turn)

    def begun(self) -> Begun:
        """Return what is marked before it begins."""
        begun = Begun(
            backup_set=self._chore.backup_set,
            copy=self._chore.copy,
            chore=self._chore.name,
            started_at=self._system.clock.now(),
        )
        if self._chore.kind is None:
            return replace(begun, part=self.turn.part, parts=self.turn.parts)
        if self._checkpoint is None:
            return begun
        size, root = self._checkpoint.tree_size, self._checkpoint.root
        return replace(begun, checkpoint_size=size, checkpoint_root=root)

    def facts(self) -> Iterator[Observation]:
        """Do it."""
        known = self._chore.known
        prepare(known, self._system.files)
        if self._chore.kind is not None:
            yield self._chore.kind.test(self._task())
            return
        where = f"{self._chore.backup_set}/{self._chore.copy}"
        part = f", part {self.turn.part} of {self.turn.parts}" if self.turn.parts > 1 else ""
        self._progress(f"{where}: reading the stored data{part}", None)
        integrity = check_integrity(known.probe, known.subject, self._system, self.turn)
        if integrity is not None:
            yield integrity

    def _task(self) -> Task[object]:
        seconds = self._chore.within.total_seconds()
        output_bytes = self._config.limits.output_bytes
        return Task(
            probe=self._chore.known.probe,
            subject=self._chore.known.subject,
            settings=self._chore.settings,
            ground=self._ground(),
            system=bounded(self._system, seconds=seconds, output_bytes=output_bytes),
            progress=self._progress,
        )

    def _ground(self) -> Ground:
        backup_set, state = self._chore.backup_set, self._config.state.dir
        newest, files = self._checkpoint, self._system.files
        return Ground(
            checkpoint=None if newest is None else (newest.tree_size, newest.root),
            manifest=manifest_file(state, backup_set).signed,
            ledger=ledger_file(self._config, state_name(backup_set, self._chore.copy)),
            marker=known_marker(state, backup_set, files),
            canary_since=planted_since(state, backup_set, files),
            plot=self._plot(),
        )

    def _plot(self) -> Plot:
        tests = self._config.restore_tests
        return Plot(
            folder=sandbox_folder(self._config),
            limit=self._chore.room_bytes,
            user=tests.user,
            memory_bytes=tests.memory_bytes,
            processes=tests.processes,
            writable=(self._chore.known.subject.scratch,),
        )
