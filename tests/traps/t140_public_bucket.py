"""A bucket whose policy lets everybody read, and whose ACL says that it is private."""

from __future__ import annotations

import json

from tests.world.seaweedfs import seaweedfs, watched_bucket
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T140",
    title="A bucket whose policy lets everybody read, and whose ACL says that it is private",
    control="data.exposed",
)
OWN = ["arn:aws:s3:::acme-dumps", "arn:aws:s3:::acme-dumps/*"]
TLS_ONLY = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": OWN,
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
PUBLIC = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OWN[1]}


def story(world: World, *statements: dict[str, object]) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    with seaweedfs({}) as store:
        owner = store.admin()
        owner.create_bucket(Bucket="acme-dumps")
        owner.put_object(Bucket="acme-dumps", Key="customers.sql", Body=b"INSERT INTO customers")
        policy = {"Version": "2012-10-17", "Statement": list(statements)}
        owner.put_bucket_policy(Bucket="acme-dumps", Policy=json.dumps(policy))
        world.server.exempt.pop("data.exposed")
        world.server.buckets["dumps"] = watched_bucket(store, "acme-dumps")
        world.look()


def fault(world: World) -> None:
    story(world, TLS_ONLY, PUBLIC)


def twin(world: World) -> None:
    story(world, TLS_ONLY)
