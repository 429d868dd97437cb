"""Whether what calls itself encrypting has a cipher, over its whole length.

`cryptsetup` makes volumes with `cipher_null` when asked to, and one that is being encrypted while
it is in use is in part still plain. Sources: dmsetup(8), the kernel's `dm-crypt` target, and what
`cryptsetup status` prints. Keys are not asked for: without `--showkeys` dmsetup blanks them.
"""

from __future__ import annotations

import re

from guardian_agent.exposure.volumes.asking import ask
from guardian_agent.exposure.volumes.found import Found, failed, safe, unsafe, unsupported
from guardian_agent.exposure.volumes.tables import text_of
from guardian_agent.system import System

_WORD = re.compile(r"[a-z0-9][a-z0-9._+-]{0,39}", re.ASCII)
_STATUS = re.compile(r"^\s*cipher:\s+(\S+)\s*$", re.MULTILINE)
_NUMBER = re.compile(r"(\d+):(\d+)", re.ASCII)
_ROOT = "cap_sys_admin"
_TARGET = 2
_CIPHER = 3


def cipher_of(node: str, system: System) -> Found:
    """Say which cipher an encrypting device has, by its folder in `/sys`."""
    table = _table(node, system)
    if isinstance(table, str):
        return _judged(table)
    return _status(node, system) or table


def encrypts(node: str, system: System) -> bool:
    """Say whether all of a mapped device is a crypt target: VeraCrypt gives its own no name."""
    table = _table(node, system)
    return isinstance(table, str) and all(_is_crypt(line) for line in _lines(table) or [[]])


def _judged(table: str) -> Found:
    lines = _lines(table)
    if not lines:
        return failed("no-table")
    if not all(_is_crypt(line) for line in lines):
        return unsupported("not-all-encrypted")
    ciphers = {line[_CIPHER] for line in lines}
    return _named(min(ciphers, key=lambda cipher: "null" not in cipher))


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines() if line.strip()]


def _is_crypt(line: list[str]) -> bool:
    return len(line) > _CIPHER and line[_TARGET] == "crypt"


def _named(cipher: str) -> Found:
    if "null" in cipher:
        return unsafe("null-cipher")
    return safe(cipher if _WORD.fullmatch(cipher) else "dm-table")


def _table(node: str, system: System) -> str | Found:
    number = _NUMBER.fullmatch((text_of(system.files, f"{node}/dev") or "").strip())
    if number is None:
        return failed("device-unknown")
    return ask(system, "dmsetup", "table", "-j", number[1], "-m", number[2], permission=_ROOT)


def _status(node: str, system: System) -> Found | None:
    """Ask the other tool, where the first is not installed."""
    name = (text_of(system.files, f"{node}/dm/name") or "").strip()
    said = ask(system, "cryptsetup", "status", "--", name) if name else ""
    found = _STATUS.search(said) if isinstance(said, str) else None
    return None if found is None else _named(found[1])
