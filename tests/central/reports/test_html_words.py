from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from guardian.months import visible
from guardian.reports.html import words


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(), "under a second"),
        (timedelta(seconds=41.9), "41 s"),
        (timedelta(minutes=12, seconds=14), "12 min 14 s"),
        (timedelta(minutes=12), "12 min"),
        (timedelta(hours=3, minutes=59, seconds=59), "3 h 59 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=4, minutes=50), "2 days 4 h"),
        (-timedelta(hours=2), "-2 h"),
    ],
)
def test_spans(length: timedelta, said: str) -> None:
    assert words.span(length) == said


def test_moments() -> None:
    moment = datetime(2026, 3, 9, 7, 5, 59, tzinfo=UTC)
    assert words.clock(moment) == "9 Mar 2026, 07:05"
    assert words.month(moment) == "March 2026"


@given(st.floats(0, 1e7), st.floats(1e-3, 1e7))
def test_a_good_share_is_never_said_too_high(part: float, whole: float) -> None:
    part = min(part, whole)
    said = float(words.share_down(part, whole).removesuffix(" %"))
    assert said <= 100 * part / whole + 1e-9


@given(st.floats(0, 1e7), st.floats(1e-3, 1e7))
def test_a_bad_share_is_never_said_too_low(part: float, whole: float) -> None:
    part = min(part, whole)
    said = float(words.share_up(part, whole).removesuffix(" %"))
    assert said >= 100 * part / whole - 1e-9
    assert (said == 0) == (part == 0)


def test_shares_of_nothing() -> None:
    assert words.share_down(0, 0) == words.share_up(0, 0) == "0 %"


@given(st.text())
def test_text_is_made_visible(text: str) -> None:
    shown = words.finalize(text)
    assert str(shown).isprintable()
    str(shown).encode("utf-8")


def test_markup_of_our_own_stays() -> None:
    mark = Markup("<b>\n</b>")
    assert words.finalize(mark) is mark


def test_what_is_too_long_is_cut() -> None:
    assert visible("a" * 3000) == "a" * 2000 + "…"


def test_places_and_sentences() -> None:
    assert words.place("web1", "files", "local") == "web1, files, copy local"
    assert words.place("web1", None, None) == "web1"
    assert words.sentence("run `x` now") == "Run x now"
    assert words.sentence("") == ""
