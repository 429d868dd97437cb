"""`guardian schedule`: what is asked of each copy, and what its history proposes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.tables import Cell, Table, output_option

if TYPE_CHECKING:
    from guardian.cli.schedules import Scheduled


@click.command(
    epilog="\b\nExamples:\n  guardian schedule\n  guardian schedule acme\n"
    "  guardian schedule --output json"
)
@click.argument("client", required=False)
@output_option
@click.pass_obj
def schedule(config: Path, client: str | None, output: str) -> None:
    """Show what is asked of each copy, when it is due, and how much time there would be to act.

    For CLIENT alone or all clients. Where a copy's own history shows a cadence that is not agreed,
    it is proposed; a proposal is in force once you write it into the client's file.
    """
    from guardian.cli.schedules import scheduled
    from guardian.cli.tables import write
    from guardian.cli.terminal import tell
    from guardian.cli.work import named_client, opened

    with opened(config) as app:
        settings = app.settings
        shown = settings.clients if client is None else (named_client(settings, client),)
        snapshot = app.judge_all()
        known = app.store.all_evidence()
    evidence = {(str(each.client), str(each.server)): each for each in known}
    found = scheduled(snapshot, settings.plans, evidence, {each.id for each in shown})
    write(_table(found), output)
    if any(each.proposal for each in found):
        tell('To agree on a proposal, write it under [server.backup_set.policy."backup.fresh"].')


def _table(found: tuple[Scheduled, ...]) -> Table:
    columns = ("client", "server", "backup_set", "copy", "asked", "next_expected")
    acting = ("alarm_at", "gone_at", "days_to_act", "proposed")
    rows = tuple(_row(each) for each in found)
    return Table(name="copies", columns=(*columns, *acting), rows=rows)


def _row(each: Scheduled) -> tuple[Cell, ...]:
    from guardian.cli.findings import moment

    fresh, asset = each.figures.freshness, each.asset
    slack = fresh.slack
    gone_at = None if slack is None else slack.gone_at
    left = None if slack is None else slack.left
    return (
        asset.client,
        asset.server,
        asset.backup_set,
        asset.copy,
        each.asked,
        None if fresh.next_expected_at is None else moment(fresh.next_expected_at),
        None if slack is None else moment(slack.alarm_at),
        None if gone_at is None else moment(gone_at),
        None if left is None else left.days,
        each.proposed or None,
    )


COMMAND = schedule
