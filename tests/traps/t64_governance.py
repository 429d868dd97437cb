"""Restore points are locked, and who has one more permission deletes them all the same."""

from __future__ import annotations

import json
from pathlib import Path

from tests.world.seaweedfs import seaweedfs
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T64",
    title="Restore points are locked in GOVERNANCE mode",
    control="backup.immutable",
)
POLICY = Path(__file__).parents[2] / "deploy" / "s3" / "witness.json"
BUCKET = "acme-backups"


def story(world: World, mode: str) -> None:
    world.office()
    restic = world.restic()
    restic.backup(world.files).checked()
    policy = json.loads(POLICY.read_text().replace("EXAMPLE-BUCKET", BUCKET))
    with seaweedfs({"CENTRAL": policy}) as store:
        admin = store.admin()
        admin.create_bucket(Bucket=BUCKET, ObjectLockEnabledForBucket=True)
        rule = {"DefaultRetention": {"Mode": mode, "Days": 30}}
        admin.put_object_lock_configuration(
            Bucket=BUCKET,
            ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
        )
        for path in sorted(restic.repository.rglob("*")):
            if path.is_file():
                name = str(path.relative_to(restic.repository))
                admin.put_object(Bucket=BUCKET, Key=f"web1/{name}", Body=path.read_bytes())
        credential = store.folder / "central.ini"
        credential.write_text(store.credentials("CENTRAL"))
        world.have_witnessed(
            "local",
            kind="s3",
            bucket=BUCKET,
            prefix="web1",
            endpoint=store.endpoint,
            ca_file=str(store.certificate),
            credentials_file=str(credential),
        )
        world.look()
        world.witness()


def fault(world: World) -> None:
    story(world, "GOVERNANCE")


def twin(world: World) -> None:
    story(world, "COMPLIANCE")
