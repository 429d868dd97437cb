from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.run_history import RunSeen, packed, unpacked
from tests.central.domain.making import T0

MOMENTS = st.datetimes(timezones=st.just(UTC))
COUNTS = st.none() | st.integers(0, 2**63 - 1)
RUNS = st.builds(
    RunSeen,
    started_at=MOMENTS,
    seen_at=MOMENTS,
    seconds=st.none() | st.floats(0, 9e18),
    files=COUNTS,
    bytes=COUNTS,
    files_new=COUNTS,
    files_changed=COUNTS,
    bytes_added=COUNTS,
    bytes_packed=COUNTS,
)


@given(st.lists(RUNS, max_size=5))
def test_what_was_packed_comes_back(runs: list[RunSeen]) -> None:
    text = packed(runs)
    assert text.isascii()
    assert unpacked(text) == tuple(runs)


def test_the_ends_of_the_calendar() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    run = RunSeen(started_at=first, seen_at=last)
    assert unpacked(packed([run])) == (run,)


@pytest.mark.parametrize(
    "text", ["A", "AAAA", "\N{SNOWMAN}", packed([RunSeen(started_at=T0, seen_at=T0)])[:-4]]
)
def test_what_was_not_packed_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - binascii and ours, by its class alone
        unpacked(text)
