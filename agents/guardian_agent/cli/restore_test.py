"""`guardian-agent restore-test`: restore samples that nobody chose, and compare."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from guardian_agent.cli._frame import Load, complain, say
from guardian_agent.errors import ConfigError
from guardian_agent.wire.facts.copies import Integrity
from guardian_agent.wire.facts.restores import RestoreTest
from guardian_agent.wire.facts.words import Outcome

if TYPE_CHECKING:
    from guardian_agent.run.facts import Facts
    from guardian_agent.system import System

HELP = "run the restore tests that are due, or the named ones"

APART = True

EXIT_FAILED = 1
EXIT_NOT_PERFORMED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("backup_set", metavar="SET", nargs="?", help="test this backup set now")
    parser.add_argument("--copy", metavar="NAME", help="test this copy now")
    parser.add_argument("--all", action="store_true", help="test every copy now")
    parser.add_argument(
        "--kind", choices=_kinds(), metavar="KIND", help=f"only this kind: {', '.join(_kinds())}"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a fact and line")
    parser.epilog = (
        "Without SET, --copy or --all, what is due is tested. Exit status: 0 when all passed, 1 "
        "when something failed, 3 when something was not performed."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Test and return 0 (passed), 1 (something failed), 3 (something was not performed)."""
    from guardian_agent.run.drill import Wanted, drill

    if options.all and (options.backup_set or options.copy):
        raise ConfigError("name a backup set or copy, or say --all: not both")
    wanted = Wanted(
        backup_set=options.backup_set, copy=options.copy, kind=options.kind, all=options.all
    )
    outcomes: set[Outcome] = set()
    for facts in drill(load(), system, wanted, _progress):
        _print(facts, system, as_json=options.json)
        outcomes |= {
            fact.outcome for fact in facts.observations if isinstance(fact, RestoreTest | Integrity)
        }
        if facts.put_off:
            outcomes.add(Outcome.NOT_PERFORMED)
    if not outcomes and not options.json:
        say("no restore test is due")
    return _status(outcomes)


def _print(facts: Facts, system: System, *, as_json: bool) -> None:
    from guardian_agent.cli._words import row, table
    from guardian_agent.wire.encode import to_json

    for note in facts.notes:
        complain(f"guardian-agent: {note}")
    if as_json:
        lines = [to_json(fact).decode("utf-8") for fact in facts.observations]
    else:
        lines = table([row(fact, system.clock.now()) for fact in facts.observations])
    for line in lines:
        say(line)


def _kinds() -> list[str]:
    from guardian_agent.restore import kinds
    from guardian_agent.run.diary import CHECK

    return [*kinds.names(), CHECK]


def _progress(text: str, _: float | None) -> None:
    if sys.stderr.isatty():
        complain(f"{text} ...")


def _status(outcomes: set[Outcome]) -> int:
    if Outcome.FAILED in outcomes:
        return EXIT_FAILED
    return EXIT_NOT_PERFORMED if Outcome.NOT_PERFORMED in outcomes else 0
