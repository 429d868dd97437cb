"""One pass, for a timer: look, state, spool, deliver, plant the canary. Nothing stays in memory."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace

from guardian_agent.config import AgentConfig
from guardian_agent.delivery import checkpoint, pending, stream
from guardian_agent.delivery.drain import Delivery, deliver
from guardian_agent.delivery.identity import Identity, load_identity
from guardian_agent.errors import StateError
from guardian_agent.restore.canary import marker, note_planted, plant
from guardian_agent.restore.manifest import manifest_file
from guardian_agent.run.copies import INSTALLED, Toolbox
from guardian_agent.run.facts import Facts
from guardian_agent.run.left_overs import clear_restores
from guardian_agent.run.observe import observe
from guardian_agent.run.places import clear, pass_lock, restore_lock, scratch_folder
from guardian_agent.system import System
from guardian_agent.wire.canary import Canary
from guardian_agent.wire.facts.livedata import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How a pass ended: what it stated, and what became of the statements in the spool."""

    facts: Facts
    delivery: Delivery


def take_turn(config: AgentConfig, system: System, toolbox: Toolbox = INSTALLED) -> Turn:
    """Make one pass.

    Raises:
        StateError: the agent is not enrolled, or another pass is at work.
        ConfigError: a tool is configured that no probe knows.
    """
    identity = load_identity(config, system)
    with system.files.lock(pass_lock(config)):
        cleared = _clear_left_overs(config, system)
        facts = observe(config, system, identity.secret, remember=True, toolbox=toolbox)
        _state(config, system, identity, facts)
        delivery = deliver(config, system, identity)
        unplanted = plant_canaries(config, system)
    return Turn(facts=replace(facts, notes=(*cleared, *facts.notes, *unplanted)), delivery=delivery)


def plant_canaries(config: AgentConfig, system: System) -> list[str]:
    """Write the newest checkpoint into every set's live data; return what went wrong, in words."""
    newest = checkpoint.newest(config, system)
    wrong: list[str] = []
    if newest is None:
        return wrong
    for backup_set in config.backup_sets:
        if not backup_set.paths:
            continue
        try:
            kept = marker(config.state.dir, backup_set.name, system)
            canary = Canary(marker=kept, tree_size=newest.tree_size, root=newest.root)
            plant(backup_set, canary, system.files)
            note_planted(config.state.dir, backup_set.name, system)
        except OSError as error:
            wrong.append(f"canary of {backup_set.name}: cannot be written: {error.strerror}")
        except StateError as error:
            wrong.append(f"canary of {backup_set.name}: {error}")
    return wrong


def _state(config: AgentConfig, system: System, identity: Identity, facts: Facts) -> None:
    """Spool what was found and what waited for this pass; only then forget and move on."""
    waiting = pending.waiting(config, system)
    observations = [*facts.observations, *(fact for _, fact in waiting)]
    stream.append(config, system, identity, observations, facts.failures)
    pending.clear(system, [path for path, _ in waiting])
    for fact in facts.observations:
        if isinstance(fact, Manifest):
            manifest_file(config.state.dir, fact.backup_set).keep(system.files)


def _clear_left_overs(config: AgentConfig, system: System) -> tuple[str, ...]:
    """Remove what a killed pass left, and a killed restore test, unless one is at work now."""
    clear(scratch_folder(config, "run"), system.files)
    with (
        contextlib.suppress(OSError, StateError),
        system.files.lock(restore_lock(config)),
    ):
        return clear_restores(config, system)
    return ()
