"""Stores that answer as they were recorded, byte for byte, through the real client."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from botocore.awsrequest import AWSResponse
from guardian_agent.exposure.buckets.client import BotoClient, Place
from guardian_agent.exposure.buckets.credentials import Credentials
from guardian_agent.exposure.buckets.port import Account, Refusal, Ways

from tests.agent.exposure.buckets.table import TableClient
from tests.agent.fakes import FakeClock

FIXTURES = Path(__file__).parents[3] / "fixtures"
_SUBRESOURCES = (
    "encryption",
    "publicAccessBlock",
    "policy",
    "acl",
    "versioning",
    "object-lock",
    "logging",
    "list-type",
)


class Raw:
    """A body as it comes, in pieces."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def stream(self, size: int = 65536):
        yield from (self.body[at : at + size] for at in range(0, len(self.body), size))

    def close(self) -> None:
        """Nothing is open."""


class Session:
    """Answers requests from a table by what they ask (`GET ?policy`), and remembers them."""

    def __init__(self, answers: dict[str, dict[str, Any]]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def send(self, request: Any) -> AWSResponse:
        what = question(request.method, request.url)
        self.asked.append(what)
        told = self.answers[what]
        if isinstance(told, Exception):
            raise told
        body = told.get("body", "").encode()
        return AWSResponse(request.url, told["status"], told["headers"], Raw(body))


def question(method: str, url: str) -> str:
    """Name what a request asks: its subresource, else `/` for the bucket, `/key` for an object."""
    parts = urlsplit(url)
    asked = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    for each in _SUBRESOURCES:
        if each in asked:
            return f"{method} ?{each}"
    in_path = (parts.hostname or "").startswith("data.")
    of_object = parts.path.strip("/").count("/") or (in_path and parts.path.strip("/"))
    return f"{method} {'/key' if of_object else '/'}"


def place(endpoint: str | None = "https://store.example", clock: FakeClock | None = None) -> Place:
    clock = clock or FakeClock()
    return Place(
        bucket="data",
        endpoint=endpoint,
        region=None,
        verify=True,
        clock=clock,
        deadline=clock.monotonic() + 60,
        tries=1,
    )


def client(session: Session, *, signed: bool = True, where: Place | None = None) -> BotoClient:
    """Make a real client whose requests go no further than `session`."""
    keys = Credentials(key_id="AKIAEXAMPLE", secret="example") if signed else None
    made = BotoClient(where or place(), keys)
    made._transport._session = session
    return made


def profile(name: str) -> dict[str, dict[str, Any]]:
    """Read what one store answers: to its owner (`bare`), without permission, to strangers."""
    (path,) = FIXTURES.glob(f"s3-{name}-*/answers.json")
    return json.loads(path.read_text())["answers"]


def ways(name: str, asks_as: str, endpoint: str | None = "https://store.example") -> Ways:
    """Make the ways to a recorded bucket; `asks_as` is `bare` or `denied`."""
    answers = profile(name)
    where = place(endpoint)
    strange = Session(answers["stranger"])
    return Ways(
        account=_account(asks_as) if name == "aws" else None,
        owner=client(Session(answers[asks_as]), where=where),
        stranger=client(strange, signed=False, where=where),
        in_clear=client(strange, signed=False, where=where),
    )


def _account(asks_as: str) -> Account:
    """Answer as AWS does of an account without a block, to who may ask and who may not."""
    told = Refusal(404, "NoSuchPublicAccessBlockConfiguration")
    told = told if asks_as == "bare" else Refusal(403, "AccessDenied")
    return Account(number="111122223333", client=TableClient(GetPublicAccessBlock=told))
