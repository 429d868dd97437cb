from __future__ import annotations

import pytest
from guardian_agent.probes.duplicity import PROBE
from guardian_agent.wire.observations import CopyEncryption, Encryption, PointContents

from tests.agent.probes.real import Asked, make_data
from tests.agent.probes.subjects import fact
from tests.world.commands import run

pytestmark = pytest.mark.tools


def test_a_chain_and_what_is_left_when_a_volume_is_gone(tmp_path):
    live, home, kept = make_data(tmp_path), tmp_path / "home", tmp_path / "kept"
    home.mkdir()
    for shift in ("-2d", "-1d"):
        (live / "day").write_text(shift)
        run(
            *("duplicity", "--archive-dir", home / "archive", live, f"file://{kept}"),
            environment={"PASSPHRASE": "a-long-enough-passphrase", "HOME": str(home)},
            shift=shift,
        ).checked()
    asked = Asked(PROBE, tmp_path, {"url": f"file://{kept}"})

    newer, older = asked.points().points
    assert 86000 < (newer.started_at - older.started_at).total_seconds() < 86800
    assert fact(asked.facts(), CopyEncryption).state is Encryption.ENCRYPTED

    next(kept.glob("*inc*.vol1.*")).unlink()
    assert fact(asked.facts(), PointContents).valid is False
    assert list(asked.scratch.iterdir()) == []
