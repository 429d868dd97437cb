"""`guardian config`: can the configuration be used, and what applies where?"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from guardian.cli.group import Group
from guardian.cli.tables import Cell, Table, output_option

if TYPE_CHECKING:
    from guardian.config import Decision, Settings
    from guardian.domain.asset import Asset


@click.group(cls=Group, epilog="\b\nExamples:\n  guardian config check")
def config() -> None:
    """Check and explain the configuration."""


@config.command(epilog="\b\nExamples:\n  guardian config check")
@click.pass_obj
def check(path: Path) -> None:
    """Read guardian.toml and clients.d/*.toml, and say what is wrong with them.

    Exits 2 if they cannot be used. Central reads them when it starts.
    """
    from guardian.app.witnessing import places
    from guardian.cli.terminal import say
    from guardian.config import load_config
    from guardian.domain.words import count

    settings = load_config(path)
    places(settings)
    copies = sum(asset.copy is not None for asset in settings.decisions)
    agreed = sum(len(each.agreements) for plan in settings.plans for each in plan.obligations)
    counts = (
        count(len(settings.clients), "client"),
        count(len(settings.plans), "server"),
        "1 copy" if copies == 1 else f"{copies} copies",
        count(agreed, "control"),
    )
    say(f"{path}: can be used: {', '.join(counts)}")


@config.command(
    epilog="\b\nExamples:\n  guardian config explain acme/web1/files/local/backup.fresh\n"
    "  guardian config explain acme/web1"
)
@click.argument("place", metavar="CLIENT/SERVER[/SET/COPY][/CONTROL]")
@output_option
@click.pass_obj
def explain(path: Path, place: str, output: str) -> None:
    """Show every value in force at a place, and which line of which file decided it."""
    from guardian.cli.tables import write
    from guardian.config import load_config

    settings = load_config(path)
    asset, control = _found(settings, place)
    rows = tuple(
        _row(each, path.parent)
        for each in settings.decisions[asset]
        if control in (None, each.control)
    )
    columns = ("control", "key", "value", "line", "origin")
    write(Table(name="values", columns=columns, rows=rows), output)


def _found(settings: Settings, place: str) -> tuple[Asset, str | None]:
    """Return the asset that a place names, and the control if it names one."""
    places: dict[str, tuple[Asset, str | None]] = {}
    for asset, decisions in settings.decisions.items():
        places[str(asset)] = (asset, None)
        for each in decisions:
            places[f"{asset}/{each.control}"] = (asset, each.control)
    if place in places:
        return places[place]
    close = difflib.get_close_matches(place, places, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else "; `guardian client list` shows clients."
    raise click.UsageError(f"Nothing is configured at {place!r}{hint}")


def _row(decision: Decision, folder: Path) -> tuple[Cell, ...]:
    from guardian.config.words import spelt

    shown = spelt(decision.value)
    return (decision.control, decision.key, shown, _line(decision, folder), decision.origin)


def _line(decision: Decision, folder: Path) -> int | None:
    from guardian.config.lines import line_of
    from guardian.config.load import read_text

    if decision.file is None:
        return None
    return line_of(read_text(folder / decision.file), decision.path)


COMMAND = config
