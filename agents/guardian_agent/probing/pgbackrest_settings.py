"""Where a pgBackRest repository lies, as the tool's own configuration says.

Source: pgBackRest's configuration reference. Options may also come from the environment or further
files: then nothing is said.
"""

from __future__ import annotations

from guardian_agent.errors import StateError
from guardian_agent.probe import Lies
from guardian_agent.system.ports import Files

_FILES = ("/etc/pgbackrest/pgbackrest.conf", "/etc/pgbackrest.conf")
_MOST_BYTES = 256 * 1024
_LOCAL = frozenset({"posix", "cifs"})
"""Storages that are folders here."""


def lies_by(config: str | None, repository: int, files: Files) -> Lies:
    """Say where a repository lies by its number; a passphrase stands in the configuration."""
    for path in _FILES if config is None else (config,):
        try:
            text = files.read(path, _MOST_BYTES).decode("utf-8", "replace")
        except (OSError, StateError):
            continue
        return _lies(_options(text), f"repo{repository}-", path)
    return Lies(path=None)


def _lies(options: dict[str, str], prefix: str, config: str) -> Lies:
    keys = (config,) if options.get(f"{prefix}cipher-pass") else ()
    is_here = options.get(f"{prefix}type", "posix") in _LOCAL and f"{prefix}host" not in options
    folder = options.get(f"{prefix}path", "")
    return Lies(path=folder if is_here and folder.startswith("/") else None, keys=keys)


def _options(text: str) -> dict[str, str]:
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith(("#", "[")))
    return {name.strip(): value.strip() for name, equals, value in pairs if equals}
