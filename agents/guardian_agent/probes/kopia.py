"""kopia: snapshots as the repository tells them. Built from documentation.

Not run against a real kopia: no Debian or PyPI package has it. Sources: kopia's command reference
and its manifest's JSON. By default kopia lists the snapshots of the present user and host alone, at
most a hundred of each, leaving out incomplete ones and those like their predecessor: everything is
asked for here, and the host (and user) whose snapshots count must be named. Nothing is restored or
read through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import (
    asked_at,
    decoded,
    decoded_list,
    text,
    version,
    when_asked,
)
from guardian_agent.probing.dated import zoned
from guardian_agent.probing.paths import overlap
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import contents, encryption
from guardian_agent.probing.tool import (
    Failures,
    find_tool,
    read_environment,
    read_secret,
    run_tool,
)
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_ALL = ("--all", "--incomplete", "--show-identical", "--max-results=1000000")
_CIPHERS = {
    "AES256-GCM-HMAC-SHA256": Encryption.ENCRYPTED,
    "CHACHA20-POLY1305-HMAC-SHA256": Encryption.ENCRYPTED,
    "NONE": Encryption.PLAINTEXT,
}
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"repository is not connected", Reason.NO_REPOSITORY),
        (b"invalid repository password", Reason.WRONG_PASSWORD),
        (b"invalid password", Reason.WRONG_PASSWORD),
        (b"permission denied", Reason.PERMISSION_DENIED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which repository, by kopia's own configuration file, and whose snapshots count.

    `host` is the name that kopia knows this server by; without `user`, those of all its users.
    """

    host: str
    config_file: str
    user: str | None = None
    password_file: str | None = None
    environment_file: str | None = None
    binary: str = "kopia"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    host: Any
    userName: Any  # noqa: N815 - as kopia writes it
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Summary:
    size: int
    files: int
    numFailed: int = 0  # noqa: N815 - as kopia writes it
    incomplete: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Root:
    summ: _Summary | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    """One snapshot; `incomplete` holds the reason where it was interrupted."""

    id: Any
    source: _Source
    startTime: Any  # noqa: N815 - as kopia writes it
    endTime: Any = None  # noqa: N815 - as kopia writes it
    incomplete: Any = None
    rootEntry: _Root | None = None  # noqa: N815 - as kopia writes it

    @property
    def summary(self) -> _Summary | None:
        return None if self.rootEntry is None else self.rootEntry.summ

    @property
    def interrupted(self) -> bool:
        """Whether it is no more than what was saved before it was stopped."""
        summary = self.summary
        cut = summary is not None and bool(summary.incomplete)
        return bool(self.incomplete) or cut or self.endTime is None

    @property
    def faulty(self) -> bool:
        """Whether it lacks files that could not be read."""
        summary = self.summary
        return summary is None or summary.numFailed > 0

    def listed(self) -> Listed:
        """Return it as a restore point."""
        summary = self.summary
        return Listed(
            native_id=str(self.id),
            started_at=zoned(self.startTime, None),
            finished_at=zoned(self.endTime, None),
            files=None if summary is None else max(0, summary.files),
            bytes=None if summary is None else max(0, summary.size),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Format:
    encryption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Status:
    contentFormat: _Format  # noqa: N815 - as kopia writes it


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all snapshots of all hosts, and for the repository's format."""
    about = run_tool(system, [find_tool(system, subject.settings.binary), "--version"])
    listed = _kopia(subject, system, "snapshot", "list", "--json", *_ALL)
    status = _kopia(subject, system, "repository", "status", "--json")
    answers = {"version": text(about), "list": text(listed), "status": text(status)}
    return answers | asked_at(system)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the finished snapshots of this server, and whether the newest lacks something."""
    chosen = _chosen(subject, answers)
    listed = {each.listed(): each for each in chosen}
    cipher = decoded(_Status, answers, "status").contentFormat.encryption
    state = _CIPHERS.get(cipher, Encryption.UNKNOWN)
    about = version(answers.get("version", ""), 0)
    facts: list[Observation] = [
        restore_points(subject, PROBE.tool, list(listed), about),
        encryption(subject, state, f"kopia-{state}"),
    ]
    newest = newest_past(list(listed), when_asked(answers))
    if newest is not None:
        # Another snapshot of the same hour may hold the rest; what none holds is missing.
        sources = {each.source.path for each in chosen}
        missing = sum(
            not any(_covers(source, path) for source in sources)
            for path in subject.backup_set.paths
        )
        faulty, files = listed[newest].faulty, newest.files or 0
        facts.append(contents(subject, newest, faulty=faulty, files=files, missing=missing))
    return facts


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say what opens the repository; where it is stands in kopia's own file."""
    settings = subject.settings
    keys = (settings.config_file, settings.password_file, settings.environment_file)
    return Lies(path=None, keys=tuple(key for key in keys if key is not None))


PROBE = Probe(tool="kopia", settings=Settings, gather=gather, parse=parse, lies=lies)


def _kopia(subject: Subject[Settings], system: System, *words: str) -> Completed:
    settings = subject.settings
    variables = {"KOPIA_CHECK_FOR_UPDATES": "false", "HOME": subject.scratch or "/nonexistent"}
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    if settings.password_file is not None:
        variables["KOPIA_PASSWORD"] = read_secret(system, settings.password_file)
    tool = find_tool(system, settings.binary)
    own = ("--config-file", settings.config_file, "--no-progress", "--log-dir", _logs(subject))
    done = run_tool(system, [tool, *words, *own], environment=variables)
    if done.status:
        raise _FAILURES.error(done, f"kopia {words[0]}")
    return done


def _logs(subject: Subject[Settings]) -> str:
    if not subject.scratch:
        raise ProbeError(Reason.INTERNAL, "this copy was given no scratch folder")
    return f"{subject.scratch}/kopia-logs"


def _chosen(subject: Subject[Settings], answers: Answers) -> list[_Snapshot]:
    settings, paths = subject.settings, subject.backup_set.paths
    return [
        each
        for each in decoded_list(_Snapshot, answers, "list")
        if each.source.host == settings.host
        and settings.user in (None, each.source.userName)
        and (not paths or any(overlap(each.source.path, path) for path in paths))
        and not each.interrupted
    ]


def _covers(source: str, path: str) -> bool:
    """Say whether a snapshot of `source` can hold `path`."""
    return path == source or path.startswith(source.rstrip("/") + "/")
