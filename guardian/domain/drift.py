"""How a copy is made changes: what was told before, what is told now, and which is weaker.

A first word on a setting is its baseline; every later one that differs is kept with what it was
before and the statement that told it, so that whoever asks can begin from any moment. What is no
longer told is as it was: not knowing is no change. Under a new key hashes cannot be compared, and
only numbers are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import CopySetting, CopySettings

from guardian.domain.arrival import Arrival
from guardian.domain.evidence import CopyEvidence, SettingChanged, SettingsSeen

MAX_SETTINGS = 32
MAX_CHANGES = 64


class Effect(Enum):
    """What a change does to a backup."""

    WEAKER = auto()
    STRONGER = auto()
    OTHER = auto()
    """Something else than before: whether it is as good, nobody here can tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What became of one setting since a moment."""

    before: CopySetting
    after: CopySetting
    effect: Effect
    first: SettingChanged
    """The first statement that told it."""
    newest: SettingChanged

    @property
    def lost(self) -> int:
        """Return how many values are gone."""
        return _apart(self.before, self.after)[0]

    @property
    def added(self) -> int:
        """Return how many values are new."""
        return _apart(self.before, self.after)[1]


def set_up(copy: CopyEvidence, fact: CopySettings, at: Arrival) -> CopyEvidence:
    """Take how a copy is made."""
    seen = _comparable(copy.settings, at)
    known = {each.setting: each for each in seen.known}
    changes = list(seen.changes)
    for told in fact.settings:
        before = known.get(told.setting)
        if before is None and len(known) >= MAX_SETTINGS:
            continue
        if before is not None and _differs(before, told):
            changes.append(_changed(before, at))
        known[told.setting] = told
    ordered = tuple(known[name] for name in sorted(known))
    settings = replace(
        seen,
        received_at=at.received_at,
        stated_at=at.stated_at,
        known=ordered,
        changes=tuple(_bounded(changes)),
    )
    return replace(copy, settings=settings)


def _comparable(seen: SettingsSeen | None, at: Arrival) -> SettingsSeen:
    """Return what is known so that it can be compared: under a new key, without old hashes."""
    if seen is None:
        return SettingsSeen(
            received_at=at.received_at,
            stated_at=at.stated_at,
            epoch=at.epoch,
            since=at.received_at,
            known=(),
        )
    if seen.epoch == at.epoch:
        return seen
    return replace(
        seen,
        epoch=at.epoch,
        known=tuple(replace(each, values=()) for each in seen.known),
        changes=tuple(
            replace(each, before=replace(each.before, values=())) for each in seen.changes
        ),
    )


def drifts(seen: SettingsSeen, settled: datetime | None) -> Iterator[Drift]:
    """Yield what is otherwise than it was at `settled`, or when it was first told.

    What came back to what it was is no drift.
    """
    now = {each.setting: each for each in seen.known}
    open_changes: dict[Slug, list[SettingChanged]] = {}
    for change in seen.changes:
        if settled is None or change.received_at > settled:
            open_changes.setdefault(change.before.setting, []).append(change)
    for name, changes in sorted(open_changes.items()):
        before, after = changes[0].before, now[name]
        effect = _effect(before, after)
        if effect is not None:
            yield Drift(
                before=before, after=after, effect=effect, first=changes[0], newest=changes[-1]
            )


def _differs(before: CopySetting, told: CopySetting) -> bool:
    if before.count != told.count:
        return True
    return bool(before.values and told.values) and before.values != told.values


def _changed(before: CopySetting, at: Arrival) -> SettingChanged:
    return SettingChanged(
        before=before,
        epoch=at.epoch,
        number=at.number,
        received_at=at.received_at,
        stated_at=at.stated_at,
    )


def _bounded(changes: Sequence[SettingChanged]) -> Sequence[SettingChanged]:
    """Make two changes of one setting one where there are too many: it ends when the second did.

    There are fewer settings than changes, so two of one setting are always found.
    """
    kept = list(changes)
    while len(kept) > MAX_CHANGES:
        first, second = _pair(kept)
        kept[second] = replace(kept[second], before=kept[first].before)
        del kept[first]
    return kept


def _pair(changes: Sequence[SettingChanged]) -> tuple[int, int]:
    """Return the places of the first two changes of one setting."""
    seen: dict[str, int] = {}
    pairs = (
        (seen[change.before.setting], place)
        for place, change in enumerate(changes)
        if seen.setdefault(change.before.setting, place) != place
    )
    return next(pairs)


_FEWER_IS_WEAKER = frozenset({"paths", "point-paths", "encryption", "schedule"})
_MORE_IS_WEAKER = frozenset({"excludes", "left-out"})
_RETIMED = frozenset({"schedule"})
"""Where one value for another may be as good."""
_NUMBERS = "keep-"


def _effect(before: CopySetting, after: CopySetting) -> Effect | None:
    """Return what a setting's change does; None where it is what it was."""
    name = before.setting
    if not _differs(before, after):
        return None
    lost, added = _apart(before, after)
    fewer = after.count < before.count
    if name in _MORE_IS_WEAKER:
        return Effect.WEAKER if added else Effect.STRONGER
    if name.startswith(_NUMBERS):
        return Effect.WEAKER if fewer else Effect.STRONGER
    if name not in _FEWER_IS_WEAKER or (name in _RETIMED and lost and not fewer):
        return Effect.OTHER
    return Effect.WEAKER if lost else Effect.STRONGER


def _apart(before: CopySetting, after: CopySetting) -> tuple[int, int]:
    """Return how many values are gone, and how many are new, at the least."""
    gone, new = _absent(before, after), _absent(after, before)
    fewer = before.count - after.count
    return max(gone, new + fewer), max(new, gone - fewer)


def _absent(these: CopySetting, told: CopySetting) -> int:
    """Count what is certainly not among the other's values.

    Of many only the smallest hashes are told: what is larger may be there. Where none is told,
    hashes cannot be compared.
    """
    if told.count and not told.values:
        return 0
    largest = max(told.values) if told.count > len(told.values) else None
    missing = set(these.values).difference(told.values)
    return sum(largest is None or value < largest for value in missing)
