"""`guardian doctor`: what is wrong with central itself, and how to mend it."""

from __future__ import annotations

from pathlib import Path

import click

from guardian.cli.tables import Table, output_option


@click.command(epilog="\b\nExamples:\n  guardian doctor\n  guardian doctor --output json")
@output_option
@click.pass_obj
def doctor(config: Path, output: str) -> int:
    """Look at what central stands on: configuration, permissions, certificate, clock, store, disk.

    Of each storage with a witness it says what the newest look left unknown. Exits 0 if nothing
    fails (a warning does not), 1 if something does, 2 if the configuration cannot be read.
    """
    from guardian.app.clock import SystemClock
    from guardian.cli.examine import Health, examine
    from guardian.cli.examine_storage import examine_storage
    from guardian.cli.root import Exit
    from guardian.cli.tables import write
    from guardian.config import load_config

    settings, now = load_config(config), SystemClock().now()
    found = [*examine(settings, now), *examine_storage(settings, now)]
    rows = tuple((each.health.value, each.subject, each.found, each.mend) for each in found)
    columns = ("status", "subject", "found", "what_to_do")
    write(Table(name="examinations", columns=columns, rows=rows), output)
    return Exit.FAIL if any(each.health is Health.FAIL for each in found) else Exit.PASS


COMMAND = doctor
