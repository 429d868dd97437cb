"""What is backed up and watched: live data, canaries, tools and their repositories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from guardian_agent.cli._doctor.line import Line, fail, ok, warn
from guardian_agent.config import AgentConfig, BackupSet
from guardian_agent.errors import AgentError, ProbeError
from guardian_agent.restore import canary
from guardian_agent.run.bounds import bounded
from guardian_agent.run.copies import INSTALLED, KnownCopy, known_copies, prepare
from guardian_agent.run.places import clear, scratch_folder
from guardian_agent.system import System

_READ = "let the agent read it: run it as root, or give it CAP_DAC_READ_SEARCH (see its unit)"
_SECONDS = 60
_NO_SECRET = bytes(32)
"""No hash leaves from here, and looking around makes no secret."""


def about_sets(config: AgentConfig, system: System) -> Iterator[Line]:
    """Yield what there is to say about every backup set and every watched place."""
    for backup_set in config.backup_sets:
        yield from _readable(f"set {backup_set.name}", backup_set.paths, system)
        if backup_set.paths:
            yield _canary(backup_set, system)
    for watch in config.exposures:
        yield from _readable(f"exposure {watch.name}", watch.paths, system)
    yield from _copies(config, system)


def _readable(check: str, paths: Sequence[str], system: System) -> Iterator[Line]:
    for path in paths:
        try:
            entry = system.files.stat(path, follow=True)
            if entry.is_directory:
                next(iter(system.files.scan(path)), None)
            else:
                with system.files.open(path) as file:
                    file.read(1)
        except FileNotFoundError:
            yield fail(check, f"{path} is not there", "mount it, or correct `paths` in agent.toml")
        except (OSError, AgentError) as error:
            yield fail(check, f"{path}: {_what(error)}", _READ)
        else:
            yield ok(check, f"{path} can be read")


def _what(error: OSError | AgentError) -> str:
    return error.strerror if isinstance(error, OSError) and error.strerror else str(error)


def _canary(backup_set: BackupSet, system: System) -> Line:
    """Say whether a canary could be planted, by writing a file beside its place."""
    check = f"set {backup_set.name}"
    where = canary.place(backup_set, system.files)
    if where is None:
        mend = "without a canary no restore proves the age of its backup"
        return warn(check, "none of its paths is a folder that could hold a canary", mend)
    trial = f"{where}.doctor"
    try:
        system.files.write(trial, b"")
        system.files.remove(trial)
    except OSError as error:
        mend = "let the agent's user write this one file (ReadWritePaths= in its unit)"
        return warn(check, f"{where} cannot be written: {error.strerror}", mend)
    return ok(check, f"{where} can be written")


def _copies(config: AgentConfig, system: System) -> Iterator[Line]:
    scratch = scratch_folder(config, "doctor")
    try:
        copies = known_copies(config, _NO_SECRET, INSTALLED, "doctor")
    except AgentError as error:
        yield fail("copies", str(error), "correct agent.toml")
        return
    for known in copies:
        output_bytes = config.limits.output_bytes
        yield _copy(known, bounded(system, seconds=_SECONDS, output_bytes=output_bytes))
    clear(scratch, system.files)


def _copy(known: KnownCopy, system: System) -> Line:
    """Ask the tool as a pass does: it is found, trusted, has its password and its repository."""
    tool = known.probe.tool
    check = f"copy {known.subject.backup_set.name}/{known.subject.copy}"
    prepare(known, system.files)
    try:
        answers = known.probe.gather(known.subject, system)
        known.probe.parse(known.subject, answers, system.clock.now())
    except ProbeError as error:
        return fail(check, f"{tool}: {error.reason}: {error}", "mend this, then run doctor again")
    return ok(check, f"{tool} is trusted and answers")
