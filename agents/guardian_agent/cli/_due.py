"""What falls due when, for `restore-test --due`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from guardian_agent.run.agenda import Item
from guardian_agent.run.due import Calendar
from guardian_agent.wire.duration import format_duration
from guardian_agent.wire.names import Name, Slug


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One line of `restore-test --due --json`."""

    backup_set: Name
    copy: Name
    kind: Slug
    due_at: datetime
    every: timedelta
    done_at: datetime | None
    missed: int


def due_of(item: Item) -> Due:
    """Return an item of the agenda as programs read it."""
    backup_set, copy, kind = item.chore.names
    return Due(
        backup_set=backup_set,
        copy=copy,
        kind=kind,
        due_at=item.due_at,
        every=item.chore.every,
        done_at=item.past.done_at,
        missed=item.past.missed,
    )


def due_rows(items: Sequence[Item], now: datetime, calendar: Calendar) -> Iterator[tuple[str, ...]]:
    """Yield what falls due, soonest first: of what, what, when, how long until then, last time."""
    for item in sorted(items, key=lambda item: item.due_at):
        local = item.due_at.astimezone(calendar.zone)
        left = item.due_at - now
        overdue = left <= timedelta()
        span = format_duration(abs(left))
        yield (
            f"{item.chore.backup_set}/{item.chore.copy}",
            item.chore.name,
            f"{local:%a %Y-%m-%d %H:%M}",
            f"DUE for {span}" if overdue else f"in {span}",
            _past(item, now),
        )


def window_line(texts: Sequence[str], now: datetime, calendar: Calendar) -> str:
    """Say when tests may begin."""
    if not texts:
        return "Tests may begin at any time."
    said = ", ".join(texts)
    if calendar.is_open(now):
        return f"Tests may begin {said}: now."
    opens = calendar.next_opening(now).astimezone(calendar.zone)
    return f"Tests may begin {said}: next on {opens:%a %H:%M}."


def _past(item: Item, now: datetime) -> str:
    done = item.past.done_at
    last = "never done" if done is None else f"last {format_duration(now - done)} ago"
    missed = item.past.missed
    return f"{last}; could not be performed {missed} x" if missed else last
