from __future__ import annotations

import pytest
from guardian_agent.exposure.doors.who import fetched_by, key_held

from tests.agent.fakes import FakeFiles


@pytest.fixture
def files():
    return FakeFiles()


def close(files, folder, mode=0o700):
    files._nodes[folder].mode = mode


@pytest.mark.parametrize(
    ("mode", "who"), [(0o644, "local-users"), (0o640, "owner"), (0o600, "owner")]
)
def test_a_file_is_fetched_by_whom_its_mode_lets(files, mode, who):
    files.put("/srv/drop/nightly.sql", b"x", mode=mode)
    assert fetched_by("/srv/drop/nightly.sql", files) == who


def test_a_closed_folder_above_keeps_a_readable_file(files):
    files.put("/srv/drop/inner/nightly.sql", b"x", mode=0o644)
    close(files, "/srv/drop")
    assert fetched_by("/srv/drop/inner/nightly.sql", files) == "owner"


def test_a_folder_that_is_entered_without_being_listed_keeps_nothing(files):
    files.put("/srv/drop/nightly.sql", b"x", mode=0o644)
    close(files, "/srv/drop", 0o711)
    assert fetched_by("/srv/drop/nightly.sql", files) == "local-users"


def test_a_link_is_judged_by_where_it_leads(files):
    files.put("/vault/repository/data/00/pack", b"x", mode=0o644)
    files.link("/srv/repository", "/vault/repository")
    assert fetched_by("/srv/repository", files) == "local-users"
    close(files, "/vault")
    assert fetched_by("/srv/repository", files) == "owner"


@pytest.mark.parametrize(
    ("closed", "who"),
    [("/r", "owner"), ("/r/data", "owner"), ("/r/data/0", "owner"), (None, "local-users")],
)
def test_a_repository_is_fetched_by_who_reaches_one_file_of_its_data(files, closed, who):
    files.put("/r/README", b"This is a repository", mode=0o644)
    files.put("/r/data/0/1", b"segment", mode=0o644)
    if closed:
        close(files, closed)
    assert fetched_by("/r", files) == who


def test_readable_signs_that_hold_no_data_let_nobody_in(files):
    files.put("/r/README", b"This is a repository", mode=0o644)
    files.put("/r/nonce", b"", mode=0o644)
    files.put("/r/data/0/1", b"segment", mode=0o600)
    assert fetched_by("/r", files) == "owner"


def test_what_is_not_seen_is_not_known(files):
    assert fetched_by("/gone", files) is None
    files.put("/r/data", b"x")
    files.fail("scan", "/r")
    assert fetched_by("/r", files) is None


def test_a_repository_too_large_to_see_is_not_called_closed(files):
    for number in range(2100):
        files.put(f"/r/data/{number}", b"x", mode=0o600)
    assert fetched_by("/r", files) is None


@pytest.mark.parametrize(
    ("path", "keys", "where"),
    [
        ("/backup/r", ("/etc/r.password",), "on-server"),
        (None, ("/etc/r.password",), "on-server"),
        ("/backup/r", ("/backup/r.password",), "beside-data"),
        ("/backup/r", ("/backup/r/keys/mine",), "beside-data"),
        ("/backup/r", ("/backup/keys/r.password",), "on-server"),
        ("/backup/r", ("/backup/r2/password",), "on-server"),
        ("/backup/r", ("/etc/a", "/backup/b"), "beside-data"),
        ("/backup/r", (), None),
    ],
)
def test_where_the_key_lies(files, path, keys, where):
    assert key_held(path, keys, files) == where


def test_a_key_that_is_linked_into_another_folder_lies_where_it_leads(files):
    files.put("/backup/r.password", b"x")
    files.put("/backup/r/config", b"x")
    files.link("/etc/r.password", "/backup/r.password")
    assert key_held("/backup/r", ("/etc/r.password",), files) == "beside-data"
