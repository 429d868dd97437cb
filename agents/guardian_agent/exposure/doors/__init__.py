"""Open doors: what anybody who has the bytes would try, tried first by us.

The list of keys is closed. It is the empty password; the passwords that a tool's own source or
manual names (`published.py`: Velero's for restic and kopia, Excel's for workbooks); and what lies
beside the data in small files named like a key or a password (`beside.py`). Nothing is guessed, and
nothing leaves but how many keys were tried and the door that opened.

Known locks are those of restic, borg 1, kopia, gocryptfs, LUKS 1 and 2, ZIP (AES and ZipCrypto),
PDF, Office documents, OpenPGP for passwords, age, AES Crypt and OpenSSL's `enc`. Of 7z, RAR,
KeePass and BitLocker no key is tried. All is done offline on a few bytes that are only read.
"""

from __future__ import annotations

from guardian_agent.exposure.doors.attempt import UNTRIED, Attempt, Tried, examine, of_bytes
from guardian_agent.exposure.doors.lock import BESIDE, Look
from guardian_agent.system import System

__all__ = ["BESIDE", "UNTRIED", "Attempt", "Look", "Tried", "examine", "of_bytes", "try_doors"]


def try_doors(path: str, system: System) -> Tried:
    """Try the closed list of keys on a repository folder or a file, offline and read-only.

    Raises:
        ProbeError: it cannot be read at all.
    """
    return examine(path, system.files).tried(system.clock)
