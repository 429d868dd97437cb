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
from guardian_agent.exposure.volumes.found import Found, denied, unsupported
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
_INCLUDES = ("include", "include_if_exists", "include_dir")
_IN_FOLDER = re.compile(r"[^.].*\.conf", re.DOTALL)
_DEEPEST = 10
_MOST_FILES = 500
"""Files that include one another twice are read twice as often at each depth."""
_RIGHT = "pg_read_all_settings"


def read_configuration(path: str, system: System) -> Known:
    """Read `postgresql.conf` and what it leads to.

    Raises:
        ProbeError: it cannot be read, or is not there.
    """
    files = system.files
    if text_of(files, path) is None:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there")
    values = _DEFAULTS | dict(_Parameters(files).of(path))
    folder = path.rpartition("/")[0]
    data = _from(folder, values.get("data_directory", folder))
    values |= dict(_Parameters(files).of(f"{data}/{_AUTO}"))
    hba = _from(data, values.get("hba_file", f"{data}/{_HBA}"))
    return Known(
        values=values | {"data_directory": data},
        unknown=denied(_RIGHT),
        hba=hba_file(hba, files),
        md5_passwords=denied(_RIGHT),
        superusers=unsupported("server-not-asked"),
        tablespaces=_tablespaces(f"{data}/pg_tblspc", files),
    )


def hba_file(path: str, files: Files) -> Hba | Found:
    """Read the list of who is let in, and what it includes."""
    try:
        return read_hba(path, lambda each: text_of(files, each), lambda each: names_in(files, each))
    except ProbeError as error:
        return unread(error)


def _tablespaces(folder: str, files: Files) -> list[str] | Found:
    """Return where tablespaces lie: each is a link in one folder ("Tablespaces")."""
    try:
        return [files.real(f"{folder}/{name}") for name in names_in(files, folder)]
    except ProbeError as error:
        return unread(error)


class _Parameters:
    """Reads the parameters of files that include others."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._left = _MOST_FILES

    def of(self, path: str, depth: int = 0) -> Iterator[tuple[str, str]]:
        """Yield the parameters in their order; the last of a name holds."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            return
        for line in (text_of(self._files, path) or "").splitlines():
            found = _LINE.fullmatch(line)
            if found is not None:
                name, value = found[1].lower(), _unquoted(found[2])
                if name not in _INCLUDES:
                    yield name, value
                for each in self._included(name, _from(path.rpartition("/")[0], value)):
                    yield from self.of(each, depth + 1)

    def _included(self, name: str, path: str) -> list[str]:
        if name != "include_dir":
            return [path] if name in _INCLUDES else []
        inside = sorted(names_in(self._files, path))
        return [f"{path}/{each}" for each in inside if _IN_FOLDER.fullmatch(each)]


def _unquoted(text: str) -> str:
    return text[1:-1].replace("''", "'") if text.startswith("'") else text


def _from(folder: str, path: str) -> str:
    return path if path.startswith("/") else f"{folder}/{path}"
