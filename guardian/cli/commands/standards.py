"""`guardian standards`: what is evidence for the requirements of standards."""

from __future__ import annotations

from pathlib import Path

import click

from guardian.cli.tables import Output, output_option


@click.command(
    epilog="\b\nExamples:\n  guardian standards\n  guardian standards acme --output json"
)
@click.argument("client", required=False)
@output_option
@click.pass_obj
def standards(config: Path, client: str | None, output: str) -> int:
    """Judge now and show what is known that bears on the standards of CLIENT, or of all clients.

    The client's file names its standards: [client] standards = ["pci", "cis-v8"]. What is shown is
    evidence for a requirement, and never that anybody complies with a standard.

    Exits 0 if there is evidence for every requirement, 1 if something speaks against one, 3 if one
    is unknown or not covered and nothing speaks against any, 2 for wrong usage or configuration.
    """
    from guardian.cli import standards as answers
    from guardian.cli.tables import write
    from guardian.cli.terminal import tell
    from guardian.cli.work import judged

    settings, snapshot = judged(config, client)
    rows = [
        row
        for each in settings.clients
        if client in (None, each.id)
        for row in answers.standard_rows(each, answers.standards_of(each, settings, snapshot))
    ]
    columns = answers.FOR_PEOPLE if output == Output.TABLE else answers.COLUMNS
    write(answers.as_table("requirements", columns, rows, snapshot.judged_at), output)
    if not rows:
        tell('No standard is named: write [client] standards = ["cis-v8"] into the client\'s file.')
    return _status({str(row["answer"]) for row in rows})


def _status(found: set[str]) -> int:
    from guardian.cli.root import Exit
    from guardian.domain.requirement.kinds import Answer

    if Answer.CONTRARY in found:
        return Exit.FAIL
    return Exit.PASS if found == {Answer.EVIDENCE} else Exit.UNKNOWN


COMMAND = standards
