"""The enrolment token: where central is, how to know it, and the right to enrol once.

`gdn1.` and the unpadded base64url of a JSON object. Central's keys travel inside, over the
operator's own channel, so that the first contact trusts nothing it has not been told.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass, field

from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.keys import check_public_key
from guardian_agent.wire.names import Hash

PREFIX = "gdn1."
SECRET_BYTES = 32

_MAX_CHARACTERS = 2048
_URL = re.compile(
    r"https://(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?"
    r"(?:/[A-Za-z0-9._~/-]*)?"
    r"|file:///[A-Za-z0-9._~/+@,=-]+",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One right to enrol, and how to know that it is central who takes it."""

    url: str
    """`https://host[:port][/path]`, or `file:///folder` for a drop folder."""
    pin: Hash
    """SHA-256 of the SubjectPublicKeyInfo of central's TLS certificate."""
    signer: bytes
    """Central's raw Ed25519 public key."""
    secret: bytes = field(repr=False)
    """32 random bytes, of which central keeps only the hash."""

    @property
    def secret_hash(self) -> Hash:
        """What central knows the token by."""
        return Hash(hashlib.sha256(self.secret).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """The token's JSON; all but the URL are 32 bytes in hexadecimal, as `Hash` checks."""

    url: str
    pin: Hash
    signer: Hash
    secret: Hash


def check_url(url: str, path: str = "$") -> None:
    """Raise `DecodeError` unless `url` is a plain https:// or file:/// address.

    User names, queries, fragments and escapes have no use here and could carry or hide things.
    """
    if _URL.fullmatch(url) is None:
        raise DecodeError("expected https://host[:port][/path] or file:///folder", path)


def format_token(token: Token) -> str:
    """Return the token as one word to hand over."""
    form = _Form(
        url=token.url,
        pin=token.pin,
        signer=Hash(token.signer.hex()),
        secret=Hash(token.secret.hex()),
    )
    return PREFIX + base64.urlsafe_b64encode(to_json(form)).decode("ascii").rstrip("=")


def parse_token(text: str) -> Token:
    """Return the token in `text`, around which white space is forgiven.

    Raises:
        DecodeError: another form, or an address that is neither https:// nor file:///.
        TrustError: the key inside is none that anybody may trust.
    """
    form = build(_Form, read_json(_decoded(text.strip())))
    check_url(form.url, "$.url")
    signer = bytes.fromhex(form.signer)
    check_public_key(signer)
    return Token(url=form.url, pin=form.pin, signer=signer, secret=bytes.fromhex(form.secret))


def _decoded(word: str) -> bytes:
    if not word.startswith(PREFIX) or len(word) > _MAX_CHARACTERS:
        raise DecodeError(f"an enrolment token begins with {PREFIX} and is one word")
    body = word.removeprefix(PREFIX)
    try:
        data = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise DecodeError("the enrolment token is damaged: copy it whole") from None
    if base64.urlsafe_b64encode(data).decode("ascii").rstrip("=") != body:
        raise DecodeError("the enrolment token is damaged: copy it whole")
    return data
