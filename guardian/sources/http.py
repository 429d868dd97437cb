"""The way in over HTTPS: three kinds of request, and nothing a framework brings along.

Bodies are limited while they are read. Everything that touches the store happens in one thread,
in order, behind a short queue: SQLite has one writer, and a second thread would only wait for it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Protocol, TypeVar

from guardian_agent.wire.statement import MAX_WIRE_BYTES
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from guardian.errors import EnrolmentError, Refusal, StoreError, StoreFailure
from guardian.ingest.trust import TooLarge

MAX_ENROLMENT_BYTES = 4096
BODY_SECONDS = 30.0
"""How long a body may take to arrive."""
MAX_WAITING = 256
"""Requests that wait for the store; more are asked to come again."""
RETRY_AFTER_SECONDS = "10"

T = TypeVar("T")


class Accepts(Protocol):
    """What the requests are handed to (`guardian.ingest.service.Ingest`)."""

    def accept(self, body: bytes, encoding: str | None = None) -> bytes:
        """Accept one statement and return its receipt; raise `Refusal`, `StoreFailure`."""

    def enrol(self, raw: bytes) -> bytes:
        """Enrol one agent and return its grant; raise `EnrolmentError`, `StoreError`."""

    def refuse(self, reason: str) -> None:
        """Count a statement that was refused before it was read."""


def agents_app(
    ingest: Accepts,
    ready: Callable[[], object],
    failed: Callable[[StoreFailure], None],
) -> Starlette:
    """Return what agents speak to.

    Args:
        ingest: where statements and enrolments go.
        ready: raises `StoreError` while the store cannot be read.
        failed: told of a `StoreFailure`, after which the process must end.
    """
    return _Agents(ingest, ready, failed).app()


class _Agents:
    def __init__(
        self,
        ingest: Accepts,
        ready: Callable[[], object],
        failed: Callable[[StoreFailure], None],
    ) -> None:
        self._ingest = ingest
        self._ready = ready
        self._failed = failed
        self._worker = _Worker()

    def app(self) -> Starlette:
        handlers = {
            HTTPException: _unroutable,
            ClientDisconnect: _disconnected,
            TimeoutError: _too_slow,
            EnrolmentError: _not_enrolled,
            Refusal: _refused,
            StoreFailure: self._store_failed,
            StoreError: _unavailable,
            _BusyError: _unavailable,
            Exception: _broken,
        }
        routes = [
            Route("/v1/enroll", self._enrol, methods=["POST"]),
            Route("/v1/statements", self._statements, methods=["POST"]),
            Route("/healthz", self._health, methods=["GET"]),
            Route("/readyz", self._readiness, methods=["GET"]),
        ]
        app = Starlette(routes=routes, exception_handlers=handlers)
        app.router.redirect_slashes = False
        return app

    async def _statements(self, request: Request) -> Response:
        try:
            body = await _body(request, MAX_WIRE_BYTES)
        except TooLarge:
            await self._worker.run(lambda: self._ingest.refuse(TooLarge.reason))
            raise
        encoding = request.headers.get("content-encoding")
        receipt = await self._worker.run(lambda: self._ingest.accept(body, encoding))
        return Response(receipt, media_type="text/plain")

    async def _enrol(self, request: Request) -> Response:
        body = await _body(request, MAX_ENROLMENT_BYTES)
        grant = await self._worker.run(lambda: self._ingest.enrol(body))
        return Response(grant, media_type="application/json")

    async def _health(self, _: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def _readiness(self, _: Request) -> Response:
        await asyncio.to_thread(self._ready)
        return PlainTextResponse("ready\n")

    async def _store_failed(self, request: Request, error: Exception) -> Response:
        if isinstance(error, StoreFailure):
            self._failed(error)
        return await _unavailable(request, error)


class _BusyError(Exception):
    """More requests wait than the store can answer in time."""


class _Worker:
    """One thread, and a count of who waits for it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ingest")
        self._waiting = 0

    async def run(self, work: Callable[[], T]) -> T:
        """Do the work in the thread; raise `_BusyError` at once when too many wait."""
        if self._waiting >= MAX_WAITING:
            raise _BusyError
        self._waiting += 1
        # Shielded: work that has begun goes on when its client hangs up, and still counts.
        future = asyncio.get_running_loop().run_in_executor(self._thread, work)
        future.add_done_callback(self._done)
        return await asyncio.shield(future)

    def _done(self, future: asyncio.Future[T]) -> None:
        self._waiting -= 1
        if not future.cancelled():
            future.exception()


async def _body(request: Request, limit: int) -> bytes:
    """Return the body; raise `TooLarge` as soon as it is, `TimeoutError` when it dawdles."""
    announced = request.headers.get("content-length", "0")
    # A wrong header is the server's to refuse; only a number is worth believing early.
    if announced.isascii() and announced.isdigit() and int(announced[:12]) > limit:
        raise TooLarge(f"{announced[:12]} bytes were announced, {limit} are allowed")
    gathered = bytearray()
    async with asyncio.timeout(BODY_SECONDS):
        async for chunk in request.stream():
            gathered += chunk
            if len(gathered) > limit:
                raise TooLarge(f"more than {limit} bytes came")
    return bytes(gathered)


def _answer(request: Request, status: int, reason: str) -> Response:
    """Return a refusal; its reason also goes into the access log."""
    request.state.reason = reason
    headers = {"Connection": "close"} if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else {}
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = RETRY_AFTER_SECONDS
    body = json.dumps({"reason": reason}, separators=(",", ":"))
    return Response(body, status, headers, "application/json")


Handler = Callable[[Request, Exception], Awaitable[Response]]


def _always(status: HTTPStatus, reason: str) -> Handler:
    async def handler(request: Request, _: Exception) -> Response:
        return _answer(request, status, reason)

    return handler


async def _refused(request: Request, error: Exception) -> Response:
    status = getattr(error, "status", HTTPStatus.FORBIDDEN)
    return _answer(request, status, getattr(error, "reason", "refused"))


async def _not_enrolled(request: Request, error: Exception) -> Response:
    return _answer(request, HTTPStatus.FORBIDDEN, getattr(error, "reason", "not_enrolled"))


async def _unroutable(request: Request, error: Exception) -> Response:
    status = HTTPStatus(getattr(error, "status_code", HTTPStatus.NOT_FOUND))
    return _answer(request, status, status.name.lower())


_disconnected = _always(HTTPStatus.BAD_REQUEST, "disconnected")
_too_slow = _always(HTTPStatus.REQUEST_TIMEOUT, "too_slow")
_unavailable = _always(HTTPStatus.SERVICE_UNAVAILABLE, "not_stored")
_broken = _always(HTTPStatus.INTERNAL_SERVER_ERROR, "internal")
