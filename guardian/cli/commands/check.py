"""`guardian check`: judge now, for scripts and monitoring systems."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from guardian.cli import nagios
from guardian.cli.tables import Output, output_option

if TYPE_CHECKING:
    from guardian.config import Settings
    from guardian.domain.snapshot import Snapshot
    from guardian.domain.verdict import Status


@click.command(
    epilog="\b\nExamples:\n  guardian check\n  guardian check acme --output json\n"
    "  guardian check --nagios"
)
@click.argument("client", required=False)
@output_option
@click.option(
    nagios.OPTION,
    "as_plugin",
    is_flag=True,
    help="Answer as a monitoring plugin: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
)
@click.pass_context
def check(context: click.Context, client: str | None, output: str, *, as_plugin: bool) -> int:
    """Judge now and print every finding of CLIENT, or of all clients, the worst first.

    Exits 0 if all pass (an exemption counts as passing), 1 if something fails, 3 if something is
    unknown and nothing fails, 2 for wrong usage or configuration. What nobody configured is not
    known: without any finding the status is 3.
    """
    from guardian.cli.root import Exit
    from guardian.cli.terminal import tell
    from guardian.cli.work import judged
    from guardian.errors import StoreError

    chosen = context.get_parameter_source("output") is not ParameterSource.DEFAULT
    if as_plugin and chosen:
        raise click.UsageError("Choose one: --nagios or --output.")
    config: Path = context.obj
    try:
        settings, snapshot = judged(config, client)
    except StoreError as error:
        if as_plugin:
            nagios.say_unknown(str(error))
        else:
            tell(f"Error: {error}")
        return Exit.UNKNOWN
    return _answer(settings, snapshot, client, output, as_plugin=as_plugin)


def _answer(
    settings: Settings, snapshot: Snapshot, client: str | None, output: str, *, as_plugin: bool
) -> int:
    from guardian.cli.findings import full_table, short_table
    from guardian.cli.tables import write
    from guardian.cli.terminal import tell

    findings = [each for each in snapshot.findings if client in (None, each.asset.client)]
    if as_plugin:
        return nagios.answer(findings)
    whole = full_table(snapshot, findings)
    write(short_table(findings) if output == Output.TABLE else whole, output)
    if not findings:
        tell(_nothing(settings, client))
    return _status({each.status for each in findings})


def _nothing(settings: Settings, client: str | None) -> str:
    """Say why there is no finding, and who holds data of a client that left."""
    left = None if client is None else settings.client(client)
    if left is None or left.offboarded is None:
        return "Nothing is configured, so nothing is proven: add a client to clients.d."
    held = {plan.client for plan in settings.plans if plan.custody_of == client}
    said = f"{left.name} left on {left.offboarded} and has no server: nothing is judged here."
    hints = [f"Its data is held: see `guardian check {each}`." for each in sorted(held)]
    return " ".join((said, *hints))


def _status(found: Collection[Status]) -> int:
    from guardian.cli.root import Exit
    from guardian.domain.verdict import Status

    if Status.FAIL in found:
        return Exit.FAIL
    return Exit.UNKNOWN if Status.UNKNOWN in found or not found else Exit.PASS


COMMAND = check
