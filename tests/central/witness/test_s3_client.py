"""A store may answer anything: a look ends, in facts, and nothing of it passes for fine."""

from __future__ import annotations

import builtins
import sys
from datetime import timedelta
from typing import Any

import botocore.exceptions
import pytest
import urllib3.exceptions
from botocore.awsrequest import AWSResponse
from hypothesis import given, settings
from hypothesis import strategies as st

from guardian.domain.storage import NoLook, StorageLook, Witnessed
from guardian.domain.verdict import Status
from guardian.witness.s3 import WITNESS, Settings
from guardian.witness.s3.client import MAX_BYTES, Access, BotoClient
from guardian.witness.s3.looking import Target, look
from guardian.witness.s3.port import Refusal
from tests.agent.exposure.buckets.recorded import Raw, profile
from tests.central.domain.making import judged, knowing
from tests.central.ingest.speaker import FakeClock
from tests.central.witness.fake_s3 import FakeS3
from tests.contracts.witness import ask

SECRET = "4111-1111-1111-1111-jane.doe"
XML = {"content-type": "application/xml"}
LISTING = '<?xml version="1.0"?><ListBucketResult><Name>data</Name></ListBucketResult>'
STORES = ("aws", "minio", "seaweedfs", "ceph", "backblaze")
ASKED = ("versioning", "object-lock", "list-type")


class Sending:
    """A session that answers each request alike, or by what it asks."""

    def __init__(self, body: Any = b"", status: int = 200, headers: Any = ()) -> None:
        self.body = body
        self.status = status
        self.headers = dict(headers)
        self.requests: list[Any] = []

    def send(self, request: Any) -> AWSResponse:
        self.requests.append(request)
        if isinstance(self.body, Exception):
            raise self.body
        raw = self.body if hasattr(self.body, "stream") else Raw(self.body)
        return AWSResponse(request.url, self.status, self.headers, raw)


class Recorded(Sending):
    """A store as it was recorded; what was not recorded, it has not implemented."""

    def __init__(self, store: str, who: str) -> None:
        super().__init__()
        self.answers = profile(store)[who]

    def send(self, request: Any) -> AWSResponse:
        asked = next((each for each in ASKED if each in request.url.partition("?")[2]), "")
        told = self.answers.get(f"{request.method} ?{asked}")
        if told is None:
            return AWSResponse(request.url, 501, {}, Raw(b""))
        body = told.get("body", "").encode()
        return AWSResponse(request.url, told["status"], told["headers"], Raw(body))


def access(endpoint: str | None = "https://store.example") -> Access:
    return Access(
        bucket="data",
        endpoint=endpoint,
        region=None,
        ca_file=None,
        key_id="AKIAEXAMPLE",
        secret="example-of-a-secret",
    )


def client(session: Sending, clock: FakeClock | None = None, **more: Any) -> BotoClient:
    clock = clock or FakeClock()
    made = BotoClient(access(**more), clock, clock.monotonic() + 60)
    made._transport._session = session
    return made


def refused(session: Sending, clock: FakeClock | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        client(session, clock).call("ListObjectsV2")
    return caught.value


def seen(session: Sending) -> StorageLook | NoLook:
    clock = FakeClock()
    asking = client(session, clock)

    class Asking:
        def look(self, looking: Any) -> StorageLook | NoLook:
            return look(asking, looking, Target(host="store.example"))

    store = FakeS3(clock=clock)
    return ask(store, Asking())


def sent(endpoint: str | None = "https://store.example") -> Any:
    session = Sending(LISTING.encode(), headers=XML)
    client(session, endpoint=endpoint).call("ListObjectsV2")
    (request,) = session.requests
    return request


def test_a_store_is_asked_where_it_was_said_to_be():
    assert sent().url.startswith("https://store.example/data?")
    assert sent(None).url.startswith("https://data.s3.amazonaws.com/?")
    assert "AKIAEXAMPLE" in str(sent().headers["Authorization"])


def test_the_environment_says_nothing(monkeypatch, tmp_path):
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text("[default]\nendpoint_url=https://evil.test\n")
    for name, value in {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "AKIAENV",
        "AWS_ENDPOINT_URL_S3": "https://evil.test",
        "AWS_CA_BUNDLE": str(tmp_path / "evil.pem"),
        "HTTPS_PROXY": "http://evil.test:3128",
    }.items():
        monkeypatch.setenv(name, value)
    own = sys.modules["guardian.witness.s3.client"]
    own._session.cache_clear()
    try:
        request = sent()
        assert request.url.startswith("https://store.example/data?")
        assert "AKIAEXAMPLE" in str(request.headers["Authorization"])
        clock = FakeClock()
        made = BotoClient(access(), clock, 1.0)
        assert made._transport._session._verify is True
    finally:
        own._session.cache_clear()


def test_no_secret_shows():
    assert "example-of-a-secret" not in repr(access())


class Endless(Raw):
    def __init__(self) -> None:
        super().__init__(b"")
        self.sent = 0

    def stream(self, size=65536):
        while True:
            self.sent += size
            yield b"x" * size


def test_an_answer_too_long_is_not_read_to_its_end():
    raw = Endless()
    assert refused(Sending(raw)).code == "too-long"
    assert raw.sent <= MAX_BYTES + 65536


def test_an_answer_that_trickles_ends_with_the_time():
    clock = FakeClock()

    class Trickle(Raw):
        def stream(self, size=65536):
            while True:
                clock.time += timedelta(seconds=7)
                yield b"<"

    assert refused(Sending(Trickle(b"")), clock).code == "time-spent"


def test_nothing_is_asked_after_the_time():
    clock = FakeClock()
    session = Sending(LISTING.encode())
    asking = client(session, clock)
    clock.time += timedelta(minutes=3)
    with pytest.raises(Refusal):
        asking.call("ListObjectsV2")
    assert session.requests == []


class Breaking(Raw):
    def stream(self, size=65536):
        yield b"<?xml"
        raise self.body


def listed(inside: bytes) -> bytes:
    return b"<ListBucketResult><Contents>" + inside + b"</Contents></ListBucketResult>"


@pytest.mark.parametrize(
    "session",
    [
        Sending(b"<?xml", headers={"content-length": "900"}),
        Sending(Breaking(urllib3.exceptions.ProtocolError("reset"))),
        Sending(Breaking(ConnectionResetError())),
        Sending(b"<ListBucketResult><Contents>"),
        Sending(b"\xff\xfe\x00"),
        Sending(b"<a/>" * 3),
        Sending(listed(b"<Key>a</Key><Size>many</Size>")),
        Sending(listed(b"<LastModified>99999-99-99T</LastModified>")),
        Sending(botocore.exceptions.EndpointConnectionError(endpoint_url="x")),
        Sending(botocore.exceptions.SSLError(endpoint_url="x", error="y")),
    ],
    ids=range(10),
)
def test_what_is_no_answer_shows_nothing(session, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda _seconds: None)
    found = seen(session)
    assert isinstance(found, NoLook)


def test_an_error_keeps_its_status_and_code_alone():
    body = f"<Error><Code>AccessDenied</Code><Message>{SECRET}</Message></Error>".encode()
    found = refused(Sending(body, status=403))
    assert (found.status, found.code) == (403, "AccessDenied")
    assert SECRET not in str(found)


@pytest.mark.parametrize("who", ["bare", "denied"])
@pytest.mark.parametrize("store", STORES)
def test_recorded_stores_are_never_taken_for_locked(store, who):
    found = seen(Recorded(store, who))
    if isinstance(found, NoLook):
        assert found.reason
        return
    evidence = knowing(witness=Witnessed(look=found))
    assert judged("backup.immutable", evidence).status is not Status.PASS


def test_without_boto3_nothing_is_seen(monkeypatch):
    real = builtins.__import__

    def without(name: str, *more: Any, **much: Any) -> Any:
        if name == "guardian.witness.s3.client":
            raise ImportError(name)
        return real(name, *more, **much)

    monkeypatch.setattr(builtins, "__import__", without)
    found = ask(FakeS3(), WITNESS.open(Settings(bucket="b", credentials_file="/nowhere")))
    assert isinstance(found, NoLook)
    assert found.reason == "boto3-missing"


_answers = st.tuples(
    st.sampled_from([200, 200, 200, 204, 206, 301, 400, 403, 404, 405, 501]),
    st.text(max_size=60)
    | st.sampled_from(
        [
            "",
            "<a/>",
            "<Error/>",
            "<Error><Code/></Error>",
            "<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>",
            "<ListBucketResult><Contents/></ListBucketResult>",
            "<ListVersionsResult><Version/></ListVersionsResult>",
            (
                "<ListVersionsResult><Version><Key>a</Key><Size>1</Size><IsLatest>x</IsLatest>"
                "<LastModified>2026-11-21T12:00:00Z</LastModified></Version></ListVersionsResult>"
            ),
            "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            "<Retention><Mode>COMPLIANCE</Mode></Retention>",
            (
                "<Retention><Mode>COMPLIANCE</Mode><RetainUntilDate>9999-12-31T23:59:59Z"
                "</RetainUntilDate></Retention>"
            ),
            (
                "<ObjectLockConfiguration><Rule><DefaultRetention><Days>x</Days>"
                "</DefaultRetention></Rule></ObjectLockConfiguration>"
            ),
            "<LifecycleConfiguration><Rule><Status>Enabled</Status></Rule></LifecycleConfiguration>",
        ]
    ),
)


class Random(Sending):
    def __init__(self, data: st.DataObject) -> None:
        super().__init__()
        self.data = data

    def send(self, request: Any) -> AWSResponse:
        status, body = self.data.draw(_answers)
        return AWSResponse(request.url, status, {}, Raw(body.encode("utf-8", "replace")))


@settings(max_examples=30)
@given(st.data())
def test_whatever_a_store_answers_a_look_ends_and_nothing_passes(data):
    found = seen(Random(data))
    known = Witnessed(failure=found) if isinstance(found, NoLook) else Witnessed(look=found)
    evidence = knowing(witness=known)
    for control in ("backup.witnessed", "backup.immutable"):
        assert judged(control, evidence).status is not Status.PASS
