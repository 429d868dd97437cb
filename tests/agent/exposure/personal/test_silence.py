"""No value is in anything that could be printed, logged or raised."""

from __future__ import annotations

import dataclasses
import traceback
from random import Random

import pytest
from guardian_agent.exposure.personal import search
from guardian_agent.exposure.personal.columns import Column, Columns
from guardian_agent.exposure.personal.finder import Finder
from guardian_agent.exposure.personal.gate import Portable
from guardian_agent.exposure.personal.tally import Tally

from tests.agent.exposure.personal.searching import TEXT, counted
from tests.world.people.documents import usual
from tests.world.people.numbers import MAKERS


def test_only_numbers_come_out():
    for document in usual(Random(2), 1):
        found = counted(document.data)
        assert set(map(type, found.values.values())) <= {int}
        assert set(found.values) <= set(MAKERS)


@pytest.mark.parametrize("kind", sorted(MAKERS))
def test_no_object_on_the_way_shows_a_value(kind):
    number = MAKERS[kind](Random(kind))
    tally = Tally()
    finder = Finder(Portable(), tally)
    finder.feed(f"{kind} card inn ssn phone {number}\n".encode() * 9)
    shown = [repr(finder), repr(tally), str(tally)]
    finder.end()
    tally.sure("x", number.encode())
    column = Columns().of("x", 1, 0)
    column.values.add(number.encode())
    shown += [repr(finder), repr(tally), repr(column), repr(Column(values={number.encode()}))]

    assert number not in "".join(shown)


def test_an_answer_has_no_place_for_a_value():
    found = counted(b"card 4111111111111111")

    assert [each.name for each in dataclasses.fields(found)] == [
        "values",
        "bytes",
        "complete",
        "cut",
        "closed",
    ]
    assert "4111" not in repr(found)


def test_an_error_of_the_disk_shows_no_value():
    def read(place, count):
        if place:
            raise OSError(5, "Input/output error")
        return b"card 4111111111111111\n" * (count // 22)

    with pytest.raises(OSError, match="Input/output error") as caught:
        search(read, 1 << 24, TEXT, 1 << 30)

    assert "4111" not in "".join(traceback.format_exception(caught.value))
