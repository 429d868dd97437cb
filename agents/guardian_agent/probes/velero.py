"""Velero: backups of Kubernetes objects. Built from documentation.

Not run against a real cluster. Source: Velero's API types, asked by `kubectl`. The cluster lists
backups whose storage is gone, so the storage location must be available; a backup that failed in
part says so in its phase. What lies in the bucket is not looked at, and nothing is restored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from guardian_agent.errors import ProbeError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import asked_at, decoded, text, when_asked
from guardian_agent.probing.dated import zoned
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.told import contents, encryption
from guardian_agent.probing.tool import Failures, find_tool, run_tool
from guardian_agent.system import Completed, System
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_WHOLE, _PARTLY = "Completed", "PartiallyFailed"
_FAILURES = Failures(
    exits={},
    phrases=(
        (b"Forbidden", Reason.PERMISSION_DENIED),
        (b"forbidden", Reason.PERMISSION_DENIED),
        (b"the server doesn't have a resource type", Reason.NO_REPOSITORY),
        (b"connection refused", Reason.EXIT_STATUS),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Which schedule's backups count; without, all in the namespace do."""

    schedule: str | None = None
    namespace: str = "velero"
    kubeconfig: str | None = None
    binary: str = "kubectl"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    name: Any
    uid: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    storageLocation: Any = None  # noqa: N815 - as Kubernetes writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Progress:
    itemsBackedUp: int = 0  # noqa: N815 - as Kubernetes writes it


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    phase: Any = None
    startTimestamp: Any = None  # noqa: N815 - as Kubernetes writes it
    completionTimestamp: Any = None  # noqa: N815 - as Kubernetes writes it
    errors: int = 0
    progress: _Progress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backup:
    metadata: _Named
    status: _State
    spec: _Asked

    @property
    def ended(self) -> bool:
        """Whether there is something to restore."""
        return self.status.phase in (_WHOLE, _PARTLY)

    @property
    def faulty(self) -> bool:
        """Whether objects are missing in it."""
        return self.status.phase != _WHOLE or self.status.errors > 0

    def listed(self) -> Listed:
        """Return it as a restore point."""
        progress = self.status.progress
        return Listed(
            native_id=f"{self.metadata.uid} {self.metadata.name}",
            started_at=zoned(self.status.startTimestamp, None),
            finished_at=zoned(self.status.completionTimestamp, None),
            files=None if progress is None else max(0, progress.itemsBackedUp),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Backups:
    items: tuple[_Backup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Location:
    metadata: _Named
    status: _State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Locations:
    items: tuple[_Location, ...]


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for the backups and for the places that they are kept in."""
    schedule = subject.settings.schedule
    chosen = () if schedule is None else ("--selector", f"velero.io/schedule-name={schedule}")
    backups = _kubectl(subject, system, "backups.velero.io", *chosen)
    places = _kubectl(subject, system, "backupstoragelocations.velero.io")
    return {"backups": text(backups), "places": text(places), **asked_at(system)}


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the backups whose storage is there, and whether the newest failed in part."""
    there = {
        str(each.metadata.name)
        for each in decoded(_Locations, answers, "places").items
        if each.status is not None and each.status.phase == "Available"
    }
    ended = [each for each in decoded(_Backups, answers, "backups").items if each.ended]
    listed = {each.listed(): each for each in ended if str(each.spec.storageLocation) in there}
    if ended and not listed:
        raise ProbeError(Reason.NO_REPOSITORY, "velero: the storage location is not available")
    facts: list[Observation] = [restore_points(subject, PROBE.tool, list(listed), None)]
    newest = newest_past(list(listed), when_asked(answers))
    if newest is not None:
        faulty, files = listed[newest].faulty, newest.files or 0
        facts.append(contents(subject, newest, faulty=faulty, files=files))
        facts.append(encryption(subject, Encryption.UNKNOWN, "velero-bucket-not-seen"))
    return facts


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say what opens the cluster; the backups lie in its storage."""
    keys = subject.settings.kubeconfig
    return Lies(path=None, keys=() if keys is None else (keys,))


PROBE = Probe(tool="velero", settings=Settings, gather=gather, parse=parse, lies=lies)


def _kubectl(subject: Subject[Settings], system: System, kind: str, *words: str) -> Completed:
    settings = subject.settings
    tool = find_tool(system, settings.binary)
    where = () if settings.kubeconfig is None else ("--kubeconfig", settings.kubeconfig)
    asking = ("get", kind, "--namespace", settings.namespace, "--output", "json")
    variables = {"HOME": subject.scratch or "/nonexistent"}
    done = run_tool(system, [tool, *where, *asking, *words], environment=variables)
    if done.status:
        raise _FAILURES.error(done, f"kubectl get {kind}")
    return done
