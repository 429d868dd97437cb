"""The access log: one JSON object a line, so that nothing a peer sends can forge a second one."""

from __future__ import annotations

import json
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from guardian.ports import Clock

MAX_LOGGED = 200
"""Characters of a path that are logged."""

Write = Callable[[str], object]


class AccessLog:
    """An ASGI application that logs how another one answered."""

    def __init__(self, app: ASGIApp, write: Write, clock: Clock) -> None:
        self._app = app
        self._write = write
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does."""
        state = scope.setdefault("state", {})
        started = self._clock.monotonic()
        status = 0

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watching)
        finally:
            log(
                self._write,
                self._clock,
                "request",
                peer=(scope.get("client") or ("",))[0],
                method=scope.get("method", ""),
                path=scope.get("path", "")[:MAX_LOGGED],
                status=status,
                reason=state.get("reason", ""),
                seconds=round(self._clock.monotonic() - started, 4),
            )


def log(write: Write, clock: Clock, event: str, **fields: str | float) -> None:
    """Write one line; everything outside printable ASCII is escaped."""
    line = {"at": clock.now().isoformat(timespec="milliseconds"), "event": event, **fields}
    write(json.dumps(line, ensure_ascii=True) + "\n")
