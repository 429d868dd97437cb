"""What every command of central must do; they are found as the command line finds them."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from guardian.cli import main
from tests.central.cli.reference import commands

COMMANDS = dict(commands())
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "cli.md"


@pytest.mark.parametrize("name", COMMANDS)
def test_its_help_says_what_it_does_and_shows_an_example(name):
    _, *words = name.split()

    done = CliRunner().invoke(main, [*words, "--help"])

    assert done.exit_code == 0
    assert COMMANDS[name].command.help
    assert f"Examples:\n    {name}" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_usage_exits_2_and_prints_no_data(name):
    _, *words = name.split()

    done = CliRunner().invoke(main, [*words, "--no-such-option"])

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Error: No such option" in done.stderr
    assert f"Try '{name} --help'" in done.stderr


@pytest.mark.parametrize("name", COMMANDS)
def test_it_stands_in_the_reference(name):
    assert f"# {name}\n" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name", [name for name, each in COMMANDS.items() if not isinstance(each.command, click.Group)]
)
def test_a_configuration_that_is_missing_exits_2(name, tmp_path):
    arguments = {
        "guardian agent token": ["--client", "a", "--server", "b"],
        "guardian agent revoke": ["--client", "a", "--server", "b"],
        "guardian config explain": ["a/b"],
        "guardian insurance": ["a"],
        "guardian report build": ["a", "--month", "2026-11"],
    }
    if name == "guardian init":
        pytest.skip("init makes it")
    _, *words = name.split()

    done = CliRunner().invoke(
        main, ["--config", str(tmp_path / "none.toml"), *words, *arguments.get(name, [])]
    )

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "`guardian init` writes one" in done.stderr
