"""What is known of a PostgreSQL server, however it was learnt, and what that means.

Sources: "Connections and Authentication" and "Password Authentication" in PostgreSQL's
documentation. PostgreSQL encrypts no files of its own: its folders are as safe as their volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guardian_agent.exposure.databases.hba.lines import Hba
from guardian_agent.exposure.databases.hba.rules import Superuser, let_through
from guardian_agent.exposure.databases.shared.engine import Looked
from guardian_agent.exposure.databases.shared.folders import all_readable, readable
from guardian_agent.exposure.databases.shared.ground import lie_on
from guardian_agent.exposure.databases.shared.listening import is_local, network
from guardian_agent.exposure.volumes.found import Found, safe, unsafe, unsupported
from guardian_agent.system import System
from guardian_agent.wire import postures
from guardian_agent.wire.facts.exposures import Standing
from guardian_agent.wire.names import Slug

_OLD_TLS = frozenset({"", "TLSv1", "TLSv1.1"})
_ON = frozenset({"on", "true", "yes", "1"})
_BY_HBA = (
    postures.TLS_REQUIRED,
    postures.HBA_TRUST,
    postures.HBA_CLEAR_PASSWORD,
    postures.HBA_MD5,
    postures.HBA_ANYONE,
    postures.SUPERUSER_OVER_NETWORK,
)
_BOOTSTRAP = (Superuser(name="postgres"),)
"""Who is a superuser at the least where nobody could be asked: packages make this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known; a `Found` stands for what is not, and says why."""

    values: Mapping[str, str]
    """Settings by name."""
    unknown: Found
    """Why a setting that is not among them is not known."""
    hba: Hba | Found
    md5_passwords: int | Found
    """How many users' passwords are kept as MD5."""
    superusers: Sequence[Superuser] | Found
    tablespaces: Sequence[str] | Found


def judged(known: Known, dumps: Sequence[str], system: System, *, here: bool) -> Looked:
    """Return what all that means; `here`: its folders are on this machine."""
    return {
        **network(_addresses(known), known.unknown, _tls(known), _version(known)),
        **_hba(known),
        postures.PASSWORDS_HASHED: _passwords(known.md5_passwords),
        **_folders(known, system, here=here),
        **({postures.DUMPS_CLOSED: all_readable(system.files, dumps)} if dumps else {}),
    }


def _addresses(known: Known) -> list[str] | None:
    """Return where it listens; None where that is not known."""
    listens = known.values.get("listen_addresses")
    if listens is None:
        return None
    return [each.strip() for each in listens.split(",") if each.strip()]


def _tls(known: Known) -> Found:
    value = known.values.get("ssl")
    if value is None:
        return known.unknown
    return safe("ssl-on") if value in _ON else unsafe("ssl-off")


def _version(known: Known) -> Found:
    value = known.values.get("ssl_min_protocol_version")
    if known.values.get("ssl") not in _ON:
        return safe("no-tls")  # that there is none is told by another setting
    if value is None:
        return known.unknown
    return unsafe("old-tls") if value in _OLD_TLS else safe("tls-1.2")


def _hba(known: Known) -> Looked:
    if isinstance(known.hba, Found):
        return {name: [known.hba] for name in _BY_HBA}
    if is_local(_addresses(known)):
        found = _let_through(known, known.hba, tls=True)
        nobody: Looked = {name: [safe("local-only")] for name in _BY_HBA}
        return {**nobody, postures.HBA_TRUST: found[postures.HBA_TRUST]}
    return _let_through(known, known.hba, tls=known.values.get("ssl", "on") in _ON)


def _let_through(known: Known, hba: Hba, *, tls: bool) -> Looked:
    """Judge the entries; where nobody told who the superusers are, there may be others."""
    if not isinstance(known.superusers, Found):
        return let_through(hba, known.superusers, tls=tls)
    found = let_through(hba, _BOOTSTRAP, tls=tls)
    told = found[postures.SUPERUSER_OVER_NETWORK]
    is_safe = all(each.standing is Standing.SAFE for each in told)
    return {**found, postures.SUPERUSER_OVER_NETWORK: [known.superusers] if is_safe else told}


def _passwords(count: int | Found) -> list[Found]:
    if isinstance(count, Found):
        return [count]
    return [unsafe("md5-hash")] * count or [safe("no-md5")]


def _folders(known: Known, system: System, *, here: bool) -> dict[Slug, list[Found]]:
    data = known.values.get("data_directory")
    both = (postures.AT_REST_ENCRYPTED, postures.DATA_DIRECTORY_CLOSED)
    if not here:
        return {name: [unsupported("not-here")] for name in both}
    if data is None:
        return {name: [known.unknown] for name in both}
    elsewhere = known.tablespaces
    unknown, places = ([elsewhere], ()) if isinstance(elsewhere, Found) else ([], elsewhere)
    return {
        postures.AT_REST_ENCRYPTED: [
            *lie_on([data, f"{data}/pg_wal", *places], system),
            *unknown,
        ],
        postures.DATA_DIRECTORY_CLOSED: readable(system.files, data),
    }
