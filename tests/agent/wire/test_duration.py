"""Durations are words, read strictly and spelt so that they read back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.duration import format_duration, parse_duration, spell_duration
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("text", "hours"),
    [("26h", 26), ("90d", 2160), ("1d12h", 36), ("2w", 336), ("90m", 1.5), ("3600s", 1)],
)
def test_words_are_read(text, hours):
    assert parse_duration(text) == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "26",
        "h",
        "26 h",
        "26h\n",
        "-1h",
        "1.5h",
        "26H",
        "٣h",
        "0s",
        "0d0h",
        "1234567s",
        "1h1h1h1h1h1h",
        "999999w" * 9000,
    ],
)
def test_whatever_else_is_refused(text):
    with pytest.raises(DecodeError, match=r"at \$\.max_age: "):
        parse_duration(text, "$.max_age")


@given(st.integers(1, 999_999 * 86_400))
def test_what_is_spelt_reads_back(seconds):
    duration = timedelta(seconds=seconds)
    assert parse_duration(spell_duration(duration)) == duration


def test_nothing_is_spelt_as_no_seconds():
    assert spell_duration(timedelta()) == "0s"


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(), "0 s"),
        (timedelta(seconds=59.9), "59 s"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(minutes=60, seconds=59), "1 h"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(hours=71), "71 h"),
        (timedelta(days=3), "3 d"),
        (timedelta(days=400), "400 d"),
        (timedelta(hours=-31), "-31 h"),
    ],
)
def test_people_read_one_unit(duration, text):
    assert format_duration(duration) == text
