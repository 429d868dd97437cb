from __future__ import annotations

import os

import pytest
from guardian_agent.probes.qemu_img import PROBE
from guardian_agent.wire.observations import PointContents, Reason

from tests.agent.probes.real import Asked
from tests.agent.probes.subjects import fact
from tests.world.commands import run

pytestmark = pytest.mark.tools


@pytest.fixture
def images(tmp_path):
    raw, folder = tmp_path / "raw", tmp_path / "images"
    folder.mkdir()
    raw.write_bytes(os.urandom(400_000))
    run("qemu-img", "convert", "-O", "qcow2", raw, folder / "base.qcow2").checked()
    return folder


def reason(tmp_path, images, name):
    asked = Asked(PROBE, tmp_path, {"path": str(images), "pattern": name})
    found = fact(asked.facts(), PointContents)
    return found.valid, found.reason


def test_a_whole_one_and_one_that_is_cut_off(tmp_path, images):
    assert reason(tmp_path, images, "base.qcow2") == (None, Reason.UNSUPPORTED)
    os.truncate(images / "base.qcow2", 400_000)
    assert reason(tmp_path, images, "base.qcow2") == (False, Reason.DAMAGED)


def test_one_that_builds_upon_another(tmp_path, images):
    words = ("-f", "qcow2", "-b", "base.qcow2", "-F", "qcow2", images / "top.qcow2")
    run("qemu-img", "create", "-q", *words).checked()
    assert reason(tmp_path, images, "top.qcow2") == (None, Reason.UNSUPPORTED)
    (images / "base.qcow2").unlink()
    assert reason(tmp_path, images, "top.qcow2") == (False, Reason.INCOMPLETE)
