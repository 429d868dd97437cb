"""Where a database server listens, and what that means."""

from __future__ import annotations

from collections.abc import Sequence

from guardian_agent.errors import DecodeError
from guardian_agent.exposure.databases.shared.engine import Looked
from guardian_agent.exposure.here import is_here
from guardian_agent.exposure.volumes.found import Found, safe, unsafe
from guardian_agent.wire import postures

_EVERYWHERE = frozenset({"*", "0.0.0.0", "::"})  # noqa: S104 - looked for, not listened on
_BY_ADDRESS = (postures.LISTEN_LOCAL, postures.TLS_ENABLED, postures.TLS_VERSION)


def check_way(socket: str | None, host: str | None, config_file: str | None) -> None:
    """Refuse settings by which a server is reached in no way, or in two."""
    if socket is None and host is None and config_file is None:
        raise DecodeError("expected `socket`, `host` or `config_file`")
    if socket is not None and host is not None:
        raise DecodeError("expected either `socket` or `host`")


def is_local(addresses: Sequence[str] | None) -> bool:
    """Say whether it is known to listen on this machine alone, or nowhere."""
    return addresses is not None and all(map(is_here, addresses))


def network(addresses: Sequence[str] | None, unknown: Found, tls: Found, version: Found) -> Looked:
    """Judge what decides how it is reached; without addresses that is not known."""
    if addresses is None:
        return {name: [unknown] for name in _BY_ADDRESS}
    if is_local(addresses):
        return {name: [safe("local-only")] for name in _BY_ADDRESS}
    anywhere = bool(_EVERYWHERE & set(addresses))
    return {
        postures.LISTEN_LOCAL: [unsafe("all-addresses") if anywhere else safe("named-addresses")],
        postures.TLS_ENABLED: [tls],
        postures.TLS_VERSION: [version],
    }
