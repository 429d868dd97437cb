"""What is known of a MariaDB server, however it was learnt, and what that means.

Sources: "Securing Connections for Client and Server" and "Data-at-Rest Encryption" in MariaDB's
documentation. A server whose files it does not encrypt is as safe as their volume.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from guardian_agent.exposure.databases.maria.users import User
from guardian_agent.exposure.databases.shared.engine import Looked
from guardian_agent.exposure.databases.shared.folders import all_readable, readable
from guardian_agent.exposure.databases.shared.ground import key_file, lie_on
from guardian_agent.exposure.databases.shared.listening import is_local, network
from guardian_agent.exposure.volumes.found import Found, safe, unsafe, unsupported, worst
from guardian_agent.system import System
from guardian_agent.wire import postures
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Slug

_OLD_TLS = frozenset({"tlsv1.0", "tlsv1.1"})
_DATA = re.compile(
    r".*\.(ibd|frm|myd|myi|mad|mai|csv|arz|ibu)|(ibdata|ib_logfile|undo|ibtmp|aria_log).*"
    r"|.*(-bin|relay|\.log).*",
    re.IGNORECASE,
)
_BY_NETWORK_USER = (
    postures.TLS_REQUIRED,
    postures.SUPERUSER_OVER_NETWORK,
    postures.USERS_FROM_ANYWHERE,
)
_FILES_OF_ITS_OWN = (
    ("innodb_encrypt_log", "redo-log-plain"),
    ("encrypt_tmp_files", "temporary-plain"),
)
_FOLDERS = ("datadir", "innodb_data_home_dir", "innodb_log_group_home_dir", "innodb_undo_directory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known; a `Found` stands for what is not, and says why."""

    values: Mapping[str, str]
    """Variables by name."""
    unknown: Found
    """Why a variable that is not among them is not known."""
    users: Sequence[User] | Found
    plain_tables: int | Found
    """How many tables the server does not encrypt, where it encrypts any."""

    def is_on(self, name: str) -> bool:
        """Say whether a variable is known to be switched on."""
        return self.values.get(name, "").lower() in ("on", "1", "yes", "true", "force")


def judged(known: Known, dumps: Sequence[str], system: System, *, here: bool) -> Looked:
    """Return what all that means; `here`: its files are on this machine."""
    return {
        **network(_addresses(known), known.unknown, _tls(known), _version(known)),
        **_users(known),
        **_at_rest(known, system, here=here),
        **({postures.DUMPS_CLOSED: all_readable(system.files, dumps)} if dumps else {}),
    }


def _addresses(known: Known) -> list[str] | None:
    """Return where it listens; None where that is not known."""
    if known.is_on("skip_networking"):
        return []
    bound = known.values.get("bind_address")
    if bound is None:
        return None
    return [each.strip() for each in bound.split(",") if each.strip()] or ["*"]


def _tls(known: Known) -> Found:
    value = known.values.get("have_ssl")
    if value is None:
        return known.unknown
    return safe("ssl-on") if value.lower() == "yes" else unsafe("ssl-off")


def _version(known: Known) -> Found:
    if _tls(known).standing is Standing.UNSAFE:
        return safe("no-tls")  # that there is none is told by another setting
    spoken = known.values.get("tls_version")
    if spoken is None:
        return known.unknown
    old = _OLD_TLS & {each.strip().lower() for each in spoken.split(",")}
    return unsafe("old-tls") if old else safe("tls-1.2")


def _users(known: Known) -> dict[Slug, list[Found]]:
    users = known.users
    names = (
        postures.USERS_HAVE_PASSWORDS,
        postures.ANONYMOUS_USERS,
        postures.PASSWORDS_HASHED,
        *_BY_NETWORK_USER,
    )
    if isinstance(users, Found):
        return {name: [users] for name in names}
    empty = _each(users, lambda user: user.empty_password, "empty-password")
    return {
        postures.USERS_HAVE_PASSWORDS: empty,
        postures.ANONYMOUS_USERS: _each(users, lambda user: user.anonymous, "anonymous"),
        postures.PASSWORDS_HASHED: _each(users, lambda user: user.old_password, "old-hash"),
        **_network_users(known, users),
    }


def _network_users(known: Known, users: Sequence[User]) -> dict[Slug, list[Found]]:
    if is_local(_addresses(known)):
        return {name: [safe("local-only")] for name in _BY_NETWORK_USER}
    remote = [user for user in users if user.remote]
    required = known.is_on("require_secure_transport")
    plain = [] if required else [user for user in remote if not user.tls]
    return {
        postures.TLS_REQUIRED: _each(plain, lambda _: True, "without-tls"),
        postures.SUPERUSER_OVER_NETWORK: _each(remote, lambda user: user.superuser, "superuser"),
        postures.USERS_FROM_ANYWHERE: _each(plain, lambda user: user.anywhere, "any-address"),
    }


def _each(users: Sequence[User], is_bad: Callable[[User], bool], rule: str) -> list[Found]:
    return [unsafe(rule) for user in users if is_bad(user)] or [safe("no-user")]


def _at_rest(known: Known, system: System, *, here: bool) -> dict[Slug, list[Found]]:
    data = known.values.get("datadir")
    closed = [known.unknown if data is None else unsupported("not-here")]
    volume = closed
    if here and data is not None:
        volume = lie_on(_folders(known, data), system)
        closed = readable(system.files, data, lambda name: _DATA.fullmatch(name) is not None)
    found = {postures.DATA_DIRECTORY_CLOSED: closed}
    if not known.is_on("innodb_encrypt_tables"):
        return {**found, postures.AT_REST_ENCRYPTED: volume}
    keys = _keys(known, system) if here else []
    return {
        **found,
        postures.AT_REST_ENCRYPTED: _tables(known.plain_tables, volume),
        postures.LOGS_ENCRYPTED: _logs(known, volume),
        **({postures.KEY_ON_PLAIN_VOLUME: keys} if keys else {}),
    }


def _folders(known: Known, data: str) -> list[str]:
    given = [known.values.get(name, "") for name in _FOLDERS]
    return [each if each.startswith("/") else f"{data}/{each}" for each in given if each]


def _is_safe(volume: Sequence[Found]) -> bool:
    return worst(volume, none=volume[0]).standing is Standing.SAFE


def _tables(plain: int | Found, volume: list[Found]) -> list[Found]:
    """The volume does for what the server itself left plain."""
    if plain == 0:
        return [safe("innodb-encrypted")]
    if _is_safe(volume):
        return volume
    return [plain] if isinstance(plain, Found) else [unsafe("plain-tables")] * plain


def _logs(known: Known, volume: list[Found]) -> list[Found]:
    if _is_safe(volume):
        return volume
    files = [*_FILES_OF_ITS_OWN]
    files += [("encrypt_binlog", "binlog-plain")] if known.is_on("log_bin") else []
    plain = [rule for name, rule in files if not known.is_on(name)]
    return [unsafe(rule) for rule in plain] or [safe("logs-encrypted")]


def _keys(known: Known, system: System) -> list[Found]:
    """Look at the file of keys, or at that of the key which it is encrypted with."""
    path = known.values.get("file_key_management_filename", "")
    sealed = known.values.get("file_key_management_filekey", "")
    if not path:
        return []
    return [key_file(sealed.removeprefix("FILE:") if sealed else path, system)]
