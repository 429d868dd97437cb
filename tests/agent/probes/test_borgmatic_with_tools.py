from __future__ import annotations

import pytest
from guardian_agent.probes.borgmatic import PROBE
from guardian_agent.wire.observations import CopyEncryption, Encryption, Outcome

from tests.agent.probes.real import Asked, make_data
from tests.agent.probes.subjects import fact
from tests.world.borg import Borg
from tests.world.commands import run

pytestmark = pytest.mark.tools
CONFIGURATION = """\
location:
    source_directories: [{live}]
    repositories: [{repository}]
storage:
    encryption_passphrase: {passphrase}
"""


def test_archives_and_damage(tmp_path):
    live = make_data(tmp_path)
    borg = Borg(tmp_path / "repository", tmp_path / "home").create()
    config = tmp_path / "config.yaml"
    config.write_text(
        CONFIGURATION.format(live=live, repository=borg.repository, passphrase=borg.passphrase)
    )
    run("borgmatic", "--config", config, "create", environment={"HOME": str(borg.home)}).checked()
    settings = {"config": str(config), "repository": str(borg.repository)}
    asked = Asked(PROBE, tmp_path, settings, [live])

    facts = asked.facts()
    assert asked.points().total == 1
    assert fact(facts, CopyEncryption).state is Encryption.ENCRYPTED
    assert asked.verify().outcome is Outcome.PASSED

    segment = borg.segments()[0]
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(data)
    assert asked.verify().outcome is Outcome.FAILED
