from __future__ import annotations

from dataclasses import replace

from guardian.domain.asset import Asset, CopyPlan, Media, Subject
from tests.central.domain.making import COPY_ASSET, PLAN, SERVER_ASSET


def test_an_asset_is_named_from_the_client_down() -> None:
    assert str(SERVER_ASSET) == "acme/web1"
    assert str(COPY_ASSET) == "acme/web1/files/local"


def test_an_asset_knows_what_it_is() -> None:
    assert SERVER_ASSET.subject is Subject.SERVER
    assert replace(COPY_ASSET, copy=None).subject is Subject.SET
    assert COPY_ASSET.subject is Subject.COPY


def test_a_plan_knows_its_copies() -> None:
    local = CopyPlan(backup_set="files", copy="local")
    other = CopyPlan(backup_set="orders", copy="local", media=Media.TAPE)
    plan = replace(PLAN, copies=(local, other))
    assert plan.copies_of("files") == (local,)
    assert plan.copy("orders", "local") is other
    assert plan.copy("files", "cloud") is None
    assert plan.copies_of(None) == ()


def test_assets_stand_in_order_of_their_names() -> None:
    copies = [Asset(client="a", server="s", backup_set="f", copy=name) for name in "ba"]
    assert sorted(copies) == copies[::-1]
