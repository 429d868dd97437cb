from __future__ import annotations

import pytest
from guardian_agent.exposure.volumes.mounts import Mounts, unescaped
from hypothesis import given
from hypothesis import strategies as st

ROOT = "1 0 8:1 / / rw - ext4 /dev/sda1 rw"


def table(*lines: str) -> Mounts:
    return Mounts("".join(f"{line}\n" for line in (ROOT, *lines)))


def at(mounts: Mounts, path: str) -> str | None:
    found = mounts.at(path)
    return None if found is None else found.id


def test_a_line_has_optional_fields_or_none():
    mounts = table("2 1 8:2 /sub /srv rw,nosuid shared:1 master:2 - xfs /dev/sda2 rw,logdev=/dev/b")
    mount = mounts.all[1]
    assert (mount.id, mount.parent, mount.number, mount.root) == ("2", "1", "8:2", "/sub")
    assert (mount.point, mount.kind, mount.source) == ("/srv", "xfs", "/dev/sda2")
    assert mount.options == {"rw": "", "nosuid": "", "logdev": "/dev/b"}


def test_the_longest_visible_mount_counts():
    mounts = table(
        "2 1 8:2 / /srv rw - ext4 /dev/sda2 rw", "3 2 8:3 / /srv/a rw - ext4 /dev/sda3 rw"
    )
    assert at(mounts, "/srv/a/b") == "3"
    assert at(mounts, "/srv/ab") == "2"
    assert at(mounts, "/srvx") == "1"
    assert at(mounts, "/") == "1"


def test_what_was_mounted_over_is_not_met():
    """`/srv/a` was mounted, and then another file system over all of `/srv`."""
    mounts = table(
        "2 1 8:2 / /srv rw - ext4 /dev/sda2 rw",
        "3 2 8:3 / /srv/a rw - ext4 /dev/sda3 rw",
        "4 2 8:4 / /srv rw - ext4 /dev/sda4 rw",
    )
    assert at(mounts, "/srv/a") == "4"
    assert [mount.id for mount in mounts.below("/")] == ["4"]


def test_a_second_root_covers_the_first():
    mounts = table("2 1 8:2 / / rw - ext4 /dev/sda2 rw", "3 2 8:3 / /srv rw - ext4 /dev/sda3 rw")
    assert at(mounts, "/etc") == "2"
    assert at(mounts, "/srv/x") == "3"


def test_without_a_root_nothing_is_known():
    mounts = Mounts("5 4 8:2 / /srv rw - ext4 /dev/sda2 rw\n")
    assert at(mounts, "/srv") is None
    assert mounts.below("/srv") == []


def test_a_circle_ends():
    mounts = Mounts("1 2 8:1 / / rw - a b rw\n2 1 8:2 / / rw - a b rw\n")
    assert at(mounts, "/srv") is None


@pytest.mark.parametrize("line", ["", "-", "1 2 3", "1 0 8:1 / / rw ext4 /dev/sda1 rw", " - "])
def test_a_line_of_another_form_is_left_out(line):
    assert len(table(line).all) == 1


def test_blanks_are_escaped():
    assert unescaped(r"/srv/my\040files\134x") == "/srv/my files\\x"


@given(st.text(), st.text())
def test_any_table_answers(text, path):
    mounts = Mounts(text)
    mounts.at(path)
    mounts.below(path)
