"""Which policies give something to strangers."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.buckets.policy import parse_policy, public
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.policies import ARN, BUCKET, allow, deny, policy, refuse

SAFE, UNSAFE, FAILED = Standing.SAFE, Standing.UNSAFE, Standing.FAILED
ACCOUNT = "111122223333"
ROLE = {"AWS": f"arn:aws:iam::{ACCOUNT}:role/app"}


def when(operator, key, value):
    return {"Condition": {operator: {key: value}}}


WHOM = {
    "everybody": (UNSAFE, [allow()]),
    "everybody as a map": (UNSAFE, [allow(Principal={"AWS": "*"})]),
    "everybody in a list": (UNSAFE, [allow(Principal={"AWS": [ROLE["AWS"], "*"]})]),
    "one account": (SAFE, [allow(Principal={"AWS": ACCOUNT})]),
    "one role": (SAFE, [allow(Principal=ROLE)]),
    "every user of one account": (
        SAFE,
        [allow(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/*"})],
    ),
    "one role's name in every account": (
        UNSAFE,
        [allow(Principal={"AWS": "arn:aws:iam::*:role/app"})],
    ),
    "all but one role is everybody else": (UNSAFE, [allow(NotPrincipal=ROLE)]),
    "all but everybody is nobody": (SAFE, [allow(NotPrincipal="*")]),
    "a service": (SAFE, [allow(Principal={"Service": "logging.s3.amazonaws.com"})]),
    "any service": (FAILED, [allow(Principal={"Service": "*"})]),
    "whom another company vouches for": (
        FAILED,
        [allow(Principal={"Federated": "accounts.google.com"})],
    ),
    "one canonical user": (SAFE, [allow(Principal={"CanonicalUser": "79a59df900b949e5"})]),
}

WHAT = {
    "any action will do": (UNSAFE, [allow(Action="s3:PutObject")]),
    "all but one action": (UNSAFE, [allow(NotAction="s3:DeleteObject")]),
    "all but every action": (SAFE, [allow(NotAction="s3:*")]),
    "another service's action": (SAFE, [allow(Action="sqs:*")]),
    "another bucket": (SAFE, [allow(Resource="arn:aws:s3:::other/*")]),
    "one folder": (UNSAFE, [allow(Resource=f"{ARN}/public/*")]),
    "one object": (UNSAFE, [allow(Resource=f"{ARN}/index.html")]),
    "a pattern that meets the bucket": (UNSAFE, [allow(Resource="arn:aws:s3:::*ta/*")]),
    "all but another bucket": (UNSAFE, [allow(NotResource="arn:aws:s3:::other/*")]),
    "all but everything": (SAFE, [allow(NotResource="*")]),
    "reading an object of the bucket itself is nothing": (SAFE, [allow(Resource=ARN)]),
    "listing what is no bucket is nothing": (SAFE, [allow(Action="s3:ListBucket")]),
    "listing the bucket": (UNSAFE, [allow(Action="s3:ListBucket", Resource=ARN)]),
}

WHEN = {
    "from one address": (SAFE, [allow(**when("IpAddress", "aws:SourceIp", "203.0.113.7"))]),
    "from a private network": (SAFE, [allow(**when("IpAddress", "aws:SourceIp", "10.0.0.0/8"))]),
    "from all private networks of six": (
        SAFE,
        [allow(**when("IpAddress", "aws:SourceIp", "fc00::/7"))],
    ),
    "from everywhere": (UNSAFE, [allow(**when("IpAddress", "aws:SourceIp", "0.0.0.0/0"))]),
    "from half of the world, which begins private": (
        UNSAFE,
        [allow(**when("IpAddress", "aws:SourceIp", "0.0.0.0/1"))],
    ),
    "from one address or everywhere": (
        UNSAFE,
        [allow(**when("IpAddress", "aws:SourceIp", ["203.0.113.7", "::/0"]))],
    ),
    "from elsewhere than one address": (
        UNSAFE,
        [allow(**when("NotIpAddress", "aws:SourceIp", "203.0.113.7"))],
    ),
    "from one address if it has one: a VPC endpoint has none": (
        UNSAFE,
        [allow(**when("IpAddressIfExists", "aws:SourceIp", "203.0.113.7"))],
    ),
    "from what is no address": (FAILED, [allow(**when("IpAddress", "aws:SourceIp", "office"))]),
    "an address within a VPC": (
        SAFE,
        [allow(**when("IpAddress", "aws:VpcSourceIp", "0.0.0.0/0"))],
    ),
    "one organisation": (
        SAFE,
        [allow(**when("StringEquals", "aws:PrincipalOrgID", "o-abcdefghij"))],
    ),
    "the key in other case": (
        SAFE,
        [allow(**when("StringEquals", "AWS:principalORGid", "o-abcdefghij"))],
    ),
    "one organisation, if any: the anonymous have none": (
        UNSAFE,
        [allow(**when("StringEqualsIfExists", "aws:PrincipalOrgID", "o-abcdefghij"))],
    ),
    "all values of one organisation: none is all, too": (
        UNSAFE,
        [allow(**when("ForAllValues:StringLike", "aws:PrincipalOrgPaths", "o-abc/r-ab/*"))],
    ),
    "any value of one organisation": (
        SAFE,
        [allow(**when("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-abc/r-ab/*"))],
    ),
    "any organisation": (UNSAFE, [allow(**when("StringLike", "aws:PrincipalOrgID", "o-*"))]),
    "a star that is no pattern": (
        SAFE,
        [allow(**when("StringEquals", "aws:PrincipalOrgID", "o-*"))],
    ),
    "not one organisation": (
        UNSAFE,
        [allow(**when("StringNotEquals", "aws:PrincipalOrgID", "o-abcdefghij"))],
    ),
    "one VPC endpoint": (
        SAFE,
        [allow(**when("StringEquals", "aws:SourceVpce", "vpce-1a2b3c4d"))],
    ),
    "one VPC endpoint or none": (
        UNSAFE,
        [allow(**when("StringEqualsIfExists", "aws:SourceVpce", ["vpce-1a2b3c4d"]))],
    ),
    "without a VPC endpoint": (UNSAFE, [allow(**when("Null", "aws:SourceVpce", "true"))]),
    "one account's roles": (
        SAFE,
        [allow(**when("ArnLike", "aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:role/*"))],
    ),
    "every account's roles of one name": (
        UNSAFE,
        [allow(**when("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/app"))],
    ),
    "one role's sessions": (
        SAFE,
        [allow(**when("StringLike", "aws:userid", "AROAEXAMPLEID:*"))],
    ),
    "one role's sessions, if there is an id: the anonymous have one": (
        SAFE,
        [allow(**when("StringLikeIfExists", "aws:userid", "AROAEXAMPLEID:*"))],
    ),
    "every role's sessions": (UNSAFE, [allow(**when("StringLike", "aws:userid", "*:admin"))]),
    "a value that is filled in": (
        FAILED,
        [allow(**when("StringEquals", "aws:SourceAccount", "${aws:PrincipalAccount}"))],
    ),
    "who says where he comes from": (
        UNSAFE,
        [allow(**when("StringLike", "aws:Referer", "https://example.com/*"))],
    ),
    "who names himself": (UNSAFE, [allow(**when("StringEquals", "aws:UserAgent", "secret"))]),
    "who has a tag, which any account sets": (
        UNSAFE,
        [allow(**when("StringEquals", "aws:PrincipalTag/team", "ops"))],
    ),
    "over TLS": (UNSAFE, [allow(**when("Bool", "aws:SecureTransport", "true"))]),
    "a service of AWS's": (
        SAFE,
        [allow(**when("Bool", "aws:PrincipalIsAWSService", "true"))],
    ),
    "until a day: there is no clock here": (
        FAILED,
        [allow(**when("DateLessThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"))],
    ),
    "a key that nobody knows": (FAILED, [allow(**when("StringEquals", "x:y", "z"))]),
    "an operator that nobody knows": (
        FAILED,
        [allow(**when("StringMatches", "aws:PrincipalOrgID", "o-abc"))],
    ),
    "two conditions, one of which no stranger meets": (
        SAFE,
        [
            allow(
                Condition={
                    "Bool": {"aws:SecureTransport": "true"},
                    "StringEquals": {"aws:PrincipalOrgID": "o-abcdefghij", "x:y": "z"},
                }
            )
        ],
    ),
    "a key id of the owner's": (
        SAFE,
        [
            allow(
                Action="s3:PutObject",
                **when(
                    "StringEquals",
                    "s3:x-amz-server-side-encryption-aws-kms-key-id",
                    f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234",
                ),
            )
        ],
    ),
}

DENIED = {
    "denied to everybody again": (SAFE, [allow(), refuse()]),
    "in other order": (SAFE, [refuse(), allow()]),
    "denied on another folder": (UNSAFE, [allow(), refuse(Resource=f"{ARN}/private/*")]),
    "denied on just that folder": (
        SAFE,
        [allow(Resource=f"{ARN}/public/*"), refuse(Resource=f"{ARN}/public/*")],
    ),
    "denied another action": (UNSAFE, [allow(), refuse(Action="s3:PutObject")]),
    "denied some of the actions": (UNSAFE, [allow(Action="s3:*"), refuse(Action="s3:Get*")]),
    "denied all but listing": (SAFE, [allow(), refuse(NotAction="s3:ListBucket")]),
    "denied to one role": (UNSAFE, [allow(), refuse(Principal=ROLE)]),
    "denied to all but one role": (SAFE, [allow(), refuse(NotPrincipal=ROLE)]),
    "denied to all but everybody": (UNSAFE, [allow(), refuse(NotPrincipal={"AWS": "*"})]),
    "denied without TLS: strangers have TLS": (UNSAFE, [allow(), deny()]),
    "denied outside an organisation": (
        SAFE,
        [allow(), refuse(**when("StringNotEquals", "aws:PrincipalOrgID", "o-abcdefghij"))],
    ),
    "denied outside any organisation: strangers have one": (
        UNSAFE,
        [allow(), refuse(**when("StringNotLike", "aws:PrincipalOrgID", "o-*"))],
    ),
    "denied to any other value: without one it does not hold": (
        UNSAFE,
        [
            allow(),
            refuse(**when("ForAnyValue:StringNotEquals", "aws:PrincipalOrgID", "o-abcdefghij")),
        ],
    ),
    "denied outside a VPC endpoint, on objects and bucket": (
        SAFE,
        [
            allow(Action="s3:*", Resource="*"),
            refuse(**when("StringNotEquals", "aws:SourceVpce", "vpce-1a2b3c4d")),
        ],
    ),
    "denied outside some addresses": (
        SAFE,
        [allow(), refuse(**when("NotIpAddress", "aws:SourceIp", ["203.0.113.0/24"]))],
    ),
    "denied outside all addresses": (
        UNSAFE,
        [allow(), refuse(**when("NotIpAddress", "aws:SourceIp", ["0.0.0.0/0"]))],
    ),
    "denied on a folder of each user's: the others' stay open": (
        UNSAFE,
        [allow(), refuse(Resource=f"{ARN}/${{aws:username}}*")],
    ),
    "nothing but denials": (SAFE, [refuse()]),
    "no statement": (SAFE, []),
}

CASES = WHOM | WHAT | WHEN | DENIED


@pytest.mark.parametrize("case", CASES)
def test_policy_is_judged_right(case):
    expected, statements = CASES[case]
    assert public(parse_policy(policy(*statements)), BUCKET).standing is expected


def test_no_case_hides_another():
    assert len(CASES) == sum(map(len, (WHOM, WHAT, WHEN, DENIED)))


def test_how_many_statements_let_strangers_in_is_told():
    found = public(
        parse_policy(policy(allow(), allow(Action="s3:PutObject"), refuse(Principal=ROLE))), BUCKET
    )
    assert (found.rule, found.items) == ("allows-anyone", 2)
