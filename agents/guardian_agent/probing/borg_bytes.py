"""What a borg repository's own bytes show: its configuration may say anything."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from guardian_agent.errors import ProbeError
from guardian_agent.probing.look import classify_file
from guardian_agent.system import Entry
from guardian_agent.system.ports import Files
from guardian_agent.wire.facts.words import Encryption

MODES = {
    "none": Encryption.PLAINTEXT,
    "authenticated": Encryption.PLAINTEXT,
    "authenticated-blake2": Encryption.PLAINTEXT,
    "repokey": Encryption.ENCRYPTED,
    "repokey-blake2": Encryption.ENCRYPTED,
    "keyfile": Encryption.ENCRYPTED,
    "keyfile-blake2": Encryption.ENCRYPTED,
}
"""`authenticated` has a key and a passphrase, and stores plaintext."""

SEGMENTS_LOOKED_AT = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the segments show; None where they are out of reach (ssh) or do not decide."""

    state: Encryption | None
    has_passphrase: bool


def encryption(mode: str, seen: Seen) -> tuple[Encryption, str]:
    """Judge by the bytes where they are known; return the state and the rule that decided."""
    told = MODES.get(mode, Encryption.UNKNOWN)
    state = told if seen.state is None else seen.state
    if state is Encryption.ENCRYPTED and not seen.has_passphrase:
        return Encryption.WEAK, "borg-no-passphrase"
    if seen.state is not None and seen.state is not told:
        return state, "borg-segments"
    return state, f"borg-mode-{mode if mode in MODES else 'unknown'}"


def state_of_segments(repository: str, files: Files) -> Encryption | None:
    """Look at the newest segments of a local repository; None where they do not decide."""
    states = set()
    with contextlib.suppress(ProbeError):
        for path in islice(segments(repository, files), SEGMENTS_LOOKED_AT):
            states.add(classify_file(files, path).state)
    if Encryption.PLAINTEXT in states:
        return Encryption.PLAINTEXT
    # Segments without objects decide nothing.
    return Encryption.ENCRYPTED if Encryption.ENCRYPTED in states else None


def segments(repository: str, files: Files) -> Iterator[str]:
    """Yield the segment files of a local repository, newest first; of another, none.

    They lie in `data/<thousands>/<number>`.
    """
    folder = repository.removeprefix("file://")
    if not folder.startswith("/"):
        return
    with contextlib.suppress(OSError):
        for thousand in _by_number(files.scan(f"{folder}/data")):
            yield from _by_number(files.scan(thousand))


def _by_number(entries: Iterator[Entry]) -> list[str]:
    named = [(entry.path.rpartition("/")[2], entry.path) for entry in entries]
    numbered = [(int(name), path) for name, path in named if name.isdecimal() and name.isascii()]
    return [path for _, path in sorted(numbered, reverse=True)]
