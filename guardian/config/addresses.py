"""Addresses and URLs of the configuration."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from guardian.config.settings import Address
from guardian.errors import ConfigError

_ADDRESS = re.compile(r"(?:\[([0-9a-fA-F:.]{2,45})\]|([0-9.]{7,15})):([0-9]{1,5})", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9:][A-Za-z0-9.:-]{0,252}", re.ASCII)
_MAX_PORT = 65535


def address(text: str, where: str) -> Address:
    """Return where to listen: "127.0.0.1:8443" or "[::1]:8443".

    Raises:
        ConfigError: another form; names are refused because they may mean another machine later.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ConfigError(f'{where}: expected an IP address and a port, such as "127.0.0.1:8443"')
    host, port = found[1] or found[2], int(found[3])
    try:
        ip_address(host)
    except ValueError:
        raise ConfigError(f"{where}: {host} is no IP address") from None
    if port > _MAX_PORT:
        raise ConfigError(f"{where}: port {port} is above {_MAX_PORT}")
    return Address(host=host, port=port)


def loopback(text: str, where: str) -> Address:
    """Return an address of this machine alone.

    Raises:
        ConfigError: another form, or an address that others can reach.
    """
    found = address(text, where)
    if not ip_address(found.host).is_loopback:
        raise ConfigError(
            f"{where}: {found.host} can be reached from outside, and metrics are served without a"
            ' password; use "127.0.0.1:9464" and a reverse proxy that asks for one'
        )
    return found


def central_url(text: str, where: str) -> str:
    """Return where agents deliver: `https://host[:port]` or `file:///folder`.

    Raises:
        ConfigError: another scheme, no host, no absolute folder.
    """
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ConfigError(f"{where}: not a URL") from None
    if not text.isascii() or parts.query or parts.fragment or parts.username is not None:
        raise ConfigError(f"{where}: only scheme, host, port and path are allowed")
    if parts.scheme == "https" and _HOST.fullmatch(parts.hostname or ""):
        return text.rstrip("/")
    if parts.scheme == "file" and not parts.netloc and parts.path.startswith("/"):
        return text
    raise ConfigError(f'{where}: expected "https://host:port" or "file:///folder"')
