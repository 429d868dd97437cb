"""What is known after a store did not answer."""

from __future__ import annotations

import pytest
from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import Lack, asked, lack_of
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Slug, restricted
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.exposure.buckets.table import TableClient

EVERY = [each for each in vars(calls).values() if isinstance(each, calls.Call)]
NO_SUCH = [(call, code) for call in EVERY for code in sorted(call.absent)]


@pytest.mark.parametrize(("call", "code"), NO_SUCH)
def test_the_code_for_what_is_absent_says_that_it_is_not_set(call, code):
    assert lack_of(call, Refusal(404, code)).standing is Standing.NOT_SET


@pytest.mark.parametrize(("call", "code"), NO_SUCH)
def test_it_says_so_of_no_other_question_and_with_no_other_status(call, code):
    assert lack_of(calls.ACL, Refusal(404, code)).standing is Standing.FAILED
    assert lack_of(call, Refusal(403, code)).standing is Standing.DENIED
    assert lack_of(call, Refusal(500, code)).standing is Standing.FAILED


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (501, "NotImplemented"),
        (501, "AnythingElse"),
        (405, "MethodNotAllowed"),
        (400, "NotImplemented"),
        (400, "XNotImplemented"),
        (400, "UnsupportedOperation"),
        (404, "MethodNotAllowed"),
        (400, "400"),
    ],
)
def test_a_store_that_cannot_is_told(status, code):
    assert lack_of(calls.ENCRYPTION, Refusal(status, code)).standing is Standing.UNSUPPORTED


@pytest.mark.parametrize("call", EVERY)
@pytest.mark.parametrize(
    "refusal", [Refusal(403, "AccessDenied"), Refusal(401, "x"), Refusal(403, "403")]
)
def test_a_refusal_names_the_permission(call, refusal):
    lack = lack_of(call, refusal)
    assert (lack.standing, lack.permission) == (Standing.DENIED, call.permission)


@pytest.mark.parametrize(
    "code", ["InvalidAccessKeyId", "SignatureDoesNotMatch", "RequestTimeTooSkewed", "ExpiredToken"]
)
def test_wrong_credentials_lack_no_permission(code):
    lack = lack_of(calls.POLICY, Refusal(403, code))
    assert (lack.standing, lack.rule, lack.permission) == (
        Standing.DENIED,
        "credentials-refused",
        None,
    )


@pytest.mark.parametrize(
    ("refusal", "rule"),
    [
        (Refusal(0, "timeout"), "no-answer"),
        (Refusal(500, "InternalError"), "server-error"),
        (Refusal(503, "SlowDown"), "server-error"),
        (Refusal(301, "PermanentRedirect"), "bucket-elsewhere"),
        (Refusal(404, "NoSuchBucket"), "no-such-bucket"),
        (Refusal(404, "NoSuchKey"), "unknown-answer"),
        (Refusal(400, "InvalidRequest"), "unknown-answer"),
    ],
)
def test_everything_else_is_not_known(refusal, rule):
    lack = lack_of(calls.ENCRYPTION, refusal)
    assert (lack.standing, lack.rule) == (Standing.FAILED, rule)


def test_a_head_has_no_code_to_be_unreadable():
    # An object under a key of the client's own answers so to whoever has not got the key.
    assert lack_of(calls.HEAD, Refusal(400, "400")).standing is Standing.FAILED


def test_without_credentials_every_permission_is_missing():
    lack = asked(None, calls.POLICY)
    assert isinstance(lack, Lack)
    assert (lack.standing, lack.permission) == (Standing.DENIED, "s3.getbucketpolicy")


@pytest.mark.parametrize("root", ["ListBucketResult", "html", ""])
def test_an_answer_to_another_question_is_none(root):
    client = TableClient(GetBucketVersioning=Reply(fields={}, root=root))
    lack = asked(client, calls.VERSIONING)
    assert isinstance(lack, Lack)
    assert (lack.standing, lack.rule) == (Standing.UNSUPPORTED, "another-answer")


@given(st.sampled_from(EVERY), st.integers(0, 999), st.text(max_size=30))
def test_no_refusal_proves_anything_and_no_word_of_it_leaves(call, status, code):
    lack = lack_of(call, Refusal(status, code))
    assert lack.standing not in (Standing.SAFE, Standing.UNSAFE)
    restricted(Slug, lack.rule)
    assert (lack.permission is None) or (lack.standing is Standing.DENIED)
    assert lack.standing is not Standing.NOT_SET or code in call.absent


@pytest.mark.parametrize("call", EVERY)
def test_permissions_are_words_of_the_wire(call):
    restricted(Slug, call.permission)
