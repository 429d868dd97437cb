"""`data.personal`: no personal data lies where anybody can read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Encryption, PersonalData

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import PersonalDataSeen
from guardian.domain.personal_words import kinds_found
from guardian.domain.verdict import Status, Verdict, fails, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.watched import aged, cut_short, has_files, nothing_found, still_told
from guardian.domain.words import count

NOTHING_AGREED = (
    "no place is agreed on: name the folders with client data as `exposures` of the server "
    "in clients.d, and as [[exposure]] in its agent.toml"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest search may be, and how many different values of a kind may be readable.

    `weak_kinds` say little about a person, and stand in many a file with good reason: of them
    `most_weak_values` may be readable in one place.
    """

    max_age: timedelta = timedelta(days=8)
    most_values: int = 0
    weak_kinds: tuple[Slug, ...] = (Slug("email"), Slug("phone"), Slug("ogrn"))
    most_weak_values: int = 100


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """More values than agreed fail, however old the search; a place not searched is unknown.

    Places that the agent searches without being asked are judged with the others, until its
    statements stop speaking of them; alone they prove nothing.
    """
    searches = [seen for seen in case.evidence.personal if _counts(seen, case, settings)]
    parts = [
        *_unreported(case, searches),
        *(_searched(seen, case, settings, now) for seen in searches),
    ]
    if not case.plan.exposures:
        parts.append(unknown(NOTHING_AGREED))
    verdict = all_of(parts)
    return replace(verdict, reason=_good(searches)) if verdict.status is Status.PASS else verdict


def _counts(seen: PersonalDataSeen, case: Case, settings: Settings) -> bool:
    if seen.fact.name in case.plan.exposures:
        return True
    return still_told(seen.received_at, case.evidence.agent, settings.max_age)


def _unreported(case: Case, searches: list[PersonalDataSeen]) -> Iterator[Verdict]:
    known = {seen.fact.name for seen in searches}
    for name in case.plan.exposures:
        if name not in known:
            yield unknown(f"{name} was never searched for personal data")


def _searched(seen: PersonalDataSeen, case: Case, settings: Settings, now: datetime) -> Verdict:
    fact = seen.fact
    found = _too_many(fact, settings)
    if found:
        return fails(f"in {fact.name} anybody who gets there can read {kinds_found(found)}")
    if not fact.complete:
        return cut_short(f"search of {fact.name}", fact.reason)
    if fact.name in case.plan.exposures and not has_files(case.evidence, fact.name):
        return nothing_found(fact.name)
    unsearched = _unsearched(fact, case)
    if unsearched is not None:
        return unknown(unsearched)
    return aged(seen.dated, settings.max_age, now, f"search of {fact.name}", fact.name)


def _unsearched(fact: PersonalData, case: Case) -> str | None:
    """Say how many files of a place the scan of it saw and nobody searched; None for none.

    Only readable ones are searched: what nobody can read, or tell what it is, may hold anything.
    """
    scans = [seen.fact for seen in case.evidence.exposures if seen.fact.name == fact.name]
    files: Counter[Encryption] = Counter()
    for item in (item for scan in scans for item in scan.counts):
        files[item.state] += item.files
    unclear, readable = files[Encryption.UNKNOWN], files[Encryption.PLAINTEXT]
    if unclear:
        return f"{count(unclear, 'file')} in {fact.name} could not be read, nor searched"
    if readable > fact.files:
        return f"of {count(readable, 'readable file')} in {fact.name} {fact.files} were searched"
    return None


def _too_many(fact: PersonalData, settings: Settings) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for each in fact.counts:
        totals[each.kind] = totals.get(each.kind, 0) + each.values
    return [(kind, values) for kind, values in totals.items() if values > _most(kind, settings)]


def _most(kind: str, settings: Settings) -> int:
    return settings.most_weak_values if kind in settings.weak_kinds else settings.most_values


def _good(searches: list[PersonalDataSeen]) -> str:
    """Say how much was searched, and what of weak kinds was found."""
    files = count(sum(seen.fact.files for seen in searches), "readable file")
    where = count(len(searches), "watched place")
    return f"no personal data beyond what was agreed in {files} of {where}"


CHECK = Check(
    control="data.personal",
    title="No personal data lies open",
    why="Personal data that anybody can read is a breach to report, before anyone has taken it.",
    remedy=(
        "Encrypt or remove the files in which `guardian-agent scan` counts personal data on the "
        "server; where it belongs there, agree on a number (`most_values`) or accept the risk."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
