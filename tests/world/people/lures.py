"""Figures that look like people's numbers and are none."""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random

from tests.world.people.numbers import MAKERS, broken, digits, luhn_digit
from tests.world.people.written import WORDS, written

LINES: tuple[Callable[[Random], str], ...] = (
    lambda r: (
        f"10.{r.randrange(256)}.{r.randrange(256)}.7 - - [12/Nov/2026:10:{r.randrange(10, 60)}:07 "
        f'+0000] "GET /o/{digits(r, 16)} HTTP/1.1" 200 {digits(r, 5)}'
    ),
    lambda r: (
        f"ts={r.randrange(1_690_000_000_000, 1_790_000_000_000)} level=info "
        f"took={r.random():.12f}"
    ),
    lambda r: (
        f"{r.randrange(1_690_000_000, 1_790_000_000)}.{digits(r, 6)} worker "
        f"{digits(r, 5)} started"
    ),
    lambda r: f"order {digits(r, 16)} shipped as {digits(r, 12)}",
    lambda r: f"Bestellung {digits(r, 10)} vom 12.11.2026, Rechnung {digits(r, 11)}",
    lambda r: f"заказ {digits(r, 10)} от 12.11.2026 на сумму {digits(r, 5)},00",
    lambda r: f"sha256:{r.getrandbits(256):064x} md5 {r.getrandbits(128):032X}",
    lambda r: (
        f"uuid "
        f"{r.getrandbits(32):08x}-{digits(r, 4)}-4{digits(r, 3)}-8{digits(r, 3)}-{digits(r, 12)}"
    ),
    lambda r: f"lat={r.uniform(-90, 90):.10f} lon={r.uniform(-180, 180):.12f}",
    lambda r: (
        f"imei {(body := '35' + digits(r, 12)) + luhn_digit(body)} ean {digits(r, 13)} "
        f"isbn 978-{digits(r, 1)}-{digits(r, 4)}-{digits(r, 4)}-{digits(r, 1)}"
    ),
    lambda r: f"tracking 1Z{digits(r, 16)} parcel {digits(r, 12)} barcode {digits(r, 14)}",
    lambda r: (
        f"https://user{digits(r, 3)}:secret@db.example.com/x git@github.com:acme/repo.git "
        f"logo@2x.png"
    ),
    lambda r: (
        f"npm i @scope/pkg@1.{digits(r, 2)}.3 getty@tty{digits(r, 1)}.service "
        f"user@localhost.localdomain"
    ),
    lambda r: f"Message-ID: <{digits(r, 14)}.{digits(r, 5)}@mail.example.com>",
    lambda r: (
        f"build 2026.{digits(r, 4)}.{digits(r, 10)} "
        f"v{digits(r, 1)}.{digits(r, 2)}.{digits(r, 8)} 0x{r.getrandbits(64):016x}"
    ),
    lambda r: base64.b64encode(r.randbytes(60)).decode(),
    lambda r: (
        f"+{digits(r, 3)} lines, -{digits(r, 4)} lines, offset +0{digits(r, 3)}, x = "
        f"1e+{digits(r, 2)}, +0{digits(r, 9)}"
    ),
    lambda r: (
        f"DE{digits(r, 6)} GB{digits(r, 9)} FR{digits(r, 11)} part "
        f"AB{digits(r, 2)}{digits(r, 12)}"
    ),
    lambda r: (
        f"2026-11-12T10:15:{digits(r, 2)}.{digits(r, 9)}Z id={digits(r, 18)} "
        f"seq={digits(r, 19)}"
    ),
    lambda r: (
        f"serial {digits(r, 3)}-{digits(r, 3)}-{digits(r, 3)} {digits(r, 2)} lot "
        f"{digits(r, 4)}-{digits(r, 4)}-{digits(r, 4)}-{digits(r, 4)}"
    ),
)  # fmt: skip


def line(random: Random) -> str:
    """A line of a log or a list without any person's number."""
    return random.choice(LINES)(random)


def near_miss(random: Random, kind: str) -> str:
    """A number of the kind's form, beside its word, that is none."""
    word = random.choice(WORDS[kind])
    number = broken(random, kind)
    known = kind in {"email", "phone"}
    return f"{word}: {number if known else written(random, kind, number)}"


def luhn_order(random: Random) -> str:
    """An order number that a shop gave a check digit of cards."""
    return f"order_id={MAKERS['card'](random)}"
