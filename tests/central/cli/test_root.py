from __future__ import annotations

import io
import sys

import click
import pytest
from click.testing import CliRunner

from guardian import __version__
from guardian.cli import Root, main
from guardian.cli.terminal import settle_streams
from guardian.errors import StoreError


def test_without_a_command_it_helps():
    done = CliRunner().invoke(main, [])

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Exit status: 0 all pass" in done.stderr


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (
            [],
            "Look at what central stands on: configuration, permissions, certificate, clock,",
        ),
        (["agent"], "End a server's key for ever; what it sends from now on is refused."),
    ],
)
def test_help_cuts_no_line_short(words, line):
    said = CliRunner().invoke(main, [*words, "--help"]).stdout

    assert line in " ".join(said.split())


def test_its_version():
    assert CliRunner().invoke(main, ["--version"]).stdout == f"guardian, version {__version__}\n"


@pytest.mark.parametrize(
    ("word", "said"), [("statsu", "did you mean 'status'?"), ("zzz", "No such command 'zzz'.")]
)
def test_a_command_that_is_not_there(word, said):
    done = CliRunner().invoke(main, [word])

    assert done.exit_code == 2
    assert said in done.stderr


@pytest.mark.parametrize("word", ["\x1b]0;x\x07", "a\nb", "\ud800"])
def test_wrong_words_cannot_steer_the_terminal(word):
    done = CliRunner().invoke(main, ["check", f"--{word}"])

    assert done.exit_code == 2
    assert "\x1b" not in done.stderr


def tried(raised: BaseException):
    def fail() -> None:
        raise raised

    class Tried(Root):
        def list_commands(self, ctx):
            return ["fail"]

        def get_command(self, ctx, cmd_name):
            return click.Command("fail", callback=fail)

    return CliRunner().invoke(Tried("guardian"), ["fail"])


def test_an_error_of_central_is_one_message():
    done = tried(StoreError("the store is \x1b[31mgone"))

    assert (done.exit_code, done.stderr) == (1, "Error: the store is \\x1b[31mgone\n")


def test_an_error_of_a_file():
    assert tried(click.FileError("x", "gone")).exit_code == 1


def test_an_interruption():
    done = tried(KeyboardInterrupt())

    assert done.exit_code == 130
    assert "Interrupted." in done.stderr


def test_a_terminal_without_a_character_shows_its_escape(monkeypatch):
    narrow = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setattr(sys, "stderr", io.StringIO())

    settle_streams()
    print("ü", end="")

    narrow.flush()
    assert narrow.buffer.getvalue() == b"\\xfc"
