"""A bucket that is as safe as its store can make it passes; as it comes, it does not."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta

import pytest
from guardian_agent.config import Bucket
from guardian_agent.exposure.buckets.look import look
from guardian_agent.exposure.buckets.port import Ways
from guardian_agent.wire.names import Name

from guardian.checks import data_encrypted, data_exposed
from guardian.domain.looks import PostureSeen
from guardian.domain.postures import posture_verdict
from guardian.domain.verdict import Status
from tests.agent.exposure.buckets.policies import deny, policy
from tests.agent.exposure.buckets.recorded import Session, client, place, profile
from tests.agent.exposure.buckets.test_store_profiles import HOSTS
from tests.agent.fakes import START, FakeClock

XML = {"content-type": "application/xml"}
ENCRYPTED = (
    "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>"
    "<SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>"
    "</ServerSideEncryptionConfiguration>"
)
BLOCKED = (
    "<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>"
    "<IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy>"
    "<RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"
)
NOBODY = {
    "HEAD /key": {"status": 400, "headers": {}, "body": ""},
    "GET ?list-type": {"status": 400, "headers": {}, "body": ""},
}


def verdicts(store, *, secured):
    told = copy.deepcopy(profile(store))
    bare = told["bare"]
    silent = told["stranger"]
    if secured:
        bare["GET ?encryption"] = {"status": 200, "headers": XML, "body": ENCRYPTED}
        bare["HEAD /key"]["headers"]["x-amz-server-side-encryption"] = "AES256"
        if bare["GET ?policy"]["status"] == 404:
            bare["GET ?policy"] = {"status": 200, "headers": {}, "body": policy(deny())}
        if bare["GET ?publicAccessBlock"]["status"] == 404:
            bare["GET ?publicAccessBlock"] = {"status": 200, "headers": XML, "body": BLOCKED}
        silent = silent | NOBODY
    where = place(None if store == "aws" else "https://store.example")
    ways = Ways(
        owner=client(Session(bare), where=where),
        stranger=client(Session(told["stranger"]), signed=False, where=where),
        in_clear=client(Session(silent), signed=False, where=where),
    )
    bucket = Bucket(name=Name("data"), bucket="data")
    (posture,) = look(bucket, ways, frozenset(), HOSTS[store], FakeClock())
    seen = PostureSeen(fact=posture, received_at=START)
    for check in (data_encrypted, data_exposed):
        asked = check.ASKED.changed((), ())

        yield posture_verdict(seen, replace(asked, max_age=timedelta(days=8)), START)


@pytest.mark.parametrize("store", HOSTS)
def test_what_can_be_set_is_enough(store):
    for verdict in verdicts(store, secured=True):
        assert verdict.status is Status.PASS, verdict.reason


@pytest.mark.parametrize("store", HOSTS)
def test_what_is_not_set_fails(store):
    told = [verdict.status for verdict in verdicts(store, secured=False)]
    # Without policies there is nothing to set, and an open question where plain HTTP is answered.
    exposed = Status.UNKNOWN if store == "backblaze" else Status.FAIL
    assert told == [Status.FAIL, exposed]
