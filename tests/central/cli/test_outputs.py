"""No text breaks an output: the terminal, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.cli.findings import full_table, short_table
from guardian.cli.tables import FORMULA, Output, Table, as_csv, as_json, write
from guardian.cli.terminal import say, tell, visible
from tests.central.metrics.snapshots import SNAPSHOT, finding

STEERING = {"Cc", "Cf", "Cs", "Zl", "Zp"}
hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\x00\x07\x08\x1b\x7f\x85\x9b\x9d\u202e\u2066\u2028\ud800|=+-@\"',;\r\n\t"),
    ),
    max_size=80,
)


def steering(text: str) -> set[str]:
    return {each for each in text if each != "\n" and unicodedata.category(each) in STEERING}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain \u00fc \u4e16", "plain \u00fc \u4e16"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\ud800", "\\ud800"),
        ("a\nb\r", "a\\nb\\r"),
    ],
)
def test_what_steers_a_terminal_is_shown(text, shown):
    assert visible(text) == shown


@given(hostile)
def test_nothing_that_steers_gets_through(text):
    assert not steering(visible(text))
    assert "\n" not in visible(text)


@given(text=hostile)
def test_no_text_breaks_the_terminal(text):
    table = short_table([finding(client=text, reason=text), finding()])
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.stdout", out)
        write(table, Output.TABLE)
        say(text)

    assert not steering(out.getvalue())
    assert len(out.getvalue().splitlines()) == 4


@given(hostile)
def test_no_text_breaks_json(text):
    body = as_json(full_table(SNAPSHOT, [finding(client=text, reason=text)]))

    assert body.isascii()
    assert not steering(body)
    assert json.loads(body)["findings"][0]["reason"] == text


@given(hostile)
def test_no_text_is_a_formula(text):
    written = as_csv(full_table(SNAPSHOT, [finding(client=text, reason=text)]))

    head, row = csv.reader(io.StringIO(written, newline=""))
    assert len(head) == len(row)
    assert not row[0].startswith(tuple(set(FORMULA) - {"'"}))
    assert not steering(written.replace("\r\n", "\n"))


def test_a_formula_is_marked():
    table = Table(name="t", columns=("a", "b"), rows=(("=1+1", -1), ("'x", None)))

    assert as_csv(table) == "a,b\r\n'=1+1,-1\r\n''x,\r\n"


def test_a_message_keeps_its_own_lines_alone(capsys):
    tell("one\ntwo\x1b[2J")

    assert capsys.readouterr().err == "one\ntwo\\x1b[2J\n"


def test_a_pipe_gets_whole_lines(capsys):
    write(short_table([finding(reason="long " * 200)]), Output.TABLE)

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert not any(line.endswith(" ") for line in lines)


@pytest.mark.parametrize("variable", ["NO_COLOR", "TERM"])
def test_nobody_gets_colours_who_did_not_ask(capsys, monkeypatch, variable):
    monkeypatch.setenv(variable, "dumb")

    write(short_table([finding()]), Output.TABLE)

    assert "\x1b" not in capsys.readouterr().out
