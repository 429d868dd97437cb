"""`guardian client`: who is looked after."""

from __future__ import annotations

from pathlib import Path

import click

from guardian.cli.group import Group
from guardian.cli.tables import Table, output_option


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian client list")
def client() -> None:
    """List the clients of the configuration."""


@client.command("list", epilog="\b\nExamples:\n  guardian client list --output csv")
@output_option
@click.pass_obj
def list_(config: Path, output: str) -> None:
    """List every client with its servers, backup sets and copies counted."""
    from guardian.cli.tables import write
    from guardian.config import load_config

    rows = tuple(
        (
            each.id,
            each.name,
            len(each.servers),
            sum(len(server.backup_sets) for server in each.servers),
            sum(len(kept.copies) for server in each.servers for kept in server.backup_sets),
            each.timezone,
            each.file,
        )
        for each in load_config(config).clients
    )
    columns = ("client", "name", "servers", "backup_sets", "copies", "timezone", "file")
    write(Table(name="clients", columns=columns, rows=rows), output)


COMMAND = client
