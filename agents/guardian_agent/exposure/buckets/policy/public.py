"""Does a policy give anything to strangers?"""

from __future__ import annotations

from collections.abc import Iterable

from guardian_agent.exposure.buckets.policy.document import Condition, Policy, Statement
from guardian_agent.exposure.buckets.policy.ruling import Ruling, safe, unclear, unsafe
from guardian_agent.exposure.buckets.policy.scope import (
    Target,
    covers_target,
    denials,
    targets_in,
)
from guardian_agent.exposure.buckets.policy.stranger import Hold, holds

_ARN_PARTS = 6
_ARN_ACCOUNT = 4


def public(policy: Policy, bucket: str) -> Ruling:
    """Say whether a stranger may do anything at all with the bucket or what is in it.

    A statement that denies it to every stranger whatever he does takes it away again.
    """
    against = [each for each in denials(policy) if _denies_every_stranger(each)]
    found = [
        _grants(each)
        for each in policy.statements
        if each.allows and not _all_denied(targets_in(each, bucket), against)
    ]
    if Hold.SOMETIMES in found:
        return unsafe("allows-anyone", found.count(Hold.SOMETIMES))
    if Hold.UNKNOWN in found:
        return unclear("grant-not-understood", found.count(Hold.UNKNOWN))
    return safe("allows-no-stranger")


def _all_denied(targets: Iterable[Target], against: list[Statement]) -> bool:
    return all(any(covers_target(each, target) for each in against) for target in targets)


def _denies_every_stranger(statement: Statement) -> bool:
    whom = statement.principals
    everyone = ("AWS", "*") in whom.named
    # Where all but some are denied, a stranger is none of those.
    named = not _somebody_unknown(whom.named) if whom.others else everyone
    return named and all(holds(each) is Hold.ALWAYS for each in statement.conditions)


def _grants(statement: Statement) -> Hold:
    """Say whether a statement's grant is a stranger's; ALWAYS is told as SOMETIMES."""
    whom = _includes_stranger(statement)
    limits = _together(statement.conditions)
    if Hold.NEVER in (whom, limits):
        return Hold.NEVER
    return Hold.UNKNOWN if Hold.UNKNOWN in (whom, limits) else Hold.SOMETIMES


def _includes_stranger(statement: Statement) -> Hold:
    whom = statement.principals
    if whom.others:
        return Hold.NEVER if ("AWS", "*") in whom.named else Hold.SOMETIMES
    if _somebody_unknown(whom.named):
        return Hold.SOMETIMES
    known = all(_is_somebody(kind, who) for kind, who in whom.named)
    return Hold.NEVER if known else Hold.UNKNOWN


def _is_somebody(kind: str, who: str) -> bool:
    """Say whether a principal is a known one, asked when it is nobody unknown."""
    return kind == "AWS" or (kind in ("CanonicalUser", "Service") and not _wild(who))


def _somebody_unknown(named: Iterable[tuple[str, str]]) -> bool:
    return any(kind in ("AWS", "*") and _is_open(who) for kind, who in named)


def _is_open(who: str) -> bool:
    """Say whether an AWS principal leaves its account open (`*`, `arn:aws:iam::*:root`)."""
    if not _wild(who):
        return False
    parts = who.split(":", _ARN_PARTS - 1)
    return len(parts) < _ARN_PARTS or _wild(parts[_ARN_ACCOUNT]) or _wild(parts[0])


def _wild(text: str) -> bool:
    return "*" in text or "?" in text


def _together(conditions: Iterable[Condition]) -> Hold:
    """Say whether all of them can be true of one stranger."""
    found = {holds(each) for each in conditions}
    if Hold.NEVER in found:
        return Hold.NEVER
    return Hold.UNKNOWN if Hold.UNKNOWN in found else Hold.SOMETIMES
