from __future__ import annotations

import pytest

from tests.central.cli.central import Central, central


@pytest.fixture
def guardian(tmp_path) -> Central:
    return central(tmp_path / "guardian")
