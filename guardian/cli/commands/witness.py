"""`guardian witness`: central looks at the storage itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.group import Group
from guardian.cli.tables import Cell, Table, output_option

if TYPE_CHECKING:
    from guardian.domain.asset import Asset
    from guardian.domain.storage import NoLook, StorageLook

COLUMNS = (
    "client",
    "server",
    "backup_set",
    "copy",
    "saw",
    "restore_points",
    "newest",
    "data_bytes",
    "locked",
    "versioning",
    "not_known",
)


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian witness run")
def witness() -> None:
    """Look at storage with central's own read-only credentials."""


@witness.command(epilog="\b\nExamples:\n  guardian witness run\n  guardian witness run acme")
@click.argument("client", required=False)
@output_option
@click.pass_obj
def run(config: Path, client: str | None, output: str) -> int:
    """Look once at every storage with a witness, or at those of CLIENT, and keep what was seen.

    A running `guardian serve` does so by itself, every `[witness] interval`. Exits 3 if a storage
    showed nothing.
    """
    from guardian.cli.root import Exit
    from guardian.cli.tables import write
    from guardian.cli.work import named_client, opened
    from guardian.domain.storage import StorageLook

    with opened(config) as app:
        if client is not None:
            named_client(app.settings, client)
        found = list(app.witnessing.run(client))
    rows = tuple(_row(asset, each) for asset, each in found)
    write(Table(name="looks", columns=COLUMNS, rows=rows), output)
    seen = all(isinstance(each, StorageLook) for _, each in found)
    return Exit.PASS if seen else Exit.UNKNOWN


def _row(asset: Asset, found: StorageLook | NoLook) -> tuple[Cell, ...]:
    from guardian.app.witnessing import saw
    from guardian.domain.storage import NoLook

    place = (asset.client, asset.server, asset.backup_set, asset.copy)
    if isinstance(found, NoLook):
        why = found.permission or None
        return (*place, saw(found), None, None, None, None, None, why)
    return (
        *place,
        saw(found),
        found.total,
        _newest(found),
        None if found.data is None else found.data.bytes,
        _locked(found),
        found.rules.versioning.value,
        _not_known(found),
    )


def _newest(look: StorageLook) -> str | None:
    from guardian.domain.words import date

    newest = look.points[0].stored_at if look.points else look.newest_at
    return None if newest is None else date(newest)


def _locked(look: StorageLook) -> str | None:
    return ", ".join(sorted({lock.mode.value for lock in look.locks})) or None


def _not_known(look: StorageLook) -> str | None:
    from guardian.domain.disagreements import why_not

    said = [f"{lack.question.value} ({why_not(lack)})" for lack in look.lacks]
    return "; ".join(said) or None


COMMAND = witness
