"""Which policies let nothing travel in clear. The first fourteen are those that scanners err on."""

from __future__ import annotations

import json

import pytest
from guardian_agent.exposure.buckets.policy import parse_policy, tls_only
from guardian_agent.wire.facts.exposures import Standing

from tests.agent.exposure.buckets.policies import ARN, BOTH, BUCKET, allow, deny, policy, refuse

SAFE, UNSAFE, FAILED = Standing.SAFE, Standing.UNSAFE, Standing.FAILED
ROLE = {"AWS": "arn:aws:iam::111122223333:role/app"}


def bool_of(value, key="aws:SecureTransport", operator="Bool"):
    return {"Condition": {operator: {key: value}}}


KNOWN = {
    "01 full deny": (SAFE, [deny()]),
    "02 writing only: reading goes in clear": (UNSAFE, [deny(Action="s3:PutObject")]),
    "03 writing only, as a list": (UNSAFE, [deny(Action=["s3:PutObject"])]),
    "04 reading by pattern only: writing goes": (UNSAFE, [deny(Action="s3:Get*")]),
    "05 one role only": (UNSAFE, [deny(Principal=ROLE)]),
    "06 one prefix only": (UNSAFE, [deny(Resource=[ARN, f"{ARN}/private/*"])]),
    "07 one range of addresses only": (
        UNSAFE,
        [
            deny(
                Condition={
                    "Bool": {"aws:SecureTransport": "false"},
                    "IpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                }
            )
        ],
    ),
    "08 allowing TLS forbids nothing else": (UNSAFE, [allow(**bool_of("true"))]),
    "09 the key in other case": (SAFE, [deny(**bool_of("false", "AWS:securetransport"))]),
    "10 JSON's own false": (SAFE, [deny(**bool_of(False))]),
    "11 the value as a list": (SAFE, [deny(**bool_of(["false"]))]),
    "12 BoolIfExists": (SAFE, [deny(**bool_of("false", operator="BoolIfExists"))]),
    "13 a version alone": (
        UNSAFE,
        [deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})],
    ),
    "14 all but an action that touches no data": (SAFE, [deny(NotAction="s3:ListAllMyBuckets")]),
}

OTHERS = {
    "no statement at all": (UNSAFE, []),
    "an action of every service": (SAFE, [deny(Action="*")]),
    "actions in other case": (SAFE, [deny(Action="S3:*")]),
    "a pattern with a question mark covers less": (UNSAFE, [deny(Action="s3:?etObject")]),
    "every resource there is": (SAFE, [deny(Resource="*")]),
    "every bucket there is": (SAFE, [deny(Resource="arn:aws:s3:::*")]),
    "one pattern for bucket and objects": (SAFE, [deny(Resource=f"{ARN}*")]),
    "objects without the bucket: lists go in clear": (UNSAFE, [deny(Resource=f"{ARN}/*")]),
    "the bucket without its objects": (UNSAFE, [deny(Resource=ARN)]),
    "objects of one character and more are all objects": (
        SAFE,
        [deny(Resource=[ARN, f"{ARN}/?*"])],
    ),
    "objects of two characters and more are not": (UNSAFE, [deny(Resource=[ARN, f"{ARN}/??*"])]),
    "another bucket whose name begins so": (
        UNSAFE,
        [deny(Resource=["arn:aws:s3:::data-2", "arn:aws:s3:::data-2/*"])],
    ),
    "another partition's name of it": (
        SAFE,
        [deny(Resource=["arn:aws-us-gov:s3:::data", "arn:aws-us-gov:s3:::data/*"])],
    ),
    "all but another bucket": (SAFE, [deny(NotResource="arn:aws:s3:::other/*")]),
    "all but some of its objects": (UNSAFE, [deny(NotResource=f"{ARN}/public/*")]),
    "all but what a variable names": (UNSAFE, [deny(NotResource=f"{ARN}/${{aws:username}}/*")]),
    "folders of each user by a variable": (
        UNSAFE,
        [deny(Resource=[ARN, f"{ARN}/${{aws:username}}*"])],
    ),
    "all but reading": (UNSAFE, [deny(NotAction="s3:GetObject")]),
    "everybody as a map": (SAFE, [deny(Principal={"AWS": "*"})]),
    "everybody in a list": (SAFE, [deny(Principal={"AWS": ["*"]})]),
    "everybody beside somebody": (SAFE, [deny(Principal={"AWS": [ROLE["AWS"], "*"]})]),
    "all but one role: that one may in clear": (UNSAFE, [deny(NotPrincipal=ROLE)]),
    "all but everybody: nobody": (UNSAFE, [deny(NotPrincipal={"AWS": "*"})]),
    "a service": (UNSAFE, [deny(Principal={"Service": "logging.s3.amazonaws.com"})]),
    "two statements, objects and bucket": (
        SAFE,
        [deny(Resource=ARN), deny(Resource=f"{ARN}/*")],
    ),
    "two statements, two halves of the actions": (
        SAFE,
        [deny(Action="s3:[a-z]*"), deny(NotAction="s3:Get*"), deny(Action="s3:Get*")],
    ),
    "two halves, one of them for one role only": (
        UNSAFE,
        [deny(NotAction="s3:Get*"), deny(Action="s3:Get*", Principal=ROLE)],
    ),
    "denied to everybody, TLS or not": (SAFE, [refuse()]),
    "true and false: denied anyhow": (SAFE, [deny(**bool_of(["true", "false"]))]),
    "the wrong way round": (UNSAFE, [deny(**bool_of("true"))]),
    "in capitals": (SAFE, [deny(**bool_of("FALSE"))]),
    "the operator in other case": (SAFE, [deny(**bool_of("false", operator="bool"))]),
    "for any value": (SAFE, [deny(**bool_of("false", operator="ForAnyValue:Bool"))]),
    "compared as text: nowhere written": (
        FAILED,
        [deny(**bool_of("false", operator="StringEquals"))],
    ),
    "a value that is neither": (FAILED, [deny(**bool_of("no"))]),
    "a version, if there is one: nowhere written": (
        FAILED,
        [deny(Condition={"NumericLessThanIfExists": {"s3:TlsVersion": "1.2"}})],
    ),
    "with an organisation's exception": (
        UNSAFE,
        [
            deny(
                Condition={
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringNotEquals": {"aws:PrincipalOrgID": "o-abcdefghij"},
                }
            )
        ],
    ),
    "with a key that nobody knows": (
        UNSAFE,
        [deny(Condition={"Bool": {"aws:SecureTransport": "false", "x:y": "z"}})],
    ),
    "beside an open door": (SAFE, [allow(), deny()]),
    "versions and TLS in two statements": (
        SAFE,
        [deny(), deny(Condition={"NumericLessThan": {"s3:TlsVersion": "1.2"}})],
    ),
    "objects by part of their actions' names": (
        UNSAFE,
        [deny(Action=["s3:*Object", "s3:ListBucket"])],
    ),
}


@pytest.mark.parametrize("case", [*KNOWN, *OTHERS])
def test_policy_is_judged_right(case):
    expected, statements = (KNOWN | OTHERS)[case]
    assert tls_only(parse_policy(policy(*statements)), BUCKET).standing is expected


def test_one_statement_needs_no_list():
    text = json.dumps({"Version": "2012-10-17", "Statement": deny()})
    assert tls_only(parse_policy(text), BUCKET).standing is SAFE


def test_a_rule_that_is_not_whole_is_told_from_none():
    assert tls_only(parse_policy(policy(deny(Resource=BOTH[:1]))), BUCKET).rule == (
        "tls-rule-incomplete"
    )
    assert tls_only(parse_policy(policy(allow())), BUCKET).rule == "no-tls-rule"
