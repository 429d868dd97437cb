from __future__ import annotations

from dataclasses import replace

import pytest
from guardian_agent.config import Limits, parse_config
from guardian_agent.errors import ConfigError
from guardian_agent.run.drill import Wanted, drill
from guardian_agent.run.kept_off import refuse_overlap
from guardian_agent.run.left_overs import clear_restores

from tests.agent.fakes import FakeFiles
from tests.agent.run.scene import FILES, Scene, configured

CONFIG = """
[central]
url = "https://central:443"
[limits]
{sandbox}
[[backup_set]]
name = "files"
paths = ["{paths}"]
exclude = ["/srv/scratch", "*.tmp"]
[[backup_set.copy]]
name = "local"
tool = "restic"
repository = "{repository}"
password_file = "/etc/guardian/password"
root = "/"
"""


def refusal(sandbox=None, paths="/srv", repository="/backup/restic", files=None) -> str:
    line = "" if sandbox is None else f"sandbox = {sandbox!r}"
    config = parse_config(CONFIG.format(sandbox=line, paths=paths, repository=repository))
    try:
        refuse_overlap(config, files or FakeFiles())
    except ConfigError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "sandbox",
    [
        None,
        "/var/tmp/guardian",
        "/srv-two",
        "/backup/other",
        "/srv/scratch",
        "/srv/scratch/deep",
        "/srv/some.tmp/deep",
    ],
)
def test_a_folder_of_its_own(sandbox):
    assert refusal(sandbox) == ""


@pytest.mark.parametrize(
    ("sandbox", "words"),
    [
        ("/srv", "backup set 'files' lies in /srv"),
        ("/srv/", "backup set 'files'"),
        ("/srv/x/../", "backup set 'files'"),
        ("/srv/files", "backup set 'files'"),
        ("/", "backup set 'files'"),
        ("/backup/restic", "repository of copy files/local lies in /backup/restic"),
        ("/backup/restic/data/00", "repository of copy"),
        ("/backup", "repository of copy"),
        ("/etc/guardian", "password_file of copy"),
        ("srv/files", "expected an absolute path"),
    ],
)
def test_what_is_live_is_refused(sandbox, words):
    assert words in refusal(sandbox)
    if sandbox.startswith("/"):
        assert "set limits.sandbox to a folder of its own" in refusal(sandbox)


@pytest.mark.parametrize("scheme", ["file://", "local:"])
def test_a_repository_by_its_scheme(scheme):
    repository = f"{scheme}/backup/restic"
    assert "repository of copy" in refusal("/backup/restic", repository=repository)


def test_a_repository_elsewhere_is_in_nobodys_way():
    assert refusal("/backup", repository="sftp:host:/backup") == ""


def test_the_agents_own_state_may_lie_in_what_is_backed_up():
    assert refusal(paths="/") == ""
    assert "backup set 'files'" in refusal("/mnt/large", paths="/")


@pytest.mark.parametrize(
    ("link", "target", "sandbox", "paths"),
    [
        ("/var/tmp/guardian", "/srv/files", "/var/tmp/guardian", "/srv"),
        ("/var/tmp/way", "/srv/files", "/var/tmp/way/deep", "/srv"),
        ("/home", "/large/home", "/large/home/sandbox", "/home"),
    ],
)
def test_links_hide_nothing(link, target, sandbox, paths):
    files = FakeFiles()
    files.put(f"{target}/sandbox/x")
    files.link(link, target)
    assert "backup set 'files'" in refusal(sandbox, paths=paths, files=files)


class TestWhoAsks:
    """A server whose sandbox folder is its live data, which holds what looks like a room."""

    ROOM = "/srv/restore-0123456789abcdef/a"

    @pytest.fixture
    def scene(self):
        config = replace(configured(FILES), limits=Limits(sandbox="/srv"))
        scene = Scene(config=config)
        scene.system.files.put(self.ROOM, b"the client's")
        return scene

    def test_no_test_is_made(self, scene):
        with pytest.raises(ConfigError, match="backup set 'files' lies in /srv"):
            list(drill(scene.config, scene.system, Wanted(all=True), lambda *_: None))
        assert scene.system.files.read(self.ROOM, 99) == b"the client's"

    def test_nothing_is_wiped(self, scene):
        clear_restores(scene.config, scene.system)
        assert scene.system.files.read(self.ROOM, 99) == b"the client's"
