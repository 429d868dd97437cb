"""What the newest dropped file showed: its encryption, and whether it is whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from guardian_agent.magic import Classified
from guardian_agent.probe import Answers, AnySubject
from guardian_agent.probing.answers import decoded
from guardian_agent.probing.dropped import Dropped
from guardian_agent.probing.verdict import Verdict, contents, judge
from guardian_agent.system import System
from guardian_agent.wire.facts.copies import CopyEncryption
from guardian_agent.wire.facts.words import Encryption
from guardian_agent.wire.names import Name, Slug

if TYPE_CHECKING:
    from guardian_agent.wire.observations import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    state: Encryption
    rule: Slug
    size: int
    verdict: Verdict


def shown(
    subject: AnySubject, system: System, item: Dropped, seen: Classified, read: Callable[[], int]
) -> dict[str, str]:
    """Read the newest file once (see `verdict.judge`); return the answer to "newest"."""
    verdict = judge(subject, system, item, read)
    newest = _Shown(state=seen.state, rule=seen.rule, size=item.size, verdict=verdict)
    return {"newest": json.dumps(asdict(newest))}


def facts(subject: AnySubject, answers: Answers) -> Sequence[Observation]:
    """State what was shown; nothing where nothing lay there to look at.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    if "newest" not in answers:
        return ()
    newest = decoded(_Shown, answers, "newest")
    encryption = CopyEncryption(
        backup_set=subject.backup_set.name,
        copy=Name(subject.copy),
        state=newest.state,
        rule=newest.rule,
    )
    return (encryption, contents(subject, newest.verdict, newest.size))
