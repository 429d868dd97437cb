"""Knocking as a stranger at the operator's own bucket: one request each, and no content read.

What stores say about who gets in is words; this is what happens.
"""

from __future__ import annotations

from guardian_agent.exposure.buckets import calls
from guardian_agent.exposure.buckets.answers import setting
from guardian_agent.exposure.buckets.port import Client, Refusal, Reply, Ways
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug
from guardian_agent.wire.postures import ANONYMOUS_LIST, ANONYMOUS_READ, PLAIN_HTTP

_REFUSED_STATUS = frozenset({401, 403})
_MOVED_STATUS = frozenset({301, 302, 307, 308})
_BAD_REQUEST = 400
_NOBODY_THERE = frozenset({"EndpointConnectionError", "ConnectionClosedError", "closed"})


def knock(ways: Ways, prefix: str, key: str | None) -> tuple[Setting, ...]:
    """Say what a stranger gets: the list, the newest object's head, either without TLS.

    Args:
        ways: to the bucket.
        prefix: of the keys that are looked at.
        key: the newest object's; None where it is not known.
    """
    listed = _attempt(ways.stranger, prefix, None)
    key = key or _first_key(listed)
    return (
        _over_tls(ANONYMOUS_LIST, listed),
        _read(ways.stranger, prefix, key),
        _without_tls(ways.in_clear, prefix, key),
    )


def _read(client: Client, prefix: str, key: str | None) -> Setting:
    if key is None:
        return setting(ANONYMOUS_READ, Standing.FAILED, "no-object-known")
    return _over_tls(ANONYMOUS_READ, _attempt(client, prefix, key))


def _attempt(client: Client, prefix: str, key: str | None) -> Reply | Refusal:
    try:
        if key is not None:
            return client.call(calls.HEAD.operation, Key=key)
        reply = client.call(calls.LIST.operation, MaxKeys=1, Prefix=prefix)
    except Refusal as refusal:
        return refusal
    # A web page that greets everybody is no list.
    return reply if reply.root == calls.LIST.root else Refusal(0, "another-answer")


def _over_tls(name: Slug, came: Reply | Refusal) -> Setting:
    if isinstance(came, Reply):
        return setting(name, Standing.UNSAFE, "strangers-let-in")
    if came.status in _REFUSED_STATUS:
        return setting(name, Standing.SAFE, "strangers-refused")
    return setting(name, Standing.FAILED, "unknown-answer" if came.status else "no-answer")


def _without_tls(client: Client | None, prefix: str, key: str | None) -> Setting:
    if client is None:
        return setting(PLAIN_HTTP, Standing.UNSAFE, "endpoint-without-tls")
    came = _attempt(client, prefix, key)
    if isinstance(came, Refusal):
        # A server that speaks nothing but TLS says so with a bad request, or hangs up.
        if came.status == _BAD_REQUEST or came.code in _NOBODY_THERE:
            return setting(PLAIN_HTTP, Standing.SAFE, "nobody-answers")
        secure = came.headers.get("location", "").startswith("https://")
        if came.status in _MOVED_STATUS and secure:
            return setting(PLAIN_HTTP, Standing.SAFE, "sent-to-tls")
    return _over_tls(PLAIN_HTTP, came)


def _first_key(listed: Reply | Refusal) -> str | None:
    if isinstance(listed, Refusal):
        return None
    for each in listed.fields.get("Contents") or []:
        key = each.get("Key")
        return key if isinstance(key, str) else None
    return None
