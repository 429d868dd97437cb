"""A bucket that encrypts by default since today, and dumps from before."""

from __future__ import annotations

from typing import Any

from tests.world.seaweedfs import seaweedfs, watched_bucket
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T142",
    title="A bucket that encrypts by default since today, and dumps from before",
    control="data.encrypted",
)
RULE = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}


def story(world: World, *, before: bool) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    with seaweedfs({}) as store:
        owner = store.admin()
        owner.create_bucket(Bucket="acme-dumps")
        if before:
            _dump(owner)
        owner.put_bucket_encryption(
            Bucket="acme-dumps", ServerSideEncryptionConfiguration={"Rules": [RULE]}
        )
        if not before:
            _dump(owner)
        world.server.exempt.pop("data.encrypted")
        world.server.buckets["dumps"] = watched_bucket(store, "acme-dumps")
        world.look()


def _dump(owner: Any) -> None:
    owner.put_object(Bucket="acme-dumps", Key="customers.sql", Body=b"INSERT INTO customers")


def fault(world: World) -> None:
    story(world, before=True)


def twin(world: World) -> None:
    story(world, before=False)
