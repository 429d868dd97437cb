"""`guardian-agent exec`: run a backup job and remember how it ended."""

from __future__ import annotations

import argparse
from datetime import datetime

from guardian_agent.cli._frame import Load, complain
from guardian_agent.errors import AgentError, ConfigError
from guardian_agent.system import System

HELP = "run a backup job and record when it ran and how it ended"

_NOT_STARTED = {
    126: "it cannot be executed, or says so of something it calls",
    127: "there is no such command, or it says so of one it calls",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.usage = "guardian-agent exec [--config FILE] SET -- COMMAND..."
    parser.add_argument("backup_set", metavar="SET", help="the backup set that the job makes")
    parser.add_argument(
        "command", metavar="COMMAND", nargs=argparse.REMAINDER, help="the job, after --"
    )
    parser.epilog = (
        "The job gets our standard streams and environment, and its exit status is ours. Its "
        "output is not recorded."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Run the job; return its exit status, whatever becomes of the record.

    The backup goes first: a mistake in our configuration or a full state directory is complained
    about after it, and never keeps a job from running or turns its success into a failure.
    """
    command = _without_separator(options.command)
    started_at = system.clock.now()
    status = system.processes.pass_through(command)
    if status in _NOT_STARTED:
        complain(f"guardian-agent: {command[0]}: exit status {status}: {_NOT_STARTED[status]}")
    try:
        _record(options.backup_set, started_at, status, load, system)
    except AgentError as error:
        complain(f"guardian-agent: the job ended with {status}, but is not recorded: {error}")
    return status


def _without_separator(words: list[str]) -> list[str]:
    """Take away our own `--`; any further one belongs to the job."""
    command = words[1:] if words[:1] == ["--"] else words
    if not command:
        raise ConfigError("exec: no command; expected: guardian-agent exec SET -- COMMAND...")
    return command


def _record(backup_set: str, started_at: datetime, status: int, load: Load, system: System) -> None:
    from guardian_agent.delivery import pending
    from guardian_agent.wire.facts.jobs import JobRun
    from guardian_agent.wire.names import Name, restricted

    config = load()
    known = [item.name for item in config.backup_sets]
    if backup_set not in known:
        listed = ", ".join(known) or "none"
        raise ConfigError(f"no backup set {backup_set!r} in agent.toml; there are: {listed}")
    job = JobRun(
        backup_set=restricted(Name, backup_set),
        started_at=started_at,
        finished_at=max(started_at, system.clock.now()),
        exit_status=status,
    )
    pending.add(config, system, job)
