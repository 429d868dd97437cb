"""Carries one request of boto3's to the store and back, within a deadline and a size.

boto3 reads whatever comes, for as long as some byte comes now and then. So it is answered here
before it sends anything itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.httpsession import URLLib3Session
from urllib3.exceptions import HTTPError

from guardian_agent.exposure.buckets.port import Refusal
from guardian_agent.system import Clock

MAX_BYTES = 8 * 1024 * 1024
"""Of one answer: a thousand keys of a thousand bytes, with room."""
_CHUNK_BYTES = 64 * 1024
_HEAD_BYTES = 1024
_ROOT = re.compile(rb"\s*(?:<\?xml[^>]*\?>\s*)?<(?:[\w.-]+:)?([\w.-]{1,80})[\s/>]", re.ASCII)


class Transport:
    """Sends requests; `root` is the element that the last answer began with."""

    def __init__(self, verify: str | bool, clock: Clock, deadline: float) -> None:  # noqa: FBT001
        # No proxy but the operator's own network: what the environment says of one is not asked.
        self._session = URLLib3Session(verify=verify, proxies={}, timeout=(5, 10))
        self._clock = clock
        self._deadline = deadline
        self.root = ""

    def __call__(self, request: Any, **_: object) -> AWSResponse:  # noqa: ANN401 - boto3's own
        """Answer a request.

        Raises:
            Refusal: the time is spent, or the answer too long.
        """
        self.root = ""
        self._check()
        request.stream_output = True
        answer = self._session.send(request)
        body = self._body(answer, bodyless=request.method == "HEAD")
        self.root = _root(body)
        return AWSResponse(answer.url, answer.status_code, answer.headers, _Body(body))

    def _body(self, answer: Any, *, bodyless: bool) -> bytes:  # noqa: ANN401 - boto3's own
        try:
            body = b"".join(self._chunks(answer.raw))
        except (HTTPError, OSError):
            raise Refusal(0, "closed") from None
        announced = answer.headers.get("content-length", "")
        if not bodyless and announced.isdecimal() and len(body) < int(announced):
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

    def read(self, amount: int | None = None) -> bytes:
        taken = self._content if amount is None else self._content[:amount]
        self._content = self._content[len(taken) :]
        return taken

    def close(self) -> None:
        self._content = b""


def _root(body: bytes) -> str:
    found = _ROOT.match(body[:_HEAD_BYTES])
    return "" if found is None else found.group(1).decode("ascii")
