"""Bucket policies in few words, for tables of cases."""

from __future__ import annotations

import json
from typing import Any

BUCKET = "data"
ARN = "arn:aws:s3:::data"
BOTH = [ARN, f"{ARN}/*"]
NO_TLS: dict[str, Any] = {"Bool": {"aws:SecureTransport": "false"}}


def allow(**parts: Any) -> dict[str, Any]:
    """Let everybody read, but for what `parts` say otherwise."""
    return _statement("Allow", {"Action": "s3:GetObject", "Resource": f"{ARN}/*"}, parts)


def deny(**parts: Any) -> dict[str, Any]:
    """Refuse everybody everything that comes without TLS, but for what `parts` say otherwise."""
    return _statement("Deny", {"Action": "s3:*", "Resource": BOTH, "Condition": NO_TLS}, parts)


def refuse(**parts: Any) -> dict[str, Any]:
    """Refuse everybody everything, but for what `parts` say otherwise."""
    return _statement("Deny", {"Action": "s3:*", "Resource": BOTH}, parts)


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statement(effect: str, defaults: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    """A part's "all but" form takes its place; a part that is None is left out."""
    told: dict[str, Any] = {"Principal": "*", **defaults}
    for name, value in parts.items():
        told.pop(name.removeprefix("Not"), None)
        if value is not None:
            told[name] = value
    return {"Effect": effect, **told}
