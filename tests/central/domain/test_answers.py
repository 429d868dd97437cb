"""An answer holds by central's own judgement, and one that cannot be judged neither way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from guardian_agent.wire.observations import Answer, Comparison, Reason
from hypothesis import given
from hypothesis import strategies as st

from guardian.domain.answers import answered
from tests.agent.wire.examples import values
from tests.central.domain.making import DAY, HOUR, SECOND, T0, answer

AT_LEAST, AT_MOST, EQUAL, NEWER = Comparison
MOMENTS = st.datetimes(timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("comparison", "number", "holds"),
    [
        (AT_LEAST, 9.0, False),
        (AT_LEAST, 10.0, True),
        (AT_LEAST, 11.0, True),
        (AT_MOST, 9.0, True),
        (AT_MOST, 10.0, True),
        (AT_MOST, 11.0, False),
        (EQUAL, 9.0, False),
        (EQUAL, 10.0, True),
        (EQUAL, 11.0, False),
        (NEWER, 10.0, None),
    ],
)
def test_a_number_is_compared(comparison: Comparison, number: float, *, holds: bool | None) -> None:
    assert answered(answer(number, comparison=comparison), T0).holds is holds


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        (T0, True),
        (T0 + DAY, True),
        (T0 - HOUR, True),
        (T0 - 2 * HOUR, False),
        (datetime.min.replace(tzinfo=UTC), False),
        (T0 + 2 * DAY, True),
        (T0 + 2 * DAY + SECOND, None),
        (datetime.max.replace(tzinfo=UTC), None),
    ],
)
def test_a_time_is_held_against_the_restore_point(moment: datetime, *, holds: bool | None) -> None:
    asked = answer(None, comparison=NEWER, expected=3600.0, moment=moment)
    assert answered(asked, T0).holds is holds
    assert answered(asked, None).holds is None


@pytest.mark.parametrize("comparison", Comparison)
def test_no_value_is_no_answer(comparison: Comparison) -> None:
    asked = answer(None, comparison=comparison, reason=Reason.NO_ANSWER)
    assert answered(asked, T0).holds is None


@pytest.mark.parametrize("comparison", [AT_LEAST, AT_MOST, EQUAL])
def test_a_time_where_a_number_is_expected_is_no_answer(comparison: Comparison) -> None:
    assert answered(answer(None, comparison=comparison, moment=T0), T0).holds is None


@given(values(Answer), st.none() | MOMENTS)
def test_whatever_is_stated_is_judged(stated: Answer, point_at: datetime | None) -> None:
    found = answered(stated, point_at)
    assert found.answer == stated
    assert found.holds in (True, False, None)
