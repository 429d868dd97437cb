"""Restore tests by the operator's own script: real scripts, a real repository, real limits."""

from __future__ import annotations

from pathlib import Path

import pytest
from guardian_agent.restore.kinds.command import _came
from guardian_agent.system.real import real_system
from guardian_agent.wire.observations import Outcome, Reason, RestoreTest

from tests.agent.run.server import Server
from tests.world.restic import Restic, damage_trees

pytestmark = pytest.mark.tools

COUNT = """#!/bin/sh
set -eu
test "$GUARDIAN_BACKUP_SET/$GUARDIAN_COPY" = files/local
cd "$GUARDIAN_TARGET"
files=$(find . -name 'letter-*.txt' | wc -l)
bytes=$(cat $(find . -name 'letter-*.txt') | wc -c)
printf '{"outcome":"passed","files":%d,"bytes":%d,' "$files" "$bytes"
printf '"answers":[{"question":"letters","number":%d}]}' "$files"
"""


class Scripted:
    """A server whose files lie in restic, and a script that is asked about them."""

    def __init__(self, folder: Path, script: str, **settings: object) -> None:
        self.folder = folder
        self.script = folder / "bin" / "look"
        self.script.parent.mkdir()
        self.script.write_text(script)
        self.script.chmod(0o755)
        self.copy = Restic(folder / "repository", folder / "home").create()
        self.server = Server(folder)
        self.server.copies["local"] = dict(self.copy.settings)
        plan = {"kind": "command", "script": str(self.script), **settings}
        self.server.tests.append(plan)
        self.server.configure().enroll()
        self.copy.backup(self.server.files).checked()
        self.server.look()

    def tested(self, status: int) -> RestoreTest:
        assert self.server.agent("restore-test", "--all", "--kind", "command") == status
        assert not [path for path in self.server.sandbox.rglob("*") if path.is_file()]
        self.server.look()
        return self.server.stated(RestoreTest)[-1]


def letters(at_least: int) -> dict[str, object]:
    return {"question": [{"name": "letters", "at_least": at_least}]}


def test_a_script_counts_what_came_back(tmp_path):
    test = Scripted(tmp_path, COUNT, **letters(3)).tested(0)
    assert (test.outcome, test.reason) == (Outcome.PASSED, Reason.NONE)
    assert test.answers[0].number == test.compared.files > 3
    assert test.files_restored == test.whole_files == test.compared.files
    assert test.compared.bytes > 0


def test_an_answer_that_is_not_as_expected_fails(tmp_path):
    test = Scripted(tmp_path, COUNT, **letters(1000)).tested(1)
    assert (test.outcome, test.reason) == (Outcome.FAILED, Reason.WRONG_ANSWER)


def test_a_damaged_repository_fails_before_the_script_runs(tmp_path):
    scripted = Scripted(tmp_path, COUNT, **letters(3))
    damage_trees(scripted.copy)
    test = scripted.tested(1)
    assert test.outcome is Outcome.FAILED
    assert test.answers == ()


def test_a_script_writes_nowhere_but_in_its_room(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    script = f"""#!/bin/sh
echo escaped > {outside}/file 2>/dev/null && exit 9
echo kept > "$GUARDIAN_TARGET/file" || exit 8
echo kept > "$HOME/file" || exit 7
echo '{{"outcome":"passed","files":1}}'
"""
    status = 0 if _is_confined() else 1
    Scripted(tmp_path, script).tested(status)
    assert (list(outside.iterdir()) == []) == _is_confined()


def _is_confined() -> bool:
    return real_system().volumes.protections().landlock > 0


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nsleep 600\n", Reason.TIMEOUT),
        ("#!/bin/sh\nyes\n", Reason.OUTPUT_LIMIT),
        ("#!/bin/sh\nkill -9 $$\n", Reason.INTERRUPTED),
        ("#!/bin/sh\nno-such-tool-at-all\n", Reason.TOOL_MISSING),
        ("#!/bin/sh\necho all is well\n", Reason.UNREADABLE_ANSWER),
        ('#!/bin/sh\necho \'{"outcome":"passed"}\'\n', Reason.NOTHING_COMPARABLE),
    ],
)
def test_a_script_that_says_nothing_of_use_is_no_test(tmp_path, script, reason):
    test = Scripted(tmp_path, script, within="20s").tested(3)
    assert (test.outcome, test.reason) == (Outcome.NOT_PERFORMED, reason)


def test_a_script_that_others_may_write_is_not_run(tmp_path):
    scripted = Scripted(tmp_path, "#!/bin/sh\ntouch ran\n")
    scripted.script.chmod(0o777)
    test = scripted.tested(3)
    assert test.reason is Reason.TOOL_UNTRUSTED
    assert test.files_restored == 0


def test_a_link_on_the_way_to_a_canary_is_not_followed(tmp_path):
    files = real_system().files
    live, room = tmp_path / "srv", tmp_path / "room"
    for folder in (live, room / "a"):
        folder.mkdir(parents=True)
        (folder / "canary").write_text("x")
    (room / "b").symlink_to(live)
    (room / "c").symlink_to(live / "canary")
    assert _came(f"{room}/a/canary", str(room), files)
    assert not _came(f"{room}/b/canary", str(room), files)
    assert not _came(f"{room}/c", str(room), files)
    assert not _came(f"{room}/d", str(room), files)
    assert not _came(f"{live}/canary", str(room), files)
