"""Which other accounts does a policy let in?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardian_agent.exposure.buckets.policy.document import Policy, Statement
from guardian_agent.exposure.buckets.policy.ruling import Ruling, safe, unclear, unsafe
from guardian_agent.exposure.buckets.policy.scope import targets_in
from guardian_agent.exposure.buckets.policy.stranger import Hold, holds

_ACCOUNT = re.compile(r"\d{12}", re.ASCII)
_ARN = re.compile(r"arn:[^:]*:[^:]*:[^:]*:(\d{12}):.*", re.ASCII | re.DOTALL)
_SOMEBODY = frozenset(
    {
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:sourceaccount",
        "aws:sourceowner",
    }
)
"""Keys by which a grant to everyone is cut down to some account's or organisation's principals."""


def cross_account(policy: Policy, bucket: str, known: frozenset[str]) -> Ruling:
    """Say whether accounts are let in that are not `known`.

    Args:
        policy: the bucket's.
        bucket: its name.
        known: the bucket's own account and those it is shared with on purpose: their numbers,
            organisations' ids, canonical users' ids. Empty: not even its own is known.
    """
    named = {
        each
        for statement in policy.statements
        if statement.allows and targets_in(statement, bucket)
        for each in _let_in(statement)
    }
    if not named:
        return safe("no-account-named")
    if not known:
        return unclear("own-account-unknown", len(named))
    others = named - known
    return unsafe("other-accounts", len(others)) if others else safe("known-accounts")


def _let_in(statement: Statement) -> Iterator[str]:
    """Yield the accounts and organisations that a statement names."""
    if not statement.principals.others:
        for kind, who in statement.principals.named:
            if kind == "CanonicalUser":
                yield who
            elif kind == "AWS":
                yield from _account(who)
    for condition in statement.conditions:
        if condition.key in _SOMEBODY and holds(condition) is Hold.NEVER:
            for value in condition.values:
                yield from _account(value) or (value.split("/", 1)[0],)


def _account(who: str) -> tuple[str, ...]:
    if _ACCOUNT.fullmatch(who):
        return (who,)
    found = _ARN.fullmatch(who)
    return () if found is None else (found.group(1),)
