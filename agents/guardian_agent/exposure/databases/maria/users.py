"""MariaDB's users as the server keeps them: `mysql.global_priv`, one JSON text for each.

Source: "mysql.global_priv Table" in MariaDB's documentation. A user may have several ways in
(`auth_or`); the weakest counts. Hashes are looked at here for being empty, and go nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from guardian_agent.errors import DecodeError
from guardian_agent.exposure.here import is_here
from guardian_agent.wire.decode import read_json

_NO_PASSWORD_NEEDED = frozenset({"unix_socket", "pam", "gssapi", "named_pipe"})
_OLD = "mysql_old_password"
_SUPER = 1 << 15
_EVERYWHERE = frozenset({"%", "0.0.0.0/0.0.0.0", "::/0"})
_FIELDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """One who may log in."""

    anonymous: bool
    remote: bool
    """From other machines, too."""
    anywhere: bool
    """From every address."""
    tls: bool
    """Only over TLS."""
    superuser: bool
    empty_password: bool
    old_password: bool
    """Kept as before MySQL 4.1."""


def users_of(lines: Iterable[str]) -> list[User] | None:
    """Return who may log in, of lines `user, host, JSON`; None where one has another form.

    Roles and locked accounts log in nowhere.
    """
    found = []
    for line in lines:
        fields = line.split("\t", _FIELDS - 1)
        try:
            held = read_json(fields[-1].encode())
        except DecodeError:
            return None
        if len(fields) != _FIELDS or not isinstance(held, dict):
            return None
        if not held.get("is_role") and not held.get("account_locked"):
            found.append(_user(fields[0], fields[1], held))
    return found


def _user(name: str, host: str, held: Mapping[str, object]) -> User:
    ways = _ways(held)
    access, ssl = held.get("access"), held.get("ssl_type")
    return User(
        anonymous=not name,
        remote=not is_here(host),
        anywhere=host in _EVERYWHERE,
        tls=isinstance(ssl, int) and ssl > 0,
        superuser=isinstance(access, int) and bool(access & _SUPER),
        empty_password=any(_is_empty(way) for way in ways),
        old_password=any(way.get("plugin") == _OLD for way in ways),
    )


def _ways(held: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return each way in; one without a method of its own stands for the account's."""
    listed = held.get("auth_or")
    ways = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    return [each if "plugin" in each else held for each in ways] or [held]


def _is_empty(way: Mapping[str, object]) -> bool:
    return way.get("plugin") not in _NO_PASSWORD_NEEDED and not way.get("authentication_string")
