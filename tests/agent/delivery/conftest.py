from __future__ import annotations

import pytest
from guardian_agent.delivery.enrolment import enroll

from tests.agent.delivery.central import FakeCentral, config
from tests.agent.fakes import FakeSystem


@pytest.fixture
def system():
    return FakeSystem()


@pytest.fixture
def central(system):
    central = FakeCentral()
    system.network.pin = central.pin
    system.network.handler = central.handle
    return central


@pytest.fixture
def identity(system, central):
    return enroll(config(), system, central.token())
