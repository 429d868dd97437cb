"""`guardian insurance`: what insurers ask about backups, with the evidence behind each answer."""

from __future__ import annotations

from pathlib import Path

import click

from guardian.cli.tables import Output, output_option


@click.command(
    epilog="\b\nExamples:\n  guardian insurance acme\n  guardian insurance acme --output csv"
)
@click.argument("client")
@output_option
@click.pass_obj
def insurance(config: Path, client: str, output: str) -> int:
    """Judge now and answer what insurers ask about CLIENT's backups.

    An answer is `verified` (seen, and it holds now), `attested` (somebody's word, from [[attested]]
    in the client's file), `absent` (seen not to be so) or `unknown`.

    Exits 0 if everything is verified or attested, 1 if something is absent, 3 if something is
    unknown and nothing is absent, 2 for wrong usage or configuration.
    """
    from guardian.cli import standards as answers
    from guardian.cli.tables import write
    from guardian.cli.work import judged, named_client

    settings, snapshot = judged(config, client)
    found = named_client(settings, client)
    given = answers.insurance_of(found, settings, snapshot)
    columns = answers.INSURANCE_FOR_PEOPLE if output == Output.TABLE else answers.INSURANCE_COLUMNS
    rows = list(answers.insurance_rows(found, given))
    write(answers.as_table("answers", columns, rows, snapshot.judged_at), output)
    return _status({each.answer.value for each in given})


def _status(found: set[str]) -> int:
    from guardian.cli.root import Exit
    from guardian.domain.requirement.insurance import Insured

    if Insured.ABSENT in found:
        return Exit.FAIL
    return Exit.UNKNOWN if Insured.UNKNOWN in found else Exit.PASS


COMMAND = insurance
