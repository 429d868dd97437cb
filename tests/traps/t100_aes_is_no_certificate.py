"""AES is taken for the certified means that a standard asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.world.archive import encrypted
from tests.world.trap import Trap
from tests.world.world import World

TRAP = Trap(
    id="T100",
    title="AES is taken for the certified means that a standard asks for",
    control="152fz/ФСБ 378",
)


def story(world: World) -> None:
    world.office()
    world.restic().backup(world.files).checked()
    exports = world.watch("data.encrypted")
    encrypted(b"name,passport\nA. Example,0000 000000\n" * 50, exports / "people.csv.enc")
    world.server.standards += ["152fz", "nist-800-53"]
    world.look()
    said = {each.control: each.status for each in world.findings()}
    world.promise(said["backup.encrypted"] == "pass", "the copy is encrypted, and that is proven")
    world.promise(said["nist-800-53/SC-28"] == "pass", "for another standard that is evidence")


def means(days: int) -> dict[str, object]:
    return {
        "name": "Example VPN and disk",
        "certificate": "000/000-0000",
        "valid_until": (datetime.now(UTC) + timedelta(days=days)).date(),  # noqa: TID251
        "owner": "ops@provider.example",
        "protects": ["at-rest", "in-transit"],
    }


def fault(world: World) -> None:
    story(world)
    said = {each.control: each.status for each in world.findings()}
    world.promise(said[TRAP.control] == "fail", "without any named means it is not met")
    world.server.certified.append(means(days=-2))
    world.reconfigure()


def twin(world: World) -> None:
    world.server.certified.append(means(days=30))
    story(world)
