"""A real store with central's own credential: what it may, what it may not, what it sees."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest

from guardian.app.clock import SystemClock
from guardian.domain.storage import LockMode, NoLook, Question, Versioning
from guardian.ports import Witness
from guardian.witness.s3 import WITNESS, Settings
from tests.contracts.witness import WitnessContract, ask, looked
from tests.world.seaweedfs import Store

pytestmark = pytest.mark.tools

_numbers = itertools.count(1)


@dataclass
class Bucket:
    store: Store
    admin: Any
    clock: SystemClock = field(default_factory=SystemClock)
    name: str = field(default_factory=lambda: f"contract-{next(_numbers)}")

    def put(self, name: str, data: bytes = b"data") -> None:
        self.admin.put_object(Bucket=self.name, Key=f"acme/{name}", Body=data)

    def remove(self, name: str) -> None:
        self.admin.delete_object(Bucket=self.name, Key=f"acme/{name}")

    def witness(self, **settings: Any) -> Witness:
        given = {
            "bucket": self.name,
            "prefix": "acme",
            "credentials_file": str(self.store.folder / "witness.ini"),
            "endpoint": self.store.endpoint,
            "ca_file": str(self.store.certificate),
            **settings,
        }
        return WITNESS.open(Settings(**given))

    def witness_of_nothing(self) -> Witness:
        return self.witness(bucket="never-made")


@pytest.fixture(scope="module")
def admin(real_store):
    return real_store.admin()


@pytest.fixture
def storage(real_store, admin):
    made = Bucket(store=real_store, admin=admin)
    admin.create_bucket(Bucket=made.name)
    return made


class TestBucket(WitnessContract):
    @pytest.fixture
    def storage(self, storage):
        return storage


def test_a_store_without_locks_answers_every_question(storage):
    storage.put("orders.sql")
    found = looked(storage)
    assert found.lacks == ()
    assert (found.store, found.rules.versioning) == ("seaweedfs", Versioning.OFF)
    assert {each.mode for each in found.locks} == {LockMode.NONE}


def test_another_certificate_shows_nothing(storage):
    found = ask(storage, storage.witness(ca_file=None))
    assert isinstance(found, NoLook)
    assert found.reason == "no-answer"


def test_another_key_shows_nothing(storage, tmp_path):
    path = tmp_path / "stranger.ini"
    path.write_text(storage.store.credentials("STRANGER"))
    found = ask(storage, storage.witness(credentials_file=str(path)))
    assert isinstance(found, NoLook)
    assert found.reason == "credentials-refused"


def test_central_may_read_no_object_and_change_nothing(storage):
    import boto3
    from botocore.config import Config
    from botocore.exceptions import ClientError

    storage.put("orders.sql")
    central = boto3.client(
        "s3",
        endpoint_url=storage.store.endpoint,
        region_name="us-east-1",
        aws_access_key_id="WITNESS",
        aws_secret_access_key="secret",
        verify=str(storage.store.certificate),
        config=Config(s3={"addressing_style": "path"}, proxies={}),
    )
    of_it = {"Bucket": storage.name, "Key": "acme/orders.sql"}
    for forbidden in (central.get_object, central.delete_object, central.put_object):
        with pytest.raises(ClientError) as refused:
            forbidden(**of_it)
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_an_absent_object_has_no_retention_in_a_bucket_with_locks(real_store, admin):
    locked = Bucket(store=real_store, admin=admin)
    admin.create_bucket(Bucket=locked.name, ObjectLockEnabledForBucket=True)
    locked.put("orders.sql")
    found = looked(locked)
    assert found.lack(Question.ABSENCE) is None
    assert {each.mode for each in found.locks} == {LockMode.NONE}
