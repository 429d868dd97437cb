"""What several commands do first: open central, find a client, judge."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from guardian.app import App, open_app
from guardian.config import Client, Settings
from guardian.domain.snapshot import Snapshot


@contextmanager
def opened(config: Path) -> Iterator[App]:
    """Open central beside a running one, and release its store at the end.

    Raises:
        ConfigError: the configuration cannot be used.
        StoreError: the store cannot.
    """
    app = open_app(config)
    try:
        yield app
    finally:
        app.close()


def named_client(settings: Settings, client: str) -> Client:
    """Return a configured client.

    Raises:
        click.UsageError: no client has this id.
    """
    found = settings.client(client)
    if found is None:
        raise click.UsageError(f"No client {client!r} is configured{_hint(settings, client)}.")
    return found


def judged(config: Path, client: str | None) -> tuple[Settings, Snapshot]:
    """Judge everything now and return what was found; `client` must exist where it is named.

    Raises:
        click.UsageError: no client has this id.
        ConfigError: the configuration cannot be used.
        StoreError: the store cannot be read or written.
    """
    with opened(config) as app:
        if client is not None:
            named_client(app.settings, client)
        return app.settings, app.judge_all()


def _hint(settings: Settings, client: str) -> str:
    ids = [each.id for each in settings.clients]
    close = difflib.get_close_matches(client, ids, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; there are: {', '.join(ids)}" if ids else "; there is none yet"
