from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.config import BackupSet, Jobs
from guardian_agent.errors import ProbeError
from guardian_agent.probe import Told
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.facts.copies import CopyEncryption, CopySettings
from guardian_agent.wire.observations import Encryption, Reason

from tests.agent.run.scene import FILES, LOCAL, Scene, configured


def stated(scene: Scene, *, jobs: bool = False) -> dict[str, tuple[int, tuple[str, ...]]]:
    scene.turn()
    facts = [each for each in scene.newest().observations if isinstance(each, CopySettings)]
    assert len(facts) == 1 + jobs
    return {each.setting: (each.count, each.values) for fact in facts for each in fact.settings}


def telling(told: Told | None) -> Scene:
    scene = Scene()
    scene.backup()
    made = scene.tool.probe
    scene.tool.probe = lambda: replace(made(), told=lambda *_: told)
    return scene


def test_what_is_configured_and_nothing_of_a_tool_that_tells_nothing():
    known = stated(Scene())
    assert {name: count for name, (count, _) in known.items()} == {"paths": 1, "left-out": 0}


def test_what_the_newest_point_tells_travels_as_counts_and_hashes():
    scene = telling(Told(paths=("/srv", "/etc"), excludes=("*.tmp",), host="web1"))
    known = stated(scene)
    assert {name: count for name, (count, _) in known.items()} == {
        "paths": 1, "left-out": 0, "point-paths": 2, "excludes": 1, "host": 1,
    }  # fmt: skip
    for fact in scene.newest().observations:
        assert b"/srv" not in to_json(fact)
        assert b"*.tmp" not in to_json(fact)


def test_the_same_text_is_another_value_for_another_setting():
    known = stated(telling(Told(paths=("same",), excludes=("same",))))
    assert known["point-paths"][1] != known["excludes"][1]


def test_what_a_tool_does_not_tell_is_left_out():
    assert "excludes" not in stated(telling(Told(paths=("/srv",))))
    assert "point-paths" not in stated(telling(None))
    scene = telling(None)
    made = scene.tool.probe

    def broken(*_: object) -> None:
        raise ProbeError(Reason.UNREADABLE_ANSWER, "no JSON")

    scene.tool.probe = lambda: replace(made(), told=broken)
    assert "point-paths" not in stated(scene)


@pytest.mark.parametrize(
    ("state", "count"),
    [(Encryption.ENCRYPTED, 1), (Encryption.PLAINTEXT, 0), (Encryption.UNKNOWN, None)],
)
def test_whether_it_is_encrypted(state, count):
    scene = Scene()
    scene.backup()
    parse = scene.tool.parse
    seen = CopyEncryption(backup_set=FILES.name, copy=LOCAL.name, state=state, rule="fake-rule")
    scene.tool.parse = lambda *args: (*parse(*args), seen)
    assert stated(scene).get("encryption", (None,))[0] == count


def test_values_are_bounded_and_their_number_is_not():
    many = BackupSet(
        name=FILES.name, paths=tuple(f"/srv/{n}" for n in range(99)), copies=FILES.copies
    )
    count, values = stated(Scene(config=configured(many)))["paths"]
    assert (count, len(values)) == (99, 64)


def test_what_the_job_files_say():
    scene = Scene(config=replace(configured(FILES), jobs=Jobs(paths=("/etc/cron.d",))))
    scene.system.files.put("/proc/1/cmdline", b"init")
    scene.system.files.put("/etc/cron.d/b", b"0 2 * * * root fake backup --keep-daily 7\n")
    known = stated(scene, jobs=True)
    assert known["schedule"][0] == 1
    assert known["keep-daily"] == (7, ())


def test_jobs_that_cannot_be_seen_tell_nothing():
    scene = Scene(config=replace(configured(FILES), jobs=Jobs(paths=("/etc/cron.d",))))
    scene.system.files.put("/etc/cron.d/b", b"0 2 * * * root fake backup\n")
    scene.system.files.fail("read", "/etc/cron.d/b")
    assert "schedule" not in stated(scene)
