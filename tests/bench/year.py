"""A year of a thousand servers in twelve zones: what is found, how soon, and what is cried in vain.

Jobs run by the clocks on the wall, over every change of them, month-ends, holidays and maintenance;
every third server has a fault. The other is what monitors usually ask: no backup older than 26 h.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from statistics import median

from tests.bench._result import Result, no_less, no_more
from tests.world.year.play import Found, Score, fleet

SERVERS = 1000
SEED = 2026
WORKERS = 2
SHARES = 40


def measure() -> Iterator[Result]:
    """Play the year and count."""
    score = Score()
    parts = [range(first, SERVERS, SHARES) for first in range(SHARES)]
    with ProcessPoolExecutor(WORKERS) as pool:
        for part in pool.map(partial(fleet, seed=SEED), parts):
            score.add(part)
    _print(score)
    rule = "26 h for everybody"
    false = len(score.false_alarms)
    plain = score.true_alarms / (score.true_alarms + score.plain_rule)
    yield no_more(
        0, name="year false alarms", unit="alarms", ours=false, other=score.plain_rule, peer=rule
    )
    yield no_less(
        1, name="year precision", unit="share", ours=score.precision, other=plain, peer=rule
    )
    yield no_less(
        1, name="year recall", unit="share", ours=score.recall, other=1, peer="every fault"
    )


def _print(score: Score) -> None:
    print(
        f"seed {SEED}: {score.servers} servers, {score.statements:,} statements, "
        f"{score.judgements:,} judgements, {len(score.found)} faults, {score.true_alarms} alarms, "
        f"{len(score.false_alarms)} of them false, {len(score.missed)} faults not said in time"
    )
    print(f"precision {score.precision:.4f}, recall {score.recall:.4f}")
    for kind in sorted({each.fault.kind for each in score.found}):
        _print_kind(kind, [each for each in score.found if each.fault.kind == kind])
    for wrong in score.false_alarms[:10]:
        print(f"  FALSE {wrong}")
    for missed in score.missed[:10]:
        print(f"  MISSED {missed}")


def _print_kind(kind: str, found: list[Found]) -> None:
    leads = [each.lead.total_seconds() / 3600 for each in found]
    stated = max((each.fault.said_by - each.fault.begins).total_seconds() / 3600 for each in found)
    print(
        f"  {kind:<15} {len(found):>4} found {sum(f.said_at is not None for f in found):>4}, "
        f"said after {median(leads):6.2f} h (median), {max(leads):6.2f} h at most; "
        f"stated {stated:6.2f} h at most"
    )
