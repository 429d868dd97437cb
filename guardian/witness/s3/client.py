"""Asks a real store through boto3, which knows nothing but what it is told here.

No credentials, addresses, proxies or models out of the environment or a home folder: whoever could
write there could send central's credential elsewhere. What comes back is bounded in time and size.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError, ClientError
from botocore.httpsession import URLLib3Session
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from guardian.ports import Clock
from guardian.witness.s3.port import Refusal, Reply

MAX_BYTES = 8 * 1024 * 1024
"""Of one answer: a thousand keys of a thousand bytes, with room."""
TIMEOUT_SECONDS = (5, 20)
"""To connect, and between two bytes."""
TRIES = 3
_REGION = "us-east-1"
_CHUNK_BYTES = 64 * 1024
_HEAD_BYTES = 1024
_NOWHERE = "/dev/null"
_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?([\w.-]{1,80})[\s/>]", re.ASCII)
# What a hostile answer can bring its parser to.
_UNREADABLE = (ResponseParserError, ArithmeticError, AttributeError, LookupError, TypeError)
_UNREADABLE_TOO = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """How a bucket is reached; its secrets show in no message."""

    bucket: str
    endpoint: str | None
    """None: AWS's own."""
    region: str | None
    ca_file: str | None
    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


class BotoClient:
    """One bucket; see `guardian.witness.s3.port.Client`."""

    def __init__(self, access: Access, clock: Clock, deadline: float) -> None:
        self._bucket = access.bucket
        self._transport = _Transport(access.ca_file or True, clock, deadline)
        self._client = _client(access)
        self._client.meta.events.register_first("before-send.s3", self._transport)

    def call(self, operation: str, **parameters: object) -> Reply:
        """Ask one thing."""
        try:
            told = getattr(self._client, xform_name(operation))(Bucket=self._bucket, **parameters)
        except ClientError as error:
            raise _refusal(error) from None
        except BotoCoreError as error:
            raise Refusal(0, type(error).__name__) from None
        except (*_UNREADABLE, *_UNREADABLE_TOO):
            raise Refusal(0, "unreadable") from None
        headers = told.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return Reply(fields=told, headers=headers, root=self._transport.root)


def _refusal(error: ClientError) -> Refusal:
    about = error.response.get("ResponseMetadata", {})
    code = str(error.response.get("Error", {}).get("Code", ""))
    return Refusal(int(about.get("HTTPStatusCode", 0)), code, about.get("HTTPHeaders", {}))


def _client(access: Access) -> Any:  # noqa: ANN401 - boto3 makes its classes itself
    return _session().client(
        "s3",
        region_name=access.region or _REGION,
        endpoint_url=access.endpoint,
        verify=access.ca_file or True,
        aws_access_key_id=access.key_id,
        aws_secret_access_key=access.secret,
        aws_session_token=access.token,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path" if access.endpoint else "auto"},
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            proxies={},
            ignore_configured_endpoint_urls=True,
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@cache
def _session() -> boto3.Session:
    """Return a session that reads neither the environment nor a file."""
    silent = {
        name: (None, None, _NOWHERE if name.endswith("_file") else default, convert)
        for name, (_, _, default, convert) in BOTOCORE_DEFAUT_SESSION_VARIABLES.items()
    }
    session = botocore.session.Session(session_vars=silent)
    loader = Loader(
        extra_search_paths=[Loader.BUILTIN_DATA_PATH], include_default_search_paths=False
    )
    session.register_component("data_loader", loader)
    return boto3.Session(botocore_session=session)


class _Transport:
    """Carries requests in boto3's stead; `root` is the element that the last answer began with."""

    def __init__(self, verify: str | bool, clock: Clock, deadline: float) -> None:  # noqa: FBT001
        self._session = URLLib3Session(verify=verify, proxies={}, timeout=TIMEOUT_SECONDS)
        self._clock = clock
        self._deadline = deadline
        self.root = ""

    def __call__(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - boto3's own
        """Answer a request; raise `Refusal` where the time is spent or the answer too long."""
        self.root = ""
        self._check()
        request.stream_output = True
        answer = self._session.send(request)
        body = self._body(answer)
        found = _ROOT.match(body[:_HEAD_BYTES])
        self.root = "" if found is None else found.group(1).decode("ascii")
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Body(body))

    def _body(self, answer: Any) -> bytes:  # noqa: ANN401 - boto3's own
        try:
            body = b"".join(self._chunks(answer.raw))
        except (HTTPError, OSError):
            raise Refusal(0, "closed") from None
        announced = answer.headers.get("content-length", "")
        if announced.isdecimal() and len(body) < int(announced):
            raise Refusal(0, "closed")
        return body

    def _chunks(self, raw: Any) -> Iterator[bytes]:  # noqa: ANN401 - urllib3's own
        size = 0
        for chunk in raw.stream(_CHUNK_BYTES):
            size += len(chunk)
            if size > MAX_BYTES:
                raw.close()
                raise Refusal(0, "too-long")
            self._check()
            yield chunk

    def _check(self) -> None:
        if self._clock.monotonic() >= self._deadline:
            raise Refusal(0, "time-spent")


class _Body:
    """Bytes that were read, as the stream that boto3 expects."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
