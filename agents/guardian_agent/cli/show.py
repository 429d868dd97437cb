"""`guardian-agent show`: what a pass would state, printed instead of delivered.

All but the open doors: they are tried by `run`, which remembers what it tried.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from guardian_agent.cli._frame import Load, complain, say

if TYPE_CHECKING:
    from guardian_agent.run.facts import Facts
    from guardian_agent.system import System

HELP = "print what a pass would state, and deliver nothing"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--json", action="store_true", help="the facts as they would be signed")


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Look at everything and print it; return 0 whatever was found: facts, no judgement."""
    from guardian_agent.delivery.secret import load_secret
    from guardian_agent.run.observe import observe

    config = load()
    facts = observe(config, system, load_secret(config, system))
    for note in facts.notes:
        complain(f"guardian-agent: {note}")
    if options.json:
        say(_json(facts))
    else:
        _print(facts, system)
    return 0


def _json(facts: Facts) -> str:
    from guardian_agent.wire.encode import plain

    body = {"observations": plain(facts.observations), "failures": plain(facts.failures)}
    return json.dumps(body)


def _print(facts: Facts, system: System) -> None:
    from guardian_agent.cli._words import failure_row, row, table

    now = system.clock.now()
    rows = [failure_row(failure) for failure in facts.failures]
    rows += [row(fact, now) for fact in facts.observations]
    for line in table(rows) or ["nothing is configured to look at"]:
        say(line)
