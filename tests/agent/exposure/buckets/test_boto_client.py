"""boto3 asks what it is told, where it is told, and takes no more than it should."""

from __future__ import annotations

import sys

import botocore.exceptions
import pytest
import urllib3.exceptions
from botocore.awsrequest import AWSResponse
from guardian_agent.config import Bucket
from guardian_agent.errors import ProbeError
from guardian_agent.exposure import buckets
from guardian_agent.exposure.buckets.client import BotoClient
from guardian_agent.exposure.buckets.credentials import Credentials
from guardian_agent.exposure.buckets.port import Refusal
from guardian_agent.exposure.buckets.transport import MAX_BYTES
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Name

from tests.agent.exposure.buckets.recorded import Raw, Session, client, place
from tests.agent.fakes import FakeClock, FakeSystem

SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"
XML = {"content-type": "application/xml"}
LISTING = '<?xml version="1.0"?><ListBucketResult><Name>data</Name></ListBucketResult>'


class Keeping(Session):
    """Keeps the whole of each request, too."""

    def __init__(self, *args):
        super().__init__(*args)
        self.requests = []

    def send(self, request):
        self.requests.append(request)
        return super().send(request)


class Sending:
    """A session that answers with one body."""

    def __init__(self, raw, headers=()):
        self.raw = raw
        self.headers = dict(headers)

    def send(self, request):
        return AWSResponse(request.url, 200, self.headers, self.raw)


def listed(**more):
    return {"GET ?list-type": {"status": 200, "headers": XML, "body": LISTING, **more}}


def sent(where, *, signed=True):
    session = Keeping(listed())
    client(session, signed=signed, where=where).call("ListObjectsV2")
    (request,) = session.requests
    return request


def test_an_endpoint_is_asked_by_paths():
    assert sent(place("https://store.example:9000")).url.startswith(
        "https://store.example:9000/data?"
    )


def test_aws_is_asked_by_names():
    assert sent(place(None)).url.startswith("https://data.s3.amazonaws.com/?")


def test_in_clear_the_same_is_asked_without_tls():
    for endpoint, begins in (
        (None, "http://data.s3"),
        ("https://store.example", "http://store.example/data"),
    ):
        session = Keeping(listed())
        asking = BotoClient(place(endpoint), None, in_clear=True)
        asking._transport._session = session
        asking.call("ListObjectsV2")
        assert session.requests[0].url.startswith(begins)


def test_an_owner_signs_and_a_stranger_does_not():
    assert "AKIAEXAMPLE" in str(sent(place()).headers["Authorization"])
    assert "Authorization" not in sent(place(), signed=False).headers


def test_the_environment_and_the_users_folder_say_nothing(monkeypatch, tmp_path):
    folder = tmp_path / ".aws"
    (folder / "models").mkdir(parents=True)
    (folder / "credentials").write_text("[default]\naws_access_key_id=AKIAFILE\n")
    (folder / "config").write_text("[default]\nregion=eu-evil-1\nendpoint_url=https://evil.test\n")
    for name, value in {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "AKIAENV",
        "AWS_SECRET_ACCESS_KEY": "environment",
        "AWS_PROFILE": "evil",
        "AWS_DEFAULT_REGION": "eu-evil-1",
        "AWS_ENDPOINT_URL": "https://evil.test",
        "AWS_ENDPOINT_URL_S3": "https://evil.test",
        "AWS_CA_BUNDLE": str(tmp_path / "evil.pem"),
        "HTTPS_PROXY": "http://evil.test:3128",
        "HTTP_PROXY": "http://evil.test:3128",
    }.items():
        monkeypatch.setenv(name, value)
    buckets_client = sys.modules["guardian_agent.exposure.buckets.client"]
    buckets_client._session.cache_clear()
    try:
        request = sent(place())
        assert request.url.startswith("https://store.example/data?")
        assert sent(place(None)).url.startswith("https://data.s3.amazonaws.com/?")
        assert "us-east-1" in str(request.headers["Authorization"])
        assert "AKIAEXAMPLE" in str(request.headers["Authorization"])
        made = BotoClient(place(), None)
        assert made._transport._session._proxy_config.proxy_url_for(request.url) is None
        assert made._transport._session._verify is True
    finally:
        buckets_client._session.cache_clear()


def test_a_stranger_has_no_credentials_looked_for(monkeypatch):
    # Asking a machine's metadata for some takes seconds, and is a request to somebody else.
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://evil.test")
    assert "Authorization" not in sent(place(None), signed=False).headers


def test_an_answer_too_long_is_not_read_to_its_end():
    class Endless(Raw):
        def __init__(self):
            super().__init__(b"")
            self.sent = 0

        def stream(self, size=65536):
            while True:
                self.sent += size
                yield b"x" * size

    raw = Endless()
    with pytest.raises(Refusal) as refused:
        client(Sending(raw)).call("ListObjectsV2")
    assert (refused.value.status, refused.value.code) == (0, "too-long")
    assert raw.sent <= MAX_BYTES + 65536


def test_an_answer_that_trickles_ends_with_the_time():
    clock = FakeClock()

    class Trickle(Raw):
        def stream(self, size=65536):
            while True:
                clock.advance(seconds=7)
                yield b"<"

    with pytest.raises(Refusal) as refused:
        client(Sending(Trickle(b"")), where=place(clock=clock)).call("ListObjectsV2")
    assert refused.value.code == "time-spent"


def test_nothing_is_asked_after_the_time():
    clock = FakeClock()
    session = Session(listed())
    asking = client(session, where=place(clock=clock))
    clock.advance(minutes=3)
    with pytest.raises(Refusal):
        asking.call("ListObjectsV2")
    assert session.asked == []


class Breaking(Raw):
    def stream(self, size=65536):
        yield b"<?xml"
        raise self.body


@pytest.mark.parametrize(
    "session",
    [
        Sending(Raw(b"<?xml"), {"content-length": "900"}),
        Sending(Raw(LISTING.encode()), {"content-length": "900"}),
        Sending(Breaking(urllib3.exceptions.ProtocolError("reset"))),
        Sending(Breaking(urllib3.exceptions.ReadTimeoutError(None, "", "slow"))),
        Sending(Breaking(ConnectionResetError())),
        Sending(Raw(b"<ListBucketResult><Contents>")),
        Sending(Raw(b"\xff\xfe\x00")),
        Sending(Raw(b"<a/>" * 3)),
        Sending(
            Raw(
                b"<ListBucketResult><Contents><Key>a</Key><Size>many</Size></Contents>"
                b"</ListBucketResult>"
            )
        ),
        Sending(
            Raw(
                b"<ListBucketResult><Contents><LastModified>99999-99-99T</LastModified></Contents>"
                b"</ListBucketResult>"
            )
        ),
        Session({"GET ?list-type": botocore.exceptions.EndpointConnectionError(endpoint_url="x")}),
        Session({"GET ?list-type": botocore.exceptions.SSLError(endpoint_url="x", error="y")}),
        Session({"GET ?list-type": botocore.exceptions.ReadTimeoutError(endpoint_url="x")}),
    ],
)
def test_a_broken_answer_is_none(session):
    asking = client(session, signed=False)
    with pytest.raises(Refusal) as refused:
        asking.call("ListObjectsV2")
    # boto3 calls an answer of 200 that is none a server's error.
    assert refused.value.status in (0, 500)


def test_a_refusal_brings_its_code_and_nothing_of_its_text():
    body = f"<Error><Code>AccessDenied</Code><Message>{SECRET}</Message></Error>"
    session = Session({"GET ?list-type": {"status": 403, "headers": XML, "body": body}})
    with pytest.raises(Refusal) as refused:
        client(session).call("ListObjectsV2")
    assert (refused.value.status, refused.value.code) == (403, "AccessDenied")
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_error_that_is_no_xml_has_its_status_for_a_code():
    session = Session({"GET ?list-type": {"status": 400, "headers": {}, "body": "<html>no"}})
    with pytest.raises(Refusal) as refused:
        client(session).call("ListObjectsV2")
    assert (refused.value.status, refused.value.code) == (400, "400")


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (LISTING, "ListBucketResult"),
        ("\n<s3:ListBucketResult xmlns:s3='x'></s3:ListBucketResult>", "ListBucketResult"),
        ("<!DOCTYPE html><html></html>", ""),
    ],
)
def test_the_root_of_an_answer_is_told(body, root):
    assert client(Session(listed(body=body))).call("ListObjectsV2").root == root


def test_the_root_is_that_of_the_last_answer():
    session = Session(listed() | {"HEAD /key": {"status": 200, "headers": {}, "body": ""}})
    asking = client(session)
    asking.call("ListObjectsV2")
    assert asking.call("HeadObject", Key="a").root == ""


def test_bytes_are_read_to_the_end_of_the_answer():
    told = {"status": 206, "headers": {"content-length": "5"}, "body": "hello"}
    session = Session({"GET /key": told})
    reply = client(session).call("GetObject", Key="a", Range="bytes=0-4")
    assert reply.fields["Body"] == b"hello"


def bucket(**more):
    return Bucket(name=Name("data"), bucket="data", **more)


def test_without_boto3_the_tool_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "guardian_agent.exposure.buckets.client")
    with pytest.raises(ProbeError) as refused:
        list(buckets.observe(bucket(), FakeSystem()))
    assert refused.value.reason is Reason.TOOL_MISSING


def test_the_ways_to_a_bucket():
    system = FakeSystem()
    alone = buckets._ways(bucket(), None, system)
    assert alone.owner is None
    assert alone.in_clear is not None
    keys = Credentials(key_id="AKIA1", secret=SECRET)
    clear = buckets._ways(bucket(endpoint="http://store.example:9000"), keys, system)
    assert clear.owner is not None
    assert clear.in_clear is None


def test_what_the_machine_trusts_is_trusted():
    system = FakeSystem()
    system.files.put("/etc/ssl/certs/ca-certificates.crt", b"")
    ways = buckets._ways(bucket(), None, system)
    assert ways.stranger._transport._session._verify == "/etc/ssl/certs/ca-certificates.crt"


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, None),
        ("https://Store.Example:9000", "store.example"),
        ("https://store.example/", "store.example"),
    ],
)
def test_the_host_of_an_endpoint(endpoint, host):
    assert buckets._host(endpoint) == host


def test_credentials_of_aws_know_their_account():
    keys = Credentials(key_id="AKIAQNZGKIQY56JQ7WML", secret=SECRET)
    known = buckets._known_accounts(bucket(accounts=("444455556666",)), keys)
    assert known == {"029608264753", "444455556666"}
    other = bucket(endpoint="https://store.example")
    assert buckets._known_accounts(other, keys) == frozenset()
