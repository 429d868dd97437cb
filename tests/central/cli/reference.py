"""docs/reference/cli.md, made from the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator

import click

from guardian.cli import main

HEAD = """\
# Command line

`guardian` reads `/etc/guardian/guardian.toml` or `--config FILE`, and every `clients.d/*.toml`
beside it. Data goes to stdout, messages to stderr. Lists take `--output table|json|csv`; JSON
carries `schema_version`, times in UTC (RFC 3339), and null where there is nothing to say.

| exit status | means |
|---|---|
| 0 | done; `check`: all pass |
| 1 | failed; `check`: something fails |
| 2 | wrong usage or configuration |
| 3 | `check`: something is unknown and nothing fails; `audit verify`: nothing to verify |

Under `check --nagios`: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN, and 3 for wrong usage too.
"""


def commands() -> Iterator[tuple[str, click.Context]]:
    """Yield every command and group with its full name, in the order of names."""
    top = click.Context(main, info_name="guardian", **main.context_settings)
    yield from _below(top)


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for name, context in commands():
        level = "#" * len(name.split())
        parts.append(f"{level} {name}\n\n```text\n{_help(context)}\n```\n")
    return "\n".join(parts)


def _below(context: click.Context) -> Iterator[tuple[str, click.Context]]:
    group = context.command
    assert isinstance(group, click.Group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        child = click.Context(command, info_name=name, parent=context)
        yield child.command_path, child
        if isinstance(command, click.Group):
            yield from _below(child)


def _help(context: click.Context) -> str:
    context.max_content_width = 96
    context.terminal_width = 96
    lines = context.command.get_help(context).splitlines()
    return "\n".join(line.rstrip() for line in lines)
