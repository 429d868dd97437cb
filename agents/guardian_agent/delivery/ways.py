"""Which way to take: central's address decides."""

from __future__ import annotations

from guardian_agent.delivery.drop_folder import DropFolder
from guardian_agent.delivery.https import Https
from guardian_agent.delivery.way import Way
from guardian_agent.errors import ConfigError, DecodeError
from guardian_agent.system import System
from guardian_agent.wire.names import Hash
from guardian_agent.wire.token import check_url

_FILE = "file://"


def choose(url: str, pin: Hash, system: System) -> Way:
    """Return the way to `url`; raise `ConfigError` for an address of another kind."""
    try:
        check_url(url, "$.central.url")
    except DecodeError as error:
        raise ConfigError(f"agent.toml: {error}") from error
    if url.startswith(_FILE):
        return DropFolder(url.removeprefix(_FILE), system)
    return Https(url, pin, system)
