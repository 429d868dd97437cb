"""A bucket policy's text as statements, or an error; nothing is guessed.

The grammar is AWS's ("Grammar of the IAM JSON policy language"): a value may stand where a list of
values may, and each of principal, action and resource has a form that says "all but".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from guardian_agent.errors import DecodeError
from guardian_agent.wire.decode import read_json

MAX_POLICY_BYTES = 32 * 1024
"""AWS takes 20 KiB."""
MAX_STARS = 16
"""In one pattern: comparing patterns takes time that grows with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What one part of a statement names; `others` is True where all but these are meant."""

    patterns: tuple[str, ...]
    others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """Whom a statement is about: (type, id) such as ("AWS", "*"); `others`: all but these."""

    named: tuple[tuple[str, str], ...]
    others: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One operator on one key, both in lower case; any of `values` satisfies it."""

    operator: str
    """Without prefix and suffix (`stringlike`)."""
    key: str
    values: tuple[str, ...]
    quantifier: str = ""
    """`foranyvalue`, `forallvalues` or nothing."""
    if_exists: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement; all of its conditions must hold."""

    allows: bool
    principals: Principals
    actions: Selection
    """In lower case: AWS compares them so."""
    resources: Selection
    conditions: tuple[Condition, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A bucket's policy."""

    statements: tuple[Statement, ...]


def parse_policy(text: str) -> Policy:
    """Read a policy.

    Raises:
        DecodeError: it is not one in every part; its text is not quoted.
    """
    if len(text) > MAX_POLICY_BYTES:
        raise DecodeError("a policy that long is not read")
    document = _object(read_json(text.encode("utf-8", "surrogatepass")))
    if "Statement" not in document:
        raise DecodeError("a policy has statements")
    listed = document["Statement"]
    return Policy(statements=tuple(_statement(each) for each in _several(listed)))


def _statement(data: object) -> Statement:
    given = _object(data)
    if given.get("Effect") not in ("Allow", "Deny"):
        raise DecodeError("a statement allows or denies")
    actions = _selection(given, "Action")
    return Statement(
        allows=given["Effect"] == "Allow",
        principals=_principals(given),
        actions=Selection(
            patterns=tuple(each.lower() for each in actions.patterns), others=actions.others
        ),
        resources=_selection(given, "Resource"),
        conditions=_conditions(given.get("Condition", {})),
    )


def _principals(given: Mapping[str, object]) -> Principals:
    value, others = _one_of(given, "Principal")
    if value == "*":
        return Principals(named=(("AWS", "*"),), others=others)
    named = [(kind, each) for kind, listed in _object(value).items() for each in _texts(listed)]
    if not named:
        raise DecodeError("a principal names somebody")
    return Principals(named=tuple(named), others=others)


def _selection(given: Mapping[str, object], name: str) -> Selection:
    value, others = _one_of(given, name)
    patterns = _texts(value)
    if not patterns or any(each.count("*") > MAX_STARS for each in patterns):
        raise DecodeError(f"{name} names something, with few stars")
    return Selection(patterns=patterns, others=others)


def _one_of(given: Mapping[str, object], name: str) -> tuple[object, bool]:
    """Return what stands under a name or its "all but" form; exactly one of them must."""
    negated = f"Not{name}"
    if (name in given) == (negated in given):
        raise DecodeError(f"a statement has either {name} or {negated}")
    others = negated in given
    return given[negated if others else name], others


def _conditions(data: object) -> tuple[Condition, ...]:
    return tuple(
        _condition(operator, key, values)
        for operator, keys in _object(data).items()
        for key, values in _object(keys).items()
    )


def _condition(written: str, key: str, values: object) -> Condition:
    quantifier, colon, operator = written.lower().rpartition(":")
    if colon and quantifier not in ("foranyvalue", "forallvalues"):
        raise DecodeError("an operator has no such prefix")
    bare = operator.removesuffix("ifexists")
    return Condition(
        operator=bare,
        key=key.lower(),
        values=tuple(_scalar(each) for each in _several(values)),
        quantifier=quantifier,
        if_exists=bare != operator,
    )


def _scalar(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str() | int() | float():
            return str(value)
        case _:
            raise DecodeError("a condition's value is text, a number or a truth value")


def _texts(value: object) -> tuple[str, ...]:
    listed = _several(value)
    if not all(isinstance(each, str) for each in listed):
        raise DecodeError("expected text or a list of it")
    return tuple(str(each) for each in listed)


def _several(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise DecodeError("expected an object")
    return value
