"""`guardian report`: the document that a client gets each month."""

from __future__ import annotations

from pathlib import Path

import click

from guardian.cli.group import Group


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian report build acme --month 2026-11")
def report() -> None:
    """Build monthly reports."""


@report.command(
    epilog="\b\nExamples:\n  guardian report build acme --month 2026-11\n"
    "  guardian report build acme --month 2026-11 --format html --format pdf --out /srv/reports"
)
@click.argument("client")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month, in UTC.")
@click.option(
    "--format",
    "names",
    multiple=True,
    default=["html"],
    show_default=True,
    help="How to write it; may be given several times.",
)
@click.option(
    "--language",
    type=click.Choice(["en", "ru"]),
    help="Language of what people read.  [default: the client's]",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="Folder for the document.  [default: this one]",
)
@click.pass_obj
def build(
    config: Path,
    client: str,
    month: str,
    names: tuple[str, ...],
    language: str | None,
    out: Path,
) -> None:
    """Build CLIENT's report of a month, and print where it lies.

    A report of a month that is not over says so.
    """
    from guardian.cli.monthly import formats, gather, month_bounds
    from guardian.cli.terminal import say
    from guardian.cli.work import named_client, opened

    start, end = month_bounds(month)
    known = formats()
    for name in names:
        if name not in known:
            raise click.BadParameter(
                f"no format {name!r}; there are: {', '.join(sorted(known))}", param_hint="--format"
            )
    with opened(config) as app:
        found = named_client(app.settings, client)
        gathered = gather(app, found, start, end, language)
    for name in dict.fromkeys(names):
        path = out / f"{found.id}-{month}{known[name].suffix}"
        _write(path, known[name].render(gathered))
        say(str(path))


def _write(path: Path, document: bytes) -> None:
    """Write the document beside its place first, so that nobody reads half of it."""
    from guardian.errors import ReportError

    unfinished = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(document)
        unfinished.replace(path)
    except OSError as error:
        raise ReportError(f"{path}: cannot be written: {error.strerror}") from error


COMMAND = report
