"""TOML to schema: one place that turns every fault into a `ConfigError` with file and path."""

from __future__ import annotations

import tomllib
from typing import TypeVar

from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import build

from guardian.errors import ConfigError

T = TypeVar("T")


def decode(kind: type[T], text: str, where: str) -> T:
    """Return the file's text as a `kind`.

    Raises:
        ConfigError: not TOML, or not the schema's form; unknown keys come with a suggestion.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where}: not TOML: {error}") from None
    except RecursionError:
        raise ConfigError(f"{where}: nested too deeply") from None
    return shaped(kind, data, where)


def shaped(kind: type[T], data: object, where: str, path: str = "$") -> T:
    """Return plain data as a `kind`.

    Raises:
        ConfigError: with the file, the path in it, and what was expected.
    """
    try:
        return build(kind, data, path=path)
    except DecodeError as error:
        raise ConfigError(f"{where}: {error}") from None
