"""The root command: finds the commands, and turns every error into a message and a status."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
from collections.abc import Sequence
from enum import IntEnum
from pathlib import Path
from typing import Any, cast

import click

from guardian import __version__
from guardian.cli import commands, nagios
from guardian.cli.group import Group
from guardian.cli.terminal import settle_streams, tell
from guardian.errors import ConfigError, GuardianError

DEFAULT_CONFIG = Path("/etc/guardian/guardian.toml")


class Exit(IntEnum):
    """What a finished command tells whoever called it."""

    PASS = 0
    FAIL = 1
    USAGE = 2
    UNKNOWN = 3
    INTERRUPTED = 130


class Root(Group):
    """`guardian`: the commands that are there, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the commands' names; a module of the folder is a command."""
        return sorted(found.name for found in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; None when there is none of this name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"{commands.__name__}.{cmd_name}")
        return cast("click.Command", module.COMMAND)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called, or say which one may have been meant."""
        names = self.list_commands(ctx)
        if args[0] not in names and not args[0].startswith("-"):
            close = difflib.get_close_matches(args[0], names, n=1)
            ctx.fail(
                f"No such command {args[0]!r}{f'; did you mean {close[0]!r}?' if close else '.'}"
            )
        return super().resolve_command(ctx, args)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        *more: Any,  # noqa: ANN401 - click's signature
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run a command and end the process with its status."""
        words = list(sys.argv[1:] if args is None else args)
        settle_streams()
        try:
            status = super().main(
                words, prog_name or self.name, *more, **extra | {"standalone_mode": False}
            )
        except (click.ClickException, GuardianError) as error:
            status = _explain(error, words)
        except click.Abort:
            tell("Interrupted.")
            status = Exit.INTERRUPTED
        sys.exit(int(status or Exit.PASS))


def _explain(error: click.ClickException | GuardianError, words: Sequence[str]) -> int:
    """Say what was wrong, and return the status that says it to programs."""
    text = error.format_message() if isinstance(error, click.ClickException) else str(error)
    if nagios.asked_for(words):
        nagios.say_unknown(text)
        return Exit.UNKNOWN
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        tell(text)
        return Exit.USAGE
    if isinstance(error, click.UsageError) and error.ctx is not None:
        tell(error.ctx.get_usage())
        tell(f"Try '{error.ctx.command_path} --help' for help.")
    tell(f"Error: {text}")
    misused = isinstance(error, click.UsageError | ConfigError)
    return Exit.USAGE if misused else Exit.FAIL


@click.command(
    "guardian",
    cls=Root,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=(
        "\b\nExamples:\n  guardian init --url https://guardian.example:8443\n"
        "  guardian status\n  guardian check --output json\n\n"
        "Exit status: 0 all pass, 1 something fails, 3 something is unknown, 2 wrong usage."
    ),
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=DEFAULT_CONFIG,
    show_default=True,
    metavar="FILE",
    help="guardian.toml; clients.d/*.toml beside it are read too.",
)
@click.version_option(__version__, prog_name="guardian")
@click.pass_context
def root(context: click.Context, config: Path) -> None:
    """Prove that backups are fresh, that they restore, and that nobody else can read them."""
    context.obj = config
