"""`guardian ingest`: one pass over a drop folder."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import click


@click.command(epilog="\b\nExamples:\n  guardian ingest\n  guardian ingest /srv/guardian/drop")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def ingest(config: Path, folder: Path | None) -> None:
    """Take in what agents left in FOLDER, and leave them their receipts.

    Without FOLDER it is the one that `[central] url` names. What is refused moves to `refused/`
    and is counted by reason; run it from a timer.
    """
    from guardian.cli.terminal import say
    from guardian.cli.work import opened
    from guardian.sources.drop_folder import drain

    with opened(config) as app:
        drained = drain(folder or _configured(app.settings.url), app.ingest)
    say(
        f"accepted {drained.accepted}, duplicates {drained.duplicates}, "
        f"enrolled {drained.enrolled}, refused {drained.refused.total()}, "
        f"skipped {drained.skipped}"
    )
    for reason, total in sorted(drained.refused.items()):
        say(f"refused as {reason}: {total}")


def _configured(url: str) -> Path:
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise click.UsageError(
            f"Name a folder: agents deliver to {url}, so the configuration names none."
        )
    return Path(unquote(parts.path))


COMMAND = ingest
