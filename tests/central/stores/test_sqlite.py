from __future__ import annotations

import pytest

from guardian.stores.sqlite import SqliteStore
from tests.contracts.store import StoreContract


class TestSqlite(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        store = SqliteStore(tmp_path)
        yield store
        store.close()
