"""Only plain identifiers are names: nothing that could break a label, a path or a line."""

from __future__ import annotations

import pytest
from guardian_agent.errors import DecodeError
from guardian_agent.wire.names import Hash, Name, ShortHash, Slug, is_restricted, restricted


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Name, "a"),
        (Name, "orders-db.v2_x"),
        (Name, "a" * 63),
        (Slug, "postgres_dump"),
        (Slug, "1.2.4+deb12"),
        (Slug, "a" * 40),
        (Hash, "0f" * 32),
        (ShortHash, "0f" * 16),
    ],
)
def test_a_good_name_keeps_its_text_and_gets_its_type(kind, text):
    name = restricted(kind, text)
    assert name == text
    assert type(name) is kind


@pytest.mark.parametrize("kind", [Name, Slug])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme\n",
        "acme\r",
        "ac me",
        "Acme",
        "acmé",
        "-acme",
        ".acme",
        "../x",
        "a/b",
        'a"b',
        "a\x00b",
        "a\x1b[31m",
        "٣",
        "a\ud800",
        "a" * 100_000,
        b"acme",
        3,
        None,
    ],
)
def test_whatever_else_is_refused(kind, text):
    with pytest.raises(DecodeError, match=r"at \$\.x: expected a"):
        restricted(kind, text, "$.x")


@pytest.mark.parametrize("text", ["acme-", "acme.", "a" * 64])
def test_a_name_ends_with_a_letter_or_digit_within_63(text):
    with pytest.raises(DecodeError):
        restricted(Name, text)


@pytest.mark.parametrize("text", ["0F" * 32, "0f" * 31, "0f" * 33, "0f" * 32 + "\n", "0g" * 32])
def test_a_hash_is_64_lower_case_hexadecimal_digits(text):
    with pytest.raises(DecodeError):
        restricted(Hash, text)


def test_only_these_kinds_are_restricted():
    assert is_restricted(Name)
    assert not is_restricted(str)
