"""HTTPS to one server whose key is pinned; no certificate authority has a say.

The pin is the SHA-256 of the server's public key (SubjectPublicKeyInfo), as the enrolment token
carried it. It is checked between the TLS handshake, in which the server proved that it has the
key, and the first byte of the request: a man in the middle learns nothing, not even the token.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from guardian_agent.errors import DeliveryError
from guardian_agent.system.response import Response

CONNECT_SECONDS = 15.0
_DEFAULT_PORT = 443


def post(
    url: str,
    body: bytes,
    *,
    headers: Mapping[str, str],
    pin: str,
    seconds: float,
    limit: int,
) -> Response:
    """POST after checking that the server's key has SHA-256 `pin` (SPKI, hex).

    No redirect is followed and no proxy used. `seconds` holds for everything together, of
    which at most `CONNECT_SECONDS` until the TLS handshake is done; only name resolution obeys
    the resolver's own limits.

    Raises:
        DeliveryError: for everything that goes wrong.
    """
    parts = _split(url)
    deadline = _Deadline(time.monotonic() + seconds)
    try:
        with _connect(parts, min(seconds, CONNECT_SECONDS)) as connected:
            _check_pin(connected, pin, url)
            connection = http.client.HTTPConnection(parts.netloc)  # TLS is done already
            connection.sock = _Timed(connected, deadline)
            connection.request("POST", parts.path or "/", body=body, headers=dict(headers))
            response = connection.getresponse()
            return Response(status=response.status, body=response.read(limit))
    except TimeoutError as error:
        raise DeliveryError(f"{url}: no answer in time") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        _fail(url, error)


class _Deadline:
    """A moment that all waiting together must not pass."""

    def __init__(self, end: float) -> None:
        self._end = end

    def left(self) -> float:
        """Return the seconds left; raise `TimeoutError` when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Timed:
    """The part of a socket that `http.client` uses, every call within one deadline.

    A socket's own timeout starts anew with each byte: a server that drips keeps us for ever.
    """

    def __init__(self, inner: ssl.SSLSocket, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Send everything or raise `TimeoutError`."""
        view = memoryview(data)
        while view:
            self._inner.settimeout(self._deadline.left())
            view = view[self._inner.send(view) :]

    def makefile(self, mode: str) -> io.BufferedReader:
        """Return the stream that answers are read from."""
        if mode != "rb":
            raise ValueError(f"{mode}: answers are only read, as bytes")
        return io.BufferedReader(_TimedReader(self._inner, self._deadline))

    def close(self) -> None:
        """Leave closing to the one who connected."""


class _TimedReader(io.RawIOBase):
    def __init__(self, inner: ssl.SSLSocket, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._inner.settimeout(self._deadline.left())
        return self._inner.recv_into(buffer)


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc:
        raise DeliveryError(f"{url}: expected https://host:port", final=True)
    return parts


def _connect(parts: SplitResult, seconds: float) -> ssl.SSLSocket:
    """Connect and shake hands within `seconds`."""
    end = _Deadline(time.monotonic() + seconds)
    address = (parts.hostname or "", parts.port or _DEFAULT_PORT)
    plain = socket.create_connection(address, timeout=seconds)
    try:
        plain.settimeout(end.left())
        return _wrap(plain, parts.hostname or "")
    except BaseException:
        plain.close()
        raise


def _wrap(plain: socket.socket, host: str) -> ssl.SSLSocket:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    # The pin takes the place of certificate authorities, names and dates: see _check_pin.
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=host)


def _check_pin(connected: ssl.SSLSocket, pin: str, url: str) -> None:
    certificate = connected.getpeercert(binary_form=True)
    seen = public_key_hash(certificate or b"")
    if not hmac.compare_digest(seen, pin):
        raise DeliveryError(
            f"{url}: the server's key is not the pinned one (got {seen}, expected {pin}); "
            "nothing was sent: either this is not central, or it has a new certificate and "
            "the agent needs a new token"
        )


def public_key_hash(certificate: bytes) -> str:
    """Return the SHA-256 (hex) of a DER certificate's SubjectPublicKeyInfo.

    Raises:
        ValueError: no certificate, or one with a key of an unknown kind.
    """
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except UnsupportedAlgorithm as error:
        raise ValueError(f"unknown kind of key: {error}") from error
    spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(spki).hexdigest()


def _fail(url: str, error: Exception) -> NoReturn:
    what = getattr(error, "strerror", None) or str(error) or type(error).__name__
    hint = "; does central run there, and does the network let us reach it?"
    raise DeliveryError(f"{url}: {what}{hint if isinstance(error, OSError) else ''}") from error
