"""Proxmox Backup Server: one group's snapshots. Built from documentation.

Not run against a real server: no Debian or PyPI package has it. Source: the schema of its API, of
which `proxmox-backup-client snapshot list --output-format json` prints the answer. A snapshot
without `verification` was never verified; when one was verified stands only in the task's id. Every
file has its own `crypt-mode`, of which `none` and `sign-only` are not encrypted; the manifest
(`index.json.blob`) never is, and holds no data. Verification reads the stored chunks and says
nothing of whether a machine starts. Nothing is restored here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded_list, text, version, when_asked
from guardian_agent.probing.dated import of_seconds
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import contents, encryption
from guardian_agent.probing.tool import Failures, find_tool, read_environment, run_tool
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.words import Encryption, Outcome, Reason
from guardian_agent.wire.names import Name

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_MANIFEST = "index.json.blob"
_MODES = {
    "none": Encryption.PLAINTEXT,
    "sign-only": Encryption.PLAINTEXT,
    "encrypt": Encryption.ENCRYPTED,
}
_UPID = re.compile(r"UPID:[^:]*:[0-9A-F]{8}:[0-9A-F]{8,16}:[0-9A-F]{8,16}:([0-9A-F]{8}):.*")
"""node, process, its start, task, and the start of the task in seconds since 1970."""
_GROUP = re.compile(r"(host|vm|ct)/[A-Za-z0-9_][A-Za-z0-9._-]*", re.ASCII)
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"authentication failed", Reason.WRONG_PASSWORD),
        (b"permission check failed", Reason.PERMISSION_DENIED),
        (b"no such datastore", Reason.NO_REPOSITORY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which group ("host/web1", "vm/100") of which repository ("user@pbs@server:store").

    `environment_file` holds PBS_PASSWORD and, of a server with its own certificate,
    PBS_FINGERPRINT.
    """

    repository: str
    group: str
    namespace: str | None = None
    environment_file: str | None = None
    binary: str = "proxmox-backup-client"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    filename: Any
    crypt_mode: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verification:
    state: str
    upid: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Snapshot:
    backup_type: Any
    backup_id: Any
    backup_time: int
    files: tuple[_File, ...]
    size: int | None = None
    verification: _Verification | None = None

    @property
    def group(self) -> str:
        """What the server calls the snapshots of one machine."""
        return f"{self.backup_type}/{self.backup_id}"

    @property
    def unfinished(self) -> bool:
        """Whether it has no manifest: the backup runs, or was broken off."""
        return all(file.filename != _MANIFEST for file in self.files)

    def listed(self) -> Listed:
        """Return it as a restore point; the server tells when it was begun."""
        return Listed(
            native_id=f"{self.group}/{self.backup_time}",
            started_at=of_seconds(self.backup_time),
            bytes=None if self.size is None else max(0, self.size),
        )

    def modes(self) -> set[Encryption]:
        """Return whether its files can be read without the key."""
        modes = (each.crypt_mode for each in self.files if each.filename != _MANIFEST)
        return {_MODES.get(str(mode), Encryption.UNKNOWN) for mode in modes}


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for the group's snapshots."""
    settings = subject.settings
    if _GROUP.fullmatch(settings.group) is None:
        raise ProbeError(Reason.INTERNAL, "group: expected host/NAME, vm/NUMBER or ct/NUMBER")
    variables = {"PBS_REPOSITORY": settings.repository, "HOME": subject.scratch or "/nonexistent"}
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    tool = find_tool(system, settings.binary)
    about = run_tool(system, [tool, "version", "--output-format", "text"], environment=variables)
    inside = () if settings.namespace is None else ("--ns", settings.namespace)
    words = ["snapshot", "list", settings.group, *inside, "--output-format", "json"]
    done = run_tool(system, [tool, *words], environment=variables)
    if done.status:
        raise _FAILURES.error(done, "proxmox-backup-client snapshot list")
    # Its keys have hyphens, which no field's name may have.
    listed = re.sub(r'"([a-z]+)-([a-z]+)"(\s*:)', r'"\1_\2"\3', text(done))
    return {"version": text(about), "list": listed, **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the snapshots, what was verified of them, and whether the newest is encrypted."""
    snapshots = [each for each in _snapshots(subject, answers) if not each.unfinished]
    listed = {each.listed(): each for each in snapshots}
    about = version(answers.get("version", ""), 2)
    facts: list[Observation] = [restore_points(subject, PROBE.tool, list(listed), about)]
    newest = newest_past(list(listed), when_asked(answers))
    if newest is not None:
        one = listed[newest]
        state = _weakest(one.modes())
        facts.append(encryption(subject, state, f"pbs-crypt-mode-{state}"))
        facts.append(contents(subject, newest, faulty=False, files=len(one.files)))
        facts += _verified(subject, snapshots, when_asked(answers))
    return facts


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say what opens the repository; it lies on another machine."""
    keys = subject.settings.environment_file
    return Lies(path=None, keys=() if keys is None else (keys,))


PROBE = Probe(tool="proxmox_backup", settings=Settings, gather=gather, parse=parse, lies=lies)


def _snapshots(subject: Subject[Settings], answers: Answers) -> list[_Snapshot]:
    found = decoded_list(_Snapshot, answers, "list")
    return [each for each in found if each.group == subject.settings.group]


def _weakest(states: set[Encryption]) -> Encryption:
    if Encryption.PLAINTEXT in states:
        return Encryption.PLAINTEXT
    return Encryption.ENCRYPTED if states == {Encryption.ENCRYPTED} else Encryption.UNKNOWN


def _verified(
    subject: Subject[Settings], snapshots: Sequence[_Snapshot], asked: datetime
) -> list[Integrity]:
    """State what verify jobs found; nothing where none has ever run.

    Of several it is as old as the oldest, and what none has read does not count as read.
    """
    told = [each for each in snapshots if each.verification is not None]
    if not told:
        return []
    failed = [each for each in told if _state(each) != "ok"]
    started = min(_verified_at(each) for each in failed or told)
    total = sum(each.size or 0 for each in snapshots)
    read = sum(each.size or 0 for each in told)
    whole = len(told) == len(snapshots)
    share = 1.0 if whole else (min(1.0, read / total) if total else 0.0)
    return [
        Integrity(
            backup_set=subject.backup_set.name,
            copy=Name(subject.copy),
            outcome=Outcome.FAILED if failed else Outcome.PASSED,
            reason=Reason.DAMAGED if failed else Reason.NONE,
            data_read=share,
            started_at=min(started, asked),
            duration_seconds=0.0,
            part=1 if whole else 0,
            parts=1 if whole else 0,
        )
    ]


def _state(snapshot: _Snapshot) -> str:
    """Return how it was verified; a word that is not known is no success."""
    return "" if snapshot.verification is None else snapshot.verification.state


def _verified_at(snapshot: _Snapshot) -> datetime:
    """Return when it was verified.

    Raises:
        ProbeError: UNREADABLE_ANSWER where the task's id has another form.
    """
    upid = "" if snapshot.verification is None else snapshot.verification.upid
    found = _UPID.fullmatch(upid)
    if found is None:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "pbs: a task's id of another form")
    return of_seconds(int(found[1], 16))
