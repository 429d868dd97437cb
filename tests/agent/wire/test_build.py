"""The decoder builds what the annotations say and refuses everything else, saying where."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Any, ClassVar

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.names import Name
from guardian_agent.wire.scalars import MAX_TEXT
from guardian_agent.wire.statement import Statement
from hypothesis import given

from tests.agent.wire.examples import json_values


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Level(IntEnum):
    LOW = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    KIND: ClassVar[str] = "circle"
    radius: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Square:
    KIND: ClassVar[str] = "square"
    side: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrecognised:
    KIND: ClassVar[str] = "unrecognised"
    kind: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    name: Name | None = None
    text: str = ""
    flag: bool = False
    count: int = 0
    share: float = 0.0
    colour: Colour = Colour.RED
    level: Level = Level.LOW
    at: datetime | None = None
    day: date | None = None
    limit: timedelta | None = None
    names: tuple[Name, ...] = ()
    limits: dict[Name, timedelta] | None = None
    settings: dict[str, Any] | None = None
    shape: Circle | Square | None = None
    shapes: tuple[Circle | Square | Unrecognised, ...] = ()
    inner: Drawing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Odd:
    what: bytes


HEALTHY = [
    ({"name": "a"}, Drawing(name=Name("a"))),
    ({"name": None}, Drawing()),
    ({"text": "Käse"}, Drawing(text="Käse")),
    ({"flag": True}, Drawing(flag=True)),
    ({"count": 2**63 - 1}, Drawing(count=2**63 - 1)),
    ({"share": 1}, Drawing(share=1.0)),
    ({"colour": "green"}, Drawing(colour=Colour.GREEN)),
    ({"level": 1}, Drawing(level=Level.LOW)),
    ({"at": "2026-11-21T12:00:00Z"}, Drawing(at=datetime(2026, 11, 21, 12, tzinfo=UTC))),
    ({"at": "2026-11-21T13:00:00+01:00"}, Drawing(at=datetime(2026, 11, 21, 12, tzinfo=UTC))),
    (
        {"at": datetime(2026, 11, 21, 12, tzinfo=UTC)},
        Drawing(at=datetime(2026, 11, 21, 12, tzinfo=UTC)),
    ),
    ({"day": date(2026, 11, 21)}, Drawing(day=date(2026, 11, 21))),
    ({"limit": "26h"}, Drawing(limit=timedelta(hours=26))),
    ({"names": ["a", "b"]}, Drawing(names=(Name("a"), Name("b")))),
    ({"limits": {"a": "1h"}}, Drawing(limits={Name("a"): timedelta(hours=1)})),
    ({"settings": {"a": [1, {}]}}, Drawing(settings={"a": [1, {}]})),
    ({"shape": {"kind": "square", "side": 2}}, Drawing(shape=Square(side=2))),
    ({"inner": {"inner": {}}}, Drawing(inner=Drawing(inner=Drawing()))),
]

REFUSED = [
    ([], r"at \$: expected an object"),
    ({"nmae": "a"}, r"at \$: unknown key 'nmae'; did you mean 'name'\?"),
    ({"zzz\n": "a"}, r"at \$: unknown key 'zzz\\n'$"),
    ({"name": "acme\n"}, r"at \$\.name: expected a name"),
    ({"name": "a\ud800"}, r"at \$\.name: expected a name"),
    ({"text": 3}, r"at \$\.text: expected a text"),
    ({"text": "x" * (MAX_TEXT + 1)}, "text longer than"),
    ({"text": "a\nb"}, "control or unassigned"),
    ({"text": "\x1b[31m"}, "control or unassigned"),
    ({"text": "\ud800"}, "control or unassigned"),
    ({"text": "a\u202eb"}, "control or unassigned"),
    ({"flag": 1}, "expected true or false"),
    ({"count": True}, "expected a whole number"),
    ({"count": 1.0}, "expected a whole number"),
    ({"count": -1}, "expected a number from 0"),
    ({"count": 2**63}, "expected a number from 0"),
    ({"share": "1"}, "expected a number"),
    ({"share": False}, "expected a number"),
    ({"share": -0.5}, "expected a number from 0"),
    ({"share": float("nan")}, "expected a number from 0"),
    ({"share": float("inf")}, "expected a number from 0"),
    ({"share": 10**400}, "expected a number from 0"),
    ({"colour": "gren"}, r"expected one of red, green; did you mean 'green'\?"),
    ({"colour": ["red"]}, "expected one of red, green$"),
    ({"level": True}, "expected one of 1$"),
    ({"level": 1.0}, "expected one of 1$"),
    ({"at": "2026-11-21T12:00:00"}, "no zone: end it with Z"),
    ({"at": datetime(2026, 11, 21)}, "no zone: end it with Z"),
    ({"at": "yesterday"}, "expected a time such as"),
    ({"at": 1700000000}, "expected a time such as"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "time out of range"),
    ({"at": "2026-11-21\ud80012:00:00Z"}, "expected a time such as"),
    ({"at": "2026-11-21 12:00:00Z"}, "expected a time such as"),
    ({"at": "2026-11-21T12:00:00Z\n"}, "expected a time such as"),
    ({"at": "20261121T120000Z"}, "expected a time such as"),
    ({"at": "2026-02-30T12:00:00Z"}, "expected a time such as"),
    ({"day": "2026-11-21"}, "expected a date such as"),
    ({"day": datetime(2026, 11, 21, tzinfo=UTC)}, "expected a date such as"),
    ({"limit": 26}, "expected a duration in words"),
    ({"limit": "26"}, "expected a duration in words"),
    ({"names": "ab"}, r"at \$\.names: expected a list"),
    ({"names": ["a", "B"]}, r"at \$\.names\[1\]: expected a name"),
    ({"limits": {"A": "1h"}}, r"at \$\.limits: expected a name"),
    ({"limits": ["a"]}, r"at \$\.limits: expected an object"),
    ({"shape": {"side": 2}}, r"at \$\.shape: expected a text under 'kind'"),
    ({"shape": {"kind": "squar", "side": 2}}, r"unknown kind 'squar'; did you mean 'square'\?"),
    ({"shape": {"kind": "square"}}, r"at \$\.shape: key 'side' is missing"),
    ({"shapes": [{"kind": "unrecognised", "kind_name": "x"}]}, "unknown kind 'unrecognised'"),
    ({"shapes": [{"kind": "star"}]}, "unknown kind 'star'"),
]


def nested(depth):
    return {"inner": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(("data", "expected"), HEALTHY)
def test_what_fits_is_built(data, expected):
    assert build(Drawing, data) == expected


@pytest.mark.parametrize(("data", "message"), REFUSED)
def test_what_does_not_fit_is_refused(data, message):
    with pytest.raises(DecodeError, match=message):
        build(Drawing, data)


def test_depth_has_a_limit():
    assert build(Drawing, nested(12))
    with pytest.raises(DecodeError, match="nested too deeply"):
        build(Drawing, nested(13))


def test_deep_nonsense_in_place_of_a_word_is_refused():
    deep = read_json(b'{"colour":' + b"[" * 900 + b"]" * 900 + b"}")
    with pytest.raises(DecodeError, match="expected one of red, green"):
        build(Drawing, deep)


def test_a_kind_without_a_reader_is_a_mistake_in_the_program():
    with pytest.raises(TypeError, match="no reader for"):
        build(Odd, {"what": "x"})


def test_the_wire_tolerates_what_newer_agents_add():
    data = {"new": [1], "shapes": [{"kind": "star", "points": 5}, {"kind": "circle", "radius": 1}]}
    shapes = (Unrecognised(kind=Name("star")), Circle(radius=1.0))
    assert build(Drawing, data, lenient=True) == Drawing(shapes=shapes)


def test_what_was_unrecognised_once_stays_so():
    data = {"shapes": [{"kind": "unrecognised", "kind_name": "circle"}]}
    assert build(Drawing, data, lenient=True).shapes == (Unrecognised(kind=Name("circle")),)


@pytest.mark.parametrize("tag", ["S T A R", "a\nb", "a\ud800"])
def test_also_an_unknown_kind_has_a_plain_name(tag):
    with pytest.raises(DecodeError, match="expected a name"):
        build(Drawing, {"shapes": [{"kind": tag}]}, lenient=True)


def test_a_union_without_a_place_for_the_unknown_refuses_it():
    with pytest.raises(DecodeError, match="unknown kind 'star'"):
        build(Drawing, {"shape": {"kind": "star"}}, lenient=True)


@given(json_values())
def test_no_plain_data_breaks_the_decoder(data):
    for kind in (Statement, Drawing):
        with contextlib.suppress(DecodeError):
            build(kind, data, lenient=True)
