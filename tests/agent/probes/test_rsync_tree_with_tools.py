from __future__ import annotations

import time
from datetime import timedelta

import pytest
from guardian_agent.probes.rsync_tree import PROBE

from tests.agent.probes.real import Asked, files_of, make_data
from tests.world.commands import run

pytestmark = pytest.mark.tools
CONFIGURATION = """\
config_version	1.2
snapshot_root	{folder}/rotation/
cmd_rsync	/usr/bin/rsync
retain	hourly	3
lockfile	{folder}/rsnapshot.pid
backup	{live}/	localhost/
"""


def test_what_rsnapshot_rotates(tmp_path):
    live = make_data(tmp_path)
    configuration = tmp_path / "rsnapshot.conf"
    configuration.write_text(CONFIGURATION.format(folder=tmp_path, live=live))
    run("rsnapshot", "-c", str(configuration), "hourly").checked()
    time.sleep(1.1)  # it dates by whole seconds
    run("rsnapshot", "-c", str(configuration), "hourly").checked()
    settings = {"path": str(tmp_path / "rotation"), "inside": "localhost"}
    asked = Asked(PROBE, tmp_path, settings, [live])

    newer, older = asked.points().points

    assert older.started_at < newer.started_at
    assert asked.system.clock.now() - newer.started_at < timedelta(minutes=2)
    assert asked.restored_all() == files_of(live)


def test_what_rsync_links(tmp_path):
    live = make_data(tmp_path)
    (tmp_path / "rotation").mkdir()
    for name in ("2026-01-02_03-04", "2026-01-03_03-04"):
        target = tmp_path / "rotation" / name
        words = ("-a", "--link-dest=../2026-01-02_03-04", f"{live}/")
        run("rsync", *words, str(target)).checked()
    settings = {
        "path": str(tmp_path / "rotation"),
        "root": str(live),
        "name_format": "%Y-%m-%d_%H-%M",
        "utc_offset": "+01:00",
    }
    asked = Asked(PROBE, tmp_path, settings, [live])

    assert f"{asked.points().points[0].started_at:%d %H:%M}" == "03 02:04"
    assert asked.restored_all() == files_of(live)
