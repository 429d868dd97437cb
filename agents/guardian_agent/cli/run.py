"""`guardian-agent run`: one pass."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from guardian_agent.cli._amounts import count
from guardian_agent.cli._frame import Load, complain, say

if TYPE_CHECKING:
    from guardian_agent.run.turn import Turn
    from guardian_agent.system import System

HELP = "look at everything, state it, deliver it: one pass, for a timer"

EXIT_UNDELIVERED = 1


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Add nothing: what a pass does stands in the configuration."""


def execute(_options: argparse.Namespace, load: Load, system: System) -> int:
    """Make one pass and return 0, or 1 when its statement still waits because of an error."""
    from guardian_agent.run.turn import take_turn

    turn = take_turn(load(), system)
    for note in turn.facts.notes:
        complain(f"guardian-agent: {note}")
    say(_summary(turn))
    if turn.delivery.error is None:
        return 0
    complain(f"guardian-agent: {turn.delivery.error}")
    return EXIT_UNDELIVERED


def _summary(turn: Turn) -> str:
    facts, delivery = turn.facts, turn.delivery
    looked = f"{count(len(facts.observations), 'fact')}, {len(facts.failures)} without an answer"
    acknowledged = f"{count(delivery.sent, 'statement')} acknowledged"
    return f"{looked}; {acknowledged}, {delivery.waiting} waiting"
