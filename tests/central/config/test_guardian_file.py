from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from guardian.config import Address
from guardian.config.guardian_file import parse_guardian
from guardian.errors import ConfigError

NAME = '[provider]\nname = "Provider"\n'


def parse(more: str = ""):
    return parse_guardian(NAME + more, "guardian.toml", Path("/etc/guardian"))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        parse_guardian(text, "guardian.toml", Path("/etc/guardian"))
    return str(caught.value)


def test_a_name_suffices():
    found = parse()

    assert found.provider_name == "Provider"
    assert found.store_dir == Path("/var/lib/guardian")
    assert found.listen == Address(host="127.0.0.1", port=8443)
    assert found.operator == Address(host="127.0.0.1", port=9464)
    assert found.url == "https://127.0.0.1:8443"
    assert found.judging_interval == timedelta(seconds=15)
    assert found.witness_interval == timedelta(hours=1)


def test_the_store_lies_beside_the_file_where_it_is_relative():
    assert parse('[store]\ndir = "store"\n').store_dir == Path("/etc/guardian/store")


@pytest.mark.parametrize(
    ("written", "host", "port"),
    [("0.0.0.0:443", "0.0.0.0", 443), ("[::1]:8443", "::1", 8443), ("127.0.0.1:0", "127.0.0.1", 0)],
)
def test_addresses(written, host, port):
    found = parse(f'[listen]\naddress = "{written}"\n').listen

    assert (found.host, found.port) == (host, port)
    assert str(found) == written


@pytest.mark.parametrize(
    "written",
    [
        "localhost:1",
        "127.0.0.1",
        ":8443",
        "1.2.3.4:99999",
        "1.2.3.999:1",
        "[::g]:1",
        "127.0.0.1:1 ",
    ],
)
def test_what_is_no_address(written):
    assert "at $.listen.address" in refusal(f'{NAME}[listen]\naddress = "{written}"\n')


def test_metrics_stay_on_the_loopback():
    said = refusal(f'{NAME}[operator]\naddress = "0.0.0.0:9464"\n')

    assert "without a password" in said
    assert parse('[operator]\naddress = "[::1]:9464"\n').operator.host == "::1"


@pytest.mark.parametrize("url", ["https://guardian.example:8443", "file:///srv/drop"])
def test_urls(url):
    assert parse(f'[central]\nurl = "{url}"\n').url == url


@pytest.mark.parametrize(
    "url",
    [
        "http://guardian.example",
        "https://",
        "file://host/folder",
        "file:relative",
        "https://u:p@guardian.example",
        "https://guardian.example/?a=b",
        "https://guardian.example:x",
        "https://[::1",
        "https://gu\u0430rdian.example",
        "s3://bucket",
    ],
)
def test_what_is_no_url_of_central(url):
    assert "at $.central.url" in refusal(f'{NAME}[central]\nurl = "{url}"\n')


@pytest.mark.parametrize("interval", ["2h", "1w"])
def test_judging_is_bounded(interval):
    assert '"1s" to "1h"' in refusal(f'{NAME}[judging]\ninterval = "{interval}"\n')


def test_unknown_keys_come_with_a_suggestion():
    assert refusal(f'{NAME}[stor]\ndir = "x"\n') == (
        "guardian.toml: at $: unknown key 'stor'; did you mean 'store'?"
    )


@pytest.mark.parametrize(
    "text",
    ["provider", "a = " + "[" * 5000, NAME + 'x = "\\ud800"', NAME + "[judging]\ninterval = 60"],
    ids=["no toml", "deep", "surrogate", "bare number"],
)
def test_what_cannot_be_read_is_refused_with_the_file(text):
    assert refusal(text).startswith("guardian.toml: ")


def test_a_duration_of_aeons_is_refused():
    text = "999999w" * 8000

    assert "expected a duration" in refusal(f'{NAME}[judging]\ninterval = "{text}"\n')


@pytest.mark.parametrize("interval", ["59s", "8d"])
def test_looks_at_storage_are_bounded(interval):
    assert '"1m" to "7d"' in refusal(f'{NAME}[witness]\ninterval = "{interval}"\n')
