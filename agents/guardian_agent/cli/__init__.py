"""The command line of the agent: one module for each command, imported when it is called.

A command is a module in this folder whose name has no leading underscore (`restore_test.py` is
`guardian-agent restore-test`); no list is edited. It holds:

    HELP = "one line, no full stop"

    def add_arguments(parser: argparse.ArgumentParser) -> None:
        '''Add the command's own options; `--config` is there already.'''

    def execute(options: argparse.Namespace, load: Load, system: System) -> int:
        '''Do it and return the exit status.'''

`load()` reads the configuration and raises `ConfigError`; a command that can do without (`doctor`,
`scan`) decides when to call it. `Load` and `say` (one line to stdout, control characters made
visible) stand in `guardian_agent.cli._frame`.

Exit status: the command's own; 2 for wrong usage or configuration, 1 for any other `AgentError`,
both with one line on stderr.
"""

from __future__ import annotations

from guardian_agent.cli._main import main

__all__ = ["main"]
