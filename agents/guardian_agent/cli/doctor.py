"""`guardian-agent doctor`: what is wrong here, and how to mend it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from guardian_agent.cli._amounts import count
from guardian_agent.cli._frame import Load, say
from guardian_agent.system import System

if TYPE_CHECKING:
    from guardian_agent.cli._doctor.line import Line

HELP = "look at key, clock, central, tools, permissions and space, and say what is wrong"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.epilog = "Exit status: 0 when nothing fails, 1 when something does."


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Look at everything and print it; 1 when something fails."""
    from guardian_agent.cli._doctor.line import Status
    from guardian_agent.wire.encode import plain

    lines = list(_look(load, system))
    if options.json:
        say(json.dumps({"checks": plain(lines)}))
    else:
        for line in lines:
            say(f"{line.status.upper():<5} {line.check}: {line.found}")
            if line.mend is not None:
                say(f"      -> {line.mend}")
    return int(any(line.status is Status.FAIL for line in lines))


def _look(load: Load, system: System) -> Iterator[Line]:
    from guardian_agent.cli._doctor.agent import about_agent
    from guardian_agent.cli._doctor.line import fail, ok
    from guardian_agent.cli._doctor.sandbox import about_sandbox
    from guardian_agent.cli._doctor.sets import about_sets
    from guardian_agent.cli._doctor.settings import about_settings
    from guardian_agent.cli._doctor.tests import about_tests
    from guardian_agent.errors import AgentError

    try:
        config = load()
    except AgentError as error:
        yield fail("configuration", str(error), "correct it; nothing else can be looked at before")
        return
    yield ok("configuration", count(len(config.backup_sets), "backup set"))
    yield from about_agent(config, system)
    yield from about_sets(config, system)
    yield from about_settings(config, system)
    yield from about_sandbox(config, system)
    yield from about_tests(config, system)
