"""What a list of entries lets through: in clear, by a weak proof, from everywhere, as superuser."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from guardian_agent.exposure.databases.hba.entries import (
    LOCAL,
    Entry,
    Word,
    decides,
    named,
    without_tls,
)
from guardian_agent.exposure.databases.hba.lines import Hba
from guardian_agent.exposure.databases.shared.engine import Looked
from guardian_agent.exposure.volumes.found import Found, failed, safe, unsafe, unsupported
from guardian_agent.wire import postures

_IN_CLEAR = frozenset({"password", "ldap", "pam", "bsd", "radius"})
"""Methods by which the password itself goes over the connection."""
_STRONG = frozenset({"cert"})
_VERIFIED = frozenset({"verify-ca", "verify-full", "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Superuser:
    """One who may do everything and log in, and the groups it is in."""

    name: str
    groups: frozenset[str] = frozenset()


def let_through(hba: Hba, superusers: Sequence[Superuser], *, tls: bool) -> Looked:
    """Judge the entries.

    Args:
        hba: the entries.
        superusers: who they are.
        tls: whether the server speaks TLS; else nobody comes in by `hostssl`.
    """
    entries = [entry for entry in hba.entries if tls or entry.kind != "hostssl"]
    reached = [
        (entry, entries[:place])
        for place, entry in enumerate(entries)
        if entry.lets_in() and decides(entry, entries[:place])
    ]
    live = [entry for entry, _ in reached]
    remote = [(entry, before) for entry, before in reached if entry.is_remote()]
    clear = [entry for entry, before in remote if _is_in_clear(entry, before)]
    broken = [failed("broken-entry")] * hba.broken
    found = {
        postures.TLS_REQUIRED: _each(clear, lambda _: unsafe("without-tls")),
        postures.HBA_TRUST: _each(_by(live, "trust"), _trust),
        postures.HBA_CLEAR_PASSWORD: _each(
            [entry for entry in clear if entry.method in _IN_CLEAR],
            lambda _: unsafe("clear-password"),
        ),
        postures.HBA_MD5: _each(
            _by([entry for entry, _ in remote], "md5"), lambda _: unsafe("md5")
        ),
        postures.HBA_ANYONE: _each(
            [entry for entry in live if entry.is_for_anyone() and not _is_proven(entry)],
            lambda _: unsafe("any-address"),
        ),
        postures.SUPERUSER_OVER_NETWORK: [
            found for entry, before in remote for found in _superusers(entry, before, superusers)
        ],
    }
    return {name: [*parts, *broken] or [safe("no-entry")] for name, parts in found.items()}


def _each(entries: Iterable[Entry], judge: Callable[[Entry], Found]) -> list[Found]:
    return [judge(entry) for entry in entries]


def _by(entries: Iterable[Entry], method: str) -> list[Entry]:
    return [entry for entry in entries if entry.method == method]


def _trust(entry: Entry) -> Found:
    if entry.kind == LOCAL:
        return unsafe("trust-local")
    return unsafe("trust-network" if entry.is_remote() else "trust-loopback")


def _is_in_clear(entry: Entry, before: Sequence[Entry]) -> bool:
    """Say whether connections without TLS come to an entry: `hostnossl … reject` may be before."""
    part = without_tls(entry)
    return part is not None and decides(part, before)


def _is_proven(entry: Entry) -> bool:
    """Say whether a certificate is asked for, with which nobody's guess gets in."""
    return entry.method in _STRONG or entry.options.get("clientcert") in _VERIFIED


def _superusers(
    entry: Entry, before: Sequence[Entry], superusers: Sequence[Superuser]
) -> list[Found]:
    """Return one answer for an entry that a superuser comes in by, or may come in by."""
    matches = [_match(entry.users, each) for each in superusers if _comes(entry, before, each)]
    if True in matches:
        return [unsafe("superuser")]
    return [unsupported("members-unknown")] if None in matches else []


def _comes(entry: Entry, before: Sequence[Entry], user: Superuser) -> bool:
    return decides(replace(entry, users=(named(user.name),)), before)


def _match(users: Sequence[Word], user: Superuser) -> bool | None:
    """Say whether a superuser is among the names; None where that cannot be told from here."""
    answers = [_is_named(word, user) for word in users]
    return True if True in answers else (None if None in answers else False)


def _is_named(word: Word, user: Superuser) -> bool | None:
    if word.quoted or word.text == user.name:
        return word.text == user.name
    if word.is_any():
        return True
    if word.text.startswith("+"):
        return word.text[1:] in user.groups
    return None if word.text.startswith("/") else False
