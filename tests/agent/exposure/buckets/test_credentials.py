"""Credentials come out of the file configured, and stay here."""

from __future__ import annotations

import pytest
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.buckets.credentials import Credentials, account_of, read_credentials
from guardian_agent.wire.facts.words import Reason

from tests.agent.fakes import FakeFiles

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
PATH = "/etc/guardian/s3"


def read(text):
    files = FakeFiles()
    files.put(PATH, text if isinstance(text, bytes) else text.encode())
    return read_credentials(PATH, files)


def keys(profile="default", more=""):
    return f"[{profile}]\naws_access_key_id = AKIA1\naws_secret_access_key = {SECRET}\n{more}"


@pytest.mark.parametrize("text", [keys(), keys("acme"), keys() + "[other]\nregion = x\n"])
def test_a_file_of_aws_form_is_read(text):
    assert read(text) == Credentials(key_id="AKIA1", secret=SECRET)


def test_a_session_has_a_token():
    assert read(keys(more="aws_session_token = t%0/=\n")).token == "t%0/="


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{SECRET}\n",
        f"[default]\naws_access_key_id = AKIA1\naws_secret = {SECRET}\n",
        keys("a") + keys("b"),
        keys() + keys(),
        b"\xff" + keys().encode(),
        "[default]\n" + "x" * 70_000,
    ],
)
def test_another_file_is_refused_without_quoting_it(text):
    with pytest.raises(ProbeError) as refused:
        read(text)
    assert refused.value.reason is Reason.UNREADABLE_ANSWER
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_file_that_is_not_there():
    with pytest.raises(ProbeError) as refused:
        read_credentials(PATH, FakeFiles())
    assert refused.value.reason is Reason.PATH_MISSING


def test_a_file_that_may_not_be_read():
    files = FakeFiles()
    files.put(PATH, keys().encode())
    files.fail("read", PATH)
    with pytest.raises(ProbeError) as refused:
        read_credentials(PATH, files)
    assert refused.value.reason is Reason.PERMISSION_DENIED


def test_secrets_show_in_no_message():
    assert SECRET not in repr(read(keys(more=f"aws_session_token = {SECRET}\n")))
    assert "AKIA1" not in repr(read(keys()))


@pytest.mark.parametrize(
    ("key_id", "account"),
    [
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("AKIAQNZGKIQY56JQ7WML", "029608264753"),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("AKIAJ234567234567234", None),
        ("AKIA", None),
        ("AKIAQ1", None),
        ("minio", None),
        ("", None),
    ],
)
def test_the_account_of_a_key(key_id, account):
    assert account_of(key_id) == account
