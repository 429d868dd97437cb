from __future__ import annotations

from guardian.cli import nagios
from guardian.domain.verdict import Status
from tests.central.metrics.snapshots import finding


def test_text_is_never_taken_for_performance_data(capsys):
    nagios.answer([finding(reason="a | b\nc")])

    (line,) = capsys.readouterr().out.splitlines()
    assert line.count("|") == 1
    assert "a / b; c" in line


def test_what_is_too_much_is_counted(capsys):
    many = [finding(server=f"s{number}") for number in range(80)]

    assert nagios.answer(many) == nagios.CRITICAL
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == nagios.MOST_LINES + 1
    assert lines[-1] == "and 30 more"


def test_nothing_is_unknown(capsys):
    assert nagios.answer([]) == nagios.UNKNOWN
    assert capsys.readouterr().out.startswith("GUARDIAN UNKNOWN - nothing is configured")


def test_an_exemption_is_ok(capsys):
    assert nagios.answer([finding(status=Status.EXEMPT)]) == nagios.OK
    assert capsys.readouterr().out.startswith("GUARDIAN OK - 0 of 1 fail, 0 unknown | ")
