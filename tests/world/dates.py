"""Moments in the past, as the tools want them written."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

DAY = 86400


def days_ago(days: float) -> str:
    """Return a moment for restic's `--time`."""
    return f"{_past(timedelta(days=days)):%Y-%m-%d %H:%M:%S}"


def hours_ago(hours: float) -> str:
    """Return a moment for borg's `--timestamp`."""
    return f"{_past(timedelta(hours=hours)):%Y-%m-%dT%H:%M:%S}"


def yesterday() -> date:
    """Return yesterday's date (UTC)."""
    return _past(timedelta(days=1)).date()


def at(moment: datetime) -> str:
    """Return a moment for restic's `--time`."""
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def now() -> datetime:
    """Return the present, to the minute."""
    return _past(timedelta()).replace(second=0, microsecond=0)


def seconds_ago(moment: datetime) -> str:
    """Return how long ago a moment was, for a clock that is to be moved there."""
    return f"{int((_past(timedelta()) - moment).total_seconds())}"


def last_switch(month: int) -> datetime:
    """Return midnight (UTC) of the newest change of Europe's clocks in March or October."""
    today = _past(timedelta())
    years = (today.year, today.year - 1)
    switches = (_last_sunday(year, month) for year in years)
    return next(switch for switch in switches if switch < today - timedelta(days=2))


def _last_sunday(year: int, month: int) -> datetime:
    last = datetime(year, month, 31, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def _past(ago: timedelta) -> datetime:
    return datetime.now(UTC) - ago  # noqa: TID251 - a test makes real backups at real times
