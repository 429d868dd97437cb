"""Who else can read the client's data: copies, places, what holds them, and what we hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from guardian_agent.wire.observations import Encryption, Exposure, PersonalData, Posture, Standing

from guardian.domain import readers
from guardian.domain import words as plain_words
from guardian.domain.evidence import EncryptionSeen
from guardian.domain.personal_words import kinds_found
from guardian.domain.reach_words import ways_in
from guardian.domain.readers import Readable
from guardian.domain.setting_words import fault, not_known, permission
from guardian.domain.snapshot import CopyFigures, ServerFigures, Snapshot
from guardian.domain.verdict import Finding, Status
from guardian.reports.html import words

CONTROLS = ("data.encrypted", "data.exposed", "data.personal", "data.custody")
READABLE = (Encryption.PLAINTEXT, Encryption.WEAK)
UNSAFE = (Standing.UNSAFE, Standing.NOT_SET)
_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.EXEMPT, Status.PASS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyReaders:
    """One copy: what is proven of it, who holds its key, who can fetch its bytes."""

    where: str
    status: Status | None
    proven: str
    key: str
    fetched: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is known of one thing on a server."""

    name: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerReaders:
    """One server: its places, volumes, databases, buckets and transports, as they were seen."""

    server: str
    status: Status | None
    """The worst of what was agreed about who can read."""
    facts: tuple[Said, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Data of the client in the provider's own custody."""

    server: str
    status: Status | None
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Everything that answers who else can read."""

    copies: tuple[CopyReaders, ...]
    servers: tuple[ServerReaders, ...]
    held: tuple[Held, ...]


def read_by(own: Snapshot, fleet: Snapshot, client: str) -> Readers:
    """Return who else can read a client's data.

    Args:
        own: what is the client's alone.
        fleet: everything, for what the provider holds of the client on servers of its own.
        client: the client's id.
    """
    servers = [_of_server(each, own) for each in own.servers]
    return Readers(
        copies=tuple(sorted((_of_copy(each, own) for each in own.copies), key=_order_of_copies)),
        servers=tuple(sorted((each for each in servers if each.facts), key=_order_of_servers)),
        held=tuple(_held(each, fleet) for each in fleet.servers if each.custody_of == client),
    )


def _badness(status: Status | None) -> int:
    return _WORST_FIRST.index(status) if status is not None else len(_WORST_FIRST)


def _order_of_copies(each: CopyReaders) -> tuple[int, str]:
    return _badness(each.status), each.where


def _order_of_servers(each: ServerReaders) -> tuple[int, str]:
    return _badness(each.status), each.server


def _of_copy(copy: CopyFigures, snapshot: Snapshot) -> CopyReaders:
    asset, seen = copy.asset, copy.encryption
    found = [one for one in snapshot.findings if one.asset == asset]
    return CopyReaders(
        where=words.place(asset.server, asset.backup_set, asset.copy),
        status=next((one.status for one in found if one.control == "backup.encrypted"), None),
        proven=words.sentence(_proven(copy.encrypted, seen)),
        key=words.sentence(_key(seen)),
        fetched=words.sentence(_fetched(seen)),
    )


def _key(seen: EncryptionSeen | None) -> str:
    if seen is None or seen.fact.key_held is None:
        return "not known"
    return readers.key_holder(seen.fact)


def _fetched(seen: EncryptionSeen | None) -> str:
    if seen is None or seen.fact.fetched_by is None:
        return "not known"
    return readers.fetchers(seen.fact)


def _proven(encrypted: Readable, seen: EncryptionSeen | None) -> str:
    if seen is None:
        return "nothing: nobody has looked yet"
    how = readers.refuted(seen.fact)
    if how is not None:
        return how
    looked = f"seen {words.clock(seen.dated)}"
    if encrypted is Readable.PROVEN:
        return f"unreadable without the key; {readers.tried(seen.fact)} ({looked})"
    return f"nothing that still holds ({looked})"


def _of_server(server: ServerFigures, snapshot: Snapshot) -> ServerReaders:
    statuses = [one.status for one in _findings(server, snapshot)]
    return ServerReaders(
        server=server.server,
        status=min(statuses, key=_badness, default=None),
        facts=(*_places(server), *_things(server), *_missing(server)),
    )


def _findings(server: ServerFigures, snapshot: Snapshot) -> Iterator[Finding]:
    for one in snapshot.findings:
        place = (one.asset.client, one.asset.server, one.asset.copy)
        if place == (server.client, server.server, None) and one.control in CONTROLS:
            yield one


def _places(server: ServerFigures) -> Iterator[Said]:
    """Yield each watched place: how much can be read, how others get at it, whose data it is."""
    sentences: dict[str, list[str]] = {}
    for scan in server.exposures:
        sentences.setdefault(scan.fact.name, []).extend(_exposed(scan.fact))
    for reach in server.reaches:
        ways = ways_in([(each.way, each.items) for each in reach.fact.counts if each.items])
        said = f"Others get in: {ways}." if ways else "No way in for others was found."
        sentences.setdefault(reach.fact.name, []).append(_as_far(said, reach.fact.complete))
    for search in server.personal:
        sentences.setdefault(search.fact.name, []).append(_personal(search.fact))
    for name, each in sorted(sentences.items()):
        yield Said(name=name, said=" ".join(each))


def _exposed(fact: Exposure) -> Iterator[str]:
    if fact.turned_files:
        files = plain_words.many(fact.turned_files, "file")
        yield f"ALARM: {files} could be read once and look like ciphertext now."
    total = sum(each.files for each in fact.counts)
    readable = sum(each.files for each in fact.counts if each.state in READABLE)
    unclear = sum(each.files for each in fact.counts if each.state is Encryption.UNKNOWN)
    files = plain_words.many(total, "file")
    said = f"Of {files}, {readable:,} can be read without a key"
    more = f", and of {unclear:,} nobody can say." if unclear else "."
    yield _as_far(said + more, fact.complete)


def _personal(fact: PersonalData) -> str:
    found = [(each.kind, each.values) for each in fact.counts if each.values]
    files = plain_words.many(fact.files, "readable file")
    if not found:
        return _as_far(f"No personal data was found in {files}.", fact.complete)
    return _as_far(f"Personal data in {files}: {kinds_found(found)}.", fact.complete)


def _as_far(said: str, complete: bool) -> str:  # noqa: FBT001 - as the fact has it
    return said if complete else f"{said} That look was cut short."


def _things(server: ServerFigures) -> Iterator[Said]:
    for seen in server.postures:
        fact = seen.fact
        name = fact.name if fact.backup_set is None else f"{fact.backup_set}, copy {fact.name}"
        yield Said(name=f"{fact.subject} {name}", said=_settings(fact))


def _settings(fact: Posture) -> str:
    bad = [fault(each) for each in fact.settings if each.standing in UNSAFE]
    dark = [
        not_known(each) for each in fact.settings if each.standing not in (*UNSAFE, Standing.SAFE)
    ]
    good = sum(each.standing is Standing.SAFE for each in fact.settings)
    said = [f"{good} of {words.count(len(fact.settings), 'setting')} known to be safe"]
    said += [f"not safe: {', '.join(bad)}"] if bad else []
    said += [f"not known: {', '.join(dark)}"] if dark else []
    return f"{words.sentence('; '.join(said))}."


def _missing(server: ServerFigures) -> Iterator[Said]:
    """Say which permissions would give the answers that are missing."""
    missing = sorted(
        {
            found
            for seen in server.postures
            for each in seen.fact.settings
            if each.standing is Standing.DENIED and (found := permission(each)) is not None
        }
    )
    if missing:
        yield Said(name="Missing permissions", said=", ".join(missing))


def _held(server: ServerFigures, fleet: Snapshot) -> Held:
    found = [one for one in _findings(server, fleet) if one.control == "data.custody"]
    until = "" if server.gone_by is None else f"It must be gone by {server.gone_by}. "
    reasons = [words.sentence(one.reason) for one in found]
    return Held(
        server=server.server,
        status=min((one.status for one in found), key=_badness, default=None),
        said=f"{until}{' '.join(reasons) or 'Nobody judged it yet'}.",
    )
