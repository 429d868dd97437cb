from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world.seaweedfs import Store, seaweedfs

POLICY = Path(__file__).parents[3] / "deploy" / "s3" / "witness.json"
WITNESS = "WITNESS"
"""The access key of central: it may what the how-to asks for, and nothing else."""


@pytest.fixture(scope="session")
def real_store() -> Iterator[Store]:
    """One store for all tests with a real one."""
    policy = json.loads(POLICY.read_text().replace("EXAMPLE-BUCKET", "*"))
    with seaweedfs({WITNESS: policy}) as store:
        path = store.folder / "witness.ini"
        path.write_text(store.credentials(WITNESS))
        path.chmod(0o600)
        yield store
