"""`data.exposed`: nobody but its owner gets at client data, stored or on its way."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire import postures as names
from guardian_agent.wire.names import Slug
from guardian_agent.wire.observations import Reach, Reason

from guardian.domain.asset import Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import ReachSeen
from guardian.domain.postures import Question, Whose, posture_verdicts
from guardian.domain.reach_words import ways_in
from guardian.domain.verdict import Status, Verdict, fails, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.watched import aged, cut_short, has_files, nothing_found, still_told

ASKED = Question(
    group=names.EXPOSURE,
    needed={
        "transport": frozenset({names.TRANSPORT_ENCRYPTED}),
        "database": frozenset({names.TLS_ENABLED}),
        "bucket": frozenset(
            {
                names.PUBLIC_ACCESS_BLOCK,
                names.PUBLIC_BY_POLICY,
                names.PUBLIC_BY_ACL,
                names.TLS_ONLY,
                names.CROSS_ACCOUNT,
                names.ANONYMOUS_LIST,
            }
        ),
    },
    max_age=timedelta(),
    unheard_of=True,
)
NOT_DECODED = "secrets in some files cannot be looked for: their formats are not decoded"
MOST_SAID = 3
"""Places that a sentence names."""
NOTHING_AGREED = (
    "no place is agreed on: name what holds client data as `exposures`, `databases` or `buckets` "
    "of the server in clients.d, and in its agent.toml"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How old the newest look may be, and which ways in are accepted.

    Settings of databases, buckets and transports may be `required` beyond those that always are
    (`access-logging`, `versioning`); they, and ways to files (`world-readable`), may be `tolerated`
    as they are.
    """

    max_age: timedelta = timedelta(days=8)
    required: tuple[Slug, ...] = ()
    tolerated: tuple[Slug, ...] = (
        names.LISTEN_LOCAL,
        names.HBA_MD5,
        names.PASSWORDS_HASHED,
        Slug("password-in-job"),
    )


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """One way in fails, however old the look; what was agreed and never looked at is unknown.

    What the agent looks at without being asked is judged with the rest, until its statements stop
    speaking of it; alone it proves nothing.
    """
    reaches = [seen for seen in case.evidence.reaches if _counts(seen, case, settings)]
    asked = replace(ASKED.changed(settings.required, settings.tolerated), max_age=settings.max_age)
    parts = [
        *_unreported(case.plan.exposures, reaches),
        *(_reached(seen, case, settings, now) for seen in reaches),
        *_fetched(case),
        *posture_verdicts(case.evidence, _agreed(case), asked, now),
    ]
    if not (case.plan.exposures or _agreed(case)):
        parts.append(unknown(NOTHING_AGREED))
    verdict = all_of(parts)
    return replace(verdict, reason=_good(case)) if verdict.status is Status.PASS else verdict


def _counts(seen: ReachSeen, case: Case, settings: Settings) -> bool:
    if seen.fact.name in case.plan.exposures:
        return True
    return still_told(seen.received_at, case.evidence.agent, settings.max_age)


def _agreed(case: Case) -> list[Whose]:
    of = {"database": case.plan.databases, "bucket": case.plan.buckets}
    return [(subject, name, None) for subject, named in of.items() for name in named]


def _unreported(agreed: Collection[str], reaches: list[ReachSeen]) -> Iterator[Verdict]:
    known = {seen.fact.name for seen in reaches}
    for name in agreed:
        if name not in known:
            yield unknown(f"nobody looked who gets at {name}")


def _reached(seen: ReachSeen, case: Case, settings: Settings, now: datetime) -> Verdict:
    fact = seen.fact
    ways = ways_in(_not_tolerated(fact, settings))
    if ways:
        return fails(f"{fact.name}: {ways}")
    if fact.reason is Reason.UNSUPPORTED:
        return unknown(f"{fact.name}: {NOT_DECODED}")
    if not fact.complete:
        return cut_short(f"look at who gets at {fact.name}", fact.reason)
    if fact.name in case.plan.exposures and not has_files(case.evidence, fact.name):
        return nothing_found(fact.name)
    what = f"look at who gets at {fact.name}"
    return aged(seen.dated, settings.max_age, now, what, fact.name)


def _not_tolerated(fact: Reach, settings: Settings) -> list[tuple[str, int]]:
    return [
        (each.way, each.items)
        for each in fact.counts
        if each.items and each.way not in settings.tolerated
    ]


def _fetched(case: Case) -> Iterator[Verdict]:
    """Yield each agreed copy whose bytes anybody may fetch: no key stays a secret for ever."""
    kept = {(each.asset.backup_set, each.asset.copy) for each in case.plan.obligations}
    for copy in case.evidence.copies:
        seen = copy.encryption
        is_agreed = (copy.backup_set, copy.copy) in kept
        if seen is not None and is_agreed and seen.fact.fetched_by == "anyone":
            yield fails(f"anybody can fetch the copy {copy.backup_set}/{copy.copy}")


def _good(case: Case) -> str:
    named = [*case.plan.exposures, *(name for _, name, _ in _agreed(case))]
    more = "" if len(named) <= MOST_SAID else f" and {len(named) - MOST_SAID} more"
    return f"nobody but its owner gets at {', '.join(named[:MOST_SAID])}{more}"


CHECK = Check(
    control="data.exposed",
    title="Nobody else can reach client data",
    why="Whoever is let in needs no key and leaves no trace: other users, strangers, listeners.",
    remedy=(
        "Close what is named: modes and owners of files, passwords out of jobs, the bucket's "
        "policy and public access, the database's entries; encrypt what travels. Where a "
        "permission is missing, give it to the agent's read-only credentials."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
)
