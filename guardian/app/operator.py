"""What the operator's own tools read, on a socket of the loopback: metrics and health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from guardian.domain.snapshot import Snapshot

Render = Callable[[Snapshot, Mapping[str, int]], bytes]
"""(snapshot, statements by result) -> the text that Prometheus reads."""

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
LANDING = (
    "Guardian central\n\n/metrics   what Prometheus scrapes\n/healthz   is this process alive?\n"
)


def operator_app(
    snapshot: Callable[[], Snapshot | None],
    results: Callable[[], Mapping[str, int]],
    render: Render,
) -> Starlette:
    """Return the operator's application.

    Args:
        snapshot: the newest one; None before the first judgement.
        results: statements received, by result; raises `StoreError`.
        render: makes the metrics' text.
    """

    async def metrics(_: Request) -> Response:
        newest = snapshot()
        if newest is None:
            return PlainTextResponse("not judged yet\n", HTTPStatus.SERVICE_UNAVAILABLE)
        body = await asyncio.to_thread(lambda: render(newest, results()))
        return Response(body, headers={"Content-Type": METRICS_TYPE})

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def landing(_: Request) -> Response:
        return PlainTextResponse(LANDING)

    routes = [
        Route("/", landing, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app
