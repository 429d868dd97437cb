"""The restore test of kind `sample`: a few files that nobody chose, restored and compared.

Most are drawn from a manifest that an earlier statement signed, by a seed that follows from
central's newest checkpoint; they say how sure one may be of all files. Beside them come those whose
turn it is, so that everything is tested in time. All are restored in one call, without a cache and
without listing the restore point before, and their hashes are held against the signed ones. Live
files are not compared with: they change.

`passed` needs at least one file drawn that is as signed, and none different or missing. Whatever
kept the test from being made is `not_performed` with its reason, never a pass and never a failure
of the backup.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.errors import DecodeError, ProbeError, StateError
from guardian_agent.restore.begun import begin, chosen_by, on
from guardian_agent.restore.comparing import compare
from guardian_agent.restore.coverage import mark
from guardian_agent.restore.drawing import counting, drawn_places, enough
from guardian_agent.restore.judging import added_up, draw_of, verdict
from guardian_agent.restore.kind import Kind, Task
from guardian_agent.restore.ledger import read_ledger
from guardian_agent.restore.livedata import nanoseconds
from guardian_agent.restore.meanwhile import broken_off_now
from guardian_agent.restore.open_point import OpenPoint
from guardian_agent.restore.population import Excerpt, Population, read_excerpt, read_population
from guardian_agent.restore.restoring import Restored, restore
from guardian_agent.restore.result import DAMAGE, DAMAGE_WHEN_RESTORING
from guardian_agent.restore.rotation import Bounds, Moment, Slice, choose_slice
from guardian_agent.wire.facts.restores import Coverage, DrawResult, RestoreTest
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Hash

NAME = "sample"
BAD = frozenset({DrawResult.MISMATCHED, DrawResult.MISSING})
EVERY = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a sample takes beside the files drawn, those whose turn it is."""

    all_within: timedelta = timedelta(days=365)
    """In what time all files are to be tested, as far as the bounds allow."""
    turn_files: int = 64
    """At most so many files each time."""
    turn_bytes: int = 64 * 1024 * 1024
    """At most so many bytes each time, and never more than 8 % of all. A larger file is left to a
    test of kind `full`."""

    def __post_init__(self) -> None:
        if self.all_within <= timedelta(0):
            raise DecodeError('expected a time, such as "365d"', "$.all_within")


def sample_test(task: Task[Settings]) -> RestoreTest:
    """Make one restore test of the copy's newest restore point and return its outcome."""
    test, opened = begin(task, NAME)
    if opened is None:
        return test
    sample = _Sample(task, opened, test)
    try:
        return sample.made()
    except ProbeError as error:
        return broken_off_now(task, sample.test, error, sample.damage)
    except (OSError, StateError):  # our own manifest: the backup is not to blame
        return replace(sample.test, reason=Reason.NOTHING_COMPARABLE)


class _Sample:
    """One sample of one restore point; `test` is what is known of it so far."""

    def __init__(self, task: Task[Settings], opened: OpenPoint, test: RestoreTest) -> None:
        self.test = test
        self.damage = DAMAGE
        """What would be the backup's fault now."""
        self._task = task
        self._opened = opened
        self._files = task.system.files
        self._restored = Restored()

    def made(self) -> RestoreTest:
        """Draw, restore, compare; raise `ProbeError`, and `OSError` or `StateError` of our own."""
        population = read_population(self._files, self._task.ground.manifest)
        if population is None:
            return replace(self.test, reason=Reason.NOTHING_COMPARABLE)
        drawn_by = chosen_by(self.test)
        drawn = drawn_places(drawn_by, population.files)
        turn = self._turn(population, drawn, drawn_by)
        key, wanted = self._opened.subject.key, [*drawn, *turn.places]
        excerpt = read_excerpt(self._files, population, key, wanted)
        self.test = on(self.test, population)
        return self._compared(drawn, turn, excerpt, population.files)

    def _turn(self, population: Population, drawn: Sequence[int], drawn_by: bytes) -> Slice:
        """Return the files whose turn it is; none while there is no index."""
        settings, index = self._task.settings, population.index
        if index is None:
            return Slice(places=(), numbers={})
        bounds = Bounds(
            files=settings.turn_files,
            bytes=settings.turn_bytes,
            within=settings.all_within,
            every=EVERY,
        )
        at = Moment(
            seed=drawn_by,
            now=_seconds(self.test.started_at),
            point_began=_seconds(self._opened.point.started_at),
        )
        ledger = read_ledger(self._files, self._task.ground.ledger, index.summary)
        return choose_slice(self._files, index, ledger, frozenset(drawn), bounds, at)

    def _compared(
        self, drawn: Sequence[int], turn: Slice, excerpt: Excerpt, files: int
    ) -> RestoreTest:
        began = nanoseconds(self._opened.point.started_at)
        first = enough(drawn, excerpt.records, began)
        results = self._results([*drawn[:first], *turn.places], excerpt)
        ordered = [results[place] for place in drawn[:first]]
        # What came back bad says enough; another call could only end before it is told.
        is_bad = not BAD.isdisjoint(results.values())
        if counting(ordered) is None and first < len(drawn) and not is_bad:
            results |= self._results(drawn[first:], excerpt)
            ordered = [results[place] for place in drawn]
        counted = drawn[: counting(ordered) or len(ordered)]
        self._measured(drawn=counted, results=results, excerpt=excerpt)
        proof = excerpt.proof(counted, files)
        coverage = self._noted(results, turn)
        return replace(
            self.test, proof=tuple(Hash(each.hex()) for each in proof), coverage=coverage
        )

    def _results(self, places: Sequence[int], excerpt: Excerpt) -> dict[int, DrawResult]:
        """Restore the files at these places, as far as they have a hash, and compare them."""
        records = [excerpt.records[place] for place in places]
        sizes = {each.path: each.size for each in records if each.content is not None}
        if sizes:
            self._restored = self._restored.joined(self._restore(sizes))
        results = compare(self._opened, records, self._restored)
        return dict(zip(places, results, strict=True))

    def _restore(self, sizes: Mapping[str, int]) -> Restored:
        ground = self._task.ground
        where = f"{self.test.backup_set}/{self.test.copy}"
        self._task.progress(f"{where}: restoring {len(sizes)} files", None)
        self.damage = DAMAGE_WHEN_RESTORING
        try:
            restored = restore(self._opened, sizes, ground.plot, ground.marker)
        except OSError as error:
            message = f"what came back cannot be read: {error}"
            raise ProbeError(Reason.PERMISSION_DENIED, message) from error
        self.damage = DAMAGE
        return restored

    def _measured(
        self, *, drawn: Sequence[int], results: Mapping[int, DrawResult], excerpt: Excerpt
    ) -> None:
        """Take what came back into the test, and judge it."""
        restored, records, key = self._restored, excerpt.records, self._opened.subject.key
        draws = []
        for place in drawn:
            back = restored.back.get(records[place].path)
            content = None if back is None else back.content
            draws.append(draw_of(place, records[place], results[place], content, key))
        beyond = sorted(results.keys() - set(drawn))
        others = [results[place] for place in beyond]
        outcome, reason = verdict([each.result for each in draws], others)
        self.test = replace(
            self.test,
            outcome=outcome,
            reason=reason,
            duration_seconds=restored.seconds,
            files_restored=restored.files,
            bytes_restored=restored.bytes,
            canary=restored.canary,
            draws=tuple(draws),
            compared=added_up([records[place] for place in beyond], others),
        )

    def _noted(self, results: Mapping[int, DrawResult], turn: Slice) -> Coverage | None:
        """Note what came back as it was signed, and what came back bad.

        Where that cannot be kept, it is tested again.
        """
        good, bad = set[int](), set[int]()
        for place, number in turn.numbers.items():
            result = results.get(place)
            if result is DrawResult.MATCHED:
                good.add(number)
            elif result in BAD:
                bad.add(number)
        manifest, ledger = self._task.ground.manifest, self._task.ground.ledger
        with contextlib.suppress(OSError):
            return mark(self._files, manifest, ledger, self.test.started_at, good, bad)
        return None


def _seconds(moment: datetime) -> int:
    return nanoseconds(moment) // 10**9


KIND = Kind(
    name=NAME,
    settings=Settings,
    fits=lambda probe: probe.restorer is not None,
    by_default=True,
    every=EVERY,
    test=sample_test,
)
