"""Asks a real store through boto3, which knows nothing but what it is told here.

No credentials, addresses, proxies or models out of the environment, the user's folder or a
machine's metadata: whoever could write there could send the operator's credentials elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
import botocore.session
from botocore import UNSIGNED, xform_name
from botocore.config import Config
from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES
from botocore.exceptions import BotoCoreError, ClientError
from botocore.loaders import Loader
from botocore.parsers import ResponseParserError

from guardian_agent.exposure.buckets.credentials import Credentials
from guardian_agent.exposure.buckets.port import Refusal, Reply
from guardian_agent.exposure.buckets.transport import MAX_BYTES, Transport
from guardian_agent.system import Clock

_REGION = "us-east-1"
"""Where nothing else is said; AWS's answer tells the right one, and others do not mind."""
_NOWHERE = "/dev/null"
_EVENTS = {"s3": "s3", "s3control": "s3-control"}
"""What boto3's events call its services."""

# What a hostile answer can bring its parser to.
_NO_ANSWER = (ResponseParserError, ArithmeticError, AttributeError, LookupError, TypeError)
_NO_ANSWER_EITHER = (ValueError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a bucket is, and how long all that is asked there may take."""

    bucket: str
    endpoint: str | None
    """None: AWS's own."""
    region: str | None
    verify: str | bool
    """The file of the certificates trusted; True: those that boto3 brings along."""
    clock: Clock
    deadline: float
    """Monotonic."""
    tries: int = 3
    """How often its owner asks before giving up; a stranger asks once."""


class BotoClient:
    """Asks one bucket, as its owner or as a stranger; or, where one is named, an account."""

    def __init__(
        self,
        place: Place,
        credentials: Credentials | None,
        *,
        in_clear: bool = False,
        account: str | None = None,
    ) -> None:
        self._whose = {"Bucket": place.bucket} if account is None else {"AccountId": account}
        self._transport = Transport(place.verify, place.clock, place.deadline)
        service = "s3" if account is None else "s3control"
        self._client = _client(service, place, credentials, in_clear=in_clear)
        event = f"before-send.{_EVENTS[service]}"
        self._client.meta.events.register_first(event, self._transport)

    def call(self, operation: str, **parameters: object) -> Reply:
        """Ask one thing; see `Client.call`."""
        try:
            method = getattr(self._client, xform_name(operation))
            told = method(**self._whose, **parameters)
            return self._reply(told)
        except ClientError as error:
            raise _refusal(error) from None
        except BotoCoreError as error:
            raise Refusal(0, type(error).__name__) from None
        except (*_NO_ANSWER, *_NO_ANSWER_EITHER):
            raise Refusal(0, "unreadable") from None

    def _reply(self, told: dict[str, Any]) -> Reply:
        body = told.get("Body")
        if body is not None:
            told["Body"] = body.read(MAX_BYTES)
        headers = told.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        return Reply(fields=told, headers=headers, root=self._transport.root)


def _refusal(error: ClientError) -> Refusal:
    """Keep the status, the code and the headers of a refusal: nothing else of it is looked at."""
    about = error.response.get("ResponseMetadata", {})
    code = str(error.response.get("Error", {}).get("Code", ""))
    return Refusal(int(about.get("HTTPStatusCode", 0)), code, about.get("HTTPHeaders", {}))


def _client(service: str, place: Place, credentials: Credentials | None, *, in_clear: bool) -> Any:  # noqa: ANN401 - boto3 makes its classes itself
    endpoint = place.endpoint
    if in_clear and endpoint is not None:
        endpoint = endpoint.replace("https://", "http://", 1)
    return _session().client(
        service,
        region_name=place.region or _REGION,
        endpoint_url=endpoint,
        use_ssl=not in_clear,
        verify=place.verify,
        # Without any it would look for some; a stranger's are not used.
        aws_access_key_id=credentials.key_id if credentials else "none",
        aws_secret_access_key=credentials.secret if credentials else "none",
        aws_session_token=credentials.token if credentials else None,
        config=_config(place, signed=credentials is not None),
    )


def _config(place: Place, *, signed: bool) -> Config:
    return Config(
        signature_version="s3v4" if signed else UNSIGNED,
        s3={"addressing_style": "path" if place.endpoint else "auto"},
        retries={"total_max_attempts": place.tries if signed else 1, "mode": "standard"},
        proxies={},
        ignore_configured_endpoint_urls=True,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )


@cache
def _session() -> boto3.Session:
    """Return a session that reads neither the environment nor a file; it parses AWS's models."""
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
