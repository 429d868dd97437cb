"""What a copy's own bytes prove of its encryption, beside what its tool says of it."""

from __future__ import annotations

from dataclasses import replace

from guardian_agent.errors import ProbeError
from guardian_agent.probe import AnyProbe, AnySubject, Lies
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import CopyEncryption
from guardian_agent.wire.facts.words import Encryption

_READABLE = frozenset({Encryption.PLAINTEXT, Encryption.EMPTY})


def proven(
    fact: CopyEncryption,
    probe: AnyProbe,
    subject: AnySubject,
    system: System,
    marker: str | None,
) -> CopyEncryption:
    """Add the canary, the doors, who holds the key and who can fetch the bytes.

    What cannot be seen stays as it is: not known. Where nothing may be remembered (`show`) no door
    is tried: each could cost a key derivation every time. `marker` is that of the set's canary.
    """
    searched = _searched(fact, probe, subject, system, marker)
    if not subject.memory:
        return searched
    try:
        where = None if probe.lies is None else probe.lies(subject, system)
    except ProbeError:
        where = None
    return searched if where is None else _tried(searched, where, subject, system)


def _searched(
    fact: CopyEncryption,
    probe: AnyProbe,
    subject: AnySubject,
    system: System,
    marker: str | None,
) -> CopyEncryption:
    if marker is None or probe.raw is None:
        return fact
    # Unpackers of a dozen formats: imported where there are bytes to search.
    from guardian_agent.restore.in_clear import in_clear  # noqa: PLC0415

    try:
        paths = probe.raw(subject, system)
        found = in_clear(marker, paths, system, is_readable=fact.state in _READABLE)
        return replace(fact, canary_in_clear=found)
    except ProbeError:
        return fact


def _tried(
    fact: CopyEncryption, where: Lies, subject: AnySubject, system: System
) -> CopyEncryption:
    # Ciphers of a dozen formats: imported where there is a copy to try them on.
    from guardian_agent.exposure.doors import BESIDE, UNTRIED, examine  # noqa: PLC0415
    from guardian_agent.exposure.doors.remembered import tried_once  # noqa: PLC0415
    from guardian_agent.exposure.doors.who import (  # noqa: PLC0415
        BESIDE_DATA,
        fetched_by,
        key_held,
    )

    fetched = None if where.path is None else fetched_by(where.path, system.files)
    if fact.state in _READABLE:
        return replace(fact, fetched_by=fetched)
    tried = UNTRIED
    if where.path is not None:
        try:
            attempt = examine(where.path, system.files)
            tried = tried_once(attempt, system, subject.key, f"{subject.memory}@doors")
        except ProbeError:
            tried = UNTRIED
    held = key_held(where.path, where.keys, system.files)
    return replace(
        fact,
        doors_tried=tried.doors,
        door=tried.opened,
        key_held=BESIDE_DATA if tried.opened == BESIDE else held,
        fetched_by=fetched,
    )
