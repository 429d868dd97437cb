"""A policy is read whole or not at all, and judging one never fails."""

from __future__ import annotations

import json

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.exposure.buckets.policy import cross_account, parse_policy, public, tls_only
from guardian_agent.exposure.buckets.policy.patterns import covers, matches, meets
from guardian_agent.wire.facts.exposures import Standing
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.exposure.buckets.policies import ARN, BUCKET, allow, deny, policy, refuse

UNREADABLE = {
    "nothing": "",
    "no JSON": "<Policy/>",
    "a list": "[]",
    "an empty answer": "{}",
    "statements of text": '{"Statement": "Deny"}',
    "a key twice": '{"Statement": [], "Statement": []}',
    "deep nesting": '{"Statement": ' + "[" * 5000 + "]" * 5000 + "}",
    "too long": policy(allow(Resource=[f"{ARN}/{number}" for number in range(3000)])),
    "no effect": policy({"Principal": "*", "Action": "s3:*", "Resource": "*"}),
    "another effect": policy(allow() | {"Effect": "allow"}),
    "no principal": policy(allow(Principal=None)),
    "principals both ways": policy(allow() | {"NotPrincipal": "*"}),
    "an empty principal": policy(allow(Principal={})),
    "a principal of text": policy(allow(Principal="mallory")),
    "no action": policy(allow(Action=None)),
    "an empty action": policy(allow(Action=[])),
    "no resource": policy(allow(Resource=None)),
    "a resource that is a number": policy(allow(Resource=7)),
    "a pattern of stars": policy(allow(Resource="*a" * 40)),
    "conditions in a list": policy(allow(Condition=[])),
    "keys in a list": policy(allow(Condition={"Bool": ["aws:SecureTransport"]})),
    "a value that is an object": policy(allow(Condition={"Bool": {"aws:SecureTransport": {}}})),
    "a prefix that is none": policy(allow(Condition={"ForSome:Bool": {"aws:x": "y"}})),
    "no Unicode": '{"Statement": "\ud800"}',
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_policy_is_refused_without_quoting_it(case):
    with pytest.raises(DecodeError) as refused:
        parse_policy(UNREADABLE[case])
    assert "mallory" not in str(refused.value)


_text = st.sampled_from(
    [
        "*",
        "s3:*",
        "s3:Get*",
        "S3:?etObject",
        "",
        ARN,
        f"{ARN}/*",
        "arn:aws:s3:::*",
        "data",
        "${x}",
        "111122223333",
        "arn:aws:iam::111122223333:root",
        "arn:aws:iam::*:root",
        "10.0.0.0/8",
        "o-*",
    ]
) | st.text(max_size=6)
_some = _text | st.lists(_text, max_size=3)
_key = st.sampled_from(
    [
        "aws:SecureTransport",
        "aws:SourceIp",
        "aws:PrincipalOrgID",
        "aws:userid",
        "s3:prefix",
        "aws:PrincipalIsAWSService",
        "aws:VpcSourceIp",
        "s3:TlsVersion",
    ]
) | st.text(max_size=5)
_operator = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "ForAnyValue:", "ForAllValues:"]),
    st.sampled_from(
        [
            "Bool",
            "StringEquals",
            "StringNotLike",
            "IpAddress",
            "NotIpAddress",
            "Null",
            "ArnLike",
            "NumericLessThan",
        ]
    ),
    st.sampled_from(["", "IfExists"]),
)
_value = _some | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
_statement = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional={
        "Principal": _text | st.dictionaries(
            st.sampled_from(["AWS", "Service", "CanonicalUser", "*"]), _some, max_size=2),
        "NotPrincipal": st.dictionaries(st.just("AWS"), _some, max_size=1),
        "Action": _some, "NotAction": _some, "Resource": _some, "NotResource": _some,
        "Condition": st.dictionaries(
            _operator, st.dictionaries(_key, _value, max_size=2), max_size=2),
    },
)  # fmt: skip
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)


def _judged(text):
    try:
        found = parse_policy(text)
    except DecodeError:
        return None
    return public(found, BUCKET), tls_only(found, BUCKET), cross_account(found, BUCKET, frozenset())


@given(
    st.text(max_size=200)
    | _json.map(json.dumps)
    | _json.map(lambda x: json.dumps({"Statement": x}))
)
def test_no_text_breaks_it(text):
    _judged(text)


@given(st.lists(_statement, max_size=4))
def test_no_policy_breaks_it(statements):
    _judged(policy(*statements))


@given(st.lists(_statement, max_size=3))
def test_a_grant_to_everybody_is_public_whatever_stands_beside_it_but_a_denial(statements):
    granting = [each for each in statements if each["Effect"] == "Allow"]
    judged = _judged(policy(allow(), *granting))
    assert judged is None or judged[0].standing is Standing.UNSAFE


@given(st.lists(_statement, max_size=3))
def test_what_is_refused_to_everybody_is_neither_public_nor_in_clear(statements):
    judged = _judged(policy(*statements, refuse()))
    assert judged is None or [each.standing for each in judged[:2]] == [Standing.SAFE] * 2


@given(st.lists(_statement, max_size=3))
def test_nothing_takes_tls_only_away(statements):
    judged = _judged(policy(deny(), *statements))
    assert judged is None or judged[1].standing is Standing.SAFE


_pattern = st.text(st.sampled_from("ab*?"), max_size=6)
_word = st.text(st.sampled_from("abc"), max_size=6)


@given(_pattern, _pattern, _word)
def test_a_pattern_that_covers_another_matches_what_it_does(wide, narrow, word):
    if covers(wide, narrow) and matches(narrow, word):
        assert matches(wide, word)


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [("a?a*", "a*a*a"), ("a?", "a*"), ("a/${x}*", "a/b*"), ("a/${x}*", "a/${x}*"), ("", "*")],
)
def test_a_pattern_covers_no_more_than_it_matches(wide, narrow):
    assert not covers(wide, narrow)


@given(_pattern, _pattern, _word)
def test_patterns_meet_where_one_word_matches_both(one, other, word):
    if matches(one, word) and matches(other, word):
        assert meets(one, other)


@given(_pattern, _word)
def test_matching_is_that_of_shells(pattern, word):
    import fnmatch

    assert matches(pattern, word) == fnmatch.fnmatchcase(word, pattern)
