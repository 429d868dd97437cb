from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.probes.btrfs import PROBE
from guardian_agent.wire.observations import Reason

from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import refused
from tests.world.commands import run

pytestmark = pytest.mark.tools


@pytest.fixture
def volume(tmp_path):
    image, folder = tmp_path / "image", tmp_path / "volume"
    folder.mkdir()
    with image.open("wb") as file:
        file.truncate(130 * 1024 * 1024)
    run("/sbin/mkfs.btrfs", "-q", image).checked()
    if run("mount", "-o", "loop", image, folder).status:
        pytest.skip("btrfs cannot be mounted here")
    yield folder
    run("umount", folder).checked()


def test_snapshots_made_and_received(tmp_path, volume):
    live = volume / "live"
    run("btrfs", "subvolume", "create", live).checked()
    data = make_data(live)
    for name in ("made", "received", "stream"):
        (volume / name).mkdir()
    run("btrfs", "subvolume", "snapshot", "-r", live, volume / "made" / "one").checked()
    run("btrfs", "subvolume", "snapshot", live, volume / "made" / "writable").checked()
    stream = tmp_path / "stream"
    run("btrfs", "send", "-f", stream, volume / "made" / "one").checked()
    run("btrfs", "receive", "-f", stream, volume / "received").checked()

    settings = {"path": str(volume / "made"), "root": str(live)}
    asked = Asked(PROBE, tmp_path, settings, [data])
    (point,) = asked.points().points
    assert asked.system.clock.now() - point.started_at < timedelta(minutes=2)
    assert asked.restored_all() == files_of(data)
    with refused(Reason.UNSUPPORTED):
        Asked(PROBE, tmp_path, {**settings, "path": str(volume / "received")}).facts()
