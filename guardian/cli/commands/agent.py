"""`guardian agent`: who may send statements."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.group import Group
from guardian.cli.tables import Cell, Table, output_option

if TYPE_CHECKING:
    from guardian.ports import KeyRecord

SHORTEST_LIFE = timedelta(minutes=1)
LONGEST_LIFE = timedelta(days=31)


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian agent token --client acme --server web1")
def agent() -> None:
    """Invite agents, list them, and end their keys."""


@agent.command(
    epilog="\b\nExamples:\n  guardian agent token --client acme --server web1 > web1.token\n"
    "  guardian agent token --client acme --server web1 --ttl 30m"
)
@click.option("--client", required=True, metavar="ID", help="The client's id.")
@click.option("--server", required=True, metavar="ID", help="The server's id.")
@click.option("--ttl", default="1h", show_default=True, help='How long it is valid, as "30m".')
@click.pass_obj
def token(config: Path, client: str, server: str, ttl: str) -> None:
    """Print a token that enrols one agent, once; the token alone goes to stdout.

    Give it to `guardian-agent enroll --token-file FILE` on the server. It is a secret until it is
    used; central keeps only its hash.
    """
    from guardian.cli.terminal import say, tell
    from guardian.cli.work import named_client, opened

    life = _life(ttl)
    with opened(config) as app:
        ids = [each.id for each in named_client(app.settings, client).servers]
        if server not in ids:
            raise click.UsageError(
                f"Client {client!r} has no server {server!r}; there are: {', '.join(ids)}."
            )
        say(app.create_token(client, server, life))
    tell(f"Enrols {client}/{server} once within {ttl}: guardian-agent enroll --token-file FILE")


@agent.command("list", epilog="\b\nExamples:\n  guardian agent list --output json")
@output_option
@click.pass_obj
def list_(config: Path, output: str) -> None:
    """List every agent that was ever enrolled, with the state of its key."""
    from guardian.cli.tables import write
    from guardian.cli.work import opened

    with opened(config) as app:
        records = sorted(app.store.keys(), key=lambda key: (key.client, key.server, key.epoch))
    columns = ("client", "server", "epoch", "state", "enrolled_at", "key_id")
    write(Table(name="agents", columns=columns, rows=tuple(map(_row, records))), output)


@agent.command(epilog="\b\nExamples:\n  guardian agent revoke --client acme --server web1")
@click.option("--client", required=True, metavar="ID", help="The client's id.")
@click.option("--server", required=True, metavar="ID", help="The server's id.")
@click.pass_obj
def revoke(config: Path, client: str, server: str) -> None:
    """End a server's key for ever; what it sends from now on is refused.

    Its evidence stays. A new token enrols the server again, with a new key.
    """
    from guardian.cli.terminal import tell
    from guardian.cli.work import opened
    from guardian.ingest.enrolment import revoke as end

    with opened(config) as app:
        records = app.store.keys()
        own = [key for key in records if (key.client, key.server) == (client, server)]
        living = [key for key in own if key.revoked_at is None]
        if not living:
            raise click.UsageError(
                f"No agent of {client}/{server} has a living key; see `guardian agent list`."
            )
        for key in living:
            end(app.store, key.key_id, app.clock.now())
            tell(f"Revoked {client}/{server}, key {key.key_id}.")


def _life(text: str) -> timedelta:
    from guardian_agent.errors import DecodeError
    from guardian_agent.wire.duration import parse_duration

    try:
        life = parse_duration(text)
    except DecodeError:
        life = timedelta()
    if not SHORTEST_LIFE <= life <= LONGEST_LIFE:
        raise click.BadParameter('expected a duration from "1m" to "31d"', param_hint="--ttl")
    return life


def _row(key: KeyRecord) -> tuple[Cell, ...]:
    from guardian.cli.findings import moment

    state = "enrolled"
    if key.revoked_at is not None:
        state = f"revoked {moment(key.revoked_at)}"
    elif key.frozen_at is not None:
        state = f"frozen {moment(key.frozen_at)}: {key.frozen_because}"
    return (key.client, key.server, key.epoch, state, moment(key.enrolled_at), key.key_id)


COMMAND = agent
