from __future__ import annotations

import pytest
from guardian_agent.cli import main

from tests.agent.delivery.central import STATE, URL, FakeCentral
from tests.agent.fakes import FakeSystem

CONFIG = f"""
[central]
url = "{URL}"
[state]
dir = "{STATE}"
[[backup_set]]
name = "files"
paths = ["/srv/files"]
"""


@pytest.fixture
def system():
    system = FakeSystem()
    system.files.put("/etc/guardian/agent.toml", CONFIG.encode())
    system.files.put("/srv/files/a", b"text")
    return system


@pytest.fixture
def central(system):
    central = FakeCentral()
    system.network.pin = central.pin
    system.network.handler = central.handle
    return central


@pytest.fixture
def call(system, capsys):
    """Run a command; return its exit status, what it wrote to stdout, and to stderr."""

    def call(*words):
        status = main(list(words), system)
        return status, *capsys.readouterr()

    return call


@pytest.fixture
def enrolled(system, central, call):
    system.files.put("/secrets/token", central.token().encode())
    assert call("enroll", "--token-file", "/secrets/token")[0] == 0
    return central
