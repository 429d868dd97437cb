"""What is known after a store did not answer a question: the heart of not guessing.

"There is none", "this store has no such thing", "you may not ask" and "it did not answer" are four
different things, and only the first says anything about the bucket.
"""

from __future__ import annotations

from dataclasses import dataclass

from guardian_agent.exposure.buckets.calls import Call
from guardian_agent.exposure.buckets.port import Client, Refusal, Reply
from guardian_agent.wire.facts.exposures import Setting, Standing
from guardian_agent.wire.names import Slug

_UNSUPPORTED_CODES = frozenset(
    {"NotImplemented", "XNotImplemented", "MethodNotAllowed", "UnsupportedOperation"}
)
_UNSUPPORTED_STATUS = frozenset({405, 501})
_REFUSED_STATUS = frozenset({401, 403})
_NOT_LET_IN = frozenset(
    {
        "ExpiredToken",
        "InvalidAccessKeyId",
        "InvalidToken",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "TokenRefreshRequired",
    }
)
"""With these no permission is missing: the credentials are wrong, or a clock."""
_MOVED_STATUS = frozenset({301, 302, 307, 308})
_NOT_FOUND = 404
_BAD_REQUEST = 400
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """Why there is no answer, as a setting tells it."""

    standing: Standing
    rule: Slug
    permission: Slug | None = None

    def of(self, setting: Slug) -> Setting:
        """Say it of one setting."""
        return Setting(
            setting=setting, standing=self.standing, rule=self.rule, permission=self.permission
        )


def asked(client: Client | None, call: Call, **parameters: object) -> Reply | Lack:
    """Ask, and return the answer or why there is none."""
    if client is None:
        return _lack(Standing.DENIED, "no-credentials", call.permission)
    try:
        reply = client.call(call.operation, **parameters)
    except Refusal as refusal:
        return lack_of(call, refusal)
    if call.root and reply.root not in (call.root, f"{call.operation}Response"):
        # Some stores do not know the question and answer another one.
        return _lack(Standing.UNSUPPORTED, "another-answer")
    return reply


def lack_of(call: Call, refusal: Refusal) -> Lack:
    """Say what a refusal means."""
    status, code = refusal.status, refusal.code
    if status == _NOT_FOUND and code in call.absent:
        return _lack(Standing.NOT_SET, "not-set")
    if status in _UNSUPPORTED_STATUS or code in _UNSUPPORTED_CODES:
        return _lack(Standing.UNSUPPORTED, "not-implemented")
    if status == _BAD_REQUEST and code == str(_BAD_REQUEST) and not call.bodyless:
        return _lack(Standing.UNSUPPORTED, "error-unreadable")
    if status in _REFUSED_STATUS:
        wrong = code in _NOT_LET_IN
        rule = "credentials-refused" if wrong else "permission-missing"
        return _lack(Standing.DENIED, rule, None if wrong else call.permission)
    return _lack(Standing.FAILED, _failure(status, code))


def _failure(status: int, code: str) -> str:
    if status == 0:
        return "no-answer"
    if status in _MOVED_STATUS:
        return "bucket-elsewhere"
    if status == _NOT_FOUND and code == "NoSuchBucket":
        return "no-such-bucket"
    return "server-error" if status >= _SERVER_ERROR else "unknown-answer"


def _lack(standing: Standing, rule: str, permission: Slug | None = None) -> Lack:
    return Lack(standing=standing, rule=Slug(rule), permission=permission)


def setting(name: Slug, standing: Standing, rule: str, items: int = 0) -> Setting:
    """Say what is known of one setting."""
    return Setting(setting=name, standing=standing, rule=Slug(rule), items=items)
