"""Snapshots as they were last listed, for as long as the repository has the very same ones.

A snapshot never changes: its file is named by the hash of what is in it. So where a repository on
this machine has the files in its folder that it had when the snapshots were listed, and no others,
the list is what it was, and the second that restic takes to derive its key is saved. A remote
repository is asked each time.
"""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, ProbeError, StateError
from guardian_agent.probe import AnySubject
from guardian_agent.probing.answers import decoded_list
from guardian_agent.system.ports import Files
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.names import Hash

MAX_BYTES = 4 * 1024 * 1024
"""A repository with a longer list is asked each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A list of snapshots as restic gave it, and what asking took."""

    snapshots: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Head:
    """The memory's first line: the digest of what was in the folder, and what asking took."""

    shown: Hash
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    id: str


def shown(files: Files, repository: str) -> frozenset[str] | None:
    """Return the names of the snapshots' files; None where they cannot be seen."""
    folder = repository.removeprefix("local:")
    if not folder.startswith("/"):
        return None
    try:
        found = list(files.scan(f"{folder}/snapshots"))
    except OSError:
        return None
    return frozenset(entry.path.rpartition("/")[2] for entry in found)


def recall(subject: AnySubject, files: Files, repository: str) -> Kept | None:
    """Return the list as it was, if it still is."""
    names = shown(files, repository)
    if names is None or not subject.memory:
        return None
    try:
        first, _, rest = files.read(subject.memory, MAX_BYTES).partition(b"\n")
        head = build(_Head, read_json(first))
        kept = Kept(snapshots=rest.decode("utf-8"), seconds=head.seconds)
    except (OSError, StateError, DecodeError, UnicodeDecodeError):
        return None
    return kept if head.shown == _digest(repository, names) else None


def remember(
    subject: AnySubject, files: Files, repository: str, snapshots: str, seconds: float
) -> None:
    """Keep a list that is of just what the folder shows now; a full disk costs the memory of it."""
    names = shown(files, repository)
    if names is None or not subject.memory or recall(subject, files, repository) is not None:
        return
    try:
        listed = {each.id for each in decoded_list(_Named, {"snapshots": snapshots}, "snapshots")}
    except ProbeError:
        return
    if listed == names:
        head = _Head(shown=_digest(repository, names), seconds=seconds)
        with contextlib.suppress(OSError):
            files.write(subject.memory, to_json(head) + b"\n" + snapshots.encode("utf-8"))


def _digest(repository: str, names: frozenset[str]) -> Hash:
    text = "\n".join((repository, *sorted(names)))
    return Hash(hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest())
