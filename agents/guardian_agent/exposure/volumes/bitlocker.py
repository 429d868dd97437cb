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

from guardian_agent.errors import DecodeError, StateError
from guardian_agent.exposure.volumes.found import Found, denied, failed, safe, unsafe, unsupported
from guardian_agent.system import Files
from guardian_agent.wire.decode import read_json

_BYTES = 4 * 1024 * 1024
_ON = frozenset({1, "On"})
_OFF = frozenset({0, "Off"})
_FULLY_ENCRYPTED = frozenset({1, "FullyEncrypted"})
_FULLY_DECRYPTED = frozenset({0, "FullyDecrypted"})
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"))
"""What PowerShell begins a file with, and in which encoding it goes on."""


def exported(path: str, files: Files) -> list[Found]:
    """Return what is known of each volume of an export; one answer where it cannot be read."""
    try:
        data = read_json(_utf8(files.read(path, _BYTES)))
    except FileNotFoundError:
        return [failed("export-missing")]
    except PermissionError:
        return [denied("read-export")]
    except (OSError, StateError, DecodeError, UnicodeDecodeError):
        return [failed("export-unreadable")]
    volumes = data if isinstance(data, list) else [data]
    return [_volume(each) for each in volumes] or [failed("export-empty")]


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
