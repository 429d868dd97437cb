from __future__ import annotations

from guardian.domain.asset import Asset, Subject
from tests.central.domain.making import COPY_ASSET, SERVER_ASSET


def test_an_asset_is_named_from_the_client_down() -> None:
    assert str(SERVER_ASSET) == "acme/web1"
    assert str(COPY_ASSET) == "acme/web1/files/local"


def test_an_asset_knows_what_it_is() -> None:
    assert SERVER_ASSET.subject is Subject.SERVER
    assert COPY_ASSET.subject is Subject.COPY


def test_assets_stand_in_order_of_their_names() -> None:
    copies = [Asset(client="a", server="s", backup_set="f", copy=name) for name in "ba"]
    assert sorted(copies) == copies[::-1]
