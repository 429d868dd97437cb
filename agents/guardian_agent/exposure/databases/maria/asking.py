"""Ask a running MariaDB server, one question at a time, each of which may be refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardian_agent.errors import ProbeError
from guardian_agent.exposure.databases.maria.known import Known
from guardian_agent.exposure.databases.maria.users import User, users_of
from guardian_agent.exposure.databases.shared.ask import ask
from guardian_agent.exposure.volumes.found import Found, denied, failed
from guardian_agent.probing.tool import Failures
from guardian_agent.system import System
from guardian_agent.wire.facts.words import Reason

NAMES = (
    "bind_address",
    "datadir",
    "encrypt_binlog",
    "encrypt_tmp_files",
    "file_key_management_filename",
    "have_ssl",
    "innodb_data_home_dir",
    "innodb_encrypt_log",
    "innodb_encrypt_tables",
    "innodb_log_group_home_dir",
    "innodb_undo_directory",
    "log_bin",
    "require_secure_transport",
    "skip_networking",
    "tls_version",
)
_LISTED = ", ".join(f"'{name}'" for name in NAMES)
# A key that is written into the configuration itself stays in the server.
_VARIABLES = f"""
SELECT LOWER(VARIABLE_NAME), VARIABLE_VALUE FROM information_schema.GLOBAL_VARIABLES
WHERE VARIABLE_NAME IN ({_LISTED})
OR (VARIABLE_NAME = 'file_key_management_filekey' AND VARIABLE_VALUE LIKE 'FILE:%')
"""  # noqa: S608 - of our own names
_USERS = "SELECT User, Host, Priv FROM mysql.global_priv"
_HIDDEN = "HIDDEN"
# A user without a right on all tables is shown none of others', and would count none.
_PLAIN_TABLES = f"""
SELECT IF(plain = 0 AND NOT EXISTS (
  SELECT 1 FROM information_schema.USER_PRIVILEGES
  WHERE REPLACE(GRANTEE, '''', '') = CURRENT_USER() AND PRIVILEGE_TYPE IN ('SELECT', 'SHOW VIEW')
), '{_HIDDEN}', plain) FROM (SELECT (
  SELECT COUNT(*) FROM information_schema.INNODB_SYS_TABLESPACES s
  LEFT JOIN information_schema.INNODB_TABLESPACES_ENCRYPTION e ON e.SPACE = s.SPACE
  WHERE s.NAME <> 'innodb_temporary'
  AND (e.SPACE IS NULL OR e.ENCRYPTION_SCHEME = 0 OR e.MIN_KEY_VERSION = 0)
) + (
  SELECT COUNT(*) FROM information_schema.TABLES
  WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN ('InnoDB', 'MEMORY')
  AND (ENGINE <> 'Aria' OR NOT @@aria_encrypt_tables)
  AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')
) AS plain) counted
"""  # noqa: S608 - of our own word
_REFUSED = (b"ERROR 1142", b"ERROR 1143", b"ERROR 1044", b"ERROR 1227", b"ERROR 1370")
_NO_SUCH_TABLE = (b"ERROR 1146", b"ERROR 1109", b"ERROR 1193")

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"ERROR 1045", Reason.WRONG_PASSWORD),
        (b"ERROR 1698", Reason.PERMISSION_DENIED),
        (b"ERROR 1130", Reason.PERMISSION_DENIED),
        (b"ERROR 2002", Reason.NO_REPOSITORY),
        (b"ERROR 2003", Reason.NO_REPOSITORY),
        (b"ERROR 2005", Reason.NO_REPOSITORY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How the server is reached."""

    binary: str
    words: Sequence[str]
    environment: Mapping[str, str]
    user: str | None
    network: bool


class Server:
    """Answers questions of our own."""

    def __init__(self, connection: Connection, system: System) -> None:
        self._connection = connection
        self._system = system

    def known(self) -> Known:
        """Return all that the server tells.

        Raises:
            ProbeError: it cannot be asked at all.
        """
        lines = self._lines(_VARIABLES, "information_schema")
        if isinstance(lines, Found):
            raise ProbeError(Reason.UNREADABLE_ANSWER, "mariadb: told no variables")
        values = dict(line.split("\t", 1) for line in lines if "\t" in line)
        return Known(
            values=values,
            unknown=failed("not-told"),
            users=self._users(),
            plain_tables=self._plain_tables(),
        )

    def _users(self) -> Sequence[User] | Found:
        lines = self._lines(_USERS, "select-on-global_priv")
        if isinstance(lines, Found):
            return lines
        users = users_of(lines)
        return failed("unreadable-answer") if users is None else users

    def _plain_tables(self) -> int | Found:
        lines = self._lines(_PLAIN_TABLES, "process")
        if isinstance(lines, Found):
            return lines
        told = lines[0] if len(lines) == 1 else ""
        if told == _HIDDEN:
            return denied("show-view")
        return int(told) if told.isascii() and told.isdigit() else failed("unreadable-answer")

    def _lines(self, question: str, permission: str) -> list[str] | Found:
        """Return what the server answers, or why it did not.

        Raises:
            ProbeError: there is no connection.
        """
        connection = self._connection
        done = ask(
            self._system,
            connection.binary,
            [*connection.words, "--batch", "--raw", "--skip-column-names", "-e", question],
            environment=connection.environment,
            user=connection.user,
            network=connection.network,
        )
        if done.status and any(phrase in done.stderr for phrase in _REFUSED):
            return denied(permission)
        if done.status and any(phrase in done.stderr for phrase in _NO_SUCH_TABLE):
            return failed("not-told")
        if done.status:
            raise _FAILURES.error(done, "mariadb")
        return done.stdout.decode("utf-8", "backslashreplace").splitlines()
