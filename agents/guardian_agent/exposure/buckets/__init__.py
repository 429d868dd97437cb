"""How a bucket is set up, who can read it, and what its newest objects are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from guardian_agent.config import Bucket
from guardian_agent.errors import ProbeError
from guardian_agent.exposure.buckets.credentials import Credentials, account_of, read_credentials
from guardian_agent.exposure.buckets.kinds import Kind, recognise
from guardian_agent.exposure.buckets.look import look
from guardian_agent.exposure.buckets.port import Account, Ways
from guardian_agent.system import System
from guardian_agent.wire.facts.exposures import Exposure, Posture
from guardian_agent.wire.facts.words import Reason

_SECONDS = 120
"""For all that one bucket is asked."""
_TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
"""What this machine trusts: a store of the operator's own has a certificate of the operator's."""


def observe(bucket: Bucket, system: System) -> Iterator[Posture | Exposure]:
    """Yield the bucket's posture and, where its objects may be read, what they are.

    Raises:
        ProbeError: TOOL_MISSING without boto3, or the credentials cannot be read; what was
            yielded before stands.
    """
    credentials = None
    if bucket.credentials_file is not None:
        credentials = read_credentials(bucket.credentials_file, system.files)
    ways = _ways(bucket, credentials, system)
    known = _known_accounts(bucket, credentials)
    yield from look(bucket, ways, known, _host(bucket.endpoint), system.clock)


def _ways(bucket: Bucket, credentials: Credentials | None, system: System) -> Ways:
    try:
        from guardian_agent.exposure.buckets.client import (  # noqa: PLC0415 - an optional extra
            BotoClient,
            Place,
        )
    except ModuleNotFoundError:
        text = "boto3 is not installed; install guardian-agent[s3]"
        raise ProbeError(Reason.TOOL_MISSING, text) from None
    place = Place(
        bucket=bucket.bucket,
        endpoint=bucket.endpoint,
        region=bucket.region,
        verify=bucket.ca_file or (_TRUSTED if system.files.exists(_TRUSTED) else True),
        clock=system.clock,
        deadline=system.clock.monotonic() + _SECONDS,
    )
    secured = bucket.endpoint is None or bucket.endpoint.startswith("https://")
    number, account = _account(bucket, credentials), None
    if number is not None:
        asks = BotoClient(replace(place, endpoint=None), credentials, account=number)
        account = Account(number=number, client=asks)
    return Ways(
        owner=None if credentials is None else BotoClient(place, credentials),
        stranger=BotoClient(place, None),
        in_clear=BotoClient(place, None, in_clear=True) if secured else None,
        account=account,
    )


def _known_accounts(bucket: Bucket, credentials: Credentials | None) -> frozenset[str]:
    """Return the accounts configured and, on AWS, the one that the credentials are of."""
    own = _account(bucket, credentials)
    return frozenset(bucket.accounts) | ({own} if own is not None else frozenset())


def _account(bucket: Bucket, credentials: Credentials | None) -> str | None:
    """Return the number of the credentials' account; None where the store is not AWS."""
    is_aws = recognise(_host(bucket.endpoint), {}) is Kind.AWS
    return account_of(credentials.key_id) if is_aws and credentials is not None else None


def _host(endpoint: str | None) -> str | None:
    """Return the host of an endpoint, whose form the configuration checked."""
    if endpoint is None:
        return None
    return endpoint.partition("://")[2].partition(":")[0].rstrip("/").lower()
