"""A store may answer anything: a look ends, in facts that hold no word of it."""

from __future__ import annotations

import copy
import re

import pytest
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.look import look
from guardian_agent.exposure.buckets.port import Ways
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.exposures import Posture, Standing
from guardian_agent.wire.names import Name, Slug, restricted
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agent.exposure.buckets.policies import allow, policy
from tests.agent.exposure.buckets.recorded import Session, client, place, profile
from tests.agent.fakes import FakeClock

STORES = ("aws", "minio", "seaweedfs", "ceph", "backblaze")
SECRET = "4111-1111-1111-1111-jane.doe"


def seen(answers, stranger=None):
    where = place()
    owner = client(Session(answers), where=where)
    strange = client(Session(stranger or answers), signed=False, where=where)
    bucket = Bucket(name=Name("data"), bucket="data", read_objects=True)
    ways = Ways(owner=owner, stranger=strange, in_clear=strange)
    return list(look(bucket, ways, frozenset(), "store.example", FakeClock()))


_answer = st.fixed_dictionaries(
    {
        "status": st.sampled_from(
            [200, 200, 200, 204, 206, 301, 400, 403, 404, 405, 500, 501, 503]
        ),
        "headers": st.dictionaries(
            st.sampled_from(["server", "content-type", "location", "x-amz-request-id"]),
            st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), max_size=9),
            max_size=2,
        ),
        "body": st.text(max_size=60)
        | st.sampled_from(
            [
                "",
                "<a/>",
                "<Error/>",
                "<Error><Code/></Error>",
                "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
                "<ListBucketResult><Contents/></ListBucketResult>",
                (
                    "<ListBucketResult><Contents><Key>a</Key><LastModified>x</LastModified>"
                    "</Contents></ListBucketResult>"
                ),
                (
                    "<AccessControlPolicy><AccessControlList><Grant/></AccessControlList>"
                    "</AccessControlPolicy>"
                ),
                "<ServerSideEncryptionConfiguration><Rule/></ServerSideEncryptionConfiguration>",
                (
                    "<ObjectLockConfiguration><Rule><DefaultRetention><Days>x</Days>"
                    "</DefaultRetention></Rule></ObjectLockConfiguration>"
                ),
                "<VersioningConfiguration><Status>\u2028</Status></VersioningConfiguration>",
                (
                    "<PublicAccessBlockConfiguration><BlockPublicAcls>1</BlockPublicAcls>"
                    "</PublicAccessBlockConfiguration>"
                ),
            ]
        ),
    }
)


@settings(max_examples=20)
@given(st.data(), st.sampled_from(STORES))
def test_whatever_a_store_answers_a_look_ends_in_facts(data, store):
    told = copy.deepcopy(profile(store)["bare"])
    for question in data.draw(st.sets(st.sampled_from(sorted(told)), min_size=1)):
        told[question] = data.draw(_answer)
    for fact in seen(told):
        to_json(fact)
        if isinstance(fact, Posture):
            for each in fact.settings:
                restricted(Slug, each.rule)


@pytest.mark.parametrize("store", STORES)
def test_no_word_of_a_store_leaves(store):
    told = copy.deepcopy(profile(store)["bare"])
    for each in told.values():
        each["headers"]["x-amz-meta-note"] = SECRET
        each["headers"]["x-amz-request-id"] = SECRET
        body = each["body"].replace("hello", SECRET)
        each["body"] = re.sub(
            r"(<(Key|ID|DisplayName|Message|Code|Resource|Name)>)[^<]*", rf"\1{SECRET}", body
        )
    told["GET ?policy"] = {
        "status": 200,
        "headers": {},
        "body": policy(allow(Principal={"AWS": SECRET}, Resource=f"arn:aws:s3:::data/{SECRET}")),
    }
    facts = seen(told)
    assert len(facts) == 2
    assert all(SECRET.encode() not in to_json(each) for each in facts)


@pytest.mark.parametrize("store", STORES)
def test_a_store_that_says_private_is_not_believed_against_an_open_door(store):
    answers = profile(store)
    (posture, _) = seen(answers["bare"], stranger=answers["bare"])
    found = {each.setting: each.standing for each in posture.settings}
    assert found["anonymous-list"] is Standing.UNSAFE
    assert found["anonymous-read"] is Standing.UNSAFE
    assert found["plain-http"] is Standing.UNSAFE


def test_minio_that_calls_a_public_bucket_private_is_found_out():
    # Its own word (`GetBucketPolicyStatus`) for a bucket that everybody reads is "not public".
    answers = copy.deepcopy(profile("minio"))
    answers["bare"]["GET ?policy"] = {"status": 200, "headers": {}, "body": policy(allow())}
    (posture, _) = seen(answers["bare"], stranger=answers["stranger"])
    found = {each.setting: each.standing for each in posture.settings}
    assert found["public-by-policy"] is Standing.UNSAFE


@pytest.mark.parametrize(
    ("store", "told"),
    [
        ("backblaze", (Standing.SAFE, "store-without-plain-http")),
        # On another port it may answer without TLS, and a policy would refuse that.
        ("minio", (Standing.NOT_SET, "not-set")),
    ],
)
def test_where_nobody_answers_without_tls_a_store_without_policies_is_tls_only(store, told):
    answers = copy.deepcopy(profile(store))
    silent = answers["stranger"] | {
        "HEAD /key": {"status": 400, "headers": {}, "body": ""},
        "GET ?list-type": {"status": 400, "headers": {}, "body": ""},
    }
    where = place()
    ways = Ways(
        owner=client(Session(answers["bare"]), where=where),
        stranger=client(Session(answers["stranger"]), signed=False, where=where),
        in_clear=client(Session(silent), signed=False, where=where),
    )
    bucket = Bucket(name=Name("data"), bucket="data")
    (posture,) = look(bucket, ways, frozenset(), "store.example", FakeClock())
    found = {each.setting: (each.standing, each.rule) for each in posture.settings}
    assert found["tls-only"] == told
