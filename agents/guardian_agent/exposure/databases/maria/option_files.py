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


def read_options(path: str, system: System) -> Known:
    """Read an option file and what it includes.

    Raises:
        ProbeError: it cannot be read, or is not there.
    """
    if text_of(system.files, path) is None:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there")
    values = _DEFAULTS | dict(_options(system.files, path, depth=0))
    if values.get("ssl_cert") and values.get("ssl_key"):
        values["have_ssl"] = "YES"
    return Known(
        values=values,
        unknown=failed("not-told"),
        users=denied("select-on-global_priv"),
        plain_tables=denied("process"),
    )


def _options(files: Files, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield what concerns the server, in order; the last of a name holds."""
    text = text_of(files, path) if depth <= _DEEPEST else None
    concerns = False
    for line in (text or "").splitlines():
        stripped = line.strip()
        word, _, rest = stripped.partition(" ")
        if word == "!include":
            yield from _options(files, rest.strip(), depth + 1)
        elif word == "!includedir":
            for name in sorted(names_in(files, rest.strip())):
                if name.endswith(".cnf"):
                    yield from _options(files, f"{rest.strip()}/{name}", depth + 1)
        elif stripped.startswith("["):
            concerns = _GROUPS.fullmatch(stripped.strip("[]")) is not None
        elif concerns and stripped and stripped[0] not in "#;":
            yield _option(stripped)


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    value = value.partition(" #")[0].strip().strip("\"'")
    name = name.strip().lower().replace("-", "_").removeprefix("loose_")
    return name, value if equals else "ON"
