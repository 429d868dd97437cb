"""Ask a running PostgreSQL server, one question at a time, each of which may be refused.

Who may not read `pg_authid` or the server's own settings is told so by the server: that is
`DENIED`, and the other answers stand. Passwords' hashes stay in the server: it counts them itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.exposure.databases.hba.lines import Hba
from guardian_agent.exposure.databases.hba.rules import Superuser
from guardian_agent.exposure.databases.hba.view import hba_of
from guardian_agent.exposure.databases.pg.known import Known
from guardian_agent.exposure.databases.shared.ask import ask
from guardian_agent.exposure.volumes.found import Found, denied, failed
from guardian_agent.probing.tool import Failures
from guardian_agent.system import System
from guardian_agent.wire.decode import read_json
from guardian_agent.wire.facts.words import Reason

_SETTINGS = """
select json_object_agg(name, setting) from pg_catalog.pg_settings where name in (
  'listen_addresses', 'ssl', 'ssl_min_protocol_version', 'data_directory', 'hba_file')
"""
_HBA = "select coalesce(json_agg(to_json(r)), '[]') from pg_catalog.pg_hba_file_rules r"
_SUPERUSERS = """
with recursive groups (member, name, id) as (
  select u.oid, u.rolname, u.oid from pg_catalog.pg_roles u where u.rolsuper and u.rolcanlogin
  union
  select g.member, r.rolname, r.oid from groups g
  join pg_catalog.pg_auth_members m on m.member = g.id
  join pg_catalog.pg_roles r on r.oid = m.roleid)
select json_agg(json_build_object('name', u.rolname, 'groups', (
  select json_agg(g.name) from groups g where g.member = u.oid)))
from pg_catalog.pg_roles u where u.rolsuper and u.rolcanlogin
"""
_MD5 = """
select count(*) from pg_catalog.pg_authid where rolcanlogin and rolpassword like 'md5%'
"""
_TABLESPACES = """
select coalesce(json_agg(place), '[]') from (
  select pg_catalog.pg_tablespace_location(oid) place from pg_catalog.pg_tablespace) t
where place <> ''
"""
_DENIED = (b"permission denied", b"must be superuser", b"must be a superuser")
_RIGHT = "pg_read_all_settings"
_HBA_RIGHT = "select-on-pg_hba_file_rules"
_MD5_RIGHT = "select-on-pg_authid"
_ONLY_READING = "-c default_transaction_read_only=on -c statement_timeout=20000"

_FAILURES = Failures(
    exits={},
    phrases=(
        (b"password authentication failed", Reason.WRONG_PASSWORD),
        (b"no password supplied", Reason.WRONG_PASSWORD),
        (b"authentication failed", Reason.PERMISSION_DENIED),
        (b"no pg_hba.conf entry", Reason.PERMISSION_DENIED),
        (b"does not exist", Reason.NO_REPOSITORY),
        (b"connection to server", Reason.NO_REPOSITORY),  # since 14; before, as below
        (b"could not connect", Reason.NO_REPOSITORY),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """How the server is reached."""

    binary: str
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
        values = self._json(_SETTINGS)
        if isinstance(values, Found) or not isinstance(values, dict):
            raise ProbeError(Reason.UNREADABLE_ANSWER, "psql: told no settings")
        return Known(
            values={str(name): value for name, value in values.items() if isinstance(value, str)},
            unknown=denied(_RIGHT),
            hba=self._hba(),
            superusers=_superusers(self._json(_SUPERUSERS)),
            md5_passwords=self._md5_passwords(),
            tablespaces=_listed(self._json(_TABLESPACES)),
        )

    def _hba(self) -> Hba | Found:
        rows = self._json(_HBA, _HBA_RIGHT)
        return rows if isinstance(rows, Found) else hba_of(rows)

    def _md5_passwords(self) -> int | Found:
        answer = self._json(_MD5, _MD5_RIGHT)
        if isinstance(answer, Found):
            return answer
        whole = isinstance(answer, int) and not isinstance(answer, bool)
        return answer if whole and isinstance(answer, int) else failed("unreadable-answer")

    def _json(self, question: str, permission: str = _RIGHT) -> object:
        """Return what the server answers, or why it did not: `permission` is what it takes.

        Raises:
            ProbeError: there is no connection.
        """
        connection = self._connection
        done = ask(
            self._system,
            connection.binary,
            ["-X", "-w", "-q", "-A", "-t", "-c", question],
            environment={**connection.environment, "PGOPTIONS": _ONLY_READING},
            user=connection.user,
            network=connection.network,
        )
        if done.status == 1 and any(phrase in done.stderr for phrase in _DENIED):
            return denied(permission)
        if done.status == 1 and b"ERROR:" in done.stderr:
            return failed("refused")
        if done.status:
            raise _FAILURES.error(done, "psql")
        try:
            return read_json(done.stdout.strip())
        except DecodeError:
            return failed("unreadable-answer")


def _superusers(answer: object) -> list[Superuser] | Found:
    """Return who may do everything: somebody may, so that nobody is told is no answer."""
    rows = answer if isinstance(answer, list) else []
    told = [
        Superuser(name=row["name"], groups=frozenset(_texts(row.get("groups"))))
        for row in rows
        if isinstance(row, dict) and isinstance(row.get("name"), str)
    ]
    return told or (answer if isinstance(answer, Found) else failed("unreadable-answer"))


def _listed(answer: object) -> list[str] | Found:
    if isinstance(answer, Found):
        return answer
    return _texts(answer) if isinstance(answer, list) else failed("unreadable-answer")


def _texts(answer: object) -> list[str]:
    return [each for each in answer if isinstance(each, str)] if isinstance(answer, list) else []
