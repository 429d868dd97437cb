"""PostgreSQL 10 and later: who gets in over the network and how, and where its files lie.

| setting | says | control |
|---|---|---|
| `tls-enabled`, `tls-version` | whether it speaks TLS, and no old one | `data.exposed` |
| `tls-required` | whether an entry of `pg_hba.conf` lets in without TLS; how many | same |
| `listen-local` | whether it listens on every address there is | same |
| `hba-trust`, `hba-clear-password`, `hba-md5`, `hba-anyone` | entries that let in so | same |
| `superuser-over-network` | entries by which a superuser comes in from elsewhere | same |
| `passwords-hashed` | users whose password is kept as MD5 | same |
| `data-directory-closed`, `dumps-closed` | files that every user of the machine reads | same |
| `at-rest-encrypted` | what its folders lie on: it encrypts none of its files | `data.encrypted` |

A server that listens on this machine alone lets nobody in over the network, whatever its list says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from guardian_agent.exposure.databases.pg.asking import Connection, Server
from guardian_agent.exposure.databases.pg.configuration import hba_file, read_configuration
from guardian_agent.exposure.databases.pg.known import Known, judged
from guardian_agent.exposure.databases.shared.engine import Engine, Looked
from guardian_agent.exposure.databases.shared.listening import check_way
from guardian_agent.exposure.here import is_here
from guardian_agent.exposure.volumes.found import Found
from guardian_agent.probing.tool import read_secret
from guardian_agent.system import System

_CONNECT_SECONDS = "10"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the server is asked, or which of its files are read.

    `socket` is the folder of its socket; `host` is for one that listens on the network; with
    neither, `config_file` is read instead. `run_as` is the user of this machine whom the server
    lets in by its socket (`peer`). `hba_file` is read where `user` may not ask for it. `dumps` are
    folders that other users of the machine must not read.
    """

    socket: str | None = None
    host: str | None = None
    port: int = 5432
    user: str = "postgres"
    database: str = "postgres"
    password_file: str | None = None
    run_as: str | None = None
    config_file: str | None = None
    hba_file: str | None = None
    dumps: tuple[str, ...] = ()
    binary: str = "psql"

    def __post_init__(self) -> None:
        check_way(self.socket, self.host, self.config_file)


def look(settings: Settings, system: System) -> Looked:
    """Ask the server, or read its configuration.

    Raises:
        ProbeError: neither can be done.
    """
    known = _read(settings, system) or _asked(settings, system)
    here = settings.host is None or is_here(settings.host)
    return judged(known, settings.dumps, system, here=here)


ENGINE = Engine(settings=Settings, look=look)


def _read(settings: Settings, system: System) -> Known | None:
    if settings.config_file is None or settings.socket or settings.host:
        return None
    return read_configuration(settings.config_file, system)


def _asked(settings: Settings, system: System) -> Known:
    connection = Connection(
        binary=settings.binary,
        environment=_environment(settings, system),
        user=settings.run_as,
        network=settings.host is not None,
    )
    known = Server(connection, system).known()
    if isinstance(known.hba, Found) and settings.hba_file is not None:
        return replace(known, hba=hba_file(settings.hba_file, system.files))
    return known


def _environment(settings: Settings, system: System) -> dict[str, str]:
    found = {
        "PGHOST": settings.host or settings.socket or "",
        "PGPORT": str(settings.port),
        "PGUSER": settings.user,
        "PGDATABASE": settings.database,
        "PGCONNECT_TIMEOUT": _CONNECT_SECONDS,
        "PGAPPNAME": "guardian-agent",
    }
    if settings.password_file is not None:
        found["PGPASSWORD"] = read_secret(system, settings.password_file)
    return found
