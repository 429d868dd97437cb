"""Ports that tests start servers on are nobody else's."""

from __future__ import annotations

import socket
import subprocess
import sys

from tests.world import ports

OTHER = "from tests.world.ports import reserve; print(*reserve(2_000)); input()"


def test_two_processes_never_get_the_same_port() -> None:
    ours = ports.reserve(2_000)
    with subprocess.Popen(
        [sys.executable, "-c", OTHER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        theirs = [int(port) for port in other.stdout.readline().split()]
        other.communicate("\n", timeout=30)
    assert len({*ours, *theirs}) == 4_000


def test_a_port_that_is_listened_on_is_passed_over() -> None:
    port = ports.reserve_one()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", port))
        ports._ours.discard(port)
        assert not ports._is_unused(port)


def test_ports_lie_below_those_that_the_kernel_gives_away() -> None:
    lowest = int(ports._KERNEL_RANGE.read_text().split()[0])
    assert all(port < lowest or lowest <= ports._LOWEST + 1_000 for port in ports.reserve(50))
