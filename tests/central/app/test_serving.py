"""`serve` as a process of its own: TLS, signals, a disk that fails, a second central."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from pathlib import Path

import pytest

from guardian.app import open_app
from guardian.app.serving import _listening, serve, to_stdout
from guardian.app.setup import initialise
from guardian.config import Address
from guardian.errors import StoreError
from tests.central.config.samples import TINY, write

pytestmark = pytest.mark.tools

SECONDS = 30
GUARDIAN = """
[provider]
name = "Provider"
[store]
dir = "store"
[listen]
address = "127.0.0.1:{port}"
[operator]
address = "127.0.0.1:0"
[judging]
interval = "1s"
"""
SERVE = """
import sys
from pathlib import Path
from guardian.app import open_app
from guardian.app.serving import serve
from guardian.errors import GuardianError
try:
    sys.exit(serve(open_app(Path(sys.argv[1]), central=True)))
except GuardianError as error:
    sys.exit(str(error))
"""


class Serving:
    """A running central, its log read line by line."""

    def __init__(self, folder, *before, port=0, more=""):
        initialise(folder / "store", "https://127.0.0.1")
        client = TINY.format(id="acme", name="ACME") + more
        self.config = write(folder, GUARDIAN.format(port=port), acme=client)
        words = [*before, sys.executable, "-c", SERVE, str(self.config)]
        self.process = subprocess.Popen(
            words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self.lines = []

    def listening(self):
        """Wait for the first line; return the ports of agents' and operator's sockets."""
        self.lines.append(self.process.stdout.readline())
        found = json.loads(self.lines[0])
        return [int(found[name].rpartition(":")[2]) for name in ("agents", "operator")]

    def end(self, number=signal.SIGTERM):
        if number:
            self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=SECONDS)
        self.lines += output.splitlines()
        return self.process.returncode, errors


@pytest.fixture
def start(tmp_path):
    running = []

    def starting(*before, **options):
        running.append(Serving(tmp_path, *before, **options))
        return running[-1]

    yield starting
    for serving in running:
        if serving.process.poll() is None:
            serving.process.kill()
        serving.process.communicate()


def tls(**versions):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    for name, version in versions.items():
        setattr(context, name, version)
    return context


def ask(port, method, path, body=None, context=None):
    if context is None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    else:
        line = http.client.HTTPSConnection("127.0.0.1", port, timeout=SECONDS, context=context)
    line.request(method, path, body)
    answer = line.getresponse()
    read = answer.status, answer.read(), dict(answer.getheaders())
    line.close()
    return read


def await_ready(port):
    deadline = time.monotonic() + SECONDS
    while ask(port, "GET", "/readyz", context=tls())[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_serves_both_sockets_and_stops_on_sigterm(start):
    serving = start()
    agents, operator = serving.listening()
    await_ready(agents)
    status, body, headers = ask(agents, "POST", "/v1/statements", b"nonsense", context=tls())
    assert (status, json.loads(body)) == (400, {"reason": "malformed"})
    assert "server" not in {name.lower() for name in headers}
    status, body, _ = ask(operator, "GET", "/metrics")
    assert status == 200
    assert b'guardian_statements_received_total{result="malformed"} 1.0' in body
    assert b'client="acme"' in body
    assert ask(agents, "GET", "/metrics", context=tls())[0] == 404
    assert serving.end() == (0, "")
    assert [json.loads(line)["event"] for line in serving.lines][-1] == "stopped"


def test_it_stops_on_an_interrupt_too(start):
    serving = start()
    serving.listening()
    assert serving.end(signal.SIGINT)[0] == 0


def test_a_body_over_the_limit_is_refused_while_it_is_sent(start):
    serving = start()
    agents, _ = serving.listening()
    with (
        socket.create_connection(("127.0.0.1", agents), timeout=SECONDS) as line,
        tls().wrap_socket(line) as secure,
    ):
        secure.sendall(
            b"POST /v1/statements HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        for _ in range(5):
            secure.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
        assert b" 413 " in secure.recv(4096)


@pytest.mark.parametrize("sent", [b"", b"POST /v1/statements HTTP/1.1\r\nHost:"])
def test_who_sends_no_whole_head_is_hung_up_on(start, sent):
    agents, _ = start().listening()
    context = ssl._create_unverified_context()
    with (
        socket.create_connection(("127.0.0.1", agents), timeout=SECONDS) as plain,
        context.wrap_socket(plain) as line,
    ):
        line.sendall(sent)
        assert line.recv(1) == b""


def test_an_old_tls_is_not_spoken(start):
    serving = start()
    agents, _ = serving.listening()
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionError)):
        ask(agents, "GET", "/healthz", context=old)
    modern = tls(maximum_version=ssl.TLSVersion.TLSv1_2)
    assert ask(agents, "GET", "/healthz", context=modern)[0] == 200


def test_a_second_central_refuses(start):
    first = start()
    first.listening()
    status, errors = start().end(None)
    assert status == 1
    assert f"another central (process {first.process.pid})" in errors
    assert first.end() == (0, "")


def test_an_address_in_use_is_told(start):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        status, errors = start(port=taken.getsockname()[1]).end(None)
    assert status == 1
    assert "cannot listen on 127.0.0.1" in errors


@pytest.mark.parametrize("file", ["tls.crt", "tls.key"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_bytes(b"nonsense")])
def test_without_its_certificate_it_does_not_listen(tmp_path, file, damage):
    initialise(tmp_path / "store", "https://127.0.0.1")
    damage(tmp_path / "store" / file)
    lines = []
    app = open_app(write(tmp_path, GUARDIAN.format(port=0)), central=True)
    with pytest.raises(StoreError, match=r"tls.crt and tls.key cannot be used together"):
        serve(app, lines.append)
    app.close()
    assert lines == []


def test_a_log_that_cannot_be_written_keeps_nothing_from_being_served(monkeypatch):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        to_stdout("line\n")
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.close()


def test_a_failed_sync_ends_the_process(start):
    """From the first sync that fails after the start on, nothing may be promised any more."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not installed")
    serving = start()
    agents, _ = serving.listening()
    await_ready(agents)
    inject = "inject=fsync,fdatasync:error=EIO"
    words = [strace, "-f", "-qq", "-o", os.devnull, "-e", inject, "-p", str(serving.process.pid)]
    with subprocess.Popen(words, stderr=subprocess.DEVNULL) as tracing:
        try:
            status = 400
            while status == 400:
                status = ask(agents, "POST", "/v1/statements", b"nonsense", context=tls())[0]
            assert status == 503
            assert serving.end(None)[0] == 1
        finally:
            tracing.terminate()
    assert "store_failed" in [json.loads(line)["event"] for line in serving.lines]
    app = open_app(serving.config)
    app.store.check()
    app.close()


async def sends_at_once(listener):
    """Say whether the accepted end of a connection waits for no acknowledgement."""
    option = asyncio.get_running_loop().create_future()

    def connected(_, writer):
        accepted = writer.get_extra_info("socket")
        option.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    async with await asyncio.start_server(connected, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        writer.close()
        return bool(await option)


def test_an_answer_is_sent_at_once():
    with _listening(Address(host="127.0.0.1", port=0)) as listener:
        assert asyncio.run(sends_at_once(listener))


WITNESSED = """
[[server.backup_set]]
name = "files"
copies = ["local"]
  [server.backup_set.copy.local.witness]
  {witness}
"""


def test_it_looks_at_storage_by_itself(start, tmp_path):
    (tmp_path / "dumps").mkdir()
    (tmp_path / "dumps" / "orders.sql").write_text("CREATE TABLE")
    witness = f'kind = "folder"\n  path = "{tmp_path / "dumps"}"'
    serving = start(more=WITNESSED.format(witness=witness))
    serving.listening()
    told = json.loads(serving.process.stdout.readline())

    assert (told["event"], told["asset"]) == ("witnessed", "acme/web1/files/local")
    assert told["saw"] == "files"
    assert serving.end()[0] == 0


def test_the_end_waits_for_no_store_that_does_not_answer(start, tmp_path):
    credential = tmp_path / "central.ini"
    credential.write_text("[default]\naws_access_key_id = a\naws_secret_access_key = b\n")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        witness = (
            f'kind = "s3"\n  bucket = "acme"\n  endpoint = "{endpoint}"\n'
            f'  credentials_file = "{credential}"'
        )
        serving = start(more=WITNESSED.format(witness=witness))
        serving.listening()
        silent.settimeout(SECONDS)
        asked, _ = silent.accept()
        with asked:
            began = time.monotonic()
            status, errors = serving.end()
    assert (status, errors) == (0, "")
    assert time.monotonic() - began < SECONDS / 2
