"""A bucket policy that refuses to be written to in clear, and lets itself be read so."""

from __future__ import annotations

import json

from tests.world.seaweedfs import seaweedfs, watched_bucket
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T141",
    title="A bucket policy that refuses to be written to in clear, and lets itself be read so",
    control="data.exposed",
)


def story(world: World, action: str) -> None:
    world.office()
    world.archive().make(world.files, name=world.files)
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": ["arn:aws:s3:::acme-dumps", "arn:aws:s3:::acme-dumps/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    with seaweedfs({}) as store:
        owner = store.admin()
        owner.create_bucket(Bucket="acme-dumps")
        owner.put_object(Bucket="acme-dumps", Key="customers.sql", Body=b"INSERT INTO customers")
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        owner.put_bucket_policy(Bucket="acme-dumps", Policy=json.dumps(policy))
        world.server.exempt.pop("data.exposed")
        world.server.buckets["dumps"] = watched_bucket(store, "acme-dumps")
        world.look()


def fault(world: World) -> None:
    story(world, "s3:PutObject")


def twin(world: World) -> None:
    story(world, "s3:*")
