"""What every way to central is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from guardian_agent.wire.names import Hash


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One enrolment request on its way."""

    secret_hash: Hash
    """What central knows the token by."""
    request: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One statement on its way."""

    sender: Hash
    """The agent's key id."""
    name: str
    """The statement's file name in the spool."""
    envelope: bytes
    overtaken: bool
    """Whether central has acknowledged a later statement of the same epoch already."""


class Way(Protocol):
    """One way to central; what comes back is not to be believed before it is verified.

    Every method raises `DeliveryError`: with a `reason` when central refused, `final` when the
    same bytes will never be accepted.
    """

    def enroll(self, application: Application) -> bytes | None:
        """Hand over an enrolment request; return the answer, None while there is none."""

    def send(self, parcel: Parcel) -> bytes | None:
        """Hand over a statement; return its receipt's line, None while there is none."""

    def forget(self, parcel: Parcel) -> None:
        """Clear away what `send` found: its receipt is kept now."""
