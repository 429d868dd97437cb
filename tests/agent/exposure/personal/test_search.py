"""What counts as personal data, and what only looks like it."""

from __future__ import annotations

import pytest

from tests.agent.exposure.personal.searching import TEXT, counted, values

FILLER = b"2026-11-12 10:15:07 INFO the job went well and nothing more is to be said of it\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Kreditkarte: 4111 1111 1111 1111", "card"),
        ("cardNumber=4111111111111111", "card"),
        ('{"pan": "3782-822463-10005"}', "card"),
        ("ИНН/КПП 7707083893/770701001", "inn"),
        ("СНИЛС: 112-233-445 95", "snils"),
        ("ОГРН 1027700132195", "ogrn"),
        ("паспорт серия 45 09 № 123456 выдан", "passport-ru"),
        ("Паспорт: серия 4509 номер 123456", "passport-ru"),
        ("SSN: 078-05-1120", "ssn-us"),
        ("DE89 3704 0044 0532 0130 00 is where to pay", "iban"),
        ("pay to GB82WEST12345698765432.", "iban"),
        ("iban: de89370400440532013000", "iban"),
        ("<anna.schmidt@example.com>", "email"),
        ("mailto:anna@example.co.uk", "email"),
        ("call +49 30 1234567", "phone"),
        ("+7 (916) 123-45-67", "phone"),
        ("tel: 030 / 1234567", "phone"),
        ("телефон 8 (495) 123-45-67", "phone"),
    ],
)
def test_one_value_in_a_sentence_counts(text, kind):
    assert values(text) == {kind: 1}


@pytest.mark.parametrize(
    "text",
    [
        "Kreditkarte: 4111 1111 1111 1112",
        "order 4111111111111111 of today",
        "card order=4111111111111111",
        "ts=1700000000123 level=info",
        "DE89370400440532013001 is wrong by one",
        "AB12345678901234567890 is no country's",
        "https://anna:secret@db.example.com/x",
        "git@github.com:acme/shop.git",
        "logo@2x.png, getty@tty1.service, root@localhost, a@b",
        "Message-ID: <20261112.1234@mail.example.com>",
        "[12/Nov/2026:10:15:07 +0000]",
        "x = 1e+4930123456789 and +12 and +0049301234567",
        "phone: 2026-11-12",
        "ssn: 000-12-3456, ssn: 666-12-3456, ssn: 900-12-3456",
        "id 3f2504e0-4f89-1111-9a0c-030512345678",
        "passport: 0009 123456",
    ],
)
def test_what_only_looks_like_one_does_not(text):
    assert values(text) == {}


def test_the_same_value_twice_counts_once():
    assert values("card 4111 1111 1111 1111\ncard: 4111-1111-1111-1111\nA@b.com a@B.com") == {
        "card": 1,
        "email": 1,
    }


def test_a_list_behind_one_word_counts_whole():
    assert values("cards: 4111111111111111, 5555555555554444; 4012888888881881") == {"card": 3}


@pytest.mark.parametrize("charset", ["utf-8", "cp1251", "utf-16", "utf-8-sig"])
def test_russian_words_are_known_in_every_character_set(charset):
    assert counted("Клиент: ИНН 7707083893, паспорт 4509 123456".encode(charset)).values == {
        "inn": 1,
        "passport-ru": 1,
    }


def test_a_heading_names_a_column():
    text = "id;name;passport;total\n1;A;4509 123456;5\n2;B;4510 223457;7709 123456\n"

    assert values(text) == {"passport-ru": 2}


def test_a_heading_names_a_column_of_an_insert():
    text = (
        "INSERT INTO `c` (`id`, `ssn`) VALUES (1,'078-05-1120'),(2,'219-09-9999');\n"
        "INSERT INTO `o` VALUES (1,'078-05-1121');\n"
    )

    assert values(text) == {"ssn-us": 2}


def test_a_heading_names_a_column_of_a_copy():
    text = "COPY c (id, phone) FROM stdin;\n1\t030 1234567\n2\t089 7654321\n\\.\n\n3\t040 1111222\n"

    assert values(text) == {"phone": 2}


def test_a_heading_ends_with_its_rows():
    """Seen red: the heading stayed in force and every number below it was a telephone number."""
    log = "2026-11-12 job 0301234567 done, 0301234568 waits\n"

    assert values("phone\n030 1234567\n\n" + log * 3000) == {"phone": 1}


def test_lines_of_another_form_are_no_rows():
    assert values("id;phone;x\n1;030 1234567;y\nnote;030 7654321\n") == {"phone": 1}


def test_a_full_column_counts_without_a_word():
    inns = ["7707083893", "7736207543", "7740000076", "7702070139", "7744001497", "7710140679"]
    inns += ["7704217370", "7728168971", "7736050003", "7707049388"]
    lines = "".join(f"{n};x;{inn}\n" for n, inn in enumerate(inns))

    assert values(lines) == {"inn": 10}
    assert values("".join(f"{n};x;{inn}\n" for n, inn in enumerate(inns[:5]))) == {}


def test_a_column_of_random_numbers_counts_nothing():
    lines = "".join(f"{n};x;{4_000_000_000_000_000 + n * 7919}\n" for n in range(5000))

    assert values(lines) == {}


def test_a_word_that_mostly_lies_is_not_believed():
    """`card_id` before order numbers: one in ten passes Luhn."""
    text = "".join(f"card_id={4_000_000_000_000_000 + n * 7919}\n" for n in range(500))

    assert values(text) == {}


def test_a_column_deep_in_a_big_file_is_found_by_its_sample():
    inns = "".join(f"{n};{_inn(n)}\n" for n in range(200_000, 240_000))
    data = FILLER * 10_000 + inns.encode()

    found = counted(data).values["inn"]

    assert found > 0.8 * 40_000


def test_a_column_at_the_beginning_is_followed_to_its_end():
    inns = "".join(f"{n};{_inn(n)}\n" for n in range(200_000, 207_000))

    assert counted(inns.encode() + FILLER * 4000).values == {"inn": 7000}


def test_only_plaintext_is_searched():
    from dataclasses import replace

    from guardian_agent.wire.facts.words import Encryption

    found = counted(b"card 4111111111111111", replace(TEXT, state=Encryption.UNKNOWN))

    assert (found.values, found.bytes, found.complete) == ({}, 0, False)


def test_more_different_values_than_are_told_apart_is_not_complete(monkeypatch):
    from guardian_agent.exposure.personal import tally

    monkeypatch.setattr(tally, "MOST_VALUES", 10)
    text = "".join(f"user{n}@example.com\n" for n in range(50))

    found = counted(text.encode())

    assert (found.values, found.complete) == ({"email": 10}, False)


def test_more_wordings_than_are_told_apart_are_not_lost(monkeypatch):
    from guardian_agent.exposure.personal import tally

    monkeypatch.setattr(tally, "MOST_PLACES", 1)

    assert values("card 4111111111111111, snils 112-233-445 95, visa 5555555555554444") == {
        "card": 2,
        "snils": 1,
    }


def _inn(number: int) -> str:
    body = f"77{number:07}"
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return f"{body}{total % 11 % 10}"


@pytest.mark.parametrize(
    "text",
    [
        b"tel " + b"1" * 60 + b"x",
        b"tel (" + b"1" * 60 + b"x",
        b"+" + b"1" * 60 + b"x",
        b"card\n" * 10_000,
        b"card\ncard,x\n" * 5_000,
        b"card," * 10_000,
        b"(" * 10_000 + b"card" + b")" * 10_000,
        b"a@" * 20_000,
        b"+1" * 20_000,
        b"DE00" * 10_000,
        b"'\"" * 20_000,
        b"1 " * 20_000,
    ],
    ids=range(12),
)
def test_hostile_text_is_no_work(text):
    """Seen hanging: digits that could be cut in groups in many ways, headings below headings."""
    assert counted(text).complete
