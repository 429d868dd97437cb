"""`guardian-agent show`: what a pass would state, printed instead of delivered.

All but the open doors: they are tried by `run`, which remembers what it tried.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from guardian_agent.cli._frame import Load, complain, say

if TYPE_CHECKING:
    from guardian_agent.config import AgentConfig
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
    secret = load_secret(config, system)
    facts = observe(config, system, secret)
    for note in facts.notes:
        complain(f"guardian-agent: {note}")
    if options.json:
        say(_json(facts))
    else:
        _print(facts, system)
        _say_where(facts, config, system, secret)
    return 0


def _say_where(facts: Facts, config: AgentConfig, system: System, secret: bytes) -> None:
    """Say each area with live data that is in no restore point by its path: here, nowhere else."""
    from guardian_agent.wire.facts.livedata import LiveAreas

    found = [fact for fact in facts.observations if isinstance(fact, LiveAreas)]
    areas = [each for fact in found for each in fact.areas if each.bytes_uncovered]
    if areas:
        from guardian_agent.cli._words import area_row, table
        from guardian_agent.coverage.look import paths_of

        paths = paths_of(config, system, secret)
        say("")
        say("in no restore point (what central knows each as, and where it lies here):")
        for line in table([area_row(each, paths.get(each.area, "")) for each in areas]):
            say(line)


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
