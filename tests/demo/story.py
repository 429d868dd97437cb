"""Telling the cases: phase by phase, several servers at a time, over HTTPS to a real central."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.demo.case import Case, Place
from tests.demo.cases import CASES
from tests.world.guardian import Guardian
from tests.world.monitor import Server
from tests.world.serving import serving

WORKERS = 3
Say = Callable[[str], None]


def tell(folder: Path, say: Say) -> Guardian:
    """Build the provider in `folder` and live through every case; return its central."""
    central = Guardian(folder / "central").create()
    places = {case: _place(folder, case) for case in CASES}
    say(f"making {len(CASES)} servers with real restic, borg, PostgreSQL and tar backups")
    _each(CASES, lambda case: case.prepare(places[case]))
    for case in CASES:
        central.configure(places[case].server)
    _past(central, places)
    central.speak_https()
    with serving(central):
        _present(central, places, say)
    return central


def _past(central: Guardian, places: dict[Case, Place]) -> None:
    """Let those speak who spoke long ago; nobody listens at that time but the drop folder."""
    for case in CASES:
        if case.ago is not None:
            central.connect(places[case].server)
            central.look(places[case].server, ago=case.ago)


def _present(central: Guardian, places: dict[Case, Place], say: Say) -> None:
    here = [case for case in CASES if case.enrolled and case.ago is None]
    say(f"enrolling {len(here)} agents over HTTPS, central's key pinned in each token")
    for case in here:
        central.configure(places[case].server)
        central.connect(places[case].server)
    say("the agents look for the first time, and plant their canaries")
    _each(here, lambda case: central.look(places[case].server))
    say("night: the backups run")
    _each(here, lambda case: case.backup(places[case]))
    say("morning: the agents look again")
    _each(here, lambda case: central.look(places[case].server))
    say("behind everybody's back: points deleted, a repository damaged")
    _each(here, lambda case: case.afterwards(places[case]))
    say("restore tests: files drawn by central's checkpoint, restored without a cache, compared")
    _each(here, lambda case: central.restore_test(places[case].server))


def _place(folder: Path, case: Case) -> Place:
    own = folder / case.client / case.server
    own.mkdir(parents=True)
    agent = own / "guardian-agent"
    return Place(own, Server(client=case.client, name=case.server, folder=agent))


def _each(cases: Sequence[Case], act: Callable[[Case], None]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        for done in [pool.submit(act, case) for case in cases]:
            done.result()
