"""Settings that decide who can read: from what an agent stated to a verdict."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from guardian_agent.wire.observations import Posture, Setting, Standing
from guardian_agent.wire.postures import (
    ACCESS_LOGGING,
    ACCOUNT_ACCESS_BLOCK,
    CLIENT_SIDE_ENCRYPTED,
    NEWEST_LOCKED,
    OBJECT_LOCK,
    SETTLED_BY,
    VERSIONING,
)

from guardian.domain.evidence import ServerEvidence
from guardian.domain.looks import PostureSeen
from guardian.domain.setting_words import fault, not_known, unheard_of
from guardian.domain.verdict import Verdict, fails, unknown
from guardian.domain.watched import aged, still_told

UNSAFE = (Standing.UNSAFE, Standing.NOT_SET)
MOST_SAID = 3
"""Settings of one thing that one sentence holds."""
ONLY_WHERE_REQUIRED = frozenset(
    {
        ACCESS_LOGGING,
        ACCOUNT_ACCESS_BLOCK,
        CLIENT_SIDE_ENCRYPTED,
        NEWEST_LOCKED,
        OBJECT_LOCK,
        VERSIONING,
    }
)
"""Settings of buckets that no control asks for by itself."""

Whose = tuple[str, str, str | None]
"""(subject, name, backup set)"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a control asks of settings."""

    group: frozenset[str]
    """The settings that it judges."""
    needed: Mapping[str, frozenset[str]]
    """By subject, which of them must have been looked at; of other subjects whatever was."""
    max_age: timedelta
    unheard_of: bool
    """Whether it speaks up for settings that are unsafe and mean nothing here."""

    def changed(self, required: Collection[str], tolerated: Collection[str]) -> Question:
        """Return it with what an operator requires beyond it, without what may be as it is."""
        more, fewer = frozenset(required), frozenset(tolerated)
        needed = {"bucket": more & ONLY_WHERE_REQUIRED}
        for subject, names in self.needed.items():
            needed[subject] = (names | needed.get(subject, frozenset())) - fewer
        return replace(self, group=(self.group | more) - fewer, needed=needed)


def posture_verdicts(
    evidence: ServerEvidence, agreed: Collection[Whose], asked: Question, now: datetime
) -> Iterator[Verdict]:
    """Yield a verdict for each thing that was agreed, and for each that the agent speaks of.

    What was agreed and never looked at is unknown; what the agent looks at without being asked
    counts until its statements stop speaking of it.
    """
    known = {_whose(seen.fact): seen for seen in evidence.postures}
    for whose in agreed:
        if whose not in known:
            yield unknown(f"{_named(*whose)} was never looked at")
    for whose, seen in known.items():
        if whose in agreed or still_told(seen.received_at, evidence.agent, asked.max_age):
            verdict = posture_verdict(seen, asked, now)
            if verdict is not None:
                yield verdict


def posture_verdict(seen: PostureSeen, asked: Question, now: datetime) -> Verdict | None:
    """Return whether a thing's settings are safe; None where none of them is asked for."""
    fact = seen.fact
    named = _named(*_whose(fact))
    own = [each for each in fact.settings if each.setting in asked.group]
    bad = [fault(each) for each in own if each.standing in UNSAFE]
    doubts = [*_doubts(own, fact, asked), *_strange(fact, asked)]
    if bad:
        return fails(f"{named}: {_said(bad)}")
    if doubts:
        return unknown(f"{named}: {_said(doubts)}")
    if not own:
        return None
    return aged(seen.dated, asked.max_age, now, f"look at {named}", f"{named} is safe")


def _doubts(own: list[Setting], fact: Posture, asked: Question) -> list[str]:
    dark = [not_known(each) for each in own if not (_is_safe(each) or _is_settled(each, fact))]
    if fact.subject not in asked.needed:
        return dark
    if not own:
        return ["nothing that decides it was looked at"]
    missing = sorted(asked.needed[fact.subject] - {each.setting for each in own})
    return [*dark, *(f"{name.replace('-', ' ')} was not looked at" for name in missing)]


def _is_safe(setting: Setting) -> bool:
    return setting.standing is Standing.SAFE


def _is_settled(setting: Setting, fact: Posture) -> bool:
    """Say whether what has no such setting was asked everything that it would decide."""
    if setting.standing is not Standing.UNSUPPORTED or setting.setting not in SETTLED_BY:
        return False
    stated: dict[str, set[Standing]] = {}
    for each in fact.settings:
        stated.setdefault(each.setting, set()).add(each.standing)
    return all(stated.get(name) == {Standing.SAFE} for name in SETTLED_BY[setting.setting])


def _strange(fact: Posture, asked: Question) -> list[str]:
    """A newer agent may warn of what only a newer central understands."""
    if not asked.unheard_of:
        return []
    return [said for each in fact.settings if (said := unheard_of(each)) is not None]


def _said(texts: list[str]) -> str:
    left = len(texts) - MOST_SAID
    return ", ".join([*texts[:MOST_SAID], *([f"and {left} more"] if left > 0 else [])])


def _whose(fact: Posture) -> Whose:
    return fact.subject, fact.name, fact.backup_set


def _named(subject: str, name: str, backup_set: str | None) -> str:
    return f"{subject} {name if backup_set is None else f'{backup_set}/{name}'}"
