from __future__ import annotations

import re
from datetime import UTC

import pytest
from guardian_agent.system.real import real_system


@pytest.mark.tools
def test_this_machine():
    system = real_system()
    assert system.clock.now().tzinfo is UTC
    assert re.fullmatch("[0-9a-f]{32}", system.clock.boot_id())
    assert system.clock.boot_id() == real_system().clock.boot_id()
    before = system.clock.monotonic()
    system.clock.sleep(0.01)
    assert system.clock.monotonic() > before
    assert len({system.randomness.bytes(32) for _ in range(9)}) == 9
    assert "PATH" in system.environment
