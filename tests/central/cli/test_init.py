from __future__ import annotations

import stat

import pytest
from click.testing import CliRunner

from guardian.cli import main
from guardian.config import load_config
from tests.central.cli.central import Central


def init(folder, *words):
    return Central(folder)("init", *words)


def test_it_makes_all_that_is_missing(tmp_path):
    done = init(tmp_path / "new", "--url", "https://guardian.example:8443", "--name", 'Müller "IT"')

    assert done.exit_code == 0, done.output
    made = {line.removeprefix(f"{tmp_path}/new/") for line in done.stdout.splitlines()}
    assert made == {
        "guardian.toml", "clients.d/example.toml.example", "store/signing.key", "store/tls.key",
        "store/tls.crt",
    }  # fmt: skip
    settings = load_config(tmp_path / "new" / "guardian.toml")
    assert settings.provider_name == 'Müller "IT"'
    assert settings.url == "https://guardian.example:8443"
    assert stat.S_IMODE((tmp_path / "new" / "store").stat().st_mode) == 0o700


def test_it_says_the_next_three_commands(tmp_path):
    said = init(tmp_path).stderr

    assert [line.strip()[:2] for line in said.splitlines()[-3:]] == ["1.", "2.", "3."]
    assert f"guardian --config {tmp_path}/guardian.toml serve" in said


def test_the_example_can_be_used_as_it_is(tmp_path):
    init(tmp_path)
    example = tmp_path / "clients.d" / "example.toml.example"
    example.rename(tmp_path / "clients.d" / "acme.toml")

    (client,) = load_config(tmp_path / "guardian.toml").clients
    assert client.id == "acme"


def test_again_changes_nothing(tmp_path):
    init(tmp_path, "--url", "https://guardian.example")
    before = (tmp_path / "store" / "signing.key").read_bytes()

    done = init(tmp_path, "--url", "https://guardian.example/")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "Nothing was missing." in done.stderr
    assert (tmp_path / "store" / "signing.key").read_bytes() == before


def test_another_url_is_not_taken_over_silently(tmp_path):
    init(tmp_path, "--url", "https://guardian.example")

    done = init(tmp_path, "--url", "https://other.example")

    assert done.exit_code == 2
    assert "change it there" in done.stderr


@pytest.mark.parametrize(
    ("url", "listen"),
    [
        ("https://guardian.example:8443", "0.0.0.0:8443"),
        ("https://guardian.example", "0.0.0.0:443"),
        ("https://192.0.2.7:9000", "0.0.0.0:9000"),
        ("https://127.0.0.1:9000", "127.0.0.1:9000"),
        ("https://localhost:9000", "127.0.0.1:9000"),
        ("https://[::1]:9000", "[::1]:9000"),
        ("file:///srv/drop", "127.0.0.1:8443"),
    ],
)
def test_it_listens_where_agents_will_come(tmp_path, url, listen):
    init(tmp_path, "--url", url)

    assert str(load_config(tmp_path / "guardian.toml").listen) == listen


@pytest.mark.parametrize("words", [["--url", "http://x"], ["--name", "a\nb"], ["--name", ""]])
def test_what_cannot_be_used_is_not_written(tmp_path, words):
    done = init(tmp_path, *words)

    assert done.exit_code == 2
    assert not (tmp_path / "guardian.toml").exists()


def test_a_store_elsewhere(tmp_path):
    init(tmp_path, "--store", str(tmp_path / "other"))

    assert (tmp_path / "other" / "signing.key").exists()


def test_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("")

    done = CliRunner().invoke(main, ["--config", str(tmp_path / "file" / "g.toml"), "init"])

    assert done.exit_code == 2
    assert "cannot be written" in done.stderr
