"""`guardian status`: the fleet at a glance, worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.tables import Cell, Output, Table, output_option

if TYPE_CHECKING:
    from rich.console import RenderableType

    from guardian.cli.acting import Acting
    from guardian.cli.due import Due
    from guardian.cli.glance import ClientGlance, Entry
    from guardian.config import Settings
    from guardian.domain.snapshot import Snapshot


@click.command(
    epilog="\b\nExamples:\n  guardian status\n  guardian status acme\n"
    "  guardian status --output json"
)
@click.argument("client", required=False)
@output_option
@click.pass_obj
def status(config: Path, client: str | None, output: str) -> None:
    """Show the fleet at a glance: what is wrong, what falls due, how we know, and what to do.

    Judges now, and shows CLIENT alone or all clients, the worst first. Always exits 0; `check` is
    for scripts.
    """
    from guardian.cli.acting import time_to_act
    from guardian.cli.due import falls_due
    from guardian.cli.glance import glance
    from guardian.cli.tables import write
    from guardian.cli.work import judged, named_client

    settings, snapshot = judged(config, client)
    shown = settings.clients if client is None else (named_client(settings, client),)
    clients = glance(snapshot, {each.id: each.name for each in shown})
    ids = {each.id for each in shown}
    due = falls_due(snapshot, settings.plans, ids)
    acting = time_to_act(snapshot, ids)
    if output == Output.TABLE:
        _draw(settings, snapshot, clients, due, acting)
    else:
        write(_table(snapshot, clients, due, acting), output)


def _table(
    snapshot: Snapshot,
    clients: Sequence[ClientGlance],
    due: Sequence[Due],
    acting: Sequence[Acting],
) -> Table:
    from guardian.cli.findings import moment
    from guardian.domain.verdict import Status

    head: dict[str, Cell] = {"judged_at": moment(snapshot.judged_at)}
    rows: list[tuple[Cell, ...]] = [
        (each.id, each.name, *(each.counts[status] for status in Status)) for each in clients
    ]
    columns = ("client", "name", *(status.value for status in Status))
    beside = (_falls_due(due), _time_to_act(acting))
    return Table(name="clients", columns=columns, rows=tuple(rows), head=head, beside=beside)


def _falls_due(due: Sequence[Due]) -> Table:
    from guardian.cli.findings import moment

    columns = ("client", "server", "backup_set", "copy", "control", "holds_until", "days_left")
    rows = tuple(
        (
            each.asset.client,
            each.asset.server,
            each.asset.backup_set,
            each.asset.copy,
            control,
            moment(each.until),
            each.days_left,
        )
        for each in due
        for control in each.controls
    )
    return Table(name="falls_due", columns=columns, rows=rows)


def _time_to_act(acting: Sequence[Acting]) -> Table:
    from guardian.cli.findings import moment

    columns = ("client", "server", "backup_set", "copy", "alarm_at", "gone_at", "days_to_act")
    rows = tuple(
        (
            each.asset.client,
            each.asset.server,
            each.asset.backup_set,
            each.asset.copy,
            moment(each.slack.alarm_at),
            None if each.slack.gone_at is None else moment(each.slack.gone_at),
            each.days,
        )
        for each in acting
    )
    return Table(name="time_to_act", columns=columns, rows=rows)


def _draw(
    settings: Settings,
    snapshot: Snapshot,
    clients: Sequence[ClientGlance],
    due: Sequence[Due],
    acting: Sequence[Acting],
) -> None:
    from guardian.cli.terminal import draw, tell

    if not clients:
        tell("No client is configured yet: copy clients.d/example.toml.example and change it.")
        return
    draw(_parts(settings, snapshot, clients, due, acting), whole_lines=False)


def _parts(
    settings: Settings,
    snapshot: Snapshot,
    clients: Sequence[ClientGlance],
    due: Sequence[Due],
    acting: Sequence[Acting],
) -> Iterator[RenderableType]:
    from rich.text import Text

    from guardian.cli.acting import LITTLE
    from guardian.cli.terminal import visible
    from guardian.domain.words import count, date

    servers = sum(len(each.servers) for each in settings.clients)
    fleet = f"{count(len(settings.clients), 'client')}, {count(servers, 'server')}"
    judged = f"judged {date(snapshot.judged_at)}"
    yield Text(visible(f"{settings.provider_name}: {fleet}, {judged}"), style="bold")
    yield ""
    yield _summary(clients)
    if due:
        yield ""
        yield _soon(due)
    little = [each for each in acting if each.left < LITTLE]
    if little:
        yield ""
        yield _little_time(little)
    for client in clients:
        if client.entries:
            yield ""
            yield Text(visible(f"{client.name} ({client.id})"), style="bold")
            for entry in client.entries:
                yield ""
                yield _entry(entry)


def _summary(clients: Sequence[ClientGlance]) -> RenderableType:
    from rich.table import Table as Drawing
    from rich.text import Text

    from guardian.cli.tables import STYLES
    from guardian.cli.terminal import visible
    from guardian.domain.figures import STATUS_ORDER

    drawing = Drawing(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    drawing.add_column("CLIENT")
    for status in STATUS_ORDER:
        drawing.add_column(status.upper(), justify="right")
    for client in clients:
        numbers = (
            Text(str(number), style=STYLES[status] if number else "dim")
            for status in STATUS_ORDER
            for number in (client.counts[status],)
        )
        drawing.add_row(Text(visible(f"{client.name} ({client.id})")), *numbers)
    return drawing


def _soon(due: Sequence[Due]) -> RenderableType:
    """Draw what falls due, the soonest first."""
    from rich.table import Table as Drawing
    from rich.text import Text

    from guardian.cli.terminal import visible
    from guardian.domain.words import date

    drawing = Drawing(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("FALLS DUE", "WHERE", "NEEDS A NEW PROOF", "BY"):
        drawing.add_column(column)
    for each in due:
        said = (each.in_words, str(each.asset), ", ".join(each.controls), date(each.until))
        drawing.add_row(*(Text(visible(cell)) for cell in said))
    return drawing


def _little_time(acting: Sequence[Acting]) -> RenderableType:
    """Draw where little time is left once backups silently broke."""
    from rich.table import Table as Drawing
    from rich.text import Text

    from guardian.cli.terminal import visible
    from guardian.domain.words import date

    drawing = Drawing(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in ("IF IT BROKE NOW", "WHERE", "ALARM ON", "LAST GOOD COPY GONE ON"):
        drawing.add_column(column)
    for each in acting:
        gone = "" if each.slack.gone_at is None else date(each.slack.gone_at)
        said = (each.in_words, str(each.asset), date(each.slack.alarm_at), gone)
        drawing.add_row(*(Text(visible(cell)) for cell in said))
    return drawing


def _entry(entry: Entry) -> RenderableType:
    from rich.table import Table as Drawing
    from rich.text import Text

    from guardian.cli.tables import STYLES
    from guardian.cli.terminal import visible

    drawing = Drawing.grid(padding=(0, 2, 0, 0))
    heading = f"{entry.where}: {', '.join(entry.controls)}"
    drawing.add_row(
        Text(entry.status.upper(), style=STYLES[entry.status]), Text(visible(heading), style="bold")
    )
    for name, said in _facts(entry):
        drawing.add_row(Text(f"  {name}", style="dim"), Text(visible(said)))
    return drawing


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    from guardian.domain.verdict import Status

    accepted = entry.status is Status.EXEMPT
    yield "since", f"{entry.since}, {entry.severity}"
    yield "the risk" if accepted else "what is wrong", entry.wrong
    yield "how we know", entry.known
    if not accepted:
        yield "what to do", entry.remedy


COMMAND = status
