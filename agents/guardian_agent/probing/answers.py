"""Read what a tool answered; whatever it wrote, there is a value or a `ProbeError`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from guardian_agent.errors import DecodeError, ProbeError
from guardian_agent.probe import Answers
from guardian_agent.system import Completed, System
from guardian_agent.wire.decode import build, read_json
from guardian_agent.wire.facts.words import Reason
from guardian_agent.wire.names import Slug

T = TypeVar("T")

ASKED_AT = "asked_at"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND_DIGITS = 6
_VERSION = re.compile(
    r"[0-9]{1,8}(\.[0-9]{1,8}){0,4}([.+~-]?[a-z]{1,8}[0-9]{0,4}|-[0-9]{1,4})?", re.ASCII
)
"""No more than a version: what runs into it may be anything."""
_FRACTION = re.compile(r"\.([0-9]{1,9})", re.ASCII)


def asked_at(system: System) -> dict[str, str]:
    """Return the answer to when the tool was asked: what is dated later is in the future."""
    return {ASKED_AT: system.clock.now().isoformat()}


def when_asked(answers: Answers) -> datetime:
    """Return when the tool was asked."""
    return moment(_answer(answers, ASKED_AT))


def text(done: Completed) -> str:
    """Return what a command printed."""
    return done.stdout.decode("utf-8", "surrogateescape")


def decoded(kind: type[T], answers: Answers, question: str) -> T:
    """Build a `kind` out of a JSON answer; keys that it does not know are passed over.

    Raises:
        ProbeError: UNREADABLE_ANSWER for anything but one JSON value of that form: cut short,
            a warning before it, another shape.
    """
    try:
        return build(kind, _json(answers, question), lenient=True)
    except DecodeError as error:
        raise _unreadable(f"{question}: {error}") from error


def decoded_list(kind: type[T], answers: Answers, question: str) -> list[T]:
    """Build a list out of a JSON answer; Go's tools write an empty one as `null`.

    Raises:
        ProbeError: UNREADABLE_ANSWER, as `decoded`.
    """
    try:
        data = _json(answers, question)
        items = [] if data is None else data
        if not isinstance(items, list):
            raise DecodeError("expected a list")
        return [build(kind, item, lenient=True) for item in items]
    except DecodeError as error:
        raise _unreadable(f"{question}: {error}") from error


def decoded_map(kind: type[T], answers: Answers, question: str) -> dict[str, T]:
    """Build a `kind` for each key of a JSON answer.

    Raises:
        ProbeError: UNREADABLE_ANSWER, as `decoded`.
    """
    try:
        data = _json(answers, question)
        if not isinstance(data, dict):
            raise DecodeError("expected an object")
        return {str(key): build(kind, value, lenient=True) for key, value in data.items()}
    except DecodeError as error:
        raise _unreadable(f"{question}: {error}") from error


def decoded_text(answers: Answers, question: str) -> str:
    """Return an answer that is one JSON text: what was cut off it shows.

    Raises:
        ProbeError: UNREADABLE_ANSWER.
    """
    try:
        data = _json(answers, question)
    except DecodeError as error:
        raise _unreadable(f"{question}: {error}") from error
    if not isinstance(data, str):
        raise _unreadable(f"{question}: expected a text")
    return data


def moment(told: str) -> datetime:
    """Return a tool's time in UTC; without a zone it is UTC, as tools run with `TZ=UTC`."""
    try:
        found = datetime.fromisoformat(told)
        aware = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
        return aware.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _unreadable("expected a time such as 2026-11-21T12:00:00Z") from error


def nanoseconds(told: object) -> int | None:
    """Return a tool's time in nanoseconds since 1970, or None where it does not say."""
    if not isinstance(told, str):
        return None
    try:
        whole = (moment(told) - _EPOCH) // timedelta(microseconds=1) * 1000
    except ProbeError:
        return None
    fraction = _FRACTION.search(told)
    finer = fraction[1][_MICROSECOND_DIGITS:] if fraction else ""
    return whole + int(finer.ljust(3, "0"))


def version(told: str, place: int) -> Slug | None:
    """Return the word at `place` of what a tool says of itself, if it is a version number."""
    words = told.split()
    found = words[place] if place < len(words) else ""
    return Slug(found) if _VERSION.fullmatch(found) else None


def _json(answers: Answers, question: str) -> object:
    # Surrogates are bytes that were no UTF-8: they fail to decode, as they must.
    return read_json(_answer(answers, question).encode("utf-8", "surrogatepass"))


def _answer(answers: Answers, question: str) -> str:
    if question not in answers:
        raise _unreadable(f"no answer to {question!r}")
    return answers[question]


def _unreadable(message: str) -> ProbeError:
    return ProbeError(Reason.UNREADABLE_ANSWER, message)
