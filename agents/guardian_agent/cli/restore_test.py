"""`guardian-agent restore-test`: restore what nobody chose, and look at what comes back."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from guardian_agent.cli._frame import Load, complain, say
from guardian_agent.errors import ConfigError
from guardian_agent.wire.facts.words import Outcome, Reason

if TYPE_CHECKING:
    from guardian_agent.config import AgentConfig
    from guardian_agent.run.diary import Result
    from guardian_agent.run.drill import Wanted
    from guardian_agent.run.facts import Facts
    from guardian_agent.system import System

HELP = "run the restore tests that are due, or the named ones"

APART = True

_SPEAKING = frozenset({Reason.WRONG_ANSWER, Reason.NO_ANSWER, Reason.MISMATCH})

EXIT_FAILED = 1
EXIT_NOT_PERFORMED = 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    kinds = _kinds()
    parser.add_argument("backup_set", metavar="SET", nargs="?", help="test this backup set now")
    parser.add_argument("--copy", metavar="NAME", help="test this copy now")
    parser.add_argument("--all", action="store_true", help="test every copy now")
    parser.add_argument(
        "--kind", choices=kinds, metavar="KIND", help=f"this kind alone: {', '.join(kinds)}"
    )
    parser.add_argument("--due", action="store_true", help="test nothing, list what falls due")
    parser.add_argument("--verbose", action="store_true", help="say also to a file what is done")
    parser.add_argument("--json", action="store_true", help="one JSON object a fact and line")
    parser.epilog = (
        "Without SET, --copy or --all, what is due is tested if a maintenance window is open. A "
        "named test keeps to no date and no window, and its kind need not be planned. Exit "
        "status: 0 when all passed, 1 when something failed, 3 when something was not performed."
    )


def execute(options: argparse.Namespace, load: Load, system: System) -> int:
    """Test and return 0 (passed), 1 (something failed), 3 (something was not performed)."""
    from guardian_agent.run.drill import Wanted

    if options.all and (options.backup_set or options.copy):
        raise ConfigError("name a backup set or copy, or say --all: not both")
    wanted = Wanted(
        backup_set=options.backup_set, copy=options.copy, kind=options.kind, all=options.all
    )
    config = load()
    if options.due:
        _list(config, system, wanted, as_json=options.json)
        return 0
    return _test(config, system, wanted, options)


def _kinds() -> list[str]:
    from guardian_agent.restore import kinds
    from guardian_agent.run.diary import CHECK

    return [*kinds.names(), CHECK]


def _test(config: AgentConfig, system: System, wanted: Wanted, options: argparse.Namespace) -> int:
    from guardian_agent.cli._progress import Progress
    from guardian_agent.run.drill import drill

    outcomes: set[Outcome] = set()
    progress = Progress(system.clock, verbose=options.verbose)
    said = False
    with progress.ticking():
        for facts in drill(config, system, wanted, progress.tell):
            last = progress.last
            progress.restart()
            _print(facts, last, _width(config), as_json=options.json)
            outcomes |= _outcomes(facts)
            said = True
    if not said and not options.json:
        say("no restore test is due")
    if Outcome.FAILED in outcomes:
        return EXIT_FAILED
    return EXIT_NOT_PERFORMED if Outcome.NOT_PERFORMED in outcomes else 0


def _outcomes(facts: Facts) -> set[Outcome]:
    found = {result.outcome for result in _results(facts)}
    return found | {Outcome.NOT_PERFORMED} if facts.put_off else found


def _results(facts: Facts) -> list[Result]:
    from guardian_agent.wire.facts.copies import Integrity
    from guardian_agent.wire.facts.restores import RestoreTest

    return [fact for fact in facts.observations if isinstance(fact, Integrity | RestoreTest)]


def _print(facts: Facts, last: str | None, width: int, *, as_json: bool) -> None:
    from guardian_agent.wire.encode import to_json

    for note in facts.notes:
        complain(f"guardian-agent: {note}")
    for result in _results(facts):
        if last is not None and not facts.notes and _wants_telling(result):
            complain(f"guardian-agent: {last}")
        lines = [to_json(result).decode("utf-8")] if as_json else _lines(result, width)
        for line in lines:
            say(line)


def _wants_telling(result: Result) -> bool:
    """Say whether what was told last explains how it ended: not where the result does itself."""
    return result.outcome is not Outcome.PASSED and result.reason not in _SPEAKING


def _lines(result: Result, width: int) -> list[str]:
    from guardian_agent.cli._results import details, heading

    where, what, ended = heading(result)
    column = max(len(name) for name in _kinds())
    indented = [f"{'':<{width}}  {'':<{column}}  {line}" for line in details(result)]
    return [f"{where:<{width}}  {what:<{column}}  {ended}", *indented]


def _width(config: AgentConfig) -> int:
    names = [f"{each.name}/{copy.name}" for each in config.backup_sets for copy in each.copies]
    return max((len(name) for name in names), default=0)


def _list(config: AgentConfig, system: System, wanted: Wanted, *, as_json: bool) -> None:
    from guardian_agent.cli._due import due_of, due_rows, window_line
    from guardian_agent.cli._words import table
    from guardian_agent.run.agenda import calendar
    from guardian_agent.run.drill import look_ahead
    from guardian_agent.wire.encode import to_json

    items = look_ahead(config, system, wanted)
    if as_json:
        lines: Sequence[str] = [to_json(due_of(item)).decode("utf-8") for item in items]
    else:
        now, known = system.clock.now(), calendar(config, system)
        lines = table(list(due_rows(items, now, known))) or ["no restore test is planned"]
        lines = [*lines, window_line(config.restore_tests.window, now, known)]
    for line in lines:
        say(line)
