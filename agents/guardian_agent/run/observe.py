"""Look at everything that is configured, once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from guardian_agent.config import (
    AgentConfig,
    BackupSet,
    Bucket,
    Copy,
    Database,
    Jobs,
    Volume,
    Watch,
)
from guardian_agent.delivery import checkpoint
from guardian_agent.exposure.travelling import may_travel
from guardian_agent.restore.canary import known_marker, planted
from guardian_agent.restore.manifest import Budget, manifest_file, take_manifest
from guardian_agent.run.attempt import Attempts, Step
from guardian_agent.run.bounds import bounded
from guardian_agent.run.copies import (
    INSTALLED,
    KnownCopy,
    Toolbox,
    copy_facts,
    known_copies,
    state_name,
)
from guardian_agent.run.facts import Facts, joined
from guardian_agent.run.settings import scheduled_settings
from guardian_agent.system import System
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.coverage.holdings import Holdings
    from guardian_agent.exposure.look import Bytes
    from guardian_agent.wire.observations import Observation


def observe(
    config: AgentConfig,
    system: System,
    secret: bytes,
    *,
    remember: bool = False,
    toolbox: Toolbox = INSTALLED,
) -> Facts:
    """Look at every copy, every set's live data and every watched place.

    Args:
        config: what is configured.
        system: the machine.
        secret: the key for hashes of ids and paths.
        remember: keep what makes the next pass cheap and shows an interrupted one; else the
            state is only read.
        toolbox: the probes there are.

    Raises:
        ConfigError: a tool or a database engine is configured that nothing here knows.
    """
    copies = known_copies(config, secret, toolbox, "run" if remember else "show")
    if config.databases:
        from guardian_agent.exposure.databases import prove_known  # noqa: PLC0415 - few have one

        prove_known(config.databases)
    return _Look(config, system, secret, remember=remember).facts(copies)


class _Look:
    """One look; `remember` is False where nothing may be left behind."""

    def __init__(
        self, config: AgentConfig, system: System, secret: bytes, *, remember: bool
    ) -> None:
        self._config = config
        self._system = system
        self._secret = secret
        self._remember = remember
        self._state = config.state.dir
        self._attempts = Attempts(system.files, f"{self._state}/pass.json" if remember else None)
        self._holdings = self._overheard()

    def facts(self, copies: list[KnownCopy]) -> Facts:
        """Look at everything, one step after the other."""
        found = joined(
            (
                *self._copies(copies),
                *self._live_data(),
                *self._coverage(),
                *self._exposures(),
                *self._settings(),
            )
        )
        self._attempts.close()
        return found

    def _copies(self, copies: list[KnownCopy]) -> Iterator[Facts]:
        for known in copies:
            backup_set, copy = known.subject.backup_set.name, Name(known.subject.copy)
            step = Step(probe=Slug(known.probe.tool), backup_set=backup_set, copy=copy)
            kept = f"{self._state}/contents/{state_name(backup_set, copy)}"
            cache = kept if self._remember else None
            marker = known_marker(self._state, backup_set, self._system.files)
            if self._holdings is not None:
                self._holdings.expect(known.subject)
            facts = copy_facts(known, self._bounded(), cache, marker, self._holdings)
            yield self._attempts.attempt(step, facts)

    def _overheard(self) -> Holdings | None:
        if not self._config.coverage.enabled:
            return None
        from guardian_agent.coverage.holdings import Holdings  # noqa: PLC0415 - may be off

        return Holdings(self._system, f"{self._state}/coverage", remember=self._remember)

    def _coverage(self) -> Iterator[Facts]:
        if self._holdings is not None:
            yield self._attempts.attempt(Step(probe=Slug("coverage")), self._areas(self._holdings))

    def _areas(self, holdings: Holdings) -> Iterator[Observation]:
        from guardian_agent.coverage.look import look  # noqa: PLC0415 - as above

        known = holdings.all()
        yield look(self._config, self._system, self._secret, known, remember=self._remember)

    def _bounded(self) -> System:
        limits = self._config.limits
        return bounded(self._system, seconds=limits.probe_seconds, output_bytes=limits.output_bytes)

    def _live_data(self) -> Iterator[Facts]:
        budget = Budget(self._config.limits.hash_bytes)
        for backup_set in self._config.backup_sets:
            if backup_set.paths:
                step = Step(probe=Slug("manifest"), backup_set=backup_set.name)
                yield self._attempts.attempt(step, self._set_facts(backup_set, budget))

    def _set_facts(self, backup_set: BackupSet, budget: Budget) -> Iterator[Observation]:
        where = manifest_file(self._state, backup_set.name)
        yield take_manifest(
            backup_set, self._secret, self._system, budget, where, remember=self._remember
        )
        yield planted(backup_set, self._canary(backup_set), self._system.files)

    def _canary(self, backup_set: BackupSet) -> Canary | None:
        newest = checkpoint.newest(self._config, self._system)
        marker = known_marker(self._state, backup_set.name, self._system.files)
        if newest is None or marker is None:
            return None
        return Canary(marker=marker, tree_size=newest.tree_size, root=newest.root)

    def _exposures(self) -> Iterator[Facts]:
        if not self._config.exposures:
            return
        # Classifiers of many formats: imported on servers that watch a place.
        from guardian_agent.exposure.look import Bytes  # noqa: PLC0415

        left = Bytes(self._config.limits.scan_bytes)
        for watch in self._config.exposures:
            step = Step(probe=Slug("exposure"), watch=watch.name)
            yield self._attempts.attempt(step, self._exposure(watch, left))

    def _settings(self) -> Iterator[Facts]:
        """Look at what decides who can read: transports, jobs, volumes, databases, buckets."""
        for backup_set in self._config.backup_sets:
            for copy in backup_set.copies:
                step = Step(probe=Slug("transport"), backup_set=backup_set.name, copy=copy.name)
                yield self._attempts.attempt(step, self._transport(backup_set, copy))
        if self._config.jobs is not None:
            yield self._attempts.attempt(Step(probe=Slug("jobs")), self._jobs(self._config.jobs))
            schedules = self._schedules(self._config.jobs)
            yield self._attempts.attempt(Step(probe=Slug("schedules")), schedules)
        for volume in self._config.volumes:
            step = Step(probe=Slug("volume"), watch=volume.name)
            yield self._attempts.attempt(step, self._volume(volume))
        for database in self._config.databases:
            step = Step(probe=Slug("database"), watch=database.name)
            yield self._attempts.attempt(step, self._database(database))
        for bucket in self._config.buckets:
            step = Step(probe=Slug("bucket"), watch=bucket.name)
            yield self._attempts.attempt(step, self._bucket(bucket))

    def _transport(self, backup_set: BackupSet, copy: Copy) -> Iterator[Observation]:
        if not may_travel(copy, self._system.files):
            return
        from guardian_agent.exposure import transports  # noqa: PLC0415 - not for `observe` to load

        found = transports.observe(backup_set, copy, self._system, self._system.clock.now())
        if found is not None:
            yield found

    def _jobs(self, where: Jobs) -> Iterator[Observation]:
        from guardian_agent.exposure.reach import jobs  # noqa: PLC0415 - few servers have it

        yield jobs.observe(where, self._system)

    def _schedules(self, where: Jobs) -> Iterator[Observation]:
        from guardian_agent.exposure.reach import schedules  # noqa: PLC0415 - as above

        found = schedules.read(where, self._system)
        if found is None:  # not all could be seen: then nothing is known to be gone
            return
        for backup_set in self._config.backup_sets:
            for copy in backup_set.copies:
                yield scheduled_settings(backup_set, copy, found, self._secret)

    def _volume(self, volume: Volume) -> Iterator[Observation]:
        from guardian_agent.exposure import volumes  # noqa: PLC0415 - few servers have one

        yield volumes.observe(volume, self._bounded())

    def _database(self, database: Database) -> Iterator[Observation]:
        from guardian_agent.exposure import databases  # noqa: PLC0415 - few servers have one

        yield databases.observe(database, self._bounded())

    def _bucket(self, bucket: Bucket) -> Iterator[Observation]:
        from guardian_agent.exposure import buckets  # noqa: PLC0415 - few servers have one

        yield from buckets.observe(bucket, self._system)

    def _exposure(self, watch: Watch, left: Bytes) -> Iterator[Observation]:
        from guardian_agent.exposure import scan  # noqa: PLC0415 - as above

        memory = scan.memory_of(self._state, watch.name)
        aims = scan.aims_of(watch, self._system, self._secret)
        yield from scan.observe(
            watch, self._config.limits, self._system, memory, left, aims, remember=self._remember
        )
