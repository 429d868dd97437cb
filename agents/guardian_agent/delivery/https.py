"""The way over HTTPS: one POST a statement, answered by its receipt."""

from __future__ import annotations

from guardian_agent import __version__
from guardian_agent.delivery.way import Application, Parcel
from guardian_agent.errors import DecodeError, DeliveryError
from guardian_agent.system import System
from guardian_agent.system.response import Response
from guardian_agent.wire.decode import read_json
from guardian_agent.wire.names import Hash, Slug, restricted
from guardian_agent.wire.packing import pack

SECONDS = 60.0
"""For one request, from connecting to the last byte of the answer."""

_ANSWER_BYTES = 8192
_OK = 200

_FINAL = frozenset(
    {
        "too_large",
        "malformed",
        "bad_signature",
        "wrong_identity",
        "stale_epoch",
        "equivocation",
        "out_of_order",
        "broken_chain",
    }
)
"""Refusals that stay refusals for these very bytes. Others may pass: a full store, a frozen key."""


class Https:
    """Central behind `https://host:port`, its TLS key pinned."""

    def __init__(self, url: str, pin: Hash, system: System) -> None:
        self._url = url.rstrip("/")
        self._pin = pin
        self._network = system.network

    def enroll(self, application: Application) -> bytes | None:
        """Send the request; the answer comes at once."""
        return self._post("/v1/enroll", application.request, {})

    def send(self, parcel: Parcel) -> bytes | None:
        """Send the statement, packed where it pays."""
        body, encoding = pack(parcel.envelope)
        extra = {} if encoding is None else {"Content-Encoding": encoding}
        return self._post("/v1/statements", body, extra).removesuffix(b"\n")

    def forget(self, parcel: Parcel) -> None:
        """Do nothing: a receipt that came over HTTPS lies nowhere."""

    def _post(self, path: str, body: bytes, extra: dict[str, str]) -> bytes:
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"guardian-agent/{__version__}",
            **extra,
        }
        response = self._network.post(
            self._url + path,
            body,
            headers=headers,
            pin=self._pin,
            seconds=SECONDS,
            limit=_ANSWER_BYTES,
        )
        if response.status != _OK:
            raise self._refused(response)
        return response.body

    def _refused(self, response: Response) -> DeliveryError:
        reason = _reason(response.body)
        said = reason or "no reason that we understand"
        return DeliveryError(
            f"{self._url} refused: {said} (HTTP {response.status})",
            final=reason in _FINAL,
            reason=reason,
        )


def _reason(body: bytes) -> Slug | None:
    """Return the reason in a refusal; what is no plain word is not repeated."""
    try:
        answer = read_json(body)
        return restricted(Slug, answer.get("reason") if isinstance(answer, dict) else None)
    except DecodeError:
        return None
