"""What agent.toml may say of a bucket."""

from __future__ import annotations

import pytest
from guardian_agent.config import parse_config
from guardian_agent.errors import ConfigError

HEAD = '[central]\nurl = "https://guardian.example:8443"\n'


def parsed(line):
    return parse_config(f'{HEAD}[[bucket]]\nname = "dumps"\nbucket = "acme-dumps"\n{line}\n')


@pytest.mark.parametrize(
    "endpoint",
    ["https://store.example", "https://store.example:9000", "http://10.0.0.7:9000/"],
)
def test_an_endpoint_is_an_address(endpoint):
    assert parsed(f'endpoint = "{endpoint}"').buckets[0].endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "store.example",
        "ftp://store.example",
        "https://",
        "https://store.example/bucket",
        "https://me:secret@store.example",
        "https://store.example:port",
    ],
)
def test_anything_else_is_refused_where_it_stands(endpoint):
    with pytest.raises(ConfigError, match=r"bucket\[0\].endpoint: .*https://host"):
        parsed(f'endpoint = "{endpoint}"')


def test_who_may_be_let_in_is_a_list():
    assert parsed('accounts = ["111122223333"]').buckets[0].accounts == ("111122223333",)
    assert parsed("").buckets[0].accounts == ()
