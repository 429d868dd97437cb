"""A group of commands whose help says each command's whole line; click cuts what is long."""

from __future__ import annotations

import click

LONGEST = 200


class Group(click.Group):
    """Lists its commands with their whole first sentence, folded where the terminal is narrow."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, each.get_short_help_str(LONGEST)) for name, each in commands if each]
            )
