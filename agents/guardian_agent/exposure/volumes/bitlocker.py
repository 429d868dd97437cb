"""BitLocker's state on a Windows server, out of what the operator exports there.

    Get-BitLockerVolume | ConvertTo-Json > bitlocker.json
    Get-CimInstance -Namespace root/cimv2/Security/MicrosoftVolumeEncryption `
        Win32_EncryptableVolume | ConvertTo-Json > bitlocker.json

A volume is safe only where protection is on and all of it is encrypted: a suspended one keeps its
key in the clear beside it, whatever its header says. Source: Microsoft's documentation of
`Win32_EncryptableVolume` (`ProtectionStatus`, `ConversionStatus`) and of `Get-BitLockerVolume`.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import dataclass

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.exposure.volumes.found import (
    Found,
    denied,
    failed,
    safe,
    unsafe,
    unsupported,
    worst,
)
from guardian_agent.system import Files
from guardian_agent.wire.decode import read_json

_BYTES = 4 * 1024 * 1024
_ON = frozenset({1, "On"})
_OFF = frozenset({0, "Off"})
_FULLY_ENCRYPTED = frozenset({1, "FullyEncrypted"})
_SYSTEM = frozenset({0, "OperatingSystem"})
_FULLY_DECRYPTED = frozenset({0, "FullyDecrypted"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"))
"""What PowerShell begins a file with, and in which encoding it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export says; one answer of a volume stands for one that cannot be read."""

    volumes: list[Found]
    swap: Found
    """Of page files, which may lie on any volume, and lie on the system's where nobody moved them:
    an export without that one does not know."""


def exported(path: str, files: Files) -> Export:
    """Read an export."""
    listed = _listed(path, files)
    if isinstance(listed, Found):
        return Export(volumes=[listed], swap=listed)
    found = [_volume(each) for each in listed] or [failed("export-empty")]
    system = any(isinstance(each, Mapping) and _is_system(each) for each in listed)
    swap = worst(found, none=found[0]) if system else unsupported("no-system-volume")
    return Export(volumes=found, swap=swap)


def _is_system(volume: Mapping[str, object]) -> bool:
    return _state(volume, "VolumeType") in _SYSTEM


def _listed(path: str, files: Files) -> list[object] | Found:
    try:
        data = read_json(_utf8(files.read(path, _BYTES)))
    except FileNotFoundError:
        return failed("export-missing")
    except PermissionError:
        return denied("read-export")
    except (OSError, StateError, DecodeError, UnicodeDecodeError):
        return failed("export-unreadable")
    return data if isinstance(data, list) else [data]


def _utf8(data: bytes) -> bytes:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding).encode()
    return data


def _volume(volume: object) -> Found:
    if not isinstance(volume, Mapping):
        return failed("export-unreadable")
    protection = _state(volume, "ProtectionStatus")
    conversion = _state(volume, "ConversionStatus", "VolumeStatus")
    if conversion in _FULLY_DECRYPTED:
        return unsafe("bitlocker-off")
    if protection in _OFF:
        return unsafe("bitlocker-suspended")
    if protection not in _ON or conversion is None:
        return unsupported("bitlocker-locked")
    return safe("bitlocker") if conversion in _FULLY_ENCRYPTED else unsafe("bitlocker-partly")


def _state(volume: Mapping[str, object], *names: str) -> int | str | None:
    """Return a state as its number or its word: PowerShell writes the one or the other."""
    for name in names:
        value = volume.get(name)
        if isinstance(value, int | str) and not isinstance(value, bool):
            return value
    return None
