"""`data.custody`: what the provider holds of others is backed up, and gone after its date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from guardian.domain.asset import ServerPlan, Severity, Subject
from guardian.domain.check import Case, Check
from guardian.domain.looks import ExposureSeen
from guardian.domain.verdict import Status, Verdict, fails, passes, unknown
from guardian.domain.verdicts import all_of
from guardian.domain.watched import aged, cut_short
from guardian.domain.words import later, many

NOTHING_AGREED = (
    "nobody said where the data lies: name its folders as `exposures` of the server in clients.d, "
    "and as [[exposure]] in its agent.toml"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How long data of a client that left may stay, and what must be known of it meanwhile.

    What is held must be in a backup set, unless `backed_up` is false: the client has the original.
    A place in which nothing is found may as well not be mounted; with `empty_is_gone` it counts as
    removed. Else take the server out of the configuration once the data is destroyed.
    """

    grace: timedelta = timedelta(days=30)
    max_age: timedelta = timedelta(days=8)
    backed_up: bool = True
    empty_is_gone: bool = False


def judge(case: Case, settings: Settings, now: datetime) -> Verdict:
    """What is still there after its date fails, encrypted or not, however long ago it was seen."""
    plan = case.plan
    ends_at = _ends_at(plan, settings)
    known: dict[str, ExposureSeen] = {seen.fact.name: seen for seen in case.evidence.exposures}
    places = [(name, known.get(name)) for name in (*plan.exposures, *plan.buckets)]
    is_over = ends_at is not None and now > ends_at
    left = list(_left(case, places)) if is_over else []
    if left:
        said = f"{_whose(plan)} should be gone and is not: {', '.join(left)}"
        return all_of([fails(said, since=ends_at), *_not_backed_up(plan, settings)])
    parts = [_looked_at(name, seen, settings, now, is_over=is_over) for name, seen in places]
    if not places:
        parts.append(unknown(NOTHING_AGREED))
    parts += _not_backed_up(plan, settings)
    if ends_at is not None and not is_over:
        parts.append(passes("", ends_at))
    verdict = all_of(parts)
    good = _good(plan, ends_at, is_over=is_over)
    return replace(verdict, reason=good) if verdict.status is Status.PASS else verdict


def _ends_at(plan: ServerPlan, settings: Settings) -> datetime | None:
    """Return the last moment at which the data may be there; None: as long as its client stays."""
    ends = []
    if plan.gone_by is not None:
        ends.append(_midnight(plan.gone_by))
    if plan.offboarded is not None:
        ends.append(later(_midnight(plan.offboarded), settings.grace))
    return min(ends, default=None)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _left(case: Case, places: list[tuple[str, ExposureSeen | None]]) -> Iterator[str]:
    """Say what is known to be there still: files in agreed places, restore points of its copies."""
    for name, seen in places:
        files = 0 if seen is None else _files(seen)
        if files:
            yield f"{many(files, 'file')} in {name}"
    for obligation in case.plan.obligations:
        asset = obligation.asset
        copy = case.evidence.copy(asset.backup_set, asset.copy)
        if copy is not None and copy.listing is not None and copy.listing.points:
            points = max(copy.listing.total, len(copy.listing.points))
            yield f"{many(points, 'restore point')} in {asset.backup_set}/{asset.copy}"


def _files(seen: ExposureSeen) -> int:
    return sum(item.files for item in seen.fact.counts)


def _looked_at(
    name: str, seen: ExposureSeen | None, settings: Settings, now: datetime, *, is_over: bool
) -> Verdict:
    if seen is None:
        return unknown(f"{name} was never scanned")
    if not seen.fact.complete:
        return cut_short(f"scan of {name}", seen.fact.reason)
    if not _files(seen) and not (is_over and settings.empty_is_gone):
        return unknown(
            f"nothing was found in {name}: if the data is destroyed and not just unmounted, take "
            "the server out of the configuration"
        )
    return aged(seen.dated, settings.max_age, now, f"scan of {name}", name)


def _not_backed_up(plan: ServerPlan, settings: Settings) -> Iterator[Verdict]:
    has_copies = any(each.asset.subject is Subject.COPY for each in plan.obligations)
    if plan.custody_of is not None and settings.backed_up and not has_copies:
        yield fails(f"{_whose(plan)} is held here and in no backup set")


def _whose(plan: ServerPlan) -> str:
    return f"data of {plan.custody_of or plan.client}"


def _good(plan: ServerPlan, ends_at: datetime | None, *, is_over: bool) -> str:
    if is_over:
        return f"{_whose(plan)} is gone: nothing was found where it was"
    if ends_at is None:
        return f"{_whose(plan)} is held here as agreed, for as long as it is a client"
    return f"{_whose(plan)} is held here as agreed, until {ends_at.date()}"


def _is_held(plan: ServerPlan) -> bool:
    return plan.custody_of is not None or plan.offboarded is not None


CHECK = Check(
    control="data.custody",
    title="Data held for others is backed up, and gone in time",
    why="Data that lies around after its purpose is a breach that nobody watches for.",
    remedy=(
        "Give it back or destroy it, with its backups and every copy; then take the server out of "
        "the configuration. Until its date keep it encrypted and in a backup set."
    ),
    applies_to=Subject.SERVER,
    severity=Severity.CRITICAL,
    settings=Settings,
    judge=judge,
    is_about=_is_held,
)
