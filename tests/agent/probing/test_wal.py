from __future__ import annotations

from datetime import UTC, datetime

import pytest
from guardian_agent.probing import wal
from hypothesis import given
from hypothesis import strategies as st

LABEL = """\
START WAL LOCATION: 0/4000028 (file 000000010000000000000004)
CHECKPOINT LOCATION: 0/4000060
BACKUP METHOD: streamed
START TIME: 2026-11-26 09:44:18 {zone}
"""
FIRST = wal.Segment(timeline=1, number=4)


def names(*numbers: int, timeline: int = 1) -> list[str]:
    return [wal.Segment(timeline=timeline, number=number).name for number in numbers]


class TestNames:
    @given(st.integers(1, 2**32 - 1), st.integers(0, 2**40 - 1), st.sampled_from([20, 24, 30]))
    def test_come_back_as_they_were(self, timeline, number, power):
        size = 2**power
        made = wal.Segment(timeline=timeline, number=number % 2**34, bytes=size)
        assert wal.segment(made.name, size) == made

    def test_count_on_from_log_to_log(self):
        last = wal.segment("0000000100000000000000FF")
        assert last is not None
        assert [each.name for each in last.until(256)][1] == "000000010000000100000000"

    @pytest.mark.parametrize("name", ["", "00000001.history", "0" * 23, "0" * 25, "g" * 24])
    def test_of_other_files_are_none(self, name):
        assert wal.segment(name) is None


class TestLabel:
    def test_says_where_and_when(self):
        found = wal.read_label(LABEL.format(zone="UTC"))
        assert found is not None
        assert found.segment == FIRST
        assert found.at == datetime(2026, 11, 26, 9, 44, 18, tzinfo=UTC)

    def test_in_another_zone_says_no_time(self):
        found = wal.read_label(LABEL.format(zone="CET"))
        assert found is not None
        assert found.at is None

    def test_tells_the_size_of_segments(self):
        text = "START WAL LOCATION: 1/40000028 (file 000000010000000100000001)"
        found = wal.read_label(text)
        assert found is not None
        assert found.segment.bytes == 2**30

    @pytest.mark.parametrize(
        "text", ["", "START WAL LOCATION: 0/1 (file 00000001000000000000000A)"]
    )
    def test_that_makes_no_sense_is_none(self, text):
        assert wal.read_label(text) is None

    @given(st.text())
    def test_any_text_is_read_or_none(self, text):
        wal.read_label(f"START WAL LOCATION: 0/4000028 (file {text})")
        wal.read_label(text)


class TestManifest:
    def test_tells_the_time_in_gmt(self):
        entry = '{ "Path": "backup_label", "Size": 225, "Last-Modified": "2026-11-21 22:55:18 GMT" '
        assert wal.manifest_time(entry) == datetime(2026, 11, 21, 22, 55, 18, tzinfo=UTC)
        assert wal.manifest_time("{") is None
        assert wal.manifest_time(entry.replace("11-21", "13-41")) is None

    def test_tells_the_last_segment(self):
        tail = '"WAL-Ranges": [ { "Start-LSN": "0/4000028", "End-LSN": "0/6000000" } ]'
        assert wal.manifest_end(tail, FIRST) == 5
        assert wal.manifest_end("", FIRST) is None
        assert wal.manifest_end('"End-LSN": "0/0"', FIRST) is None


class TestGaps:
    def test_none(self):
        assert wal.missing(names(4, 5, 6), FIRST, 6) == 0
        assert wal.missing(names(2, 3, 4), FIRST, None) == 0

    def test_in_the_middle(self):
        assert wal.missing(names(4, 6, 9), FIRST, None) == 3

    def test_at_the_end(self):
        assert wal.missing(names(4), FIRST, 6) == 2

    def test_at_the_beginning(self):
        assert wal.missing(names(5, 6), FIRST, None) == 1
        assert wal.missing([], FIRST, None) == 1

    def test_another_timeline_fills_none(self):
        assert wal.missing([*names(4, 6), *names(5, timeline=2)], FIRST, None) == 1

    def test_a_segment_far_ahead_costs_nothing(self):
        assert wal.missing(names(4, 2**33), FIRST, None) == 2**33 - 5

    def test_what_follows_unbroken(self):
        found = wal.unbroken(names(3, 4, 5, 7), FIRST)
        assert [each.number for each in found] == [4, 5]
        assert wal.unbroken(names(5), FIRST) == []
