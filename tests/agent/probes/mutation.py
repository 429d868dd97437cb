"""Recorded answers spoilt at random, and what a probe must never make of them.

One answer of the tool, or one file that the probe reads, is cut, overwritten, repeated or given
other values; or the tool fails, hangs, or writes without end. Whatever comes of it, the facts may
tell less than those of the sound answers, and never more: nothing newer, nothing more encrypted,
nothing sounder.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from guardian_agent.errors import ProbeError
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.encode import to_json
from guardian_agent.wire.observations import (
    CopyEncryption,
    Encryption,
    Integrity,
    JobRun,
    Observation,
    Outcome,
    PointContents,
    RestorePoints,
)

from tests.agent.fakes import Call, Completed, FakeSystem
from tests.agent.probes.recording import Recording

SECRET = "c4n4ry-s3cr3t"
JUNK: tuple[object, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**30, 1.5, -0.0, "", " ", "\x00", "\ud800", "NaN", SECRET),
    *([], {}, [[]], {"": None}, "-", "..", "../x", "1", "null"),
)
TEXTS = (b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b"\x00" * 64, b"1e400", b"[" * 5000)
NOISE = bytes([*range(0x20), *b'"\\{}[]:,-_ azAZ/', *range(0x7F, 0x100)])
"""Bytes that are no digits: digits put where digits stand may make another true time."""

_DIGITS = re.compile(rb"[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """What a probe did that it must not, and the number that makes it do so again."""

    number: int
    what: str


@dataclass(slots=True)
class Places:
    """Where a pass reads: the how-manieth answers of tools, and files."""

    calls: int = 0
    files: list[str] = field(default_factory=list)


def violations(recording: Recording, numbers: Sequence[int]) -> Iterator[Violation]:
    """Spoil a recording once for each number, and yield what went wrong."""
    places = Places()
    system = recording.machine()
    _listen(system, places)
    sound = list(recording.look(system))
    for number in numbers:
        what = _spoilt(recording, places, sound, random.Random(number))
        if what is not None:
            yield Violation(number=number, what=what)


def _listen(system: FakeSystem, places: Places) -> None:
    def answered(_call: Call, done: Completed) -> Completed:
        places.calls += 1
        return done

    def read(path: str, data: bytes) -> bytes:
        if path not in places.files:
            places.files.append(path)
        return data

    system.processes.passing, system.files.passing = answered, read


def _spoilt(
    recording: Recording, places: Places, sound: Sequence[Observation], chance: random.Random
) -> str | None:
    system = recording.machine()
    spot = chance.randrange(places.calls + len(places.files) or 1)
    if spot < places.calls:
        _spoil_call(system, spot, chance)
    elif places.files:
        path = places.files[spot - places.calls]
        state = chance.getrandbits(64)
        system.files.passing = lambda read, data: (
            mutated(data, random.Random(state)) if read == path else data
        )
    try:
        facts = list(recording.look(system))
    except ProbeError:
        return None
    except Exception as error:  # noqa: BLE001 - whatever it is, it is what we look for
        return f"{type(error).__name__}: {error}"
    return _said_too_much(facts, sound, system.clock.now())


def _spoil_call(system: FakeSystem, spot: int, chance: random.Random) -> None:
    seen = 0

    def spoil(_call: Call, done: Completed) -> Completed:
        nonlocal seen
        seen += 1
        if seen != spot + 1:
            return done
        if done.stdout and chance.random() < 0.9:
            return replace(done, stdout=mutated(done.stdout, chance))
        if chance.random() < 0.5:
            return replace(done, status=chance.choice([1, 2, 77, 137, -9]), stdout=b"")
        hung = chance.random() < 0.5
        return replace(done, status=-9, timed_out=hung, over_limit=not hung)

    system.processes.passing = spoil


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return recorded bytes, spoilt once or a few times."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        data = chance.choice(_WAYS)(data, chance)
    return data


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _noise(data: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(data)
    for _ in range(min(len(data), chance.choice([1, 3, 20]))):
        spoilt[chance.randrange(len(spoilt))] = chance.choice(NOISE)
    return bytes(spoilt)


def _without(data: bytes, chance: random.Random) -> bytes:
    """Leave a piece out that begins and ends beside a digit at most once: times stay times."""
    begin = chance.randrange(len(data) + 1)
    end = min(len(data), begin + chance.choice([1, 8, 64, 512]))
    return data[:begin] + b"?" + data[end:]


def _before(data: bytes, chance: random.Random) -> bytes:
    return chance.choice([b"Warning: \xff\n", b"\xef\xbb\xbf", b"\n\n", b"null\n", b"\x00"]) + data


def _instead(_data: bytes, chance: random.Random) -> bytes:
    return chance.choice(TEXTS)


def _line(data: bytes, chance: random.Random) -> bytes:
    """Leave out, repeat or cut a line."""
    lines = data.split(b"\n")
    spot = chance.randrange(len(lines))
    lines[spot : spot + 1] = chance.choice(
        [[], [lines[spot]] * 2, [lines[spot][: len(lines[spot]) // 2]], [SECRET.encode()]]
    )
    return b"\n".join(lines)


def _word(data: bytes, chance: random.Random) -> bytes:
    words = re.split(rb"(\s+)", data)
    words[chance.randrange(len(words))] = SECRET.encode()
    return b"".join(words)


def _number(data: bytes, chance: random.Random) -> bytes:
    """Put a number in the place of one that is out of every range."""
    found = list(_DIGITS.finditer(data))
    if not found:
        return data
    one = chance.choice(found)
    other = chance.choice([b"0", b"-1", b"9" * 40, b"1e400", b"NaN", b"", b"\xd9\xa1"])
    return data[: one.start()] + other + data[one.end() :]


def _leaf(data: bytes, chance: random.Random) -> bytes:
    """Give one place of a JSON answer another value, or take it away."""
    try:
        whole = json.loads(data)
    except (ValueError, RecursionError):
        return _word(data, chance)
    holders = list(_holders(whole))
    if not holders:
        return json.dumps(chance.choice(JUNK)).encode()
    holder, key = chance.choice(holders)
    if chance.random() < 0.3:
        del holder[key]
    else:
        holder[key] = chance.choice(JUNK)
    return json.dumps(whole).encode()


def _holders(value: object) -> Iterator[tuple[object, object]]:
    pairs: Sequence[tuple[object, object]] = ()
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    for key, inner in pairs:
        yield value, key
        yield from _holders(inner)


_WAYS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_leaf, _leaf, _leaf, _leaf),
    *(_cut, _noise, _without, _before, _instead, _line, _word, _number),
)


def _said_too_much(
    facts: Sequence[Observation], sound: Sequence[Observation], now: datetime
) -> str | None:
    for stated in facts:
        text = to_json(stated)
        body = read_json(text)
        assert isinstance(body, dict)
        body.pop("kind", None)
        if build(type(stated), body) != stated:
            return f"{type(stated).__name__} does not come back the same"
        if SECRET.encode() in text.lower():
            return f"{type(stated).__name__} tells the secret"
    better = (name for name, known in _PASSING.items() if known(facts, now) > known(sound, now))
    return next((f"{name} than the sound answer tells" for name in better), None)


def _newest(facts: Sequence[Observation], now: datetime) -> datetime:
    """Return the newest date that counts, to the second; what is dated in the future never does."""
    dates = [
        date
        for fact in facts
        if isinstance(fact, RestorePoints)
        for point in fact.points
        if (date := point.finished_at or point.started_at) <= now
    ]
    return max(dates, default=datetime(1, 1, 1, tzinfo=UTC)).replace(microsecond=0)


def _encrypted(facts: Sequence[Observation], _now: datetime) -> bool:
    stated = (each.state for each in facts if isinstance(each, CopyEncryption))
    return any(state is Encryption.ENCRYPTED for state in stated)


def _sound(facts: Sequence[Observation], _now: datetime) -> bool:
    return any(isinstance(each, Integrity) and each.outcome is Outcome.PASSED for each in facts)


def _read(facts: Sequence[Observation], _now: datetime) -> float:
    checks = (each for each in facts if isinstance(each, Integrity))
    return max((c.data_read for c in checks if c.outcome is Outcome.PASSED), default=0.0)


def _valid(facts: Sequence[Observation], _now: datetime) -> bool:
    return any(isinstance(each, PointContents) and bool(each.valid) for each in facts)


def _done(facts: Sequence[Observation], _now: datetime) -> bool:
    return any(isinstance(each, JobRun) and each.exit_status == 0 for each in facts)


_PASSING: dict[str, Callable[[Sequence[Observation], datetime], object]] = {
    "a newer restore point": _newest,
    "more encryption": _encrypted,
    "a sounder repository": _sound,
    "more data read": _read,
    "a sounder restore point": _valid,
    "a better run of the job": _done,
}
