"""The agent itself: its state, its key, its clock, its way to central."""

from __future__ import annotations

from collections.abc import Iterator

from guardian_agent.cli._amounts import count, size
from guardian_agent.cli._doctor.line import Line, fail, ok, warn
from guardian_agent.config import AgentConfig
from guardian_agent.delivery import checkpoint, spool
from guardian_agent.delivery.identity import Identity, load_granted, load_identity
from guardian_agent.errors import AgentError, DeliveryError
from guardian_agent.system import System

PRIVATE_FILES = ("key", "secret", "identity.json")

_OTHERS = 0o077
_RESERVE = 64 * 1024 * 1024
_SECONDS = 15.0


def about_agent(config: AgentConfig, system: System) -> Iterator[Line]:
    """Yield what there is to say about the agent itself."""
    yield _state_directory(config, system)
    yield from _identity(config, system)
    yield _clock(config, system)
    yield from _spool(config, system)
    yield _space(config, system)


def _identity(config: AgentConfig, system: System) -> Iterator[Line]:
    try:
        if load_granted(config, system) is None:
            mend = "get a token from your provider, run guardian-agent enroll --token-file FILE"
            yield fail("key", "not enrolled", mend)
            return
        identity = load_identity(config, system)
    except AgentError as error:
        mend = "look as the agent's own user; if it is lost, enrol anew with a new token"
        yield fail("key", str(error), mend)
        return
    who = f"{identity.client}/{identity.agent}"
    yield ok("key", f"enrolled as {who}, epoch {identity.epoch}, key {identity.key_id[:16]}")
    yield from _private_files(config, system)
    yield _central(config, identity, system)


def _state_directory(config: AgentConfig, system: System) -> Line:
    path = config.state.dir
    try:
        found = system.files.stat(path, follow=True)
    except OSError as error:
        mend = "enroll makes it; it must be writable for the agent's user"
        return fail("state", f"{path}: {error.strerror}", mend)
    if found.mode & _OTHERS:
        return warn("state", f"{path} is open to others ({found.mode:04o})", f"chmod 0700 {path}")
    trial = f"{path}/.doctor"
    try:
        system.files.write(trial, b"")
        system.files.remove(trial)
    except OSError as error:
        mend = "look as the agent's own user; let it write there"
        return fail("state", f"{path} cannot be written: {error.strerror}", mend)
    return ok("state", path)


def _private_files(config: AgentConfig, system: System) -> Iterator[Line]:
    for name in PRIVATE_FILES:
        path = f"{config.state.dir}/{name}"
        if system.files.exists(path) and system.files.stat(path).mode & _OTHERS:
            mend = f"chmod 0600 {path}; if somebody may have read it, enrol anew"
            yield fail("key", f"{path} can be read by others", mend)


def _central(config: AgentConfig, identity: Identity, system: System) -> Line:
    url = config.central.url
    if url.startswith("file://"):
        return _drop_folder(url.removeprefix("file://"), identity, system)
    try:
        # Central answers this POST with "method not allowed": reached, and counted nowhere.
        system.network.post(
            f"{url.rstrip('/')}/healthz",
            b"",
            headers={},
            pin=identity.pin,
            seconds=_SECONDS,
            limit=1024,
        )
    except DeliveryError as error:
        mend = "check the address, the network and that central runs"
        return fail("central", str(error), mend)
    return ok("central", f"{url} answers, and its key is the pinned one")


def _drop_folder(folder: str, identity: Identity, system: System) -> Line:
    inbox = f"{folder}/inbox/{identity.key_id}"
    trial = f"{inbox}/.doctor"
    try:
        system.files.stat(folder)
        system.files.make_directory(inbox, 0o770)
        system.files.write(trial, b"")
        system.files.remove(trial)
    except OSError as error:
        mend = "mount it, and let the agent's user write in it"
        return fail("central", f"drop folder {folder}: {error.strerror}", mend)
    return ok("central", f"drop folder {folder} can be written")


def _clock(config: AgentConfig, system: System) -> Line:
    now = system.clock.now()
    try:
        newest = checkpoint.newest(config, system)
    except AgentError as error:
        mend = (
            "look as the agent's own user; a damaged file may be removed: receipts bring a new one"
        )
        return fail("clock", str(error), mend)
    if newest is None:
        mend = "let time synchronisation run (timedatectl)"
        return warn("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, compared with nothing yet", mend)
    if now < newest.received_at:
        behind = f"central's last receipt is of {newest.received_at:%Y-%m-%d %H:%M:%S} UTC"
        mend = "set the clock, and let time synchronisation run (timedatectl)"
        return fail("clock", f"it says {now:%Y-%m-%d %H:%M:%S} UTC, but {behind}", mend)
    return ok("clock", f"{now:%Y-%m-%d %H:%M:%S} UTC, after central's last receipt")


def _spool(config: AgentConfig, system: System) -> Iterator[Line]:
    try:
        waiting = len(spool.waiting(config, system))
        refused = spool.refused(config, system)
    except AgentError as error:
        yield fail("spool", str(error), "let the agent's user read and write its state directory")
        return
    if waiting:
        mend = "guardian-agent run tries again, and says what is in the way"
        yield warn("spool", f"not delivered yet: {count(waiting, 'statement')}", mend)
    else:
        yield ok("spool", "nothing waits")
    if refused:
        reasons = ", ".join(sorted({name.rpartition(".")[2] for name in refused}))
        mend = f"ask your provider; they lie in {config.state.dir}/refused"
        yield warn("spool", f"central refused {count(len(refused), 'statement')}: {reasons}", mend)


def _space(config: AgentConfig, system: System) -> Line:
    wanted = config.state.spool_bytes + _RESERVE
    try:
        free = system.files.free_bytes(config.state.dir)
    except OSError as error:
        return fail("space", f"{config.state.dir}: {error.strerror}", "make the state directory")
    found = f"{size(free)} free in {config.state.dir}"
    if free >= wanted:
        return ok("space", found)
    mend = f"free {size(wanted)}, or lower state.spool_bytes"
    return (fail if free < _RESERVE else warn)("space", found, mend)
