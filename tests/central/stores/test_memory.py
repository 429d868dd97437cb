from __future__ import annotations

import pytest

from guardian.stores.memory import MemoryStore
from tests.contracts.store import StoreContract


class TestMemory(StoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()
