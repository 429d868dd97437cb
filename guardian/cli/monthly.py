"""One client's month out of the store, and the formats that can write it down."""

from __future__ import annotations

import importlib
import pkgutil
import re
from datetime import UTC, datetime
from typing import cast

import click
from guardian_agent.wire.keys import key_id

from guardian import reports
from guardian.app import App
from guardian.audit.checkpoint import sign_checkpoint
from guardian.audit.log import root
from guardian.cli.standards import insurance_of, standards_of
from guardian.config import Client
from guardian.ports import ReportFormat, ReportInput

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_DECEMBER = 12


def formats() -> dict[str, ReportFormat]:
    """Return every report format that is there, by name; a module of the folder is one."""
    modules = (
        importlib.import_module(f"{reports.__name__}.{found.name}")
        for found in pkgutil.iter_modules(reports.__path__)
    )
    listed = [cast("ReportFormat", module.FORMAT) for module in modules]
    return {each.name: each for each in listed}


def month_bounds(text: str) -> tuple[datetime, datetime]:
    """Return the beginning of a month written "2026-11", and of the one after it, in UTC.

    Raises:
        click.BadParameter: no such month.
    """
    found = _MONTH.fullmatch(text)
    if found is None or not 1970 <= int(found[1]) <= 9998:  # noqa: PLR2004 - what datetime holds
        raise click.BadParameter("expected a month such as 2026-11", param_hint="--month")
    year, month = int(found[1]), int(found[2])
    start = datetime(year, month, 1, tzinfo=UTC)
    after = (year + 1, 1) if month == _DECEMBER else (year, month + 1)
    return start, datetime(*after, 1, tzinfo=UTC)


def gather(
    app: App, client: Client, start: datetime, end: datetime, language: str | None = None
) -> ReportInput:
    """Return a client's month, judged now.

    Args:
        app: the composed central.
        client: whose month.
        start: its beginning.
        end: the beginning of the next.
        language: of the report; the client's own if None.

    Raises:
        StoreError: the store cannot be read or written.
    """
    snapshot = app.judge_all()
    log = app.store.tree(client.id)
    return ReportInput(
        client_id=client.id,
        client_name=client.name,
        language=language or client.language.value,
        month_start=start,
        month_end=end,
        built_at=app.clock.now(),
        snapshot=snapshot,
        changes=app.store.history(client.id, start, end),
        log_size=log.size,
        log_root=root(log),
        key_fingerprint=key_id(app.key.public),
        provider_name=app.settings.provider_name,
        checkpoint=sign_checkpoint(client.id, log, app.key),
        standards=tuple(standards_of(client, app.settings, snapshot)),
        insurance=insurance_of(client, app.settings, snapshot) if client.insurance else (),
    )
