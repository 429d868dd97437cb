"""Statements to test with: one made by hand, and hypothesis' strategies for every kind of fact."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Union, get_args, get_origin, get_type_hints

from guardian_agent.wire.keys import SigningKey
from guardian_agent.wire.names import NO_HASH, Hash, Name, ShortHash, Slug
from guardian_agent.wire.observations import JobRun
from guardian_agent.wire.scalars import Signed
from guardian_agent.wire.statement import Statement
from hypothesis import strategies as st

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AGENT_KEY = SigningKey.from_seed(b"a" * 32)
CENTRAL_KEY = SigningKey.from_seed(b"c" * 32)
STRANGER_KEY = SigningKey.from_seed(b"x" * 32)

JOB = JobRun(backup_set=Name("files"), started_at=NOON, finished_at=NOON, exit_status=0)
STATEMENT = Statement(
    version=1,
    client=Name("acme"),
    agent=Name("web1"),
    epoch=1,
    number=1,
    previous=Hash(NO_HASH),
    boot_id=ShortHash("b0" * 16),
    wall_time=NOON,
    monotonic_seconds=12.5,
    spooled=0,
    dropped=0,
    agent_version=Slug("0.1.0"),
    observations=(JOB,),
)

_SCALARS = {
    bool: st.booleans(),
    int: st.integers(0, 2**63 - 1),
    float: st.floats(0, 1e15),
    str: st.text(st.characters(codec="ascii", categories=("L", "N", "P")), max_size=20),
    datetime: st.datetimes(timezones=st.just(UTC)),
    types.NoneType: st.none(),
    Name: st.text("bz09._-", max_size=9).map(lambda text: Name(f"a{text}0")),
    Slug: st.text("bz09._+-", max_size=9).map(lambda text: Slug(f"a{text}")),
    Hash: st.binary(min_size=32, max_size=32).map(lambda data: Hash(data.hex())),
    ShortHash: st.binary(min_size=16, max_size=16).map(lambda data: ShortHash(data.hex())),
}


def values(kind):
    """Return the strategy of every value that an annotation allows."""
    if kind == Signed:
        return st.floats(-1e15, 1e15)
    origin = get_origin(kind)
    if origin in (types.UnionType, Union):
        return st.one_of([values(member) for member in get_args(kind)])
    if origin is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if is_dataclass(kind):
        hints = get_type_hints(kind, include_extras=True)
        return st.builds(kind, **{field.name: values(hints[field.name]) for field in fields(kind)})
    if issubclass(kind, Enum):
        return st.sampled_from(kind)
    return _SCALARS[kind]


def statements():
    """Return the strategy of every statement."""
    return values(Statement)


def json_values():
    """Return the strategy of everything that JSON can say."""
    leaves = (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=8)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
        ),
        max_leaves=12,
    )


def flipped(data: bytes):
    """Yield `data` with each single bit flipped in turn."""
    for at in range(len(data)):
        for bit in range(8):
            yield data[:at] + bytes([data[at] ^ (1 << bit)]) + data[at + 1 :]
