"""Unusual backups: how often a healthy year alarms somebody, and how many planted faults are found.

Offices made by chance (data that grows or not, weekdays, full Sundays, ends of months, a slow night
now and then) are judged each morning with what central remembers then. A false alarm is counted
once for each run it is about; a fault counts as found within a week. There is no peer that prints
such figures.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from guardian.domain.anomalies import Anomaly, Bounds, anomalies
from guardian.domain.run_history import RunSeen
from tests.bench._result import Result, no_less, no_more
from tests.central.domain.histories import FAULTS, HARMLESS, Fault, an_office, lived, nights

OFFICES = 100
YEAR, SEASON, WEEK = 365, 120, 7
FALSE_A_YEAR, FOUND, HARMLESS_ALARMED = 0.05, 0.98, 0.02
BOUNDS = Bounds(growth=0.5, loss=0.3, after=7)


def measure() -> Iterator[Result]:
    """Judge healthy years, then harmless oddities, then faults."""
    alarms = sum(len(_of_a_year(number)) for number in range(OFFICES))
    yield no_more(
        FALSE_A_YEAR,
        name="anomalies-false",
        unit="false alarms a copy and year",
        ours=alarms / OFFICES,
        other=0.0,
        peer=f"{alarms} in {OFFICES} years",
    )
    odd = [_alarms(fault, number) for fault in HARMLESS for number in range(OFFICES)]
    yield no_more(
        HARMLESS_ALARMED,
        name="anomalies-harmless",
        unit="of harmless oddities alarm",
        ours=sum(odd) / len(odd),
        other=0.0,
        peer=f"{sum(odd)} of {len(odd)}: growth, rename, one slow night, photographs",
    )
    bad = [_alarms(fault, number) for fault in FAULTS for number in range(OFFICES)]
    yield no_less(
        FOUND,
        name="anomalies-found",
        unit="of planted faults",
        ours=sum(bad) / len(bad),
        other=1.0,
        peer=f"{sum(bad)} of {len(bad)} within a week",
    )


def _of_a_year(number: int) -> set[tuple[str, RunSeen]]:
    chance = Random(number)
    runs = lived(an_office(chance), YEAR, chance)
    return {
        (each.said.split()[0], each.run)
        for known in nights(runs)
        for each in _judged(known, runs[0])
    }


def _alarms(fault: Fault, number: int) -> bool:
    chance = Random(number)
    runs = lived(an_office(chance), SEASON, chance)
    place = chance.randrange(SEASON // 2, SEASON - WEEK)
    mornings = list(nights(fault(runs, place)))[place : place + WEEK]
    begin = runs[place].started_at
    return any(
        each.run.started_at >= begin for known in mornings for each in _judged(known, runs[0])
    )


def _judged(known: tuple[RunSeen, ...], first: RunSeen) -> tuple[Anomaly, ...]:
    return anomalies(known, BOUNDS, None, first.seen_at)
