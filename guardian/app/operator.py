"""What the operator's own tools read, on a socket of the loopback: metrics and health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from guardian.domain.snapshot import Snapshot
from guardian.metrics.discovery import service_discovery
from guardian.metrics.exposition import CONTENT_TYPE, Exposition, render_client

LANDING = """Guardian central

/metrics                    what Prometheus scrapes
/metrics/clients/<client>   one client's own samples
/sd/prometheus              a target for each client, for http_sd_configs
/healthz                    is this process alive?
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the operator's socket shows."""

    snapshot: Callable[[], Snapshot | None]
    """The newest one; None before the first judgement, and while judging fails."""
    results: Callable[[], Mapping[str, int]]
    """Statements received, by result; raises `StoreError`."""
    clients: Sequence[str]
    address: str
    """Host and port of this socket."""


def operator_app(shown: Shown) -> Starlette:
    """Return the operator's application."""
    exposition = Exposition()

    async def metrics(_: Request) -> Response:
        return await _rendered(lambda newest: exposition.render(newest, shown.results()))

    async def metrics_of_client(request: Request) -> Response:
        client = request.path_params["client"]
        if client not in shown.clients:
            return PlainTextResponse("no such client\n", HTTPStatus.NOT_FOUND)
        return await _rendered(lambda newest: render_client(newest, client))

    async def _rendered(render: Callable[[Snapshot], bytes]) -> Response:
        newest = shown.snapshot()
        if newest is None:
            return PlainTextResponse(
                "not judged yet, or no longer\n", HTTPStatus.SERVICE_UNAVAILABLE
            )
        body = await asyncio.to_thread(render, newest)
        return Response(body, headers={"Content-Type": CONTENT_TYPE})

    async def discovery(_: Request) -> Response:
        body = service_discovery(shown.clients, shown.address)
        return Response(body, media_type="application/json")

    async def health(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def landing(_: Request) -> Response:
        return PlainTextResponse(LANDING)

    routes = [
        Route("/", landing, methods=["GET"]),
        Route("/metrics", metrics, methods=["GET"]),
        Route("/metrics/clients/{client}", metrics_of_client, methods=["GET"]),
        Route("/sd/prometheus", discovery, methods=["GET"]),
        Route("/healthz", health, methods=["GET"]),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False
    return app
