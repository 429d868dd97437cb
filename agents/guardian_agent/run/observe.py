"""Look at everything that is configured, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from guardian_agent.config import AgentConfig, BackupSet, Watch
from guardian_agent.delivery import checkpoint
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
from guardian_agent.system import System
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What all steps of one pass share. `remember` is False where nothing may be left behind."""

    config: AgentConfig
    system: System
    secret: bytes
    remember: bool
    attempts: Attempts

    @property
    def state(self) -> str:
        """The agent's state folder."""
        return self.config.state.dir


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
        ConfigError: a tool is configured that no probe knows.
    """
    copies = known_copies(config, secret, toolbox, "run" if remember else "show")
    marker = f"{config.state.dir}/pass.json" if remember else None
    look = Look(
        config=config,
        system=system,
        secret=secret,
        remember=remember,
        attempts=Attempts(system.files, marker),
    )
    facts = joined((*_copies(look, copies), *_live_data(look), *_exposures(look)))
    look.attempts.close()
    return facts


def _copies(look: Look, copies: list[KnownCopy]) -> Iterator[Facts]:
    for known in copies:
        backup_set, copy = known.subject.backup_set.name, Name(known.subject.copy)
        step = Step(probe=Slug(known.probe.tool), backup_set=backup_set, copy=copy)
        cache = f"{look.state}/contents/{state_name(backup_set, copy)}" if look.remember else None
        marker = known_marker(look.state, backup_set, look.system.files)
        yield look.attempts.attempt(step, copy_facts(known, _probing(look), cache, marker))


def _probing(look: Look) -> System:
    limits = look.config.limits
    return bounded(look.system, seconds=limits.probe_seconds, output_bytes=limits.output_bytes)


def _live_data(look: Look) -> Iterator[Facts]:
    budget = Budget(look.config.limits.hash_bytes)
    for backup_set in look.config.backup_sets:
        if backup_set.paths:
            step = Step(probe=Slug("manifest"), backup_set=backup_set.name)
            yield look.attempts.attempt(step, _set_facts(look, backup_set, budget))


def _set_facts(look: Look, backup_set: BackupSet, budget: Budget) -> Iterator[Observation]:
    where = manifest_file(look.state, backup_set.name)
    yield take_manifest(backup_set, look.secret, look.system, budget, where, remember=look.remember)
    yield planted(backup_set, _canary(look, backup_set), look.system.files)


def _canary(look: Look, backup_set: BackupSet) -> Canary | None:
    newest = checkpoint.newest(look.config, look.system)
    marker = known_marker(look.state, backup_set.name, look.system.files)
    if newest is None or marker is None:
        return None
    return Canary(marker=marker, tree_size=newest.tree_size, root=newest.root)


def _exposures(look: Look) -> Iterator[Facts]:
    for watch in look.config.exposures:
        step = Step(probe=Slug("exposure"), watch=watch.name)
        yield look.attempts.attempt(step, _exposure(look, watch))


def _exposure(look: Look, watch: Watch) -> Iterator[Observation]:
    # Classifiers of twenty formats: imported on servers that watch a place.
    from guardian_agent.exposure import scan  # noqa: PLC0415

    yield scan.observe(watch, look.config.limits, look.system)
