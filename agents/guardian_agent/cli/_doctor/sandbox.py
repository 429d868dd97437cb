"""Where restore tests work, and what this machine gives to keep them apart."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.cli._amounts import size
from guardian_agent.cli._doctor.line import Line, fail, ok, warn
from guardian_agent.config import AgentConfig
from guardian_agent.errors import ConfigError
from guardian_agent.restore.livedata import folder_of
from guardian_agent.restore.sandbox import KEPT_FREE_BYTES
from guardian_agent.run.kept_off import refuse_overlap
from guardian_agent.run.places import sandbox_folder
from guardian_agent.system import Protections, System

_CHECK = "sandbox"


def about_sandbox(config: AgentConfig, system: System) -> Iterator[Line]:
    """Yield what there is to say about where restore tests work."""
    try:
        refuse_overlap(config, system.files)
    except ConfigError as error:
        yield fail(_CHECK, str(error), "no restore test is made before")
        return
    can = system.volumes.protections()
    yield _space(config, system)
    yield _writing(can)
    yield _fixed_size(can, system)
    yield _user(config, can, system)
    yield _network(can)


def _space(config: AgentConfig, system: System) -> Line:
    folder = sandbox_folder(config)
    there = folder if system.files.exists(folder) else folder_of(folder)
    try:
        free = system.files.free_bytes(there)
    except OSError as error:
        return fail(_CHECK, f"{there}: {error.strerror}", "make it, or correct limits.sandbox")
    wanted = config.limits.restore_bytes + KEPT_FREE_BYTES
    found = f"{folder} has {size(free)} free"
    if free >= wanted:
        return ok(_CHECK, found)
    mend = f"set limits.sandbox to a folder with {size(wanted)}, or lower limits.restore_bytes"
    return warn(_CHECK, found, mend)


def _writing(can: Protections) -> Line:
    if can.landlock:
        found = f"tools can write nowhere else, and run nothing there (Landlock {can.landlock})"
        return ok(_CHECK, found)
    found = "tools can write wherever their user may: this kernel gives no Landlock"
    return warn(_CHECK, found, "run Linux 5.19 or newer with Landlock in its `lsm=` list")


def _fixed_size(can: Protections, system: System) -> Line:
    if can.fixed_size:
        return ok(_CHECK, "it has a fixed size, and goes with the test however that ends")
    found = "a guard keeps its size, and the next pass removes what a killed test left"
    if system.files.user_id() != 0:
        return ok(_CHECK, found)
    mend = "let root mount in a namespace of its own, load `loop`, and install e2fsprogs"
    return warn(_CHECK, found, mend)


def _user(config: AgentConfig, can: Protections, system: System) -> Line:
    user, folder = config.restore_tests.user, sandbox_folder(config)
    if not can.other_user:
        return ok(_CHECK, "restored databases run as the agent's own user")
    if not system.volumes.knows(user):
        return warn(_CHECK, f"there is no user {user!r}", "set restore_tests.user to one that is")
    if not can.fixed_size and not system.volumes.enters(f"{folder}/room", user):
        mend = "set limits.sandbox to a folder that every user may pass through"
        return warn(_CHECK, f"user {user} cannot pass through to {folder}", mend)
    return ok(_CHECK, f"restored databases run as user {user}")


def _network(can: Protections) -> Line:
    if can.no_network:
        return ok(_CHECK, "restored databases have no network")
    found = "restored databases can reach the network"
    return warn(_CHECK, found, "run on x86-64, ARM or RISC-V, or let the agent be root")
