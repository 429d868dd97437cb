from __future__ import annotations

import pytest

from guardian.domain.layouts import Part, needed, part, recognise
from guardian.domain.storage import Layout


@pytest.mark.parametrize(
    ("top", "layout"),
    [
        ({"config", "data/", "index/", "keys/", "locks/", "snapshots/"}, Layout.RESTIC),
        ({"config", "keys/", "snapshots/"}, Layout.RESTIC),
        ({"config", "data/", "index/", "keys/"}, Layout.RESTIC),
        ({"config", "keys/"}, Layout.RESTIC),
        ({"config", "keys/", "www/"}, Layout.FILES),
        ({"config", "data/", "README", "hints.7", "index.7", "integrity.7"}, Layout.BORG),
        ({"data/", "hints.7"}, Layout.BORG),
        ({"kopia.repository", "kopia.blobcfg", "p0a1", "q7c"}, Layout.KOPIA),
        ({"kopia.repository.f", "p/"}, Layout.KOPIA),
        ({"2026-11-20.sql.gz", "2026-11-21.sql.gz"}, Layout.FILES),
        ({"config", "data/"}, Layout.FILES),
        ({"data/", "www/"}, Layout.FILES),
        (set(), Layout.FILES),
    ],
)
def test_a_layout_is_told_by_what_stands_at_the_top(top, layout):
    assert recognise(top) is layout


@pytest.mark.parametrize(
    ("layout", "name", "is_a"),
    [
        (Layout.RESTIC, "snapshots/1f", Part.POINT),
        (Layout.RESTIC, "data/1f/1f00", Part.DATA),
        (Layout.RESTIC, "data/1f/1f00-tmp-1830894104", Part.OTHER),
        (Layout.RESTIC, "data/1f/1f00-restic-temp-3kq", Part.OTHER),
        (Layout.RESTIC, "data/1f/1f00.rest-server-temp7", Part.OTHER),
        (Layout.RESTIC, "snapshots/1f-tmp-7", Part.OTHER),
        (Layout.RESTIC, "keys/1f-tmp-7", Part.OTHER),
        (Layout.RESTIC, "keys/1f", Part.KEY),
        (Layout.RESTIC, "config", Part.KEY),
        (Layout.RESTIC, "locks/1f", Part.OTHER),
        (Layout.RESTIC, "index/1f", Part.OTHER),
        (Layout.BORG, "config", Part.OTHER),
        (Layout.BORG, "data/0/7", Part.DATA),
        (Layout.BORG, "hints.7", Part.OTHER),
        (Layout.KOPIA, "kopia.repository", Part.KEY),
        (Layout.KOPIA, "p0a1", Part.DATA),
        (Layout.KOPIA, "q7c2", Part.DATA),
        (Layout.KOPIA, "xn0_1", Part.OTHER),
        (Layout.FILES, "2026/11/orders.sql", Part.POINT),
        (Layout.FILES, "2026/11/", Part.OTHER),
        (Layout.FILES, "2026/.orders.sql.partial", Part.OTHER),
    ],
)
def test_what_an_object_is_follows_from_its_name(layout, name, is_a):
    assert part(layout, name) is is_a


def test_what_every_restore_needs():
    assert set(needed(Layout.RESTIC)) == {"config", "keys", "data"}
    assert set(needed(Layout.BORG)) == {"config", "data"}
    assert set(needed(Layout.KOPIA)) == {"config"}
    assert needed(Layout.FILES) == {}


def test_points_show_without_a_key_in_some_layouts_only():
    assert {each for each in Layout if each.shows_points} == {Layout.RESTIC, Layout.FILES}
