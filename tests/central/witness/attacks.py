"""What is done to backups by somebody who holds a server, its agent and its credentials."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.central.domain.making import point
from tests.central.witness.scene import DAY, HOUR, MINUTE, Scene

GARBAGE = b"\x9d" * 300
LISTED_LATE = {"backup.witnessed": {"max_silence": timedelta(0)}}
GOVERNANCE = {"backup.immutable": {"governance_suffices": True}}


@dataclass(frozen=True, kw_only=True)
class Attack:
    """One attack, on a repository with three restore points that central has seen."""

    what: str
    script: Callable[[Scene], None]
    mode: str = "plain"
    control: str = "backup.witnessed"
    says: str
    """What the finding says, among other words."""
    agreed: dict[str, dict[str, Any]] = field(default_factory=dict)
    tells: bool = False
    """The script lets the agent speak itself; else it says once more what it claims."""


def ago(span: timedelta) -> datetime:
    return datetime.now(UTC) - span  # noqa: TID251 - the store's clock is the machine's


def claim(scene: Scene, *spans: timedelta, lasts: timedelta | None = 10 * MINUTE) -> None:
    """Let the agent claim points begun that long ago, which nobody made."""
    for number, span in enumerate(spans, start=100):
        begun = ago(span)
        scene.claims.append(
            point(number, begun, finished_at=None if lasts is None else begun + lasts)
        )


def replay(scene: Scene) -> None:
    old = list(scene.claims)
    scene.backup()
    scene.look()
    scene.tell(old)


def withhold(scene: Scene) -> None:
    scene.tell(after=-2 * DAY, claims=[point(1, ago(3 * DAY))])


def elsewhere(scene: Scene) -> None:
    scene.claims.clear()
    claim(scene, 5 * HOUR, 29 * HOUR, 53 * HOUR)


def forget_one(scene: Scene) -> None:
    scene.delete(scene.names("snapshots/")[-1])
    scene.claims.pop()


def delete_versions(scene: Scene) -> None:
    key = scene.names("snapshots/")[-1]
    for version in scene.versions(key):
        scene.delete(key, VersionId=version)


def delete_bucket(scene: Scene) -> None:
    scene.delete(*scene.names())
    scene.admin.delete_bucket(Bucket=scene.bucket)
    scene.wait_until_gone()


def rewrite(scene: Scene, body: bytes) -> None:
    scene.wait()
    scene.put(first(scene, "data/"), body)


def encrypt_all(scene: Scene) -> None:
    for key in scene.names():
        scene.put(key, GARBAGE)


def rename_all(scene: Scene) -> None:
    for key in scene.names():
        scene.copy(key, f"{key}.locked")
        scene.delete(key)


def fill_a_week(scene: Scene) -> None:
    for number in range(3):
        scene.put(f"snapshots/{number + 50:064x}", b"s" * 300)
    claim(scene, 2 * DAY, 3 * DAY, 4 * DAY)


def put_others_in_their_place(scene: Scene) -> None:
    for number, key in enumerate(scene.names("snapshots/")):
        scene.delete(key)
        scene.put(f"snapshots/{number + 50:064x}", b"s" * 300)


def unlocked_backup(scene: Scene) -> None:
    scene.lock_rule(None)
    scene.backup()


def shortly_locked_backup(scene: Scene) -> None:
    scene.lock_rule("COMPLIANCE", 1)
    scene.backup()


def weakly_locked_backup(scene: Scene) -> None:
    scene.lock_rule("GOVERNANCE", 30)
    scene.backup()


def locked_for_an_hour(scene: Scene) -> None:
    scene.put(
        f"snapshots/{77:064x}",
        b"s" * 300,
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=ago(-HOUR),
    )


def first(scene: Scene, prefix: str) -> str:
    return scene.names(prefix)[0]


def last(scene: Scene, prefix: str) -> str:
    return scene.names(prefix)[-1]


def retain(span: timedelta, prefix: str = "snapshots/") -> Callable[[Scene], None]:
    return lambda scene: scene.retain(last(scene, prefix), "GOVERNANCE", ago(-span))


NOT_THERE = "that the storage does not have"
TAKEN = "deleted younger than 7 d"
LOST = "gone or overwritten, and no restore point made room"
WRITTEN_OVER = "overwritten"

ATTACKS = (
    # The agent lies, and nothing is done to the storage.
    Attack(
        what="claims last night's backup, which was never made",
        script=lambda scene: claim(scene, 9 * HOUR),
        says=NOT_THERE,
    ),
    Attack(
        what="claims a week of daily backups",
        script=lambda scene: claim(scene, *(number * DAY for number in range(1, 8))),
        says="claims 7 restore points that the storage does not have",
    ),
    Attack(
        what="claims a backup without an end, begun three days ago",
        script=lambda scene: claim(scene, 3 * DAY, lasts=None),
        says=NOT_THERE,
    ),
    Attack(
        what="claims backups of another repository",
        script=elsewhere,
        says="that the agent claims",
    ),
    Attack(
        what="claims a backup dated tomorrow",
        script=lambda scene: claim(scene, -DAY),
        says="dated in the future",
    ),
    Attack(
        what="claims more restore points than it lists",
        script=lambda scene: scene.tell(total=9),
        tells=True,
        says="restore points, and the storage has 3",
    ),
    Attack(
        what="claims that there are none",
        script=lambda scene: scene.claims.clear(),
        says="does not speak of 3 restore points",
    ),
    Attack(
        what="leaves one out",
        script=lambda scene: scene.claims.pop() and None,
        says="does not speak of 1 restore point",
    ),
    Attack(
        what="replays the list of before the newest backup",
        script=replay,
        tells=True,
        says="does not speak of 1 restore point",
    ),
    Attack(
        what="withholds its statements while backups go on",
        script=withhold,
        tells=True,
        says="since the agent's newest list",
        agreed=LISTED_LATE,
    ),
    # Restore points are deleted, and the agent goes on as before.
    Attack(
        what="deletes the newest restore point",
        script=lambda scene: scene.delete(last(scene, "snapshots/")),
        says=TAKEN,
    ),
    Attack(
        what="deletes the oldest restore point",
        script=lambda scene: scene.delete(first(scene, "snapshots/")),
        says=TAKEN,
    ),
    Attack(
        what="deletes all restore points",
        script=lambda scene: scene.delete(*scene.names("snapshots/")),
        says=TAKEN,
    ),
    Attack(
        what="deletes a restore point, and the agent lists it no more",
        script=forget_one,
        says=TAKEN,
    ),
    Attack(
        what="hides the newest behind a delete marker",
        script=lambda scene: scene.delete(last(scene, "snapshots/")),
        mode="versioned",
        says=TAKEN,
    ),
    Attack(
        what="hides all behind delete markers, though they are locked",
        script=lambda scene: scene.delete(*scene.names("snapshots/")),
        mode="COMPLIANCE",
        says=TAKEN,
    ),
    Attack(
        what="deletes every version of the newest",
        script=delete_versions,
        mode="versioned",
        says=TAKEN,
    ),
    Attack(
        what="empties the bucket",
        script=lambda scene: scene.delete(*scene.names()),
        says=TAKEN,
    ),
    Attack(
        what="deletes the bucket",
        script=delete_bucket,
        says="is there no more",
    ),
    # What restore points rest on is deleted.
    Attack(
        what="deletes one data object",
        script=lambda scene: scene.delete(first(scene, "data/")),
        says=LOST,
    ),
    Attack(
        what="hides one data object behind a delete marker",
        script=lambda scene: scene.delete(first(scene, "data/")),
        mode="versioned",
        says=LOST,
    ),
    Attack(
        what="deletes all data objects",
        script=lambda scene: scene.delete(*scene.names("data/")),
        says="far more of the stored data is gone",
    ),
    Attack(
        what="deletes the repository's configuration",
        script=lambda scene: scene.delete("config"),
        says="is not there: config",
    ),
    Attack(
        what="deletes the repository's keys",
        script=lambda scene: scene.delete(*scene.names("keys/")),
        says="is not there: keys",
    ),
    # Objects are overwritten.
    Attack(
        what="overwrites a restore point with garbage of its size",
        script=lambda scene: scene.put(last(scene, "snapshots/"), GARBAGE),
        says="1 restore point was overwritten",
    ),
    Attack(
        what="overwrites a restore point where versions are kept",
        script=lambda scene: scene.put(last(scene, "snapshots/"), GARBAGE),
        mode="versioned",
        says="1 restore point was overwritten",
    ),
    Attack(
        what="empties a restore point",
        script=lambda scene: scene.put(last(scene, "snapshots/"), b""),
        says="1 restore point was emptied",
    ),
    Attack(
        what="copies one restore point over another",
        script=lambda scene: scene.copy(first(scene, "snapshots/"), last(scene, "snapshots/")),
        says="1 restore point was overwritten",
    ),
    Attack(
        what="overwrites a data object with garbage of its size",
        script=lambda scene: rewrite(scene, b"\x9d" * 2000),
        says=LOST,
    ),
    Attack(
        what="overwrites a data object where versions are kept and locked",
        script=lambda scene: scene.put(first(scene, "data/"), b"\x9d" * 2000),
        mode="COMPLIANCE",
        says="1 data object was overwritten",
    ),
    Attack(
        what="cuts a data object short",
        script=lambda scene: rewrite(scene, b"\x01" * 20),
        says=LOST,
    ),
    Attack(
        what="overwrites the repository's key",
        script=lambda scene: scene.put("keys/k1", b"x" * 450),
        says="configuration or keys were overwritten",
    ),
    Attack(
        what="encrypts every object in its place",
        script=encrypt_all,
        says="3 restore points were overwritten",
    ),
    Attack(
        what="renames every object",
        script=rename_all,
        says=TAKEN,
    ),
    # Dates are false.
    Attack(
        what="uploads restore points and dates them through the week",
        script=fill_a_week,
        says="after the date that the agent claims",
    ),
    Attack(
        what="puts others in the place of those that it deletes",
        script=put_others_in_their_place,
        says=TAKEN,
    ),
    # Locks are shortened or left out.
    Attack(
        what="shortens the lock of the newest (GOVERNANCE, with bypass)",
        script=retain(8 * DAY),
        mode="GOVERNANCE",
        control="backup.immutable",
        says="a lock was shortened",
        agreed=GOVERNANCE,
    ),
    Attack(
        what="shortens the lock of the newest to half a minute",
        script=retain(MINUTE / 2),
        mode="GOVERNANCE",
        control="backup.immutable",
        says="can be deleted: the lock ended",
        agreed=GOVERNANCE,
    ),
    Attack(
        what="shortens the lock of the data that it rests on",
        script=retain(DAY, "data/"),
        mode="GOVERNANCE",
        control="backup.immutable",
        says="a lock was shortened",
        agreed=GOVERNANCE,
    ),
    Attack(
        what="takes away the bucket's lock rule before the next backup",
        script=unlocked_backup,
        mode="COMPLIANCE",
        control="backup.immutable",
        says="not locked",
    ),
    Attack(
        what="shortens the bucket's lock rule to a day",
        script=shortly_locked_backup,
        mode="COMPLIANCE",
        control="backup.immutable",
        says="can be deleted sooner than 7 d",
    ),
    Attack(
        what="weakens the bucket's lock rule to GOVERNANCE",
        script=weakly_locked_backup,
        mode="COMPLIANCE",
        control="backup.immutable",
        says="GOVERNANCE only, which is weaker",
    ),
    Attack(
        what="stores a restore point that is locked for an hour",
        script=locked_for_an_hour,
        mode="COMPLIANCE",
        control="backup.immutable",
        says="can be deleted sooner than 7 d",
    ),
    Attack(
        what="adds a lifecycle rule that deletes after a day",
        script=lambda scene: scene.lifecycle(1),
        mode="COMPLIANCE",
        control="backup.immutable",
        says="a lifecycle rule deletes after 1 day",
    ),
)


def page() -> str:
    """Return the table of attacks as a page of the reference."""
    rows = [
        f"| {attack.what} | {PLACES[attack.mode]} | `{attack.control}` | ... {attack.says} ... |"
        for attack in ATTACKS
    ]
    return HEAD.format(count=len(ATTACKS)) + "\n".join(rows) + "\n"


PLACES = {
    "plain": "no versions",
    "versioned": "versions",
    "COMPLIANCE": "Object Lock, COMPLIANCE",
    "GOVERNANCE": "Object Lock, GOVERNANCE",
}
HEAD = """\
# Attacks that the witness finds

{count} attacks on a restic repository in a bucket of a real store (SeaweedFS), by somebody who
holds the server, its agent and every credential but central's. Each is tried by
`tests/central/witness/test_attacks.py`: before it, the controls pass; after it, the control named
fails at **the next look**. So the time until it is red is at most `[witness] interval` of
guardian.toml (1 h by default) and one judgement (15 s). What an agent claims to have made just now
is waited for as long as `max_lag` (1 h by default), so a lie about it is red at most 2 h later;
statements withheld are red after `max_silence` (26 h by default).

| somebody ... | in a bucket with | control | whose reason says |
|---|---|---|---|
"""
