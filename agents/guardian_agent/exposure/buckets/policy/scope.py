"""On what of the bucket a statement acts: which actions, on the bucket or on its objects."""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.exposure.buckets.policy.document import Policy, Selection, Statement
from guardian_agent.exposure.buckets.policy.patterns import bucket_pattern, covers, meets

EVERYONE = ("AWS", "*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One action on one thing, both as patterns (`s3:get*` on `data/?*`)."""

    action: str
    thing: str


def objects_of(bucket: str) -> str:
    """Return what matches every object: a key has one character or more."""
    return f"{bucket}/?*"


def covers_target(statement: Statement, target: Target) -> bool:
    """Say whether a statement is about all of a target."""
    return _covers(statement.actions, target.action) and _covers(
        _things(statement.resources), target.thing
    )


def targets_in(statement: Statement, bucket: str) -> list[Target]:
    """Return what of a bucket a statement is about."""
    things = [
        thing
        for kind in (bucket, objects_of(bucket))
        for thing in _met(_things(statement.resources), kind)
    ]
    actions = _met(statement.actions, "s3:*")
    return [
        Target(action=action, thing=thing)
        for action in actions
        for thing in things
        if _fit(action, of_object="/" in thing)
    ]


def about_everyone(statement: Statement) -> bool:
    """Say whether nobody at all is left out."""
    whom = statement.principals
    return not whom.others and EVERYONE in whom.named


def denials(policy: Policy) -> list[Statement]:
    """Return the statements that deny."""
    return [each for each in policy.statements if not each.allows]


def _things(resources: Selection) -> Selection:
    return Selection(
        patterns=tuple(bucket_pattern(each) for each in resources.patterns),
        others=resources.others,
    )


def _covers(selection: Selection, pattern: str) -> bool:
    if selection.others:
        return not any(meets(each, pattern) for each in selection.patterns)
    return any(covers(each, pattern) for each in selection.patterns)


def _met(selection: Selection, pattern: str) -> list[str]:
    """Return what of a pattern is selected, as patterns no narrower than that."""
    if selection.others:
        left_out = any(covers(each, pattern) for each in selection.patterns)
        return [] if left_out else [pattern]
    return [
        pattern if covers(each, pattern) else each
        for each in selection.patterns
        if meets(each, pattern)
    ]


def _fit(action: str, *, of_object: bool) -> bool:
    """Say whether an action may be one on such a thing: reading an object of no bucket is none.

    Actions on buckets have it in their names, those on objects "object" or "multipart"; where a
    pattern may mean either, it does.
    """
    if "*" in action or "?" in action:
        return True
    on_bucket = "bucket" in action
    on_object = not on_bucket and ("object" in action or "multipart" in action)
    return not on_bucket if of_object else not on_object
