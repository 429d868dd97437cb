"""Histories of backups as offices have them, made by chance and the same each time.

A history is a list of runs, oldest first, one each night: data that grows, work on weekdays, a
heavier Sunday, closing of the books at the month's end. `FAULTS` spoil one from a day on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from guardian_agent.wire.names import Name

from guardian.domain.evidence import CopyEvidence
from guardian.domain.run_history import RunSeen
from guardian.domain.runs import with_runs

BEGIN = datetime.fromisoformat("2025-01-01T02:00:00+00:00")
DAY = timedelta(days=1)
GIGABYTE = 10**9
SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What is usual of one server's data."""

    files: int
    bytes: int
    growth: float
    """A day, as a share."""
    busy: float
    """Share of the files that a working day touches."""
    packs: float
    """What new data takes up when compressed."""
    full_sundays: bool
    closes_months: bool
    wobble: float
    """By how much the size varies from day to day (a dump), as a share."""


def an_office(chance: Random) -> Office:
    files = int(10 ** chance.uniform(2, 6))
    return Office(
        files=files,
        bytes=int(files * 10 ** chance.uniform(4, 6.5)),
        growth=chance.choice([0, 0, 0.0002, 0.001, 0.003, 0.01]),
        busy=10 ** chance.uniform(-3, -0.7),
        packs=chance.uniform(0.3, 0.8),
        full_sundays=chance.random() < 0.15,
        closes_months=chance.random() < 0.5,
        wobble=chance.choice([0, 0, 0, 0.01, 0.03]),
    )


def lived(office: Office, days: int, chance: Random) -> list[RunSeen]:
    """Return `days` nights of an office in which nothing is wrong."""
    files, size = float(office.files), float(office.bytes)
    runs: list[RunSeen] = []
    for number in range(days):
        day = BEGIN + number * DAY
        works = day.weekday() not in (SATURDAY, SUNDAY)
        closing = office.closes_months and (day + DAY).month != day.month
        grown = office.growth * chance.uniform(0.3, 2) * (1 if works else 0.1)
        new_files, new_bytes = files * grown, size * grown
        busy = office.busy * chance.uniform(0.3, 1.5) * (1 if works else 0.1)
        if closing:
            busy = min(busy * chance.uniform(2, 4), 0.35)
        fresh = chance.uniform(0.2, 1)
        if office.full_sundays and day.weekday() == SUNDAY:
            busy, fresh = chance.uniform(0.7, 1), chance.uniform(0.7, 1)
        files, size = files + new_files, size + new_bytes
        shown = size * (1 + office.wobble * chance.uniform(-1, 1))
        added = new_bytes + busy * size * fresh
        packs = min(office.packs * chance.uniform(0.9, 1.1), 0.9)
        slow = chance.choice([1.0] * 30 + [chance.uniform(2, 8)])
        runs.append(
            RunSeen(
                started_at=day + timedelta(minutes=chance.uniform(0, 40)),
                seen_at=day + timedelta(hours=2),
                files=int(files),
                bytes=int(shown),
                seconds=(20 + added / 5e7 + shown / 1e9) * chance.uniform(0.8, 1.3) * slow,
                files_new=int(new_files + busy * files * 0.2),
                files_changed=int(busy * files * 0.8),
                bytes_added=int(added),
                bytes_packed=int(added * packs),
            )
        )
    return runs


Fault = Callable[[list[RunSeen], int], list[RunSeen]]
"""Spoils a history from a place on."""


def _from(runs: list[RunSeen], place: int, change: Callable[[RunSeen], RunSeen]) -> list[RunSeen]:
    return [*runs[:place], *map(change, runs[place:])]


def _once(runs: list[RunSeen], place: int, **changes: object) -> list[RunSeen]:
    return [*runs[:place], replace(runs[place], **changes), *runs[place + 1 :]]


def mass_deletion(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """Half of the files are gone, and stay gone."""
    return _from(runs, place, lambda run: replace(run, files=run.files // 2, bytes=run.bytes // 2))


def emptied(runs: list[RunSeen], place: int) -> list[RunSeen]:
    return _from(runs, place, lambda run: replace(run, files=0, bytes=0))


def encrypted_under_new_names(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """All files are rewritten as `*.locked`: new names, new data, nothing compresses."""
    run = runs[place]
    files, size = runs[place - 1].files, runs[place - 1].bytes
    return _once(
        runs, place, files=files, bytes=size, files_new=int(files * 0.98), files_changed=0,
        bytes_added=size, bytes_packed=int(size * 0.999), seconds=(run.seconds or 0) * 9,
    )  # fmt: skip


def encrypted_in_place(runs: list[RunSeen], place: int) -> list[RunSeen]:
    files, size = runs[place - 1].files, runs[place - 1].bytes
    return _once(
        runs, place, files=files, bytes=size, files_new=0, files_changed=int(files * 0.9),
        bytes_added=int(size * 0.95), bytes_packed=int(size * 0.95),
    )  # fmt: skip


def encrypted_slowly(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """A tenth of the data each night: no night has much of it."""
    return _from(
        runs,
        place,
        lambda run: replace(
            run,
            files_changed=max(run.files_changed or 0, run.files // 10),
            bytes_added=max(run.bytes // 10, 2 * 2**20),
            bytes_packed=max(run.bytes // 10, 2 * 2**20),
        ),
    )


def swollen(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """Somebody stores twice as much from now on."""
    return _from(runs, place, lambda run: replace(run, files=run.files * 2, bytes=run.bytes * 2))


def slowed_down(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """A dying disk: every run takes hours."""
    return _from(runs, place, lambda run: replace(run, seconds=(run.seconds or 0) * 10 + 7200))


FAULTS: tuple[Fault, ...] = (
    mass_deletion,
    emptied,
    encrypted_under_new_names,
    encrypted_in_place,
    encrypted_slowly,
    swollen,
    slowed_down,
)


def nights(runs: list[RunSeen]) -> Iterator[tuple[RunSeen, ...]]:
    """Yield what central remembers each morning, newest first."""
    known = CopyEvidence(backup_set=Name("files"), copy=Name("local"))
    for run in runs:
        known = with_runs(known, [run])
        yield known.runs


def growing_by_a_third(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """A large job: it is new data, and nothing of the old was touched."""
    return _from(
        runs,
        place,
        lambda run: replace(run, files=run.files * 4 // 3, bytes=run.bytes * 4 // 3),
    )


def renamed(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """Somebody moved all folders: new names, and the repository has all the data already."""
    files = runs[place - 1].files
    return _once(
        runs, place, files=files, bytes=runs[place - 1].bytes, files_new=files, files_changed=0,
        bytes_added=runs[place - 1].bytes // 100, bytes_packed=runs[place - 1].bytes // 200,
    )  # fmt: skip


def one_slow_night(runs: list[RunSeen], place: int) -> list[RunSeen]:
    return _once(runs, place, seconds=(runs[place].seconds or 0) * 20 + 9000)


def photographs(runs: list[RunSeen], place: int) -> list[RunSeen]:
    """A tenth more data comes, none of which compresses."""
    run, before = runs[place], runs[place - 1]
    more = before.bytes // 10
    grown = _from(runs, place, lambda each: replace(each, bytes=each.bytes + more))
    return _once(
        grown, place, bytes=before.bytes + more, bytes_added=more + (run.bytes_added or 0) // 50,
        bytes_packed=more, files=before.files + 20, files_new=20, files_changed=0,
    )  # fmt: skip


HARMLESS: tuple[Fault, ...] = (growing_by_a_third, renamed, one_slow_night, photographs)
