"""Until when the newest objects stay, whoever wants to delete them.

A bucket's rule says what is locked from now on; each object says of itself what holds for it: what
was stored before the rule was made has no lock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked, setting
from guardian_agent.exposure.buckets.newest import Listing
from guardian_agent.exposure.buckets.port import Client, Reply
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import NEWEST_LOCKED

_ALL_LACK = (Standing.NOT_SET, Standing.UNSUPPORTED)
"""A bucket that has no lock, or cannot have any, has no object with one."""

_MODES = ("COMPLIANCE", "GOVERNANCE")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """How one object is kept: in which mode, and how long still."""

    mode: str
    left: timedelta


def newest_locked(client: Client | None, listing: Listing, lock: Setting, now: datetime) -> Setting:
    """Say whether each of the newest objects is locked, and for how many whole days (`items`).

    Safe is mode COMPLIANCE alone: in mode GOVERNANCE whoever has s3:BypassGovernanceRetention
    deletes all the same. The days are those of the object that is free first.

    Args:
        client: the owner's way.
        listing: the newest objects.
        lock: what the bucket says of its lock.
        now: to which dates are compared.
    """
    if lock.standing in _ALL_LACK:
        rule = "bucket-without-lock"
        return Setting(setting=NEWEST_LOCKED, standing=lock.standing, rule=Slug(rule))
    answers = [_asked(client, each.key) for each in listing.objects]
    free = [each for each in answers if _is_free(each)]
    if free:
        return setting(NEWEST_LOCKED, Standing.UNSAFE, "object-not-locked")
    lacks = [each for each in (listing.lack, *answers) if isinstance(each, Lack)]
    kept = [_kept(each, now) for each in answers if isinstance(each, Reply)]
    told = [each for each in kept if each is not None]
    return _together(told, lacks, are_all_told=len(told) == len(kept))


def _asked(client: Client | None, key: str) -> Reply | Lack:
    """Ask of one object; some stores do not know the question, and answer with the object."""
    answer = asked(client, calls.RETENTION, Key=key)
    if isinstance(answer, Reply) and "etag" in answer.headers:
        return Lack(standing=Standing.UNSUPPORTED, rule=Slug("another-answer"))
    return answer


def _is_free(answer: Reply | Lack) -> bool:
    return isinstance(answer, Lack) and answer.standing is Standing.NOT_SET


def _together(kept: Sequence[_Kept], lacks: Sequence[Lack], *, are_all_told: bool) -> Setting:
    """Say the worst that is known; what is not known comes before what is safe."""
    if any(each.left <= timedelta() for each in kept):
        return setting(NEWEST_LOCKED, Standing.UNSAFE, "retention-over")
    weak = [each for each in kept if each.mode == "GOVERNANCE"]
    if weak:
        return setting(NEWEST_LOCKED, Standing.UNSAFE, "governance", _days(weak))
    if lacks:
        return lacks[0].of(NEWEST_LOCKED)
    if not are_all_told:
        return setting(NEWEST_LOCKED, Standing.FAILED, "unknown-answer")
    if not kept:
        return setting(NEWEST_LOCKED, Standing.FAILED, "no-objects")
    return setting(NEWEST_LOCKED, Standing.SAFE, "compliance", _days(kept))


def _days(kept: Sequence[_Kept]) -> int:
    return min(each.left for each in kept).days


def _kept(reply: Reply, now: datetime) -> _Kept | None:
    """Read one object's retention; None for what is none that is known."""
    told = reply.fields.get("Retention")
    if not isinstance(told, Mapping):
        return None
    mode, until = told.get("Mode"), told.get("RetainUntilDate")
    if mode not in _MODES or not isinstance(until, datetime) or until.tzinfo is None:
        return None
    return _Kept(mode=str(mode), left=until - now)
