"""Read a PostgreSQL server's configuration files where nobody may ask the server.

Source: "Setting Parameters" in PostgreSQL's documentation. What `ALTER SYSTEM` wrote comes last;
what a server was told on its command line is not seen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.databases.hba.lines import Hba, read_hba
from guardian_agent.exposure.databases.pg.known import Known
from guardian_agent.exposure.volumes.found import Found, denied
from guardian_agent.exposure.volumes.memory import unread
from guardian_agent.exposure.volumes.tables import names_in, text_of
from guardian_agent.system import Files, System
from guardian_agent.wire.facts.words import Reason

_LINE = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_.]*)(?:\s*=\s*|\s+)('(?:[^']|'')*+'|[^\s#']+)\s*(?:#.*)?", re.ASCII
)
_DEFAULTS = {"listen_addresses": "localhost", "ssl": "off", "ssl_min_protocol_version": "TLSv1.2"}
_AUTO = "postgresql.auto.conf"
_HBA = "pg_hba.conf"
_DEEPEST = 10
_RIGHT = "pg_read_all_settings"


def read_configuration(path: str, system: System) -> Known:
    """Read `postgresql.conf` and what it leads to.

    Raises:
        ProbeError: it cannot be read, or is not there.
    """
    files = system.files
    if text_of(files, path) is None:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there")
    values = _DEFAULTS | dict(_pairs(files, path, depth=0))
    folder = path.rpartition("/")[0]
    data = _from(folder, values.get("data_directory", folder))
    values |= dict(_pairs(files, f"{data}/{_AUTO}", depth=0))
    hba = _from(data, values.get("hba_file", f"{data}/{_HBA}"))
    return Known(
        values=values | {"data_directory": data},
        unknown=denied(_RIGHT),
        hba=hba_file(hba, files),
        md5_passwords=denied(_RIGHT),
    )


def hba_file(path: str, files: Files) -> Hba | Found:
    """Read the list of who is let in, and what it includes."""
    try:
        return read_hba(path, lambda each: text_of(files, each), lambda each: names_in(files, each))
    except ProbeError as error:
        return unread(error)


def _pairs(files: Files, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """Yield the parameters in their order; the last of a name holds."""
    text = text_of(files, path) if depth <= _DEEPEST else None
    folder = path.rpartition("/")[0]
    for line in (text or "").splitlines():
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        name, value = found[1].lower(), _unquoted(found[2])
        if name in ("include", "include_if_exists"):
            yield from _pairs(files, _from(folder, value), depth + 1)
        elif name == "include_dir":
            inside = _from(folder, value)
            for each in sorted(names_in(files, inside)):
                if each.endswith(".conf") and not each.startswith("."):
                    yield from _pairs(files, f"{inside}/{each}", depth + 1)
        else:
            yield name, value


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _from(folder: str, path: str) -> str:
    return path if path.startswith("/") else f"{folder}/{path}"
