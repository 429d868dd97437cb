"""Numbers of people, made from the public definitions of their check digits.

The agent's validators are not used here: both must agree because both follow the definition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from random import Random

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = "0123456789" + LETTERS


def digits(random: Random, count: int) -> str:
    return f"{random.randrange(10**count):0{count}}"


def dot(number: str, weights: Sequence[int]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(number, weights, strict=True))


def luhn_digit(number: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (1 if place % 2 else 2)
        total += doubled if doubled < 10 else doubled - 9
    return str(-total % 10)


def birthday(random: Random) -> dt.date:
    return dt.date(1940, 1, 1) + dt.timedelta(days=random.randrange(25_000))


ISSUERS = (
    ("4", 16), ("4", 16), ("4", 16), ("51", 16), ("53", 16), ("55", 16), ("2221", 16),
    ("2720", 16), ("34", 15), ("37", 15), ("6011", 16), ("65", 16), ("644", 16), ("3530", 16),
    ("36", 14), ("305", 14), ("62", 16), ("2200", 16), ("2204", 16), ("4", 13),
)  # fmt: skip


def card(random: Random) -> str:
    issuer, length = random.choice(ISSUERS)
    body = issuer + digits(random, length - len(issuer) - 1)
    return body + luhn_digit(body)


BANKS = {
    "DE": "9" * 18, "AT": "9" * 16, "CH": "9" * 5 + "X" * 12, "FR": "9" * 10 + "X" * 11 + "99",
    "ES": "9" * 20, "IT": "A" + "9" * 10 + "X" * 12, "GB": "AAAA" + "9" * 14,
    "NL": "AAAA" + "9" * 10,
    "BE": "9" * 12, "PL": "9" * 24, "TR": "9" * 5 + "0" + "X" * 16, "UA": "9" * 6 + "X" * 19,
    "KZ": "9" * 3 + "X" * 13, "NO": "9" * 11, "SE": "9" * 20, "MT": "AAAA" + "9" * 5 + "X" * 18,
}  # fmt: skip


def iban(random: Random) -> str:
    country, form = random.choice(sorted(BANKS.items()))
    pick = {"9": "0123456789", "A": LETTERS, "X": ALPHANUMERIC, "0": "0"}
    account = "".join(random.choice(pick[each]) for each in form)
    spelt = "".join(str(int(each, 36)) for each in account + country + "00")
    return f"{country}{98 - int(spelt) % 97:02}{account}"


def inn(random: Random) -> str:
    region = f"{random.randrange(1, 93):02}"
    if random.random() < 0.4:
        body = region + digits(random, 7)
        return body + str(dot(body, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    body = region + digits(random, 8)
    body += str(dot(body, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)
    return body + str(dot(body, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10)


def snils(random: Random) -> str:
    body = f"{random.randrange(2_000_000, 199_999_999):09}"
    total = dot(body, range(9, 0, -1))
    while total > 101:
        total %= 101
    return body + ("00" if total in {100, 101} else f"{total:02}")


def ogrn(random: Random) -> str:
    year, region = f"{random.randrange(2, 26):02}", f"{random.randrange(1, 93):02}"
    if random.random() < 0.5:
        body = random.choice("15") + year + region + digits(random, 7)
        return body + str(int(body) % 11)[-1]
    body = "3" + year + region + digits(random, 9)
    return body + str(int(body) % 13)[-1]


def passport_ru(random: Random) -> str:
    region, printed = random.randrange(1, 93), random.choice((97, 98, 99, *range(25)))
    return f"{region:02}{printed:02}{random.randrange(101_000, 999_999):06}"


def ssn_us(random: Random) -> str:
    area = random.choice([each for each in range(1, 900) if each != 666])
    return f"{area:03}{random.randrange(1, 100):02}{random.randrange(1, 10_000):04}"


def nino_gb(random: Random) -> str:
    while True:
        prefix = random.choice("ABCEGHJKLMNOPRSTWXYZ") + random.choice("ABCEGHJKLMNPRSTWXYZ")
        if prefix not in {"BG", "GB", "NK", "KN", "TN", "NT", "ZZ"}:
            return prefix + digits(random, 6) + random.choice("ABCD")


def nhs_gb(random: Random) -> str:
    while True:
        body = random.choice("4679") + digits(random, 8)
        check = 11 - dot(body, range(10, 1, -1)) % 11
        if check != 10:
            return body + str(check % 11)


def tin_de(random: Random) -> str:
    twice, missing = random.sample("0123456789", 2)
    while True:
        body = [each for each in "0123456789" if each != missing] + [twice]
        random.shuffle(body)
        if body[0] != "0":
            break
    product = 10
    for digit in body:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return "".join(body) + str((11 - product) % 10)


def nir_fr(random: Random) -> str:
    born = birthday(random)
    place = f"{random.choice([*range(1, 20), *range(21, 96)]):02}"
    body = f"{random.choice('12')}{born:%y%m}{place}{random.randrange(1, 990):03}"
    body += f"{random.randrange(1, 1000):03}"
    return body + f"{97 - int(body) % 97:02}"


def dni_es(random: Random) -> str:
    letters = "TRWAGMYFPDXBNJZSQVHLCKE"
    if random.random() < 0.3:
        sign, body = random.randrange(3), digits(random, 7)
        return f"{'XYZ'[sign]}{body}{letters[int(f'{sign}{body}') % 23]}"
    body = f"{random.randrange(1_000_000, 99_999_999):08}"
    return body + letters[int(body) % 23]


ODD = dict(zip(ALPHANUMERIC, (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6,
    8, 12, 14, 16, 10, 22, 25, 24, 23,
), strict=True))  # fmt: skip
EVEN = dict(zip(ALPHANUMERIC, (*range(10), *range(26)), strict=True))


def codice_fiscale_it(random: Random) -> str:
    born, woman = birthday(random), random.random() < 0.5
    names = "".join(random.choice("BCDFGLMNPRSTVZ") for _ in range(6))
    body = f"{names}{born:%y}{'ABCDEHLMPRST'[born.month - 1]}{born.day + 40 * woman:02}"
    body += random.choice("ABCDEFGHILM") + f"{random.randrange(1, 999):03}"
    total = sum((EVEN if place % 2 else ODD)[each] for place, each in enumerate(body))
    return body + LETTERS[total % 26]


def pesel_pl(random: Random) -> str:
    born = birthday(random)
    month = born.month + (20 if born.year >= 2000 else 0)
    body = f"{born:%y}{month:02}{born:%d}{digits(random, 4)}"
    return body + str(-dot(body, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3)) % 10)


def bsn_nl(random: Random) -> str:
    while True:
        body = f"{random.randrange(10_000_000, 99_999_999)}"
        check = dot(body, range(9, 1, -1)) % 11
        if check < 10:
            return body + str(check)


def nn_be(random: Random) -> str:
    born = birthday(random)
    body = f"{born:%y%m%d}{random.randrange(1, 998):03}"
    return body + f"{97 - int(('2' if born.year >= 2000 else '') + body) % 97:02}"


def kimlik_tr(random: Random) -> str:
    body = random.choice("123456789") + digits(random, 8)
    tenth = (7 * sum(map(int, body[::2])) - sum(map(int, body[1::2]))) % 10
    body += str(tenth)
    return body + str(sum(map(int, body)) % 10)


def cpf_br(random: Random) -> str:
    body = digits(random, 9)
    for first in (10, 11):
        rest = dot(body, range(first, 1, -1)) % 11
        body += "0" if rest < 2 else str(11 - rest)
    return body


def id_cn(random: Random) -> str:
    area = random.choice(("110101", "310104", "440305", "510107", "330102"))
    body = f"{area}{birthday(random):%Y%m%d}{digits(random, 3)}"
    total = sum(int(each) * 2 ** (17 - place) for place, each in enumerate(body))
    return body + "10X98765432"[total % 11]


def aadhaar_in(random: Random) -> str:
    body = random.choice("23456789") + digits(random, 10)
    return next(body + last for last in "0123456789" if verhoeff(body + last) == 0)


def verhoeff(number: str) -> int:
    """The dihedral group of the pentagon: rotations 0-4, reflections 5-9."""
    found, moves = 0, (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
    for place, digit in enumerate(reversed(number)):
        moved = int(digit)
        for _ in range(place % 8):
            moved = moves[moved]
        turn = -1 if found >= 5 else 1
        side = (found >= 5) != (moved >= 5)
        found = (found + turn * moved) % 5 + 5 * side
    return found


def rnokpp_ua(random: Random) -> str:
    born = (birthday(random) - dt.date(1899, 12, 31)).days
    body = f"{born:05}{digits(random, 4)}"
    return body + str(dot(body, (-1, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10)


def personnummer_se(random: Random) -> str:
    body = f"{birthday(random):%y%m%d}{random.randrange(1, 999):03}"
    return body + luhn_digit(body)


def hetu_fi(random: Random) -> str:
    born = birthday(random)
    body, number = f"{born:%d%m%y}", f"{random.randrange(2, 900):03}"
    check = "0123456789ABCDEFHJKLMNPRSTUVWXY"[int(body + number) % 31]
    return f"{body}{'A' if born.year >= 2000 else '-'}{number}{check}"


USERS = (
    "anna", "bob", "carla.weber", "d_meier", "elena.petrova", "f-schmidt", "info", "sales",
    "jean.dupont", "j.garcia",
)  # fmt: skip
HOSTS = (
    "example.com",
    "mail.example.org",
    "firma.de",
    "client.ru",
    "acme.co.uk",
    "societe.fr",
    "empresa.es",
)


def email(random: Random) -> str:
    return f"{random.choice(USERS)}{random.randrange(10**6)}@{random.choice(HOSTS)}"


def phone(random: Random) -> str:
    """A number in E.164: country code and as many digits as its plan has."""
    three = f"{random.randrange(200, 999)}"
    plans = (
        lambda: f"7{random.choice(('495', '812', '916', '903', '343'))}{digits(random, 7)}",
        lambda: f"1{random.choice(('202', '415', '617', '212'))}{three}{digits(random, 4)}",
        lambda: f"49{random.choice(('30', '89', '171'))}{three}{digits(random, 5)}",
        lambda: f"33{random.choice('1234567')}{digits(random, 8)}",
        lambda: f"34{random.choice('69')}{digits(random, 8)}",
        lambda: f"44{random.choice(('20', '7'))}{digits(random, 8)}",
        lambda: f"48{random.choice('5678')}{digits(random, 8)}",
        lambda: f"380{random.choice(('44', '67', '50'))}{digits(random, 7)}",
    )
    made = random.choice(plans)()
    return made if not made.startswith("447") else made[:3] + digits(random, 9)


MAKERS: dict[str, Callable[[Random], str]] = {
    "card": card, "iban": iban, "inn": inn, "snils": snils, "ogrn": ogrn,
    "passport-ru": passport_ru, "ssn-us": ssn_us, "nino-gb": nino_gb, "nhs-gb": nhs_gb,
    "tin-de": tin_de, "nir-fr": nir_fr, "dni-es": dni_es, "codice-fiscale-it": codice_fiscale_it,
    "pesel-pl": pesel_pl, "bsn-nl": bsn_nl, "nn-be": nn_be, "kimlik-tr": kimlik_tr,
    "cpf-br": cpf_br, "id-cn": id_cn, "aadhaar-in": aadhaar_in, "rnokpp-ua": rnokpp_ua,
    "personnummer-se": personnummer_se, "hetu-fi": hetu_fi, "email": email, "phone": phone,
}  # fmt: skip

CHECKED = frozenset(MAKERS) - {"passport-ru", "ssn-us", "nino-gb", "email", "phone"}
"""Kinds with check digits: a near miss is one with a wrong one."""


def broken(random: Random, kind: str) -> str:
    """A number of that form whose check digit is wrong: one digit is changed by one.

    For those without check digits: one that is never given out.
    """
    number = MAKERS[kind](random)
    never = {
        "passport-ru": lambda: "00" + number[2:],
        "ssn-us": lambda: random.choice(("000", "666", "900")) + number[3:],
        "nino-gb": lambda: random.choice(("BG", "QQ", "DF")) + number[2:],
        "email": lambda: number.replace("@", random.choice((" at ", "@@", ".@.", "@-"))),
        "phone": lambda: "0" + number[:4],
    }
    if kind in never:
        return never[kind]()
    places = [place for place in range(5, len(number)) if number[place].isdigit()]
    if kind in {
        "tin-de",
        "ogrn",
        "rnokpp-ua",
        "snils",
    }:  # their sums let some other changes through
        places = places[-1:]
    place = random.choice(places)
    if kind in {"personnummer-se", "pesel-pl", "nn-be", "id-cn", "hetu-fi"}:
        place = max(each for each in range(len(number)) if number[each].isdigit())
    if kind == "hetu-fi":
        place = 9
    return number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
