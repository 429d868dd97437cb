"""The same entries out of the server's own view `pg_hba_file_rules`, as JSON.

Source: the view's page in PostgreSQL's documentation. It shows the file as it is now, with what was
wrong with a line; what was in quotes it does not show.
"""

from __future__ import annotations

from collections.abc import Mapping

from guardian_agent.exposure.databases.hba.entries import KINDS, Entry, Word, network_of
from guardian_agent.exposure.databases.hba.lines import METHODS, Hba

_IDLE = "record cannot match because"
"""As of `hostssl` where TLS is switched off; PostgreSQL does not translate it."""


def hba_of(rows: object) -> Hba:
    """Return the entries of the view's rows; rows of another form count as broken."""
    listed = rows if isinstance(rows, list) else []
    found = [_entry(row) for row in listed]
    entries = tuple(entry for entry in found if entry is not None)
    return Hba(entries=entries, broken=len(found) - len(entries) + (not isinstance(rows, list)))


def _entry(row: object) -> Entry | None:
    if not isinstance(row, Mapping) or not _is_good(row.get("error")):
        return None
    kind, method = row.get("type"), row.get("auth_method")
    if not isinstance(kind, str) or kind not in KINDS or method not in METHODS:
        return None
    address, mask = _text(row, "address"), _text(row, "netmask")
    network = None if address is None else network_of(address, mask)
    return Entry(
        kind=kind,
        databases=_words(row, "database"),
        users=_words(row, "user_name"),
        method=str(method),
        address=address if network is None else None,
        network=network,
        options=dict(_pair(word.text) for word in _words(row, "options")),
    )


def _is_good(error: object) -> bool:
    """Say whether the server takes the line: one that never matches it takes, and complains."""
    return error is None or (isinstance(error, str) and _IDLE in error)


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _words(row: Mapping[str, object], name: str) -> tuple[Word, ...]:
    values = row.get(name)
    listed = values if isinstance(values, list) else []
    return tuple(Word(text=value) for value in listed if isinstance(value, str))


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
