"""The commands of the agent, as their own help tells them."""

from __future__ import annotations

import contextlib
import io

from guardian_agent.cli import _main

from tests.agent.reference.fields import prose

HEAD = f"""\
## Commands

Data goes to stdout, messages to stderr. A command's own exit statuses stand with it; all share
these:

| exit status | means |
|---|---|
| 0 | done |
| {_main.EXIT_ERROR} | failed; one line on stderr says why |
| {_main.EXIT_USAGE} | wrong usage or configuration |
| {_main.EXIT_INTERRUPTED} | interrupted from the keyboard |
"""


def section() -> str:
    """Return every command with its help and what its exit status tells."""
    return "\n".join([HEAD, *(_command(name) for name in _main.commands())])


def _command(name: str) -> str:
    shown = _help(name)
    parts = [f"### guardian-agent {name}", f"```text\n{shown}\n```"]
    if "xit status" not in shown:
        parts.append(prose(_main._import(name).execute))
    return "\n\n".join(parts) + "\n"


def _help(name: str) -> str:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        assert _main.main([name, "--help"]) == 0
    return shown.getvalue().rstrip()
