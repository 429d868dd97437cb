"""Where only means with a state's certificate count: what agents see is never enough.

An agent can prove that data is unreadable without a key. It cannot see a certificate, and AES has
none where only certified means of the state's own ciphers count. So an operator names the means,
with number, end and name, and that word is shown as what it is.
"""

from __future__ import annotations

from guardian.domain.readers import Readable
from guardian.domain.requirement.declared import CertifiedMeans, Protects
from guardian.domain.requirement.judging import hold, joined, place, worst
from guardian.domain.requirement.kinds import Answer, Case, Rule, Said

NEEDED = "certified means are needed"


def certified(protects: Protects, otherwise: Rule = hold) -> Rule:
    """Return the rule that what `otherwise` answers counts with certified means alone."""

    def judge(case: Case, controls: tuple[str, ...]) -> Said:
        means = [_means(case, plan.server, protects) for plan in case.plans]
        return worst([otherwise(case, controls), *(means or [_nothing_agreed()])])

    return judge


def _means(case: Case, server: str, protects: Protects) -> Said:
    named = [each for each in case.means if each.covers(server, protects)]
    valid = [each for each in named if case.now < each.ends_at]
    if valid:
        chosen = max(valid, key=lambda each: each.ends_at)
        return Said(
            answer=Answer.EVIDENCE, reason=_word(chosen), until=chosen.ends_at, attested=True
        )
    if named:
        last = max(named, key=lambda each: each.ends_at)
        reason = (
            f"{NEEDED}: certificate {last.certificate} of {last.name} ended on {last.valid_until}"
        )
    else:
        seen = _what_it_has(case, server) if protects is Protects.AT_REST else ""
        reason = f"{NEEDED} on {server}, and none is named{seen}"
    return Said(answer=Answer.CONTRARY, reason=reason)


def _word(means: CertifiedMeans) -> str:
    return (
        f"{means.name}, certificate {means.certificate}, valid until {means.valid_until}, "
        f"by the word of {means.owner}"
    )


def _what_it_has(case: Case, server: str) -> str:
    """Say which proven encryption does not count ("; ... web1/files/local (restic-format)")."""
    seen = [
        f"{place(each.asset)} ({each.encryption.fact.rule})"
        for each in case.copies
        if each.asset.server == server
        and each.encryption is not None
        and each.encrypted is Readable.PROVEN
    ]
    return f"; proven encryption is no certificate: {joined(seen)}" if seen else ""


def _nothing_agreed() -> Said:
    return Said(answer=Answer.UNKNOWN, reason="no server is agreed on")
