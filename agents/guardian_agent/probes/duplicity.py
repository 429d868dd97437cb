"""duplicity: chains of full and incremental sets, as `collection-status` finds them in the storage.

Source: recorded logs of 0.8.22, whose lines for programs name times in UTC. A set counts when all
of its chain has volumes: duplicity calls a chain complete whose volumes are gone. What it asks of
the storage goes into an empty archive folder, so that no cache of this server answers instead.
Single files do not come out of it here, and nothing is read through.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.probe import Answers, Lies, Probe, Subject
from guardian_agent.probing.answers import (
    asked_at,
    decoded,
    decoded_text,
    text,
    version,
    when_asked,
)
from guardian_agent.probing.dropped import matching
from guardian_agent.probing.look import classify_file, reading
from guardian_agent.probing.points import Listed, newest_past, restore_points
from guardian_agent.probing.scratch import scratch_folder
from guardian_agent.probing.told import contents, encryption
from guardian_agent.probing.tool import Failures, find_tool, read_environment, run_tool
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Encryption, Reason

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation

_LOG_BYTES = 16 * 1024 * 1024
_BLOCK = re.compile(
    r"^INFO 3 *\nbackend .*\narchive-dir .*\n((?:.*\n)*?)"
    r"orphaned-sets-num [0-9]{1,9}\nincomplete-sets-num [0-9]{1,9}\n",
    re.MULTILINE,
)
_CHAIN = re.compile(r"chain-complete|chain-no-sig [0-9]{1,9}", re.ASCII)
_SET = re.compile(r" (full|inc) ([0-9]{8}T[0-9]{6}Z) ([0-9]{1,9}) (enc|noenc)", re.ASCII)
_VOLUMES = "duplicity-*.difftar*"
_FAILURES = Failures(
    exits={31: Reason.WRONG_PASSWORD},
    phrases=(
        (b"Permission denied", Reason.PERMISSION_DENIED),
        (b"Bad session key", Reason.WRONG_PASSWORD),
        (b"No space left on device", Reason.QUOTA_EXCEEDED),
        (b"Could not initialize backend", Reason.UNSUPPORTED),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where the sets lie, as duplicity takes it (`file:///backup/web1`, `sftp://...`).

    Keep passwords out of it: `environment_file` holds PASSPHRASE, FTP_PASSWORD and their like.
    """

    url: str
    environment_file: str | None = None
    binary: str = "duplicity"

    @property
    def folder(self) -> str | None:
        """Where the sets lie on this machine; None elsewhere."""
        return self.url.removeprefix("file://") if self.url.startswith("file:///") else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Set:
    """One set; `whole` says whether it, and all that it builds upon, has volumes."""

    at: datetime
    whole: bool
    encrypted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the newest volume's bytes show; None where they are out of reach."""

    state: Encryption | None


def gather(subject: Subject[Settings], system: System) -> Answers:
    """Ask for all chains, and look at the newest volume's bytes where it is local."""
    settings = subject.settings
    if settings.folder is not None:
        with reading(settings.folder):  # duplicity would make a folder that is not there
            system.files.stat(settings.folder)
    about = run_tool(system, [find_tool(system, settings.binary), "--version"])
    with scratch_folder(subject, system) as folder:
        log = _status(settings, system, folder)
    seen = json.dumps({"state": _state_of_newest(settings, system)})
    told = {"version": text(about), "log": json.dumps(log), "seen": seen}
    return told | asked_at(system)


def parse(subject: Subject[Settings], answers: Answers, _now: datetime) -> Sequence[Observation]:
    """State the sets that can be restored, and a newest one that cannot."""
    sets = _sets(decoded_text(answers, "log"))
    seen = decoded(_Seen, answers, "seen")
    newest = newest_past([_listed(each) for each in sets], when_asked(answers))
    broken = [_listed(each) for each in sets if not each.whole]
    kept = [_listed(each) for each in sets if each.whole]
    if newest in broken:
        kept.append(newest)
    about = version(answers.get("version", ""), 1)
    facts: list[Observation] = [restore_points(subject, PROBE.tool, kept, about)]
    if sets:
        facts.append(encryption(subject, *_encryption(sets, seen.state)))
    if newest in broken:
        facts.append(contents(subject, newest, faulty=True))
    return facts


def raw(subject: Subject[Settings], system: System) -> Iterator[str]:
    """Yield the volumes of a local storage, newest first."""
    folder = subject.settings.folder
    if folder is not None:
        found = [each for each in matching(system, folder, _VOLUMES) if each.is_file]
        for entry in sorted(found, key=lambda each: each.modified_ns, reverse=True):
            yield entry.path


def lies(subject: Subject[Settings], _system: System) -> Lies:
    """Say where the sets lie, if here; what opens them may be in the environment file."""
    keys = subject.settings.environment_file
    return Lies(path=subject.settings.folder, keys=() if keys is None else (keys,))


PROBE = Probe(tool="duplicity", settings=Settings, gather=gather, parse=parse, raw=raw, lies=lies)


def _status(settings: Settings, system: System, folder: str) -> str:
    """Have duplicity write its log for programs, and return it."""
    variables = {"HOME": folder}
    if settings.environment_file is not None:
        variables = read_environment(system, settings.environment_file) | variables
    tool, log = find_tool(system, settings.binary), f"{folder}/log"
    words = [tool, "collection-status", "--archive-dir", f"{folder}/archive", "--log-file", log]
    done = run_tool(system, [*words, settings.url], environment=variables)
    if done.status:
        raise _FAILURES.error(done, "duplicity collection-status")
    try:
        return system.files.read(log, _LOG_BYTES).decode("utf-8", "surrogateescape")
    except (OSError, StateError) as error:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "duplicity: wrote no log") from error


def _state_of_newest(settings: Settings, system: System) -> Encryption | None:
    if settings.folder is None:
        return None
    with contextlib.suppress(ProbeError):
        found = [each for each in matching(system, settings.folder, _VOLUMES) if each.is_file]
        newest = max(found, key=lambda each: each.modified_ns, default=None)
        if newest is not None:
            return classify_file(system.files, newest.path).state
    return None


def _sets(log: str) -> list[_Set]:
    """Return the sets that a log names.

    Raises:
        ProbeError: UNREADABLE_ANSWER for anything but one whole list.
    """
    blocks = _BLOCK.findall(log)
    if len(blocks) != 1:
        raise _unreadable("expected one list of chains")
    found: list[_Set] = []
    in_chain: bool | None = None
    for line in blocks[0].splitlines():
        if _CHAIN.fullmatch(line):
            in_chain = None
            continue
        told = _SET.fullmatch(line)
        if told is None or (in_chain is None) != (told[1] == "full"):
            raise _unreadable("a line of another form")
        in_chain = int(told[3]) > 0 and in_chain is not False
        found.append(_Set(at=_moment(told[2]), whole=in_chain, encrypted=told[4] == "enc"))
    return found


def _listed(one: _Set) -> Listed:
    return Listed(native_id=f"{one.at:%Y%m%dT%H%M%SZ}", started_at=one.at)


def _encryption(sets: Sequence[_Set], seen: Encryption | None) -> tuple[Encryption, str]:
    """Believe a name that says "not encrypted", and of the others the bytes alone."""
    if not all(one.encrypted for one in sets):
        return Encryption.PLAINTEXT, "duplicity-noenc"
    if seen is None:
        return Encryption.UNKNOWN, "duplicity-out-of-reach"
    return seen, "duplicity-volume"


def _moment(told: str) -> datetime:
    try:
        return datetime.strptime(told, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise _unreadable("a time that is none") from error


def _unreadable(message: str) -> ProbeError:
    return ProbeError(Reason.UNREADABLE_ANSWER, f"duplicity collection-status: {message}")
