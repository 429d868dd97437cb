"""Which other accounts a policy lets in."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.buckets.policy import cross_account, parse_policy
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.policies import ARN, BUCKET, allow, policy, refuse

OWN, PARTNER, OTHER = "111122223333", "444455556666", "777788889999"
KNOWN = frozenset({OWN, PARTNER, "o-abcdefghij"})


def of(account, what="root"):
    return {"AWS": f"arn:aws:iam::{account}:{what}"}


def when(operator, key, value):
    return allow(Condition={operator: {key: value}})


CASES = {
    "nobody named": (Standing.SAFE, 0, [refuse()]),
    "its own": (Standing.SAFE, 0, [allow(Principal=of(OWN))]),
    "its own role": (Standing.SAFE, 0, [allow(Principal=of(OWN, "role/app"))]),
    "one that is configured, by number": (Standing.SAFE, 0, [allow(Principal={"AWS": PARTNER})]),
    "another": (Standing.UNSAFE, 1, [allow(Principal=of(OTHER))]),
    "another by number, in a list": (Standing.UNSAFE, 1, [allow(Principal={"AWS": [OWN, OTHER]})]),
    "another's session": (
        Standing.UNSAFE,
        1,
        [allow(Principal={"AWS": f"arn:aws:sts::{OTHER}:assumed-role/app/me"})],
    ),
    "another twice is one": (
        Standing.UNSAFE,
        1,
        [allow(Principal=of(OTHER)), allow(Principal=of(OTHER, "user/x"))],
    ),
    "another is denied": (Standing.SAFE, 0, [refuse(Principal=of(OTHER))]),
    "another on another bucket": (
        Standing.SAFE,
        0,
        [allow(Principal=of(OTHER), Resource="arn:aws:s3:::other/*")],
    ),
    "a canonical user": (Standing.UNSAFE, 1, [allow(Principal={"CanonicalUser": "79a59d"})]),
    "a service": (Standing.SAFE, 0, [allow(Principal={"Service": "x.amazonaws.com"})]),
    "somebody who is gone": (Standing.SAFE, 0, [allow(Principal={"AWS": "AIDAEXAMPLE"})]),
    "everybody of another account": (
        Standing.UNSAFE,
        1,
        [when("StringEquals", "aws:PrincipalAccount", OTHER)],
    ),
    "a role of another account": (
        Standing.UNSAFE,
        1,
        [when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{OTHER}:role/*")],
    ),
    "the configured organisation": (
        Standing.SAFE,
        0,
        [when("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij")],
    ),
    "a part of it": (
        Standing.SAFE,
        0,
        [when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-abcdefghij/r-ab/*")],
    ),
    "another organisation": (
        Standing.UNSAFE,
        1,
        [when("StringEquals", "aws:PrincipalOrgID", "o-otherother")],
    ),
    "all but another account's": (
        Standing.SAFE,
        0,
        [when("StringNotEquals", "aws:PrincipalAccount", OTHER)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_accounts_are_told(case):
    expected, items, statements = CASES[case]
    found = cross_account(parse_policy(policy(*statements)), BUCKET, KNOWN)
    assert (found.standing, found.items) == (expected, items)


def test_where_its_own_account_is_not_known_no_other_is_told_from_it():
    found = cross_account(parse_policy(policy(allow(Principal=of(OWN)))), BUCKET, frozenset())
    assert (found.standing, found.rule) == (Standing.FAILED, "own-account-unknown")


def test_everything_of_the_bucket_counts():
    text = policy(allow(Principal=of(OTHER), Action="s3:ListBucket", Resource=ARN))
    assert cross_account(parse_policy(text), BUCKET, KNOWN).standing is Standing.UNSAFE
