"""`guardian audit`: does the evidence still agree with its log?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.group import Group
from guardian.cli.tables import Table, output_option

if TYPE_CHECKING:
    from guardian.app import App
    from guardian.audit.verify import Verified


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian audit verify")
def audit() -> None:
    """Check the evidence log."""


@audit.command(epilog="\b\nExamples:\n  guardian audit verify\n  guardian audit verify acme")
@click.argument("client", required=False)
@output_option
@click.pass_obj
def verify(config: Path, client: str | None, output: str) -> int:
    """Verify all evidence of CLIENT, or of every client, end to end.

    Hashes every leaf again, verifies every signature again, and holds what is kept against the
    log in both directions. Exits 0 if everything agrees, 1 if something does not, 3 if there is
    nothing to verify.
    """
    from guardian.cli.root import Exit
    from guardian.cli.tables import write
    from guardian.cli.terminal import tell
    from guardian.cli.work import opened

    with opened(config) as app:
        found = _verified(app, client)
    columns = ("client", "leaves", "root", "status", "problem")
    rows = tuple(
        (each.client, each.leaves, each.root, "pass" if each.holds else "fail", each.problem)
        for each in found
    )
    write(Table(name="logs", columns=columns, rows=rows), output)
    if not any(each.leaves for each in found):
        tell("There is no evidence yet, so nothing is proven.")
        return Exit.UNKNOWN
    return Exit.PASS if all(each.holds for each in found) else Exit.FAIL


def _verified(app: App, client: str | None) -> list[Verified]:
    """Verify the clients of the configuration and those that left evidence."""
    from guardian.audit.verify import verify as verify_client

    records = app.store.keys()
    known = {str(each.id) for each in app.settings.clients} | {str(key.client) for key in records}
    if client is not None and client not in known:
        raise click.UsageError(f"No client {client!r} is configured or ever had an agent.")
    chosen = sorted(known) if client is None else [client]
    return [verify_client(app.store, each, app.key.public) for each in chosen]


COMMAND = audit
