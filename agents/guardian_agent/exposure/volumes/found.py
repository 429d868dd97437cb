"""What is known of one thing, and many of them as the settings of a posture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug

_WORSE = (
    Standing.SAFE,
    Standing.UNSUPPORTED,
    Standing.FAILED,
    Standing.DENIED,
    Standing.NOT_SET,
    Standing.UNSAFE,
)
"""From what may pass to what certainly fails: where it fails, it fails whatever else is unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of one thing, and the rule that decided."""

    standing: Standing
    rule: str
    permission: str | None = None
    """What was missing where it is `DENIED`."""
    crossed: frozenset[str] = frozenset()
    """The encrypting devices on the way down to the disks: their folders below `/sys`."""
    keys: frozenset[str] = frozenset()
    """Files that hold the key, where what encrypts names them itself."""


def safe(rule: str) -> Found:
    """Return that nobody reads it without the key."""
    return Found(standing=Standing.SAFE, rule=rule)


def unsafe(rule: str) -> Found:
    """Return that it can be read."""
    return Found(standing=Standing.UNSAFE, rule=rule)


def unsupported(rule: str) -> Found:
    """Return that what was asked cannot tell."""
    return Found(standing=Standing.UNSUPPORTED, rule=rule)


def failed(rule: str) -> Found:
    """Return that no answer came, or none that could be read."""
    return Found(standing=Standing.FAILED, rule=rule)


def denied(permission: str) -> Found:
    """Return that it was not allowed to ask."""
    return Found(standing=Standing.DENIED, rule="denied", permission=permission)


def worst(parts: Iterable[Found], none: Found) -> Found:
    """Return what holds of something that lies on all these parts; `none` where there are none."""
    seen = list(parts)
    if not seen:
        return none
    chosen = max(seen, key=lambda each: _WORSE.index(each.standing))
    crossed = frozenset[str]().union(*(each.crossed for each in seen))
    keys = frozenset[str]().union(*(each.keys for each in seen))
    return replace(chosen, crossed=crossed, keys=keys)


def settings_of(setting: Slug, found: Sequence[Found]) -> list[Setting]:
    """Return one setting for each standing and rule, with how many have it."""
    counts = Counter((each.standing, each.rule, each.permission) for each in found)
    return [
        Setting(
            setting=setting,
            standing=standing,
            rule=Slug(rule),
            items=count,
            permission=None if permission is None else Slug(permission),
        )
        for (standing, rule, permission), count in counts.items()
    ]
