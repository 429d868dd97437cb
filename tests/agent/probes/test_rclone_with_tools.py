from __future__ import annotations

import pytest
from guardian_agent.probes.rclone import PROBE
from guardian_agent.wire.observations import CopyEncryption, Encryption, Outcome

from tests.agent.probes.real import Asked, files_of, make_data
from tests.agent.probes.subjects import fact
from tests.world.commands import run

pytestmark = pytest.mark.tools


@pytest.fixture
def config(tmp_path):
    obscured = run("rclone", "obscure", "a-long-enough-password").checked().output.strip()
    section = f"type = crypt\nremote = {tmp_path}/kept\npassword = {obscured}\n"
    path = tmp_path / "rclone.conf"
    path.write_text(f"[sec]\n{section}[open]\n{section}no_data_encryption = true\n")
    return path


def asked_of(tmp_path, live, config, remote):
    settings = {"remote": remote, "root": str(live), "config": str(config)}
    return Asked(PROBE, tmp_path, settings, [live])


def test_a_synced_crypt_remote(tmp_path, config):
    live = make_data(tmp_path)
    run("rclone", "--config", config, "sync", live, "sec:web1").checked()
    asked = asked_of(tmp_path, live, config, "sec:web1")

    facts = asked.facts()
    assert asked.points().points[0].files == len(files_of(live))
    assert fact(facts, CopyEncryption).state is Encryption.ENCRYPTED
    assert asked.restored_all() == files_of(live)
    assert asked.verify().outcome is Outcome.PASSED

    stored = max((tmp_path / "kept").rglob("*"), key=lambda each: each.stat().st_size)
    data = bytearray(stored.read_bytes())
    data[60] ^= 1
    stored.write_bytes(data)
    assert asked.verify().outcome is Outcome.FAILED


def test_names_alone_are_encrypted(tmp_path, config):
    live = make_data(tmp_path)
    (live / "newest").write_text("anybody can read this\n" * 50)
    run("rclone", "--config", config, "sync", live, "open:").checked()
    facts = asked_of(tmp_path, live, config, "open:").facts()
    assert fact(facts, CopyEncryption).state is Encryption.PLAINTEXT
