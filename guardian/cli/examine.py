"""What `guardian doctor` looks at: each examination says what it found, and how to mend it."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cryptography import x509

from guardian.app.certificate import server_context
from guardian.app.setup import CERTIFICATE, CERTIFICATE_KEY, SIGNING_KEY
from guardian.config import Settings
from guardian.domain.words import count, date
from guardian.errors import StoreError
from guardian.stores.sqlite import SqliteStore
from guardian.stores.sqlite.store import DATABASE

CERTIFICATE_MARGIN = timedelta(days=60)
CLOCK_MARGIN = timedelta(minutes=5)
LEAST_FREE_BYTES = 100 * 1024**2
LOW_FREE_BYTES = 1024**3
OTHERS = stat.S_IRWXG | stat.S_IRWXO
REMAKE = "restore it from a backup; for a central without agents, run `guardian init`"
PRIVATE = (SIGNING_KEY, CERTIFICATE_KEY, DATABASE)


class Health(StrEnum):
    """How an examination ended."""

    OK = "ok"
    WARNING = "warning"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """One thing looked at."""

    subject: str
    health: Health
    found: str
    mend: str | None = None


def _ok(subject: str, found: str) -> Examined:
    return Examined(subject=subject, health=Health.OK, found=found)


def _warning(subject: str, found: str, mend: str) -> Examined:
    return Examined(subject=subject, health=Health.WARNING, found=found, mend=mend)


def _fail(subject: str, found: str, mend: str) -> Examined:
    return Examined(subject=subject, health=Health.FAIL, found=found, mend=mend)


def examine(settings: Settings, now: datetime) -> Iterator[Examined]:
    """Look at everything that central stands on."""
    yield _clients(settings)
    yield from _exemptions(settings, now)
    if not settings.store_dir.is_dir():
        yield _fail("store", f"{settings.store_dir}: no such folder", "run `guardian init`")
        return
    yield from _permissions(settings.store_dir)
    yield _certificate(settings.store_dir / CERTIFICATE, now)
    yield from _store(settings.store_dir, now)
    yield _space(settings.store_dir)
    if settings.url.startswith("file:"):
        yield _drop_folder(Path(unquote(urlsplit(settings.url).path)))


def _clients(settings: Settings) -> Examined:
    subject, clients = "configuration", len(settings.clients)
    if not clients:
        return _warning(subject, "no client", "add a file to clients.d: nothing is watched yet")
    return _ok(subject, f"{count(clients, 'client')}, {count(len(settings.plans), 'server')}")


def _exemptions(settings: Settings, now: datetime) -> Iterator[Examined]:
    for plan in settings.plans:
        for obligation in plan.obligations:
            for control, agreement in obligation.agreements.items():
                exempt = agreement.exemption
                if exempt is not None and exempt.expires <= now.date():
                    found = f"{obligation.asset} {control}: ended on {exempt.expires}"
                    yield _warning("exemption", found, f"remove it, or ask {exempt.owner} again")


def _permissions(folder: Path) -> Iterator[Examined]:
    for path, right in ((folder, "700"), *((folder / name, "600") for name in PRIVATE)):
        mend = f"chmod {right} {path}, and make new keys if a stranger may have read it"
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield _fail("permissions", f"{path}: {error.strerror}", REMAKE)
            continue
        if mode & OTHERS:
            yield _fail("permissions", f"{path}: others may use it ({mode & 0o777:o})", mend)
        else:
            yield _ok("permissions", f"{path}: its owner's alone")


def _certificate(path: Path, now: datetime) -> Examined:
    subject, mend = "certificate", f"remove {path} and its key, run `guardian init`, enrol again"
    private = path.with_name(CERTIFICATE_KEY)
    try:
        server_context(path, private)
    except StoreError:
        found = f"{path} and {private.name} cannot be used together"
        return _fail(subject, found, f"restore both from a backup, or {mend}")
    certificate = x509.load_pem_x509_certificate(path.read_bytes())
    if now < certificate.not_valid_before_utc:
        begins = date(certificate.not_valid_before_utc)
        return _fail("clock", f"the certificate begins {begins}", "set this machine's clock")
    ends = certificate.not_valid_after_utc
    if now >= ends:
        return _fail(subject, f"ended {date(ends)}: no agent can deliver", mend)
    if now >= ends - CERTIFICATE_MARGIN:
        return _warning(subject, f"ends {date(ends)}", mend)
    return _ok(subject, f"valid until {date(ends)}")


def _store(folder: Path, now: datetime) -> Iterator[Examined]:
    if not (folder / DATABASE).exists():
        yield _fail("store", f"{folder / DATABASE}: missing", REMAKE)
        return
    try:
        store = SqliteStore(folder)
    except StoreError as error:
        yield _fail("store", str(error), "restore it from a backup")
        return
    try:
        store.check()
        evidence = store.all_evidence()
    except StoreError as error:
        yield _fail("store", str(error), "restore it from a backup")
    else:
        yield _ok("store", f"every page read; {count(store.accepted_total(), 'statement')}")
        heard = [each.agent.last_received_at for each in evidence if each.agent is not None]
        yield _clock(max(heard, default=None), now)
    finally:
        store.close()


def _clock(heard: datetime | None, now: datetime) -> Examined:
    """Receive times make green, so a clock that went back makes old backups look young."""
    if heard is not None and heard > now + CLOCK_MARGIN:
        found = f"it is {date(now)} here, but a statement was received {date(heard)}"
        return _fail("clock", found, "set this machine's clock; find out what turned it back")
    return _ok("clock", f"{date(now)}; no statement was received later")


def _space(folder: Path) -> Examined:
    free = shutil.disk_usage(folder).free
    found, mend = f"{free // 1024**2} MiB free below {folder}", "make room: evidence only grows"
    if free < LEAST_FREE_BYTES:
        return _fail("disk", found, mend)
    return _warning("disk", found, mend) if free < LOW_FREE_BYTES else _ok("disk", found)


def _drop_folder(folder: Path) -> Examined:
    subject = "drop folder"
    if not folder.is_dir():
        return _fail(subject, f"{folder}: no such folder", f"mkdir -m 770 {folder}")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return _fail(subject, f"{folder}: central cannot write here", "give its user the right")
    if folder.stat().st_mode & stat.S_IWOTH:
        mend = f"chmod o-w {folder}: give agents a group of their own"
        return _warning(subject, f"{folder}: everybody on this machine may write here", mend)
    return _ok(subject, f"{folder}: central can read and write it")
