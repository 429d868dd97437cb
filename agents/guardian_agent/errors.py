"""Every error the agent raises on purpose.

AgentError                 root: `message` says what was wrong, where, and what to do
|- DecodeError             bytes or text that do not have the agreed form
|  |- TooLargeError        more of them than is ever read
|- ConfigError             the configuration asks for something impossible or unknown
|- TrustError              a key, signature, token or receipt that must not be believed
|- ProbeError              a probe could not state its facts; carries a `FailureReason`
|- DeliveryError           central could not be reached, or refused
|- StateError              the agent's own state is missing, damaged or in use
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from guardian_agent.wire.facts.words import Reason


class AgentError(Exception):
    """Root of the agent's own errors; its text is for the operator on the server."""


class DecodeError(AgentError):
    """Bytes or text that do not have the agreed form; `path` says where ("$.points[3].id")."""

    def __init__(self, message: str, path: str = "$") -> None:
        super().__init__(f"at {path}: {message}")
        self.path = path


class TooLargeError(DecodeError):
    """More bytes than are ever read; nothing of them was parsed."""


class ConfigError(AgentError):
    """The configuration asks for something impossible or unknown."""


class TrustError(AgentError):
    """A key, signature, token or receipt that must not be believed."""


class ProbeError(AgentError):
    """A probe could not state its facts.

    Only `reason` leaves the server: the text may quote paths and is for the local operator.
    """

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class DeliveryError(AgentError):
    """Central could not be reached, or refused; `final` means that trying again cannot help.

    `reason` is central's word for the refusal (`out_of_order`), None when it said none.
    """

    def __init__(self, message: str, *, final: bool = False, reason: str | None = None) -> None:
        super().__init__(message)
        self.final = final
        self.reason = reason


class StateError(AgentError):
    """The agent's own state is missing, damaged or in use by another pass."""
