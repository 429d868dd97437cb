"""MariaDB 10.4 and later: who gets in and how, and whether its files can be read without a key.

| setting | says | control |
|---|---|---|
| `tls-enabled`, `tls-version` | whether it speaks TLS, and no old one | `data.exposed` |
| `tls-required` | users who come in from elsewhere without TLS | same |
| `listen-local` | whether it listens on every address there is | same |
| `users-have-passwords`, `anonymous-users` | users who need none, users without a name | same |
| `users-from-anywhere` | users who come from every address without TLS | same |
| `superuser-over-network` | users who may do everything, from elsewhere | same |
| `passwords-hashed` | users whose password is kept as before MySQL 4.1 | same |
| `data-directory-closed`, `dumps-closed` | files that every user of the machine reads | same |
| `at-rest-encrypted` | whether it, or the volume, encrypts its tables | `data.encrypted` |
| `logs-encrypted` | its logs and temporary files, where it encrypts tables itself | same |
| `key-on-plain-volume` | whether its file of keys lies on a plain disk | same |

A server that listens on this machine alone lets nobody in over the network, whoever its users are.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.exposure.databases.maria.asking import Connection, Server
from guardian_agent.exposure.databases.maria.known import Known, judged
from guardian_agent.exposure.databases.maria.option_files import read_options
from guardian_agent.exposure.databases.shared.engine import Engine, Looked
from guardian_agent.exposure.databases.shared.listening import check_way
from guardian_agent.exposure.here import is_here
from guardian_agent.probing.tool import read_secret
from guardian_agent.system import System


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the server is asked, or which of its files are read.

    `socket` is the path of its socket; `host` is for one that listens on the network; with neither,
    `config_file` is read instead. `run_as` is the user of this machine whom the server lets in by
    its socket. `dumps` are folders that other users of the machine must not read.
    """

    socket: str | None = None
    host: str | None = None
    port: int = 3306
    user: str = "root"
    password_file: str | None = None
    run_as: str | None = None
    config_file: str | None = None
    dumps: tuple[str, ...] = ()
    binary: str = "mariadb"

    def __post_init__(self) -> None:
        check_way(self.socket, self.host, self.config_file)


def look(settings: Settings, system: System) -> Looked:
    """Ask the server, or read its configuration.

    Raises:
        ProbeError: neither can be done.
    """
    known = _read(settings, system) or Server(_connection(settings, system), system).known()
    here = settings.host is None or is_here(settings.host)
    return judged(known, settings.dumps, system, here=here)


ENGINE = Engine(settings=Settings, look=look)


def _read(settings: Settings, system: System) -> Known | None:
    if settings.config_file is None or settings.socket or settings.host:
        return None
    return read_options(settings.config_file, system)


def _connection(settings: Settings, system: System) -> Connection:
    where = (
        (f"--host={settings.host}", f"--port={settings.port}", "--protocol=tcp")
        if settings.host is not None
        else (f"--socket={settings.socket}", "--protocol=socket")
    )
    environment = {}
    if settings.password_file is not None:
        environment["MYSQL_PWD"] = read_secret(system, settings.password_file)
    return Connection(
        binary=settings.binary,
        words=("--no-defaults", *where, f"--user={settings.user}", "--connect-timeout=10"),
        environment=environment,
        user=settings.run_as,
        network=settings.host is not None,
    )
