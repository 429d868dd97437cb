"""The command line of central: one file per command in `commands/`, imported when called.

A command is a module in that folder with one constant `COMMAND`; no list is edited. Data goes to
stdout, messages to stderr. A command returns its exit status; nothing returned is 0. Errors become
one message and a status in `root`.
"""

from __future__ import annotations

from guardian.cli.root import Root
from guardian.cli.root import root as main

__all__ = ["Root", "main"]
