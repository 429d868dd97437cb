"""What is set for a bucket, and how its newest objects are locked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from guardian_agent.wire.names import ShortHash, Slug

from guardian.domain.storage import Lack, Lock, LockMode, Question, Rules, Versioning
from guardian.domain.stored import Named
from guardian.witness.s3 import asking
from guardian.witness.s3.asking import Absent, Call, ask
from guardian.witness.s3.port import Client

DAYS_A_YEAR = 365
MAX_DAYS = 100 * DAYS_A_YEAR


class Protection:
    """Asks a bucket for its rules; what has no answer is in `lacks`."""

    def __init__(self, client: Client, prefix: str, now: datetime) -> None:
        self._client = client
        self._prefix = prefix
        self._now = now
        self._is_lockless = False
        self.lacks: list[Lack] = []

    def rules(self) -> Rules:
        """Return what is set for the bucket."""
        mode, days = self._lock_rule()
        expires, old = self._lifecycle()
        return Rules(
            versioning=self._versioning(),
            lock=mode,
            lock_days=days,
            expires_after_days=expires,
            old_versions_expire_after_days=old,
            replication=self._replication(),
        )

    def locks(
        self, newest: Iterable[tuple[str, Named]], hashed: Callable[[str], ShortHash]
    ) -> Iterator[Lock]:
        """Yield how each of these objects is locked, after `rules`; `newest` gives what each is."""
        for what, named in newest:
            # A bucket without Object Lock has no locked objects, and refuses the question.
            lockless = LockMode.NONE, None
            mode, until = lockless if self._is_lockless else self._retention(named)
            yield Lock(
                id=hashed(named.name),
                what=Slug(what),
                stored_at=named.version.stored_at,
                mode=mode,
                retain_until=until,
            )

    def _retention(self, named: Named) -> tuple[LockMode, datetime | None]:
        version = named.version.version
        which = {"Key": self._prefix + named.name, **({"VersionId": version} if version else {})}
        told = self._asked(asking.RETENTION, "Retention", **which)
        if told is None:
            return LockMode.UNKNOWN, None
        if not told:
            return LockMode.NONE, None
        until = told.get("RetainUntilDate")
        modes = {"COMPLIANCE": LockMode.COMPLIANCE, "GOVERNANCE": LockMode.GOVERNANCE}
        mode = modes.get(str(told.get("Mode")))
        if mode is None or not isinstance(until, datetime) or until.tzinfo is None:
            self._lack(asking.RETENTION, "unknown-answer")
            return LockMode.UNKNOWN, None
        return mode, _utc(until)

    def _versioning(self) -> Versioning:
        reply = ask(self._client, asking.VERSIONING)
        if isinstance(reply, Lack):
            self.lacks.append(reply)
            return Versioning.UNKNOWN
        match reply.fields.get("Status"):
            case "Enabled":
                return Versioning.ENABLED
            case "Suspended":
                return Versioning.SUSPENDED
            case None:
                return Versioning.OFF
            case _:
                self._lack(asking.VERSIONING, "unknown-answer")
                return Versioning.UNKNOWN

    def _lock_rule(self) -> tuple[LockMode, int]:
        told = self._asked(asking.LOCK_RULE, "ObjectLockConfiguration")
        if told is None:
            return LockMode.UNKNOWN, 0
        self._is_lockless = not told
        kept = _part(_part(told, "Rule"), "DefaultRetention")
        days = _days(kept.get("Days")) + DAYS_A_YEAR * _days(kept.get("Years"))
        modes = {"COMPLIANCE": LockMode.COMPLIANCE, "GOVERNANCE": LockMode.GOVERNANCE}
        return modes.get(str(kept.get("Mode")), LockMode.NONE), days

    def _lifecycle(self) -> tuple[int | None, int | None]:
        """Return the soonest that a rule deletes what is current, and what is not."""
        told = self._asked(asking.LIFECYCLE, None)
        rules = [] if told is None else told.get("Rules")
        biting = [each for each in _maps(rules) if self._bites(each)]
        current = [self._expires(_part(each, "Expiration")) for each in biting]
        older = [_part(each, "NoncurrentVersionExpiration") for each in biting]
        kept = [_days(each.get("NoncurrentDays")) for each in older if each.get("NoncurrentDays")]
        known = [days for days in current if days is not None]
        return min(known, default=None), min(kept, default=None)

    def _bites(self, rule: Mapping[str, Any]) -> bool:
        """Say whether a rule is in force for anything below the prefix, or may be."""
        chosen = _part(rule, "Filter")
        begin = rule.get("Prefix") or chosen.get("Prefix") or _part(chosen, "And").get("Prefix")
        prefix = str(begin or "")
        overlaps = prefix.startswith(self._prefix) or self._prefix.startswith(prefix)
        return rule.get("Status") == "Enabled" and overlaps

    def _expires(self, expiration: Mapping[str, Any]) -> int | None:
        if expiration.get("Days"):
            return _days(expiration["Days"])
        at = expiration.get("Date")
        if isinstance(at, datetime) and at.tzinfo is not None:
            return max(0, (_utc(at) - self._now).days)
        return None

    def _replication(self) -> Slug | None:
        told = self._asked(asking.REPLICATION, "ReplicationConfiguration")
        rules = _maps((told or {}).get("Rules"))
        if not rules:
            return None
        enabled = any(each.get("Status") == "Enabled" for each in rules)
        return Slug("enabled" if enabled else "disabled")

    def _asked(
        self, call: Call, field: str | None, **parameters: object
    ) -> Mapping[str, Any] | None:
        """Return an answer's field: empty where there is no such setting, None where not known."""
        try:
            reply = ask(self._client, call, **parameters)
        except Absent:
            return {}
        if isinstance(reply, Lack):
            self._remember(reply)
            return None
        told = reply.fields if field is None else _part(reply.fields, field)
        if field is not None and not told:
            self._lack(call, "empty-answer")
            return None
        return told

    def _lack(self, call: Call, reason: str) -> None:
        self._remember(call.lack(reason))

    def _remember(self, lack: Lack) -> None:
        if lack not in self.lacks:
            self.lacks.append(lack)


def doubts_about_versions(rules: Rules, newest: Iterable[Named]) -> Iterator[Lack]:
    """Yield a doubt where versions are said to be kept, and none of the newest objects has one."""
    ids = [named.version.version for named in newest]
    if rules.versioning is Versioning.ENABLED and ids and not any(map(_is_version, ids)):
        yield Lack(question=Question.VERSIONING, reason=Slug("no-version-ids"))


def _is_version(text: str) -> bool:
    return text not in ("", "null")


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return datetime.max.replace(tzinfo=UTC)


def _part(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = told.get(name)
    return found if isinstance(found, Mapping) else {}


def _days(value: object) -> int:
    return min(value, MAX_DAYS) if isinstance(value, int) and value > 0 else 0


def _maps(told: object) -> list[Mapping[str, Any]]:
    return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []
