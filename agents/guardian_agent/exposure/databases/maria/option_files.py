"""Read a MariaDB server's option files where nobody may ask the server.

Source: "Configuring MariaDB with Option Files" in MariaDB's documentation. What the server was told
on its command line is not seen, and of its users nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.databases.maria.known import Known
from guardian_agent.exposure.volumes.found import denied, failed
from guardian_agent.exposure.volumes.tables import names_in, text_of
from guardian_agent.system import Files, System
from guardian_agent.wire.facts.words import Reason

_DEFAULTS = {"bind_address": "", "datadir": "/var/lib/mysql", "require_secure_transport": "OFF"}
_GROUPS = re.compile(r"mysqld|server|mariadbd?|galera|(?:mysqld|mariadbd?)-[0-9.]+", re.ASCII)
_DEEPEST = 10
_MOST_FILES = 500
"""Files that include one another twice are read twice as often at each depth."""


def read_options(path: str, system: System) -> Known:
    """Read an option file and what it includes.

    Raises:
        ProbeError: it cannot be read, or is not there.
    """
    if text_of(system.files, path) is None:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there")
    values = _DEFAULTS | dict(_Options(system.files).of(path))
    if values.get("ssl_cert") and values.get("ssl_key"):
        values["have_ssl"] = "YES"
    return Known(
        values=values,
        unknown=failed("not-told"),
        users=denied("select-on-global_priv"),
        plain_tables=denied("process"),
    )


class _Options:
    """Reads the options of files that include others."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._left = _MOST_FILES

    def of(self, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Yield what concerns the server, in order; the last of a name holds."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return
        concerns = False
        for line in (text_of(self._files, path) or "").splitlines():
            stripped = line.strip()
            if stripped.startswith("["):
                concerns = _GROUPS.fullmatch(stripped.strip("[]")) is not None
            elif concerns and stripped and stripped[0] not in "#;!":
                yield _option(stripped)
            for each in self._included(stripped):
                yield from self.of(each, depth + 1)

    def _included(self, line: str) -> list[str]:
        word, _, rest = line.partition(" ")
        path = rest.strip()
        if word != "!includedir":
            return [path] if word == "!include" else []
        inside = sorted(names_in(self._files, path))
        return [f"{path}/{each}" for each in inside if each.endswith(".cnf")]


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    value = value.partition(" #")[0].strip().strip("\"'")
    name = name.strip().lower().replace("-", "_").removeprefix("loose_")
    return name, value if equals else "ON"
