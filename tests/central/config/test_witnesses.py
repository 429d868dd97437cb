from __future__ import annotations

import pytest
from guardian_agent.wire.names import Slug

from guardian.domain.asset import Asset
from guardian.errors import ConfigError
from tests.central.config.samples import ACME, load

LOOKED_AT = """
    [server.backup_set.copy.local.witness]
    kind = "s3"
    bucket = "acme-backups"
"""


def test_how_central_looks_at_a_copy_is_kept_as_it_was_written(tmp_path):
    settings = load(tmp_path, acme=ACME + LOOKED_AT)

    (found,) = settings.witnesses
    assert found.asset == Asset(client="acme", server="web1", backup_set="orders", copy="local")
    assert (found.kind, dict(found.table)) == (Slug("s3"), {"bucket": "acme-backups"})
    assert "[server.backup_set.copy.local.witness] of web1/orders" in found.where


def test_the_plan_says_which_copies_are_looked_at(tmp_path):
    (plan,) = load(tmp_path, acme=ACME + LOOKED_AT).plans

    told = {(copy.backup_set, copy.copy): copy.witness for copy in plan.copies}
    assert told["orders", "local"] == "s3"
    assert told["files", "local"] is None


@pytest.mark.parametrize("line", ["", 'kind = "S3 bucket"', "kind = 3"])
def test_a_kind_is_a_word(tmp_path, line):
    with pytest.raises(ConfigError, match=r"copy\.local\.witness\] of web1/orders.*kind"):
        load(tmp_path, acme=ACME + LOOKED_AT.replace('kind = "s3"', line))
