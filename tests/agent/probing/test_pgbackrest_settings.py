from __future__ import annotations

import pytest
from guardian_agent.probe import Lies
from guardian_agent.probing.pgbackrest_settings import lies_by

from tests.agent.fakes import FakeFiles

CONFIG = "/etc/own.conf"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[global]\nrepo1-path=/b\n", Lies(path="/b")),
        ("[global]\nrepo1-path = /b\nrepo1-cipher-pass = x\n", Lies(path="/b", keys=(CONFIG,))),
        ("repo1-path=/b\nrepo1-type=cifs\n", Lies(path="/b")),
        ("repo1-path=/b\nrepo1-type=s3\nrepo1-cipher-pass=x\n", Lies(path=None, keys=(CONFIG,))),
        ("repo1-path=/b\nrepo1-host=vault\n", Lies(path=None)),
        ("#repo1-path=/a\nrepo2-path=/c\n", Lies(path=None)),
        ("repo1-path=relative\n", Lies(path=None)),
        ("", Lies(path=None)),
    ],
)
def test_where_the_repository_lies(text, found):
    files = FakeFiles()
    files.put(CONFIG, text.encode())
    assert lies_by(CONFIG, 1, files) == found


def test_each_repository_has_its_own_settings():
    files = FakeFiles()
    files.put(CONFIG, b"repo1-path=/a\nrepo1-cipher-pass=x\nrepo2-path=/b\n")
    assert lies_by(CONFIG, 2, files) == Lies(path="/b")


def test_the_tools_own_places_are_known():
    files = FakeFiles()
    assert lies_by(None, 1, files) == Lies(path=None)
    files.put("/etc/pgbackrest.conf", b"repo1-path=/old\n")
    assert lies_by(None, 1, files) == Lies(path="/old")
    files.put("/etc/pgbackrest/pgbackrest.conf", b"repo1-path=/new\n")
    assert lies_by(None, 1, files) == Lies(path="/new")
