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


def _past(ago: timedelta) -> datetime:
    return datetime.now(UTC) - ago  # noqa: TID251 - a test makes real backups at real times
