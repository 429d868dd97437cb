"""The operator's credentials for a bucket: out of the file configured, and nowhere else."""

from __future__ import annotations

import base64
import binascii
import configparser
from dataclasses import dataclass, field

from guardian_agent.errors import ProbeError, StateError
from guardian_agent.system import Files
from guardian_agent.wire.facts.words import Reason

_MAX_BYTES = 64 * 1024
_PROFILE = "default"
_ID_PREFIX = 4
_ID_BYTES = 6
_OLD_IDS = "IJ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """One identity; its secrets show in no message."""

    key_id: str = field(repr=False)
    secret: str = field(repr=False)
    token: str | None = field(default=None, repr=False)


def read_credentials(path: str, files: Files) -> Credentials:
    """Read a file of AWS's own form: its profile `default`, or the only one.

    Raises:
        ProbeError: it is not there, may not be read, or is no such file.
    """
    try:
        text = files.read(path, _MAX_BYTES).decode("utf-8")
    except FileNotFoundError:
        raise ProbeError(Reason.PATH_MISSING, f"{path}: not there") from None
    except OSError as error:
        raise ProbeError(Reason.PERMISSION_DENIED, f"{path}: {error.strerror}") from None
    except (StateError, UnicodeDecodeError):
        raise _unreadable(path) from None
    return _parsed(text, path)


def account_of(key_id: str) -> str | None:
    """Return the AWS account that an access key belongs to; None where its id does not say.

    Ids given since 2019 hold it: base32 after the prefix, 40 bits from the second one on.
    """
    rest = key_id[_ID_PREFIX:]
    if not key_id.startswith(("AKIA", "ASIA")) or not rest or rest[0] in _OLD_IDS:
        return None
    try:
        number = int.from_bytes(base64.b32decode(rest)[:_ID_BYTES], "big")
    except binascii.Error:
        return None
    account = (number & 0x7FFFFFFFFF80) >> 7
    return f"{account:012d}"


def _parsed(text: str, path: str) -> Credentials:
    parser = configparser.ConfigParser(interpolation=None, default_section="")
    try:
        parser.read_string(text)
        named = parser.sections()
        profile = named[0] if len(named) == 1 else _PROFILE
        told = parser[profile]
        return Credentials(
            key_id=told["aws_access_key_id"].strip(),
            secret=told["aws_secret_access_key"].strip(),
            token=told.get("aws_session_token"),
        )
    except (configparser.Error, KeyError):
        # The parser's own message would quote the line.
        raise _unreadable(path) from None


def _unreadable(path: str) -> ProbeError:
    return ProbeError(
        Reason.UNREADABLE_ANSWER,
        f"{path}: expected [default] with aws_access_key_id and aws_secret_access_key",
    )
