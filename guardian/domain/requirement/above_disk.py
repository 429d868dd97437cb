"""Whether data stays unreadable when its disk is unlocked: encryption above the disk level.

A disk that encrypts itself, or is encrypted as a whole, keeps out who takes it away. To everybody
who gets into the running machine it is an open disk: for media that stay in the machine some
standards let that count only with another kind of encryption above it. PCI DSS 3.5.1.2 says so of
all that gives clear text by itself while a system runs: of a decrypted view of a folder, too.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from guardian_agent.wire import postures as names
from guardian_agent.wire.observations import Encryption, Exposure, Posture, Setting, Standing

from guardian.domain.requirement.judging import hold, worst
from guardian.domain.requirement.kinds import Answer, Case, Said
from guardian.domain.requirement.seen import Server, named, servers
from guardian.domain.words import count

DISK = frozenset({"dm-crypt", "bitlocker"})
"""Rules of agents that say: the whole device is encrypted."""
ABOVE = frozenset({"innodb-encrypted", "in-memory", "zram"})
"""Rules that say: by the database itself, or on no disk at all."""
READABLE = (Encryption.PLAINTEXT, Encryption.WEAK)
ALONE = "disk-level encryption alone does not meet this for media that stay in the machine"


class Level(Enum):
    """Where something is encrypted."""

    ABOVE = "above"
    DISK = "disk"
    UNCLEAR = "unclear"
    """Neither: a folder or a dataset with a decrypted view, a bucket that the store decrypts."""


def above_the_disk(case: Case, controls: tuple[str, ...]) -> Said:
    """Answer whether all that holds client data is encrypted, and not by its disk alone."""
    media = [said for server in servers(case) for said in _media(server)]
    return worst([hold(case, controls), *media])


def _media(server: Server) -> Iterator[Said]:
    facts = list(server.looked_at())
    for fact in facts:
        level = _level(fact)
        what = named(server, fact)
        if level is Level.ABOVE:
            yield Said(answer=Answer.EVIDENCE, reason=f"{what} does not rely on its disk")
        elif level is Level.DISK and fact.subject == "volume":
            yield _volume(server, fact, what, has_more=_has_more(server, facts))
        elif level is Level.DISK:
            yield Said(answer=Answer.CONTRARY, reason=f"{what} is not encrypted itself: {ALONE}")
        elif level is Level.UNCLEAR:
            reason = f"{what} gives clear text to whoever may ask while it runs; is that enough?"
            yield Said(answer=Answer.UNKNOWN, reason=reason)


def _level(fact: Posture) -> Level | None:
    """Return where it is encrypted, the least of all its parts; None where no part is for sure."""
    if fact.subject == "bucket":
        own = [each for each in fact.settings if each.setting == names.CLIENT_SIDE_ENCRYPTED]
        sealed = own and all(each.standing is Standing.SAFE for each in own)
        return Level.ABOVE if sealed else Level.UNCLEAR
    found = {_of_rule(each) for each in fact.settings if _is_encryption(each)}
    for level in (Level.DISK, Level.UNCLEAR, Level.ABOVE):
        if level in found:
            return level
    return None


def _is_encryption(setting: Setting) -> bool:
    decides = setting.setting in (names.VOLUME_ENCRYPTED, names.AT_REST_ENCRYPTED)
    return decides and setting.standing is Standing.SAFE


def _of_rule(setting: Setting) -> Level:
    if setting.rule in DISK:
        return Level.DISK
    return Level.ABOVE if setting.rule in ABOVE else Level.UNCLEAR


def _volume(server: Server, fact: Posture, what: str, *, has_more: bool) -> Said:
    """Judge a volume by the watched place of its name: what lies there, with the disk unlocked."""
    if fact.name in server.plan.exposures:
        scans = [seen.fact for seen in server.figures.exposures if seen.fact.name == fact.name]
        return worst([_lying(each, what) for each in scans] or [_unclear(what)])
    if has_more:
        reason = f"{what} is encrypted by its disk; watch a place of the same name to know the rest"
        return Said(answer=Answer.UNKNOWN, reason=reason)
    reason = f"nothing but its disk is known to encrypt {what}: {ALONE}"
    return Said(answer=Answer.CONTRARY, reason=reason)


def _lying(fact: Exposure, what: str) -> Said:
    files = dict.fromkeys(Encryption, 0)
    for item in fact.counts:
        files[item.state] += item.files
    readable = sum(files[state] for state in READABLE)
    if readable:
        files_read = count(readable, "file")
        reason = f"{files_read} on {what} can be read while the disk is unlocked: {ALONE}"
        return Said(answer=Answer.CONTRARY, reason=reason)
    if files[Encryption.UNKNOWN] or not files[Encryption.ENCRYPTED] or not fact.complete:
        return _unclear(what)
    return Said(answer=Answer.EVIDENCE, reason=f"what lies on {what} is encrypted file by file")


def _unclear(what: str) -> Said:
    reason = f"whether all that lies on {what} is encrypted above the disk is not known"
    return Said(answer=Answer.UNKNOWN, reason=reason)


def _has_more(server: Server, facts: list[Posture]) -> bool:
    """Say whether anything on the server is encrypted above its disk, as this may be, too."""
    places = (seen.fact for seen in server.figures.exposures)
    sealed = any(
        item.state is Encryption.ENCRYPTED and item.files for fact in places for item in fact.counts
    )
    return sealed or any(_level(fact) is Level.ABOVE for fact in facts)
