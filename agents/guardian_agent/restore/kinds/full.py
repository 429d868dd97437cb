"""The restore test of kind `full`: everything comes back, and every file is compared.

The newest restore point is restored into a room of its size by the tool itself, and timed: that is
what a recovery takes. What came back is then held against the signed manifest, file by file. The
files that the seed draws are proven one by one, as in a sample; of all others the counts are told.

`passed` needs everything back that the point must have, as it was signed, and something of each of
the set's paths.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.restore.begun import begin, chosen_by, on
from guardian_agent.restore.canary import places
from guardian_agent.restore.coverage import mark
from guardian_agent.restore.drawing import counting, drawn_places
from guardian_agent.restore.held import held
from guardian_agent.restore.judging import draw_of, verdict
from guardian_agent.restore.kind import Kind, Task
from guardian_agent.restore.livedata import nanoseconds, roots
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.population import Excerpt, Population, read_excerpt, read_population
from guardian_agent.restore.restoring import recognised
from guardian_agent.restore.result import DAMAGE, DAMAGE_WHEN_RESTORING
from guardian_agent.restore.room import Plot, Room
from guardian_agent.restore.sandbox import sandbox
from guardian_agent.restore.whole import Comparison, Tally, Tree
from guardian_agent.system import System
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.restores import CanaryReturn, Coverage, RestoreTest
from guardian_agent.wire.facts.words import Outcome, Reason
from guardian_agent.wire.names import Hash

NAME = "full"
BYTES_A_FILE = 4096
"""What a file system takes for a file beside its contents."""
STEPS = 100
"""How often at most progress is told."""

_STILL_COMPARED = frozenset({Reason.DAMAGED, Reason.EXIT_STATUS})
"""After these the tool has restored what it could, and the counts say how much."""

Enter = Callable[[Plot, System, int], AbstractContextManager[Room]]
"""Makes the room of one test; see `sandbox`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Nothing is to be chosen: all of it is restored."""


def full_test(task: Task[Settings], enter: Enter = sandbox) -> RestoreTest:
    """Make one full test of the copy's newest restore point and return its outcome."""
    test, opened = begin(task, NAME)
    if opened is None:
        return test
    full = _Full(task, opened, test)
    try:
        return full.made(enter)
    except ProbeError as error:
        task.progress(f"{full.where}: {error}", None)
        return broken_off_now(task, full.test, error, full.damage)
    except (OSError, StateError):  # our own manifest: the backup is not to blame
        return replace(full.test, reason=Reason.NOTHING_COMPARABLE)


class _Full:
    """One full test of one restore point; `test` is what is known of it so far."""

    def __init__(self, task: Task[Settings], opened: OpenPoint, test: RestoreTest) -> None:
        self.test = test
        self.damage = DAMAGE
        """What would be the backup's fault now."""
        self.where = f"{test.backup_set}/{test.copy}"
        self._task = task
        self._opened = opened
        self._files = task.system.files

    def made(self, enter: Enter) -> RestoreTest:
        """Restore and compare; raise `ProbeError`, and `OSError` or `StateError` of our own."""
        if not self._files.exists(self._task.ground.manifest):
            return replace(self.test, reason=Reason.NOTHING_COMPARABLE)
        with scratch_folder(self._task.subject, self._task.system) as scratch:
            manifest = held(self._files, self._task.ground.manifest, scratch)
            return self._held_against(manifest, enter)

    def _held_against(self, manifest: str, enter: Enter) -> RestoreTest:
        population = read_population(self._files, manifest)
        if population is None:
            return replace(self.test, reason=Reason.NOTHING_COMPARABLE)
        self.test = on(self.test, population)
        drawn = drawn_places(chosen_by(self.test), population.files)
        key = self._opened.subject.key
        excerpt = read_excerpt(self._files, population, key, drawn)
        wanted = population.bytes + BYTES_A_FILE * population.files
        text = f"{self.where}: restoring everything"
        filling = _Filling(self._files, _Progress(self._task, text, population.bytes))
        plot = replace(self._task.ground.plot, tick=filling.look)
        with enter(plot, self._task.system, wanted) as room:
            filling.begin(room.folder)
            tree, failed = self._restored(room)
            try:
                tally = self._compared(tree, drawn, population)
            except ProbeError:
                if failed is None:
                    raise
                return broken_off_now(self._task, self.test, failed, DAMAGE_WHEN_RESTORING)
            self._judge(tally, drawn, excerpt)
            self._look_for_paths(tree)
            self.test = replace(self.test, canary=self._canary(tally, tree))
        if failed is not None:
            self.test = broken_off_now(self._task, self.test, failed, DAMAGE_WHEN_RESTORING)
        return replace(self.test, coverage=self._noted(tally))

    def _restored(self, room: Room) -> tuple[Tree, ProbeError | None]:
        """Restore everything; return with what error the tool ended after restoring the rest."""
        clock, failed = self._task.system.clock, None
        tree = Tree(folder=room.folder, limit=room.limit, began_ns=nanoseconds(clock.now()))
        started, self.damage = clock.monotonic(), DAMAGE_WHEN_RESTORING
        try:
            self._opened.within(room.system).restore_all(room.folder, room.limit)
        except ProbeError as error:
            if error.reason not in _STILL_COMPARED:
                raise
            failed = error
        self.test = replace(self.test, duration_seconds=clock.monotonic() - started)
        self.damage = DAMAGE
        return tree, failed

    def _compared(self, tree: Tree, drawn: Sequence[int], population: Population) -> Tally:
        step = _Progress(self._task, f"{self.where}: comparing", population.bytes)
        comparison = Comparison(self._opened, tree, drawn, step.add)
        return comparison.run(population.path)

    def _judge(self, tally: Tally, drawn: Sequence[int], excerpt: Excerpt) -> None:
        """Take the results into the test, those of the draws with their proof."""
        results = [tally.drawn[place][0] for place in drawn]
        counted = drawn[: counting(results) or len(drawn)]
        key = self._opened.subject.key
        draws = tuple(
            draw_of(place, excerpt.records[place], *tally.drawn[place], key) for place in counted
        )
        outcome, reason = verdict(
            [each.result for each in draws], [each for each, count in tally.counts.items() if count]
        )
        proof = excerpt.proof(counted, self.test.manifest_files)
        self.test = replace(
            self.test,
            outcome=outcome,
            reason=reason,
            files_restored=tally.files,
            bytes_restored=tally.bytes,
            whole_files=tally.files,
            whole_bytes=tally.bytes,
            draws=draws,
            proof=tuple(Hash(each.hex()) for each in proof),
            compared=tally.compared(),
        )

    def _look_for_paths(self, tree: Tree) -> None:
        """Fail a test that brought nothing back of one of the set's paths."""
        if self.test.outcome is Outcome.FAILED:
            return
        for path in roots(self._opened.backup_set):
            place = self._opened.place(tree.folder, path)
            if (place is None or not self._files.exists(place)) and not self._is_empty(path):
                failed, reason = Outcome.FAILED, Reason.MISSING_FILE
                self.test = replace(self.test, outcome=failed, reason=reason)

    def _is_empty(self, path: str) -> bool:
        """Say whether this is a live folder without contents: archives may leave it out."""
        try:
            return next(self._files.scan(path), None) is None
        except OSError:
            return False

    def _canary(self, tally: Tally, tree: Tree) -> CanaryReturn | None:
        """Return the newest checkpoint among the set's own canaries that came back."""
        own = {self._opened.place(tree.folder, path) for path in places(self._opened.backup_set)}
        marker = self._task.ground.marker
        return recognised([path for path in tally.canaries if path in own], self._files, marker)

    def _noted(self, tally: Tally) -> Coverage | None:
        """Note what came back as it was signed; where that cannot be kept, it is tested again."""
        ground, at = self._task.ground, self.test.started_at
        with contextlib.suppress(OSError):
            return mark(self._files, ground.manifest, ground.ledger, at, tally.matched)
        return None


class _Filling:
    """Tells how far the tool has come by what it has taken of the disk."""

    def __init__(self, files: Files, progress: _Progress) -> None:
        self._files = files
        self._progress = progress
        self._folder = ""
        self._free = 0

    def begin(self, folder: str) -> None:
        """Take the folder as empty."""
        self._folder, self._free = folder, self._files.free_bytes(folder)
        self._progress.reach(0)

    def look(self) -> None:
        """Tell what has been taken since."""
        with contextlib.suppress(OSError):
            self._progress.reach(self._free - self._files.free_bytes(self._folder))


class _Progress:
    """Tells from time to time what share of the bytes is done."""

    def __init__(self, task: Task[Settings], text: str, whole: int) -> None:
        self._task = task
        self._text = text
        self._whole = max(1, whole)
        self._done = 0
        self._told: int | None = None

    def add(self, count: int) -> None:
        """Take `count` more bytes as done."""
        self.reach(self._done + count)

    def reach(self, count: int) -> None:
        """Take `count` bytes in all as done, never fewer than before."""
        self._done = max(self._done, count)
        if self._told is None or (self._done - self._told) * STEPS >= self._whole:
            self._told = self._done
            self._task.progress(self._text, min(1.0, self._done / self._whole))


KIND = Kind(
    name=NAME,
    settings=Settings,
    fits=lambda probe: probe.restorer is not None,
    by_default=False,
    # A week less than the quarter that central asks for by default: windows are waited for.
    every=timedelta(days=84),
    test=full_test,
)
