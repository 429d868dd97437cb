"""`guardian serve`: agents' socket, operator's socket and the judging loop in one process."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import ssl
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import timedelta

import uvicorn
from starlette.types import ASGIApp

from guardian.app import App
from guardian.app.access_log import AccessLog, Write, log
from guardian.app.certificate import server_context
from guardian.app.impatience import ImpatientProtocol
from guardian.app.operator import Shown, operator_app
from guardian.app.setup import CERTIFICATE, CERTIFICATE_KEY
from guardian.app.witnessing import saw
from guardian.config import Address
from guardian.domain.snapshot import Snapshot
from guardian.errors import ClockJump, ConfigError, StoreError, StoreFailure
from guardian.sources.http import agents_app

STOPPED = 0
FAILED = 1
BACKLOG = 512
MAX_CONNECTIONS = 1000
KEEP_ALIVE_SECONDS = 5
GRACE_SECONDS = 10
MAX_HEADER_BYTES = 16 * 1024
MISSED_JUDGEMENTS = 2
JUDGING_GRACE = timedelta(seconds=10)
"""What is older than that many intervals and this grace is shown no more: it would stay green."""


def to_stdout(line: str) -> None:
    """Write one line of the log where the service manager reads it, at once.

    A log that cannot be written never keeps statements from being received.
    """
    with contextlib.suppress(OSError):
        sys.stdout.write(line)
        sys.stdout.flush()


def serve(app: App, write: Write = to_stdout) -> int:
    """Serve until SIGTERM or SIGINT; return the process's exit status.

    Args:
        app: opened with `central=True`.
        write: takes one line of the log.

    Returns:
        0 after a clean stop, 1 when the store's disk failed: whoever starts this process must
        start it again, and it recovers from the store's own log.

    Raises:
        ConfigError: an address cannot be listened on.
        StoreError: the certificate or its key is missing, damaged, or another's.
    """
    folder = app.settings.store_dir
    tls = server_context(folder / CERTIFICATE, folder / CERTIFICATE_KEY)
    with contextlib.ExitStack() as sockets:
        agents = sockets.enter_context(_listening(app.settings.listen))
        operator = sockets.enter_context(_listening(app.settings.operator))
        return asyncio.run(_Serving(app, tls, write).run(agents, operator))


class _Serving:
    def __init__(self, app: App, tls: ssl.SSLContext, write: Write) -> None:
        self._app = app
        self._tls = tls
        self._write = write
        self._stopping = asyncio.Event()
        self._failed = False

    async def run(self, agents: socket.socket, operator: socket.socket) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        self._log("listening", agents=_name(agents), operator=_name(operator))
        servers = [
            (self._agents_server(), agents),
            (self._operator_server(_name(operator)), operator),
        ]
        async with asyncio.TaskGroup() as tasks:
            for server, listener in servers:
                tasks.create_task(server.serve(sockets=[listener]))
            tasks.create_task(self._judge())
            tasks.create_task(self._witness())
            await self._stopping.wait()
            for server, _ in servers:
                server.should_exit = True
        self._log("stopped")
        return FAILED if self._failed else STOPPED

    def _log(self, event: str, **fields: str) -> None:
        log(self._write, self._app.clock, event, **fields)

    def _agents_server(self) -> uvicorn.Server:
        app = agents_app(self._app.ingest, self._ready, self._fail)
        return self._server(app, {"ssl_context_factory": lambda *_: self._tls})

    def _operator_server(self, address: str) -> uvicorn.Server:
        shown = Shown(
            snapshot=self._current,
            results=self._results,
            clients=[client.id for client in self._app.settings.clients],
            address=address,
        )
        return self._server(operator_app(shown), {})

    def _server(self, app: ASGIApp, tls: Mapping[str, object]) -> uvicorn.Server:
        config = uvicorn.Config(
            AccessLog(app, self._write, self._app.clock),
            http=ImpatientProtocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=MAX_HEADER_BYTES,
            **tls,  # type: ignore[arg-type]
        )
        return _Server(config)

    def _ready(self) -> None:
        self._app.store.accepted_total()
        if self._current() is None:
            raise StoreError("nothing is judged yet, or no longer")

    def _current(self) -> Snapshot | None:
        """Return the newest snapshot, unless judging fails for so long that it may be untrue."""
        newest = self._app.snapshot()
        if newest is None:
            return None
        allowed = MISSED_JUDGEMENTS * self._app.settings.judging_interval + JUDGING_GRACE
        return newest if self._app.clock.now() - newest.judged_at <= allowed else None

    def _results(self) -> dict[str, int]:
        store = self._app.store
        return {"accepted": store.accepted_total(), **store.refusals()}

    def _fail(self, error: StoreFailure) -> None:
        """Stop at once: nothing that this process still holds can be trusted to be on the disk."""
        self._failed = True
        self._log("store_failed", error=str(error))
        self._stopping.set()

    async def _judge(self) -> None:
        seconds = self._app.settings.judging_interval.total_seconds()
        while not self._stopping.is_set():
            try:
                await asyncio.to_thread(self._app.judge_due)
            except ClockJump as error:
                self._log("clock_jump", error=str(error))
            except StoreFailure as error:
                self._fail(error)
            except StoreError as error:
                self._log("not_judged", error=str(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    async def _witness(self) -> None:
        """Look at storage again and again; the end waits for no look that is under way."""
        seconds = self._app.settings.witness_interval.total_seconds()
        if not self._app.witnessing.places:
            return
        while not self._stopping.is_set():
            self._looked(await self._look_around())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)

    def _looked(self, error: StoreError | None) -> None:
        if isinstance(error, StoreFailure):
            self._fail(error)
        elif error is not None:
            self._log("not_witnessed", error=str(error))

    async def _look_around(self) -> StoreError | None:
        """Look once at every storage, in a thread that does not keep the process from ending."""
        loop = asyncio.get_running_loop()
        ended: asyncio.Queue[StoreError | None] = asyncio.Queue()

        def work() -> None:
            error = self._pass()
            with contextlib.suppress(RuntimeError):  # nobody waits any more
                loop.call_soon_threadsafe(ended.put_nowait, error)

        threading.Thread(target=work, daemon=True).start()
        told = asyncio.create_task(ended.get())
        stopped = asyncio.create_task(self._stopping.wait())
        await asyncio.wait((told, stopped), return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if told.done():
            return told.result()
        told.cancel()
        return None

    def _pass(self) -> StoreError | None:
        try:
            for asset, found in self._app.witnessing.run(stopping=self._stopping.is_set):
                self._log("witnessed", asset=str(asset), saw=saw(found))
        except StoreError as error:
            return error
        return None


class _Server(uvicorn.Server):
    """Two servers share one process, so signals are handled once, by `_Serving`."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listening(address: Address) -> socket.socket:
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    # With the protocol named, asyncio sends without delay; else the end of each answer would wait
    # for the peer to acknowledge its beginning: 40 ms a statement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((address.host, address.port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ConfigError(
            f"cannot listen on {address}: {error.strerror}; stop what uses it, or change "
            "`[listen]` or `[operator]` address in guardian.toml"
        ) from error
    return listener


def _name(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return str(Address(host=host, port=port))
