from __future__ import annotations

import shlex

import pytest
from guardian_agent.probe import Told
from guardian_agent.probing.borg_command import told_by
from hypothesis import given
from hypothesis import strategies as st

LINE = [
    *("/usr/bin/borg", "--verbose", "create", "--exclude", "*.tmp", "-e", "sh:**/.cache"),
    *("--exclude-caches", "--compression", "lz4", "--exclude-from=/etc/ex", "-x", "--stats"),
    *("backup@nas:web1::{now}", "/srv/files", "/etc"),
]
TOLD = Told(
    paths=("/srv/files", "/etc"),
    excludes=(
        *("--exclude *.tmp", "--exclude sh:**/.cache", "--exclude-caches"),
        *("--exclude-from /etc/ex", "-x"),
    ),
    host="web1",
)


def test_what_was_to_be_backed_up_and_what_was_not():
    assert told_by("web1", LINE) == TOLD


def test_as_one_text():
    assert told_by("web1", shlex.join(LINE)) == TOLD


@pytest.mark.parametrize(
    "line", [None, 7, [], ["borg", "import-tar", "r::a", "x.tar"], "borg 'create", [1, 2]]
)
def test_a_command_that_tells_nothing(line):
    assert told_by(None, line) == Told()


def test_names_that_are_new_in_each_run_are_no_change():
    tellings = {
        told_by("web1", ["borg", "create", "--exclude-from", file, "r::a", f"{folder}/borgmatic"])
        for file, folder in (
            ("/tmp/tmpq1w2e3r4", "/tmp/borgmatic-abcd_123/."),
            ("/tmp/tmpz9_y8x7w", "/tmp/borgmatic-zyxw9876/."),
        )
    }
    assert tellings == {
        Told(paths=("/tmp/*/./borgmatic",), excludes=("--exclude-from /tmp/*",), host="web1")
    }


def test_a_line_that_ends_early():
    assert told_by("web1", ["borg", "create", "r::a", "--exclude"]).excludes == ("--exclude ",)
    assert told_by("web1", ["borg", "create", "--comment"]).paths == ()


@given(st.text() | st.lists(st.text() | st.integers()))
def test_whatever_stands_there_is_no_error(line):
    told_by(line, line)
    told_by("", ["create", *line])
